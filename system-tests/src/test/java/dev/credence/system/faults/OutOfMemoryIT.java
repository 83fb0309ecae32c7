// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Out of memory, the operator does not live on with half of its threads: it ends, leaves nothing
/// of its memory on a disk, and the next one goes on.
@OnCluster
class OutOfMemoryIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /// The chart's flags, with a heap that holds the classes and little else.
  private static final String TINY =
      "-XX:+UseSerialGC -Xms8m -Xmx14m -Xss512k -XX:+ExitOnOutOfMemoryError -XX:-HeapDumpOnOutOfMemoryError";

  /// The JVM's own.
  private static final int OUT_OF_MEMORY = 3;

  @Test
  void it_ends_and_the_next_one_goes_on(LocalCluster cluster, TestNamespace namespace)
      throws Exception {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + Scene.password("crm-db") + "]");
    try (var small = OperatorProcess.on(cluster).with("CREDENCE_JAVA_OPTS", TINY).startAnyway()) {
      within(DEADLINE, "it ends").until(() -> !small.isAlive());
      assertThat(small.kill().exitCode()).isEqualTo(OUT_OF_MEMORY);
      assertThat(small.log()).contains("OutOfMemoryError");
    }
    try (var dumps = Files.list(Path.of("."))) {
      assertThat(dumps.map(Path::toString)).noneMatch(name -> name.endsWith(".hprof"));
    }
    try (var operator = OperatorProcess.on(cluster).start()) {
      scene.awaitReady("crm");
      scene.awaitVersion("crm-db", 1);
    }
  }
}
