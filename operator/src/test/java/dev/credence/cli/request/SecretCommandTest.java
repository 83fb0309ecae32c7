// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.api.MachineIdentity;
import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.Failed;
import dev.credence.cli.request.AnnotationCommand.Asked;
import dev.credence.client.Clients;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What the commands ask the API server for, and what they write.
class SecretCommandTest {
  private static final Name NAME = new Name("sales", "crm");
  private static final String NOW = "2026-11-22T12:00:00.123Z";
  private static final String ONE =
      "[{name: crm-db, type: Generated, state: Overlapping, version: 8}, {name: crm-smtp, type: Linked, state: Fresh}]";
  private static final String TWO =
      "[{name: crm-db, type: Generated, state: Fresh}, {name: crm-api, type: Generated, state: Fresh}]";

  @AutoClose private final FakeApi api = FakeApi.startForAnybody();

  @AutoClose
  private final Connection connection =
      new Connection(Clients.of(api.config()), "sales", Optional.empty());

  private Optional<AnnotationRequest> request(
      AnnotationCommand command, String credentials, String... words) {
    var identity =
        Serialization.unmarshal(
            "---\n{metadata: {name: crm, namespace: sales}, status: {state: Active, credentials: %s}}"
                .formatted(credentials),
            MachineIdentity.class);
    new CommandLine(command).parseArgs(words);
    return command.request(
        new Asked(connection, NAME, identity, Optional.of(identity.getStatus()), NOW));
  }

  private void lists(String name, Map<String, String> annotations) {
    api.answers(
        Map.of(
            "apiVersion",
            "meta.k8s.io/v1",
            "kind",
            "PartialObjectMetadataList",
            "metadata",
            Map.of(),
            "items",
            List.of(
                Map.of(
                    "metadata",
                    Map.of(
                        "name", name,
                        "namespace", "sales",
                        "uid", "uid-1",
                        "resourceVersion", "7",
                        "annotations", annotations)))));
  }

  private void listsNothing() {
    api.answers(
        Map.of(
            "apiVersion",
            "meta.k8s.io/v1",
            "kind",
            "PartialObjectMetadataList",
            "metadata",
            Map.of(),
            "items",
            List.of()));
  }

  private static Map<String, String> inOverlap() {
    return Map.of(
        "credence.dev/previous-retires-at", "2026-11-23T08:00:00Z",
        "credence.dev/previous", "kept");
  }

  @Test
  void rollback_writes_one_annotation_on_the_only_generated_secret() {
    lists("crm-db", inOverlap());
    var request = request(new Rollback(), ONE, "crm", "--reason", "INC-7").orElseThrow();
    lists("crm-db", inOverlap());
    api.answers(Map.of("apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", "crm-db")));
    request.write(connection, NAME, new MachineIdentity(), true);
    assertThat(api.lines())
        .containsExactly(
            "GET /api/v1/namespaces/sales/secrets",
            "GET /api/v1/namespaces/sales/secrets",
            "PATCH /api/v1/namespaces/sales/secrets/crm-db");
    assertThat(api.asked())
        .allSatisfy(asked -> assertThat(asked.header("Accept")).contains("PartialObjectMetadata"));
    assertThat(api.last().query()).containsEntry("dryRun", "All");
    assertThat(api.last().json().at("/metadata/annotations/credence.dev~1rollback").asText())
        .isEqualTo(NOW + " INC-7");
  }

  @Test
  void several_secrets_must_be_selected_from() {
    assertThatThrownBy(() -> request(new Rollback(), TWO, "crm"))
        .isInstanceOf(Failed.class)
        .hasMessage(
            "MachineIdentity sales/crm has several generated Secrets. Select one with --secret: crm-db,"
                + " crm-api.");
    assertThatThrownBy(() -> request(new Abort(), "[]", "crm"))
        .isInstanceOf(Failed.class)
        .hasMessage("MachineIdentity sales/crm has no generated Secret.");
    assertThat(api.lines()).isEmpty();
  }

  @Test
  void rollback_without_a_previous_version_names_what_to_do_instead() {
    lists("crm-db", Map.of());
    assertThatThrownBy(() -> request(new Rollback(), TWO, "crm", "--secret", "crm-db"))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("does not contain a previous version")
        .hasMessageContaining("credence rotate sales/crm --secret crm-db --now");
  }

  @Test
  void abort_has_nothing_to_do_without_a_pending_version() {
    listsNothing();
    assertThat(request(new Abort(), ONE, "crm")).isEmpty();
    assertThat(api.last().query()).containsEntry("fieldSelector", "metadata.name=crm-db-pending");
  }

  /// A Secret of a user may have the name.
  @Test
  void a_secret_that_only_has_the_name_of_a_pending_one_is_none() {
    lists("crm-db-pending", Map.of());
    assertThat(request(new Abort(), ONE, "crm")).isEmpty();
  }

  @Test
  void abort_of_a_first_version_is_written_on_the_pending_secret() {
    lists("crm-db-pending", Map.of("credence.dev/pending-for", "crm-db"));
    listsNothing();
    var request = request(new Abort(), ONE, "crm").orElseThrow();
    assertThat(request.secret()).hasValue("crm-db-pending");
    assertThat(request.key()).isEqualTo("credence.dev/abort");
    assertThat(request.reported())
        .isEqualTo("Requested to drop the pending version of Secret crm-db");
  }

  @Test
  void abort_clears_what_is_blocked() {
    listsNothing();
    lists("crm-db", Map.of());
    var request = request(new Abort(), ONE.replace("Overlapping", "Blocked"), "crm").orElseThrow();
    assertThat(request.secret()).hasValue("crm-db");
    assertThat(request.reported()).isEqualTo("Requested to clear Blocked of Secret crm-db");
  }
}
