// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.CredentialPolicy;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the API server admits and nobody can make sense of: an operator starts beside it, looks
/// after everything else, and reports it in a condition of its own.
@OnCluster
class UnreadableAtTheStartIT {
  private static final List<String> SCHEDULES =
      List.of(
          "0 2 * * 1-5/", "0|30 2 * * *", "0 8-18/ * * *", "0 2 L * *", "*/0 * * * *", "/ / / / /");

  @Test
  void an_operator_starts_beside_it(LocalCluster cluster, TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("good", OWNER + ", secrets: [" + password("good-db") + "]");
    for (var n = 0; n < SCHEDULES.size(); n++) {
      var rotation = "schedule: '" + SCHEDULES.get(n) + "'";
      scene.identity("odd-" + n, OWNER + ", secrets: [" + password("odd-db-" + n, rotation) + "]");
    }
    scene.identity(
        "odd-zone",
        OWNER
            + ", secrets: ["
            + password("odd-zone-db", "schedule: '0 2 * * *', timeZone: 'GMT+2'")
            + "]");
    try (var policy =
            scene.policy(
                "rotation: {schedule: '0 8-18/ * * *', windows: [{schedule: '0 22 * * 1-5/', duration: 6h}]}");
        var operator = OperatorProcess.on(cluster).start()) {
      scene.awaitReady("good");
      for (var n = 0; n < SCHEDULES.size(); n++) {
        var name = "odd-" + n;
        scene.await(name, "Ready", "False RotationBlocked");
        assertThat(scene.message(name, "Ready")).contains("is not a cron expression");
      }
      scene.await("odd-zone", "Ready", "False RotationBlocked");
      eventually("the policy is stalled")
          .until(() -> says(cluster, policy.name()).contains("Stalled True Invalid"));
      assertThat(says(cluster, policy.name())).contains("Ready False Invalid");
      assertThat(operator.isReady()).isTrue();
      assertThat(operator.isAlive()).isTrue();
    }
  }

  private static List<String> says(LocalCluster cluster, String policy) {
    var status =
        cluster.client().resources(CredentialPolicy.class).withName(policy).get().getStatus();
    return status == null || status.conditions() == null
        ? List.of()
        : status.conditions().stream()
            .map(
                condition -> condition.type() + " " + condition.status() + " " + condition.reason())
            .toList();
  }
}
