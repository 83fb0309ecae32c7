// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.image.Image;
import dev.credence.system.Scene;
import dev.credence.system.faults.agent.PutError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A part of the operator dies of an error that nobody expected. What only that part does would not
/// be done any more: the process ends, and the next one does it all.
///
/// Four operators lose a part each, at the same time, in a namespace of their own; the next one
/// looks after all four.
@OnCluster
class DeadThreadIT {
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  /// All four at the same time.
  private static final Duration TO_START = Duration.ofMinutes(3);

  private static final List<Part> PARTS =
      List.of(
          new Part("dev.credence.observe.wake.Enqueuer.changed", "by the test", false),
          new Part(
              "io.fabric8.kubernetes.client.informers.impl.cache.ProcessorStore.update",
              "by the test",
              false),
          new Part(
              "io.javaoperatorsdk.operator.processing.event.source.timer.TimerEventSource$EventProducerTimeTask.run",
              "by the test",
              false),
          new Part(
              "io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector.tryAcquireOrRenew",
              "The lease is lost",
              true));

  /// A method whose error is the end of its thread, and what the log says then. There is one Lease,
  /// so that only one of them can be elected.
  private record Part(String method, String lastWords, boolean ofTheElection) {}

  @TempDir private Path folder;

  @Test
  void who_has_lost_a_part_ends_and_the_next_one_is_whole(LocalCluster cluster) throws Exception {
    var all = new ArrayList<Losing>();
    try {
      for (var part : PARTS) {
        all.add(new Losing(cluster, part, Files.createTempDirectory(folder, "part")));
      }
      for (var one : all) {
        one.loses();
      }
      all.forEach(Losing::ends);
      try (var next =
          OperatorProcess.on(cluster)
              .with(
                  "CREDENCE_WATCH_NAMESPACES",
                  all.stream().map(one -> one.namespace.name()).collect(joining(",")))
              .start()) {
        all.forEach(Losing::isMadeUpFor);
        assertThat(next.isAlive()).isTrue();
      }
    } finally {
      all.forEach(Losing::close);
    }
  }

  /// An operator that loses a part, and what it looks after.
  private static final class Losing {
    private final Part part;
    private final PutError error;
    private final TestNamespace namespace;
    private final Scene scene;
    private final OperatorProcess operator;

    Losing(LocalCluster cluster, Part part, Path folder) throws IOException {
      this.part = part;
      error = new PutError(folder, part.method());
      namespace = TestNamespace.create(cluster.client(), "dead-thread", Map.of());
      scene = Scene.in(namespace);
      scene.identity(
          "before",
          OWNER + ", secrets: [" + password("before-db", "interval: 10s, overlap: 2s") + "]");
      operator =
          OperatorProcess.on(cluster)
              .in(namespace)
              .with("CREDENCE_JAVA_OPTS", Image.FLAGS + " " + error.flag())
              .with("CREDENCE_LEADER_ELECTION", String.valueOf(part.ofTheElection()))
              .startAnyway();
    }

    void loses() throws IOException {
      operator.awaitReady(TO_START);
      scene.awaitReady("before");
      error.begin();
      scene.identity("after", OWNER + ", secrets: [" + password("after-db") + "]");
    }

    void ends() {
      within(DEADLINE, "it ends: " + part).until(() -> !operator.isAlive());
      assertThat(operator.kill().exitCode()).as("%s", part).isEqualTo(1);
      assertThat(operator.log()).as("%s", part).contains(part.lastWords());
    }

    void isMadeUpFor() {
      scene.awaitReady("before");
      scene.awaitReady("after");
      assertThat(scene.version("after-db")).as("%s", part).isEqualTo(1);
    }

    void close() {
      operator.close();
      namespace.close();
    }
  }
}
