// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cli.Connection;
import dev.credence.client.Clients;
import dev.credence.testing.FakeApi;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What the command asks the API server for.
class HistoryReaderTest {
  private static final String IDENTITY =
      "/apis/credence.dev/v1alpha1/namespaces/sales/machineidentities/crm";
  private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/sales/events";

  @AutoClose private final FakeApi api = FakeApi.startForAnybody();

  @AutoClose
  private final Connection connection =
      new Connection(Clients.of(api.config()), "sales", Optional.empty());

  private Recorded read(String object) {
    return HistoryReader.read(connection, Subject.of(connection, object));
  }

  private static Map<String, Object> member(String name) {
    return Map.of(
        "metadata",
        Map.of(
            "name", name, "namespace", "sales", "labels", Map.of("credence.dev/identity", "crm")));
  }

  private void lists(Object... items) {
    api.answers(Map.of("metadata", Map.of(), "items", List.of(items)));
  }

  private void hasIdentity() {
    api.answers(
        Map.of(
            "apiVersion",
            "credence.dev/v1alpha1",
            "kind",
            "MachineIdentity",
            "metadata",
            Map.of("name", "crm", "namespace", "sales")));
  }

  private static Map<String, Object> event(String controller) {
    return Map.of(
        "metadata", Map.of("name", "crm.1", "namespace", "sales"),
        "reportingController", controller,
        "regarding", Map.of("kind", "MachineIdentity", "name", "crm"));
  }

  @Test
  void of_a_secret_it_reads_the_metadata_alone() {
    lists(member("crm-db"));
    hasIdentity();
    lists(event("credence.dev/credence"), event("example.com/other"));
    var recorded = read("secret/crm-db");
    assertThat(api.lines())
        .containsExactly(
            "GET /api/v1/namespaces/sales/secrets", "GET " + IDENTITY, "GET " + EVENTS);
    assertThat(api.asked().getFirst().header("Accept")).contains("PartialObjectMetadata");
    assertThat(api.asked().getFirst().query())
        .containsEntry("fieldSelector", "metadata.name=crm-db");
    assertThat(recorded.found()).isTrue();
    assertThat(recorded.identities()).hasSize(1);
    assertThat(recorded.events()).hasSize(1);
    assertThat(recorded.gaps()).isEmpty();
  }

  @Test
  void of_a_workload_it_reads_the_secrets_and_the_account_that_it_uses() {
    api.answers(
        FakeApi.yaml(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: crm-web, namespace: sales}
            spec:
              template:
                spec:
                  serviceAccountName: crm-sync
                  containers: [{name: web, envFrom: [{secretRef: {name: crm-db}}]}]
            """));
    lists(member("crm-db"), member("crm-api"));
    lists(member("crm-sync"));
    hasIdentity();
    lists();
    var recorded = read("deployment/crm-web");
    assertThat(api.lines())
        .containsExactly(
            "GET /apis/apps/v1/namespaces/sales/deployments/crm-web",
            "GET /api/v1/namespaces/sales/secrets",
            "GET /api/v1/namespaces/sales/serviceaccounts",
            "GET " + IDENTITY,
            "GET " + EVENTS);
    assertThat(api.asked().subList(1, 3))
        .allSatisfy(asked -> assertThat(asked.header("Accept")).contains("PartialObjectMetadata"));
    assertThat(recorded.members())
        .extracting(Recorded.Member::reference)
        .containsExactly("Secret crm-db", "ServiceAccount crm-sync");
  }

  @Test
  void a_missing_permission_and_a_missing_object_are_gaps() {
    api.refuses(404, "not found");
    api.refuses(403, "forbidden");
    var recorded = read("crm");
    assertThat(recorded.found()).isFalse();
    assertThat(recorded.gaps())
        .containsExactly(
            "MachineIdentity sales/crm was not found.",
            "No permission to list events.events.k8s.io in namespace sales.");
  }
}
