// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.ProbeResult;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Scene;
import dev.credence.system.kubelet.TestKubelet;
import dev.credence.system.kubelet.TestKubelet.Ran;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The account of a credential in a real PostgreSQL between its rotations: a second writer changes
/// its password. WebFinanceIT shows how a suspension locks it.
@OnCluster
class ExternalAccountIT {
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final Duration ONE_PROBE = Duration.ofSeconds(90);

  @Test
  void a_second_writer_is_noticed(LocalCluster cluster) throws SQLException {
    var kube = cluster.client();
    var scene = new Scene(kube, DatabaseExample.NAMESPACE);
    try (var database = Database.start();
        var example = DatabaseExample.apply(cluster, database, Psql.folder());
        var kubelet = TestKubelet.start(kube, DatabaseExample.NAMESPACE, Psql.folder());
        var operator = OperatorProcess.on(cluster).start()) {
      example.applyIdentity("interval: 720h, overlap: 0s");
      addProbe(scene);
      scene.awaitVersion(DEADLINE, "crm-db", 1);
      within(ONE_PROBE, "the first probe passes").until(() -> isProbed(scene, ProbeResult.Passed));
      var secret = scene.secret("crm-db").get();

      var first = login(scene);
      try (var another = database.open(database.superuser());
          var statement = another.createStatement()) {
        statement.execute("ALTER ROLE " + first.username() + " PASSWORD 'of another writer'");
      }
      within(ONE_PROBE, "the next probe fails").until(() -> isProbed(scene, ProbeResult.Failed));
      scene.await("crm", "CredentialsFresh", "False ProbeFailed");
      assertThat(scene.message("crm", "CredentialsFresh"))
          .contains("Secret crm-db", "(version 1) no longer opens db.sales");
      assertThat(scene.secret("crm-db").get()).as("no probe writes the Secret").isEqualTo(secret);
      assertThat(probes(kubelet)).isNotEmpty();
      assertThat(scene.jobs().stream().filter(job -> job.contains("-probe-"))).hasSize(1);

      scene.annotate(scene.secret("crm-db"), Api.ROTATE_NOW, "INC-8");
      scene.awaitVersion(DEADLINE, "crm-db", 2);
      scene.await("crm", "CredentialsFresh", "True Current");
      var second = login(scene);
      assertThat(database.refusal(second)).isEmpty();

      assertThat(kubelet.ran())
          .extracting(Ran::output)
          .noneMatch(text -> text.contains(first.password()) || text.contains(second.password()));
    }
  }

  private static Login login(Scene scene) {
    return Login.of(scene.secret("crm-db").get()).orElseThrow();
  }

  private static boolean isProbed(Scene scene, ProbeResult result) {
    var probe = scene.credential("crm", "crm-db").probe();
    return probe != null && probe.result() == result;
  }

  private static List<String> probes(TestKubelet kubelet) {
    return kubelet.ran().stream().map(Ran::job).filter(job -> job.contains("-probe-")).toList();
  }

  private static void addProbe(Scene scene) {
    scene
        .identity("crm")
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "test", "path": "/spec/secrets/1/name", "value": "crm-db"},
             {"op": "add", "path": "/spec/secrets/1/hooks/probe", "value": {"interval": "1m", "timeout": "30s"}}]
            """);
  }
}
