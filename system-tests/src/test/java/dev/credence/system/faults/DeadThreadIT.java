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
import dev.credence.image.Image;
import dev.credence.system.Scene;
import dev.credence.system.faults.agent.PutError;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A part of the operator dies of an error that nobody expected. What only that part does would not
/// be done any more: the process ends, and the next one does it all.
@OnCluster
class DeadThreadIT {
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "dev.credence.observe.wake.Enqueuer.changed, by the test",
    "io.fabric8.kubernetes.client.informers.impl.cache.ProcessorStore.update, by the test",
    "io.javaoperatorsdk.operator.processing.event.source.timer.TimerEventSource$EventProducerTimeTask.run, by the test",
    "io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector.tryAcquireOrRenew, The lease is lost"
  })
  void who_has_lost_a_part_ends_and_the_next_one_is_whole(
      String method, String lastWords, LocalCluster cluster, TestNamespace namespace)
      throws Exception {
    var scene = Scene.in(namespace);
    var error = new PutError(folder, method);
    scene.identity(
        "before",
        OWNER + ", secrets: [" + password("before-db", "interval: 10s, overlap: 2s") + "]");
    try (var operator =
        OperatorProcess.on(cluster)
            .in(namespace)
            .with("CREDENCE_JAVA_OPTS", Image.FLAGS + " " + error.flag())
            .with("CREDENCE_LEADER_ELECTION", "true")
            .start()) {
      scene.awaitReady("before");
      error.begin();
      scene.identity("after", OWNER + ", secrets: [" + password("after-db") + "]");
      within(DEADLINE, "it ends").until(() -> !operator.isAlive());
      assertThat(operator.kill().exitCode()).isEqualTo(1);
      assertThat(operator.log()).contains(lastWords);
    }
    try (var next = OperatorProcess.on(cluster).in(namespace).start()) {
      scene.awaitReady("before");
      scene.awaitReady("after");
      assertThat(scene.version("after-db")).isEqualTo(1);
    }
  }
}
