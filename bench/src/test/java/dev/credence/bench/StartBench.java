// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.image.Image;
import dev.credence.image.Unpacked;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How soon the operator of the image is ready, and in how much memory: with what the JVM learnt
/// from a run, and without.
class StartBench {
  private static final int ROUNDS = 5;
  private static final long MIB = 1024 * 1024;

  @TempDir private static Path scratch;

  @Test
  void how_soon_it_is_ready() throws IOException {
    var results = new Results("start");
    var target = LocalCluster.TOP.resolve("operator/target");
    var tar = Image.build(target, scratch.resolve("image"));
    results.line("the image, as a tar: %d MiB", tar.toFile().length() / MIB);
    var root = Unpacked.of(tar, scratch.resolve("unpacked")).root(scratch.resolve("root"));
    var ways =
        Map.of(
            "with what it learnt",
            List.of("-XX:AOTCache=" + root.resolve("app/credence.aot")),
            "without",
            List.<String>of());
    try (var cluster = LocalCluster.fresh("bench")) {
      for (var round = 1; round <= ROUNDS; round++) {
        for (var way : ways.entrySet()) {
          start(results, cluster, root, way.getKey(), way.getValue());
        }
      }
    }
  }

  private static void start(
      Results results, LocalCluster cluster, Path root, String way, List<String> flags)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(root.resolve("opt/java/bin/java").toString());
    command.addAll(flags);
    command.addAll(List.of("-jar", root.resolve("app/credence.jar").toString(), "run"));
    var since = System.nanoTime();
    try (var operator =
        OperatorProcess.on(cluster)
            .with("JDK_JAVA_OPTIONS", Image.FLAGS)
            .running(command.toArray(String[]::new))
            .start()) {
      var took = Duration.ofNanos(System.nanoTime() - since);
      results.line(
          "%s: ready after %d ms, %d ms of CPU, resident %d MiB",
          way, took.toMillis(), operator.cpu().toMillis(), operator.rssBytes() / MIB);
    }
  }
}
