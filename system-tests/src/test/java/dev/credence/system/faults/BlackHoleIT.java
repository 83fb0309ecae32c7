// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import dev.credence.system.faults.weather.BlackHole;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Connections to the API server stay open and say no more: nobody is told, neither by an error nor
/// by an end. What is due is done all the same, and what was missed is found within a minute.
@OnCluster
class BlackHoleIT {
  /// Two beats of the heart, and the way back.
  private static final Duration TO_NOTICE = Duration.ofSeconds(60);

  @Test
  void watches_that_fell_silent_are_noticed_and_opened_anew(
      LocalCluster cluster, TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var aftermath = Aftermath.of(cluster, scene);
    try (var hole = BlackHole.before(cluster.client());
        var operator =
            OperatorProcess.on(cluster)
                .in(namespace)
                .through(hole.address())
                .with("CREDENCE_LOG_LEVEL", "TRACE")
                .start()) {
      scene.identity("crm", OWNER + ", secrets: [" + secret("crm-db", "30s") + "]");
      scene.awaitReady("crm");

      assertThat(hole.swallow()).as("connections").isPositive();
      var silence = Instant.now();
      scene.identity("later", OWNER + ", secrets: [" + secret("later-db", "720h") + "]");
      scene.annotate(scene.identity("crm"), "credence.dev/rotate", "unheard");

      within(Duration.ofSeconds(45), "what is due is done though nothing is heard")
          .until(() -> scene.version("crm-db") > 1);
      System.out.printf(
          "BlackHole: due value after %s%n", Duration.between(silence, Instant.now()));
      within(TO_NOTICE, "what nobody told is found").until(() -> scene.version("later-db") == 1);
      System.out.printf("BlackHole: noticed after %s%n", Duration.between(silence, Instant.now()));
      within(TO_NOTICE, "so is what was asked for")
          .until(() -> scene.status("crm").handled() != null);
      System.out.printf("BlackHole: asked after %s%n", Duration.between(silence, Instant.now()));
      assertThat(hole.swallowed()).as("bytes").isPositive();

      scene.patch(scene.identity("crm"), "{spec: {secrets: [" + secret("crm-db", "720h") + "]}}");
      scene.awaitReady("crm");
      var version = scene.version("crm-db");
      aftermath.holds(operator, name -> name.equals("crm") ? version : 1);
    }
  }

  private static String secret(String name, String every) {
    return password(name, "interval: " + every + ", overlap: 0s");
  }
}
