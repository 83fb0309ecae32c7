// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Scene;
import dev.credence.system.kubelet.TestKubelet;
import dev.credence.system.kubelet.TestKubelet.Ran;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// `examples/database-password` with a real PostgreSQL: its hooks run, and its applications log in
/// all the while.
@OnCluster
class DatabaseIT {
  /// Two of each account; with the long tests five.
  private static final int ROTATIONS = Boolean.getBoolean("credence.long") ? 10 : 4;

  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final Duration PERIOD = Duration.ofMillis(50);
  private static final Duration SYNC = Duration.ofSeconds(1);

  @Test
  void rotations_and_not_one_failed_login(LocalCluster cluster) {
    var kube = cluster.client();
    var sales = DatabaseExample.NAMESPACE;
    var scene = new Scene(kube, sales);
    var logins = new HashSet<Login>();
    try (var database = Database.start();
        var example = DatabaseExample.apply(cluster, database, Psql.folder());
        var kubelet = TestKubelet.start(kube, sales, Psql.folder());
        var operator = OperatorProcess.on(cluster).start();
        var web = Client.every(PERIOD, database, new App.OfFiles(kube, sales, SYNC));
        var worker =
            Client.every(PERIOD, database, new App.OfEnvironment(kube, sales, "crm-worker"))) {
      example.applyIdentity("interval: 12s, overlap: 3s");
      scene.awaitVersion(DEADLINE, "crm-db", 1);
      for (var version = 2; version <= ROTATIONS + 1; version++) {
        var old = login(scene);
        logins.add(old);
        scene.awaitVersion(DEADLINE, "crm-db", version);
        if (version == ROTATIONS + 1) {
          example.setRotation("interval: 720h, overlap: 3s");
        }
        within(DEADLINE, "version %d is ended".formatted(version - 1))
            .until(() -> !isOverlapping(scene));
        assertThat(database.refusal(old)).as("version %d", version - 1).isPresent();
        assertThat(web.failures()).isEmpty();
        assertThat(worker.failures()).isEmpty();
      }
      var last = login(scene);
      logins.add(last);

      within(DEADLINE, "at rest")
          .until(
              () ->
                  scene.credential("crm", "crm-db").state() == CredentialState.Fresh
                      && kube.batch().v1().jobs().inNamespace(sales).list().getItems().isEmpty());
      assertThat(scene.secret("crm-db-pending").get()).isNull();
      assertThat(scene.secret("crm-db").get().getData()).containsOnlyKeys("username", "password");
      assertThat(scene.version("crm-db")).isEqualTo(ROTATIONS + 1);
      scene.awaitReady("crm");

      assertThat(logins).as("every version had a value of its own").hasSize(ROTATIONS + 1);
      assertThat(logins).extracting(Login::username).containsOnly("crm_blue", "crm_green");
      assertThat(logins)
          .as("what still opens the database")
          .filteredOn(login -> database.refusal(login).isEmpty())
          .containsExactly(last);
      assertThat(jobs(kubelet, "apply")).containsExactlyElementsOf(versions(1, ROTATIONS + 1));
      assertThat(jobs(kubelet, "verify")).containsExactlyElementsOf(versions(1, ROTATIONS + 1));
      assertThat(jobs(kubelet, "revoke")).containsExactlyElementsOf(versions(1, ROTATIONS));
      assertThat(kubelet.ran()).allMatch(ran -> ran.exitCode() == 0);

      for (var deployment : List.of("crm-web", "crm-worker")) {
        assertThat(restartedFor(scene, deployment)).isEqualTo("crm-db-v" + (ROTATIONS + 1));
      }
      eventually("both applications read the last version")
          .until(() -> web.used().contains(last) && worker.used().contains(last));
      assertThat(web.used()).as("by files").containsExactlyInAnyOrderElementsOf(logins);
      assertThat(worker.used()).as("by restarts").containsExactlyInAnyOrderElementsOf(logins);
      assertThat(web.failures()).isEmpty();
      assertThat(worker.failures()).isEmpty();
      assertThat(web.attempts()).as("logins by files").isGreaterThan(ROTATIONS * 100);
      assertThat(worker.attempts()).as("logins by environment").isGreaterThan(ROTATIONS * 100);
    }
  }

  private static Login login(Scene scene) {
    return Login.of(scene.secret("crm-db").get()).orElseThrow();
  }

  private static boolean isOverlapping(Scene scene) {
    return scene.secret("crm-db").get().getData().containsKey("password" + Api.PREVIOUS);
  }

  /// Of which versions a hook was run, in that order: each by one attempt.
  private static List<Long> jobs(TestKubelet kubelet, String step) {
    return kubelet.ran().stream()
        .map(Ran::job)
        .filter(job -> job.contains("-" + step + "-"))
        .map(job -> Long.parseLong(job.replaceAll("crm-db-v(\\d+)-.*", "$1")))
        .toList();
  }

  private static List<Long> versions(int first, int last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private static String restartedFor(Scene scene, String deployment) {
    return scene
        .client()
        .apps()
        .deployments()
        .inNamespace(scene.namespace())
        .withName(deployment)
        .get()
        .getSpec()
        .getTemplate()
        .getMetadata()
        .getAnnotations()
        .get(Api.RESTARTED_FOR);
  }
}
