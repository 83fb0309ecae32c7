// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.CredentialPolicy;
import dev.credence.cli.Failed;
import dev.credence.cli.show.PlannedChanges.Affected;
import dev.credence.cli.show.PlannedChanges.Change;
import dev.credence.cli.show.PlannedChanges.Planned;
import dev.credence.decide.PolicyImpact;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.observe.read.PolicyReader;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Decision.Counted;
import dev.credence.plan.IdentityStatus.Violation;
import dev.credence.plan.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannedChangesTest {
  private static final String POLICY =
      """
      # Of production.
      apiVersion: credence.dev/v1alpha1
      kind: CredentialPolicy
      metadata:
        name: production
      spec:
        enforcement: Enforce
        owner:
          required: true
        privileges:
          exceptions:
          - rule: RBAC-SECRETS-GET
            reason: reads its own
            expirationTime: "2027-01-01T00:00:00Z"
      """;

  @TempDir private Path folder;

  private List<CredentialPolicy> read(String text) throws IOException {
    return PolicyFile.read(Files.writeString(folder.resolve("policy.yaml"), text));
  }

  @Test
  void a_file_may_have_several_policies_and_empty_documents() throws IOException {
    assertThat(read("---\n" + POLICY + "---\n---\n" + POLICY.replace("production", "test")))
        .extracting(policy -> policy.getMetadata().getName())
        .containsExactly("production", "test");
  }

  @Test
  void what_is_no_policy_is_an_error_that_names_the_file() {
    assertThatThrownBy(() -> read("kind: Secret\nmetadata: {name: a}\n"))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("policy.yaml contains the kind 'Secret'");
    assertThatThrownBy(() -> read(POLICY.replace("  name: production", "  labels: {}")))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("no `metadata.name`");
    assertThatThrownBy(() -> read(POLICY.replace("required:", "requird:")))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("requird");
    assertThatThrownBy(() -> PolicyFile.read(folder.resolve("nowhere.yaml")))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("nowhere.yaml cannot be read");
  }

  private PlannedChanges changes() throws IOException {
    var policy = PolicyReader.of(read(POLICY).getFirst());
    var violation =
        new Violation(
            ConditionType.OwnerAssigned,
            Reason.OwnerMissing,
            Enforcement.Enforce,
            Optional.of("production"));
    return new PlannedChanges(
        List.of(new Planned(policy, Change.New, List.of())),
        41,
        List.of(
            new Affected(
                "sales",
                "crm",
                new PolicyImpact(
                    List.of("crm-db"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    List.of(),
                    List.of("Rotate Secret crm-db"))),
            new Affected(
                "sales",
                "night-job",
                new PolicyImpact(
                    List.of(),
                    Optional.of("since today: it is idle"),
                    Optional.of(new Counted("production", 5)),
                    Optional.of("OwnerMissing: nobody"),
                    false,
                    List.of(violation),
                    List.of()))),
        List.of());
  }

  @Test
  void the_text_counts_and_names_who_is_affected() throws IOException {
    assertThat(changes().text())
        .isEqualTo(
            """
            CredentialPolicy production (Enforce): New

            2 of 41 identities affected: 1 credentials rotated, 1 identities suspended, 1 no longer Ready, 0 Ready again, 1 with new violations

            MachineIdentity sales/crm
              Rotated: crm-db
              Would do now: Rotate Secret crm-db

            MachineIdentity sales/night-job
              Suspension: since today: it is idle
                At most 5 an hour, counted for policy production.
              No longer Ready: OwnerMissing: nobody
              Violates: OwnerMissing (Enforce, policy production)
            """);
  }

  @Test
  void the_json_says_the_same() throws IOException {
    var json = new ObjectMapper().readTree(changes().json());
    assertThat(json.path("policies").path(0).path("change").asText()).isEqualTo("New");
    assertThat(json.path("summary").path("identities").asInt()).isEqualTo(41);
    assertThat(json.path("summary").path("rotated").asInt()).isEqualTo(1);
    assertThat(json.path("affected").path(0).path("rotated").path(0).asText()).isEqualTo("crm-db");
    assertThat(json.path("affected").path(1).path("violations").path(0).path("reason").asText())
        .isEqualTo("OwnerMissing");
    assertThat(json.path("affected").path(0).has("notReady")).isFalse();
  }
}
