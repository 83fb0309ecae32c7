// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.cli.KubeOptions.Answer;
import dev.credence.testing.FakeApi;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String READY =
      "{type: Ready, status: 'True', reason: Compliant, message: fine, lastTransitionTime: '2026-11-01T00:00:00Z'}";

  private static MachineIdentity identity(String name, String status) {
    return (MachineIdentity)
        Yaml.object(
            FakeApi.yaml(
                """
                apiVersion: credence.dev/v1alpha1
                kind: MachineIdentity
                metadata: {name: %s, namespace: sales, creationTimestamp: "2026-01-10T08:00:00Z"}
                spec: {owner: {contact: alice@example.com, team: sales-platform}}
                status: %s
                """
                    .formatted(name, status)));
  }

  private static MachineIdentity healthy() {
    return identity("crm", "{state: Active, conditions: [" + READY + "]}");
  }

  private static MachineIdentity blocked() {
    return identity(
        "deploy",
        """
        {state: Active, credentials: [
          {name: push, type: Generated, state: Blocked, message: the hook failed 5 times},
          {name: pull, type: Generated, state: Fresh}],
         conditions: [
          {type: Ready, status: 'False', reason: RotationBlocked, message: 'push: the hook failed 5 times', lastTransitionTime: '2026-11-22T09:00:00Z'},
          {type: Stalled, status: 'True', reason: RotationBlocked, message: 'push: the hook failed 5 times', lastTransitionTime: '2026-11-22T09:00:00Z'},
          {type: CredentialsFresh, status: 'False', reason: RotationBlocked, message: 'push: the hook failed 5 times', lastTransitionTime: '2026-11-22T09:00:00Z'}]}
        """
            .replace("\n", " "));
  }

  private static MachineIdentity withoutOwner() {
    return identity(
        "night",
        """
        {state: Active, conditions: [
          {type: Ready, status: 'False', reason: OwnerMissing, message: set the owner, lastTransitionTime: '2026-11-20T09:00:00Z'},
          {type: Stalled, status: 'True', reason: OwnerMissing, message: set the owner, lastTransitionTime: '2026-11-20T09:00:00Z'},
          {type: Reviewed, status: 'False', reason: ReviewOverdue, message: 'Audit: review it', lastTransitionTime: '2026-11-19T09:00:00Z'},
          {type: OwnerAssigned, status: 'False', reason: OwnerMissing, message: set the owner, lastTransitionTime: '2026-11-20T09:00:00Z'}]}
        """
            .replace("\n", " "));
  }

  private static Lease lease(String renewed) {
    return Serialization.unmarshal(
        "---\n{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: credence, namespace: credence-system}, spec: {renewTime: '%s'}}"
            .formatted(renewed),
        Lease.class);
  }

  private static List<StatusRow> problems(MachineIdentity... identities) {
    return Problems.of(List.of(identities), List.of(), Optional.empty(), NOW);
  }

  private static Stream<String> lines(List<StatusRow> problems) {
    return problems.stream()
        .map(
            problem ->
                "%s %s %s %s"
                    .formatted(
                        problem.urgency(),
                        problem.object(),
                        problem.reason(),
                        problem.since().map(Instant::toString).orElse("-")));
  }

  private static StatusPage page(List<StatusRow> problems, String... gaps) {
    return new StatusPage(NOW, "all namespaces", problems, 0, List.of(gaps), false);
  }

  @Test
  void of_healthy_identities_nothing_is_wrong() {
    assertThat(problems(healthy())).isEmpty();
    assertThat(page(List.of()).lines()).containsExactly("Nothing is wrong.");
    assertThat(page(List.of(), "policies").lines())
        .containsExactly("Nothing is wrong in what could be read.");
    assertThat(page(List.of()).isManualActionRequired()).isFalse();
  }

  @Test
  void a_blocked_credential_is_listed_by_its_own_name_and_once() {
    assertThat(lines(problems(withoutOwner(), blocked(), healthy())))
        .containsExactly(
            "Blocked Secret sales/push RotationBlocked 2026-11-22T09:00:00Z",
            "ManualAction MachineIdentity sales/night OwnerMissing 2026-11-20T09:00:00Z");
    var page = page(problems(withoutOwner(), blocked()));
    assertThat(page.isManualActionRequired()).isTrue();
    assertThat(page.lines())
        .containsExactly(
            "OBJECT                        REASON              SINCE         ACTION   OWNER                                    MESSAGE",
            "Secret sales/push             RotationBlocked     3 hours ago   manual   alice@example.com, team sales-platform   the hook failed 5 times",
            "MachineIdentity sales/night   OwnerMissing (+1)   2 days ago    manual   alice@example.com, team sales-platform   set the owner");
  }

  @Test
  void a_late_rotation_needs_no_manual_action() {
    var late =
        identity(
            "crm",
            "{state: Active, credentials: [{name: crm-db, type: Generated, state: Due, nextRotationTime: '2026-11-20T00:00:00Z'}], conditions: ["
                + READY
                + "]}");
    assertThat(lines(problems(late)))
        .containsExactly(
            "RotationOverdue Secret sales/crm-db RotationOverdue 2026-11-20T00:00:00Z");
    assertThat(page(problems(late)).isManualActionRequired()).isFalse();
  }

  @Test
  void a_credential_that_runs_out_is_listed_before_it_expires() {
    var linked =
        identity(
            "crm",
            "{state: Active, credentials: [{name: smtp, type: Linked, state: Fresh, expirationTime: '2026-11-23T11:00:00Z'}, {name: ftp, type: Linked, state: Fresh, expirationTime: '2026-11-26T12:00:00Z'}, {name: token, type: Token, state: Fresh, expirationTime: '2026-11-22T20:00:00Z', nextRotationTime: '2026-11-22T16:00:00Z'}], conditions: ["
                + READY
                + "]}");
    assertThat(lines(problems(linked)))
        .containsExactly("ExpiresWithinDay Secret sales/smtp ExpiresWithinDay -");
    assertThat(problems(linked).getFirst().message())
        .startsWith("Expires at 2026-11-23T11:00:00Z, and no new value is planned before. ");
    assertThat(page(problems(linked)).isManualActionRequired()).isTrue();
    assertThat(
            lines(
                Problems.of(List.of(linked), List.of(), Optional.empty(), NOW, Duration.ofDays(7))))
        .containsExactly(
            "ExpiresWithinDay Secret sales/smtp ExpiresWithinDay -",
            "Reported Secret sales/ftp ExpiresSoon -");
    assertThat(problems(linked).getFirst().namespace()).contains("sales");
  }

  @Test
  void a_suspension_in_effect_is_no_problem_and_one_that_is_not_is_the_worst() {
    var suspension =
        "{state: Suspended, suspension: {startTime: '2026-11-22T10:00:00Z', reason: Requested}, conditions: [{type: Ready, status: '%2$s', reason: %3$s, message: m, lastTransitionTime: '2026-11-22T10:00:00Z'}, {type: Suspended, status: 'True', reason: %1$s, message: m, lastTransitionTime: '2026-11-22T10:00:00Z'}]}";
    assertThat(problems(identity("crm", suspension.formatted("Requested", "True", "Compliant"))))
        .isEmpty();
    assertThat(
            lines(
                problems(
                    blocked(),
                    identity("crm", suspension.formatted("NotEnforced", "False", "NotEnforced")))))
        .first()
        .isEqualTo(
            "SuspensionNotEnforced MachineIdentity sales/crm NotEnforced 2026-11-22T10:00:00Z");
  }

  @Test
  void an_identity_that_was_never_reconciled_is_listed_after_a_while() {
    assertThat(lines(problems(identity("crm", "{}"))))
        .containsExactly("NotReady MachineIdentity sales/crm NotSeen -");
  }

  @Test
  void a_lease_that_nobody_renews_means_that_no_operator_runs() {
    assertThat(
            lines(
                Problems.of(
                    List.of(), List.of(), Optional.of(lease("2026-11-22T11:00:00.000000Z")), NOW)))
        .containsExactly(
            "OperatorNotRunning Lease credence-system/credence OperatorNotRunning"
                + " 2026-11-22T11:00:00Z");
    assertThat(
            Problems.of(
                List.of(), List.of(), Optional.of(lease("2026-11-22T11:59:50.000000Z")), NOW))
        .isEmpty();
  }

  @Test
  void a_policy_that_cannot_be_applied_is_listed() {
    var policy =
        (CredentialPolicy)
            Yaml.object(
                FakeApi.yaml(
                    """
                    apiVersion: credence.dev/v1alpha1
                    kind: CredentialPolicy
                    metadata: {name: production}
                    spec: {}
                    status:
                      conditions:
                      - {type: Ready, status: "False", reason: Invalid, message: correct it, lastTransitionTime: "2026-11-22T10:00:00Z"}
                      - {type: Stalled, status: "True", reason: Invalid, message: correct it, lastTransitionTime: "2026-11-22T10:00:00Z"}
                    """));
    assertThat(lines(Problems.of(List.of(), List.of(policy), Optional.empty(), NOW)))
        .containsExactly("ManualAction CredentialPolicy production Invalid 2026-11-22T10:00:00Z");
  }

  @Test
  void several_clusters_are_one_table_and_one_that_cannot_be_read_is_a_gap() {
    var page =
        StatusPage.of(
            List.of(
                new Answer<>("production", Optional.of(page(problems(blocked()), "policies")), ""),
                new Answer<>("staging", Optional.of(page(List.of())), ""),
                new Answer<>("edge", Optional.empty(), "no answer")),
            NOW);
    assertThat(page.lines())
        .first()
        .asString()
        .startsWith("CLUSTER      OBJECT              REASON");
    assertThat(page.lines().get(1)).startsWith("production   Secret sales/push   RotationBlocked");
    assertThat(page.gaps())
        .containsExactly(
            "Cluster production: policies", "Cluster edge could not be read. no answer");
    assertThat(page.isUnread()).isTrue();
    assertThat(FakeApi.tree(page.json()).at("/problems/0/cluster").asText())
        .isEqualTo("production");
  }

  @Test
  void as_json_it_says_whether_a_manual_action_is_required() {
    var json = FakeApi.tree(page(problems(blocked())).json());
    assertThat(json.path("manualActionRequired").asBoolean()).isTrue();
    assertThat(json.at("/problems/0/object").asText()).isEqualTo("Secret sales/push");
    assertThat(json.at("/problems/0/team").asText()).isEqualTo("sales-platform");
    assertThat(json.at("/problems/0/since").asText()).isEqualTo("2026-11-22T09:00:00Z");
  }
}
