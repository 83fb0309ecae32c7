// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.report.Format;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How long does the report of a large cluster take, from the command to its end?
class ReportBench {
  private static final int IDENTITIES = 5_000;
  private static final int NAMESPACES = 50;
  private static final int CONNECTIONS = 24;
  private static final Duration BOUND = Duration.ofSeconds(10);

  @Test
  void a_report_over_five_thousand_identities_takes_less_than_ten_seconds() throws IOException {
    var results = new Results("report");
    try (var cluster = LocalCluster.fresh("bench")) {
      fill(cluster);
      for (var format : Format.values()) {
        var took = report(cluster, format);
        results.line("%,d identities as %s: %.1f s", IDENTITIES, format, took.toMillis() / 1000.0);
        assertThat(took).isLessThan(BOUND);
      }
    }
  }

  private static Duration report(LocalCluster cluster, Format format) {
    var start = System.nanoTime();
    var end =
        Program.run(
            Map.of(
                "KUBECONFIG",
                cluster.kubeconfig().toString(),
                "CREDENCE_JAVA_HOME",
                System.getProperty("java.home")),
            List.of(
                LocalCluster.TOP.resolve("operator/bin/credence").toString(),
                "report",
                "--format",
                format.name()));
    assertThat(end.code()).as(end.err()).isZero();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static void fill(LocalCluster cluster) {
    IntStream.range(0, NAMESPACES)
        .forEach(
            number ->
                cluster
                    .client()
                    .resource(
                        new NamespaceBuilder()
                            .withNewMetadata()
                            .withName("team-" + number)
                            .endMetadata()
                            .build())
                    .create());
    try (var connections = Executors.newFixedThreadPool(CONNECTIONS)) {
      IntStream.range(0, IDENTITIES)
          .mapToObj(
              number -> CompletableFuture.runAsync(() -> create(cluster, number), connections))
          .toList()
          .forEach(CompletableFuture::join);
    }
  }

  /// With the status that the operator would write.
  private static void create(LocalCluster cluster, int number) {
    var wanted = identity(number);
    var there =
        cluster.client().resource(wanted).inNamespace("team-" + number % NAMESPACES).create();
    there.setAdditionalProperty("status", wanted.getAdditionalProperties().get("status"));
    cluster.client().resource(there).updateStatus();
  }

  private static GenericKubernetesResource identity(int number) {
    return Serialization.unmarshal(
        """
        ---
        apiVersion: credence.dev/v1alpha1
        kind: MachineIdentity
        metadata: {name: identity-%1$d}
        spec:
          application: application-%2$d
          purpose: bench, to be counted
          owner: {team: team-%3$d, contact: person-%2$d@example.com}
          type: Integration
          expirationTime: '2031-01-01T00:00:00Z'
          serviceAccounts: [{name: account-%1$d}]
          secrets: [{name: secret-%1$d, generate: {keys: [{name: password, password: {}}]}}]
        status:
          observedGeneration: 1
          state: Active
          type: Integration
          owner: {team: team-%3$d, contact: person-%2$d@example.com, source: Spec}
          expirationTime: '2031-01-01T00:00:00Z'
          members: {serviceAccounts: 1, secrets: 1}
          credentials:
          - {name: secret-%1$d, type: Generated, state: Fresh, version: 3, issueTime: '2026-11-02T08:00:00Z', nextRotationTime: '2026-12-02T08:00:00Z'}
          risk: {level: Medium, medium: 1, findings: [{rule: RBAC-SECRETS-GET, severity: Medium, via: RoleBinding/readers, detail: the account may read Secrets}]}
          conditions:
          - {type: Ready, status: 'True', reason: Compliant, message: The identity complies with its policies., lastTransitionTime: '2026-11-02T08:00:00Z'}
          - {type: OwnerAssigned, status: 'True', reason: OwnerSet, message: somebody answers, lastTransitionTime: '2026-11-02T08:00:00Z'}
          - {type: CredentialsFresh, status: 'True', reason: Current, message: All credentials are current., lastTransitionTime: '2026-11-02T08:00:00Z'}
        """
            .formatted(number, number % 500, number % NAMESPACES),
        GenericKubernetesResource.class);
  }
}
