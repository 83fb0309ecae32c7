// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import dev.credence.testing.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/// The pinned programs of the local cluster in `.tools/bin`. `make test` builds them while tests
/// that use none of them run; a test that uses one waits for it here.
public final class Tools {
  /// For programs in Go that run for a moment: they spend less of it on garbage.
  public static final String GOGC = "400";

  private static final Path BIN = LocalCluster.TOP.resolve(".tools/bin");
  private static final boolean ARE_BUILT = LocalCluster.GIVEN.isEmpty();

  /// The programs of every cluster.
  private static final List<String> OF_A_CLUSTER = List.of("kubernetes", "etcd", "kwok", "helm");

  private static final Set<String> BUILT = ConcurrentHashMap.newKeySet();

  /// Where the program is.
  public static Path path(String program) {
    return BIN.resolve(program);
  }

  /// Returns when these tools are built (names of `tools/build`). On a cluster that was given
  /// nothing is built, and a test that uses a tool which is missing is skipped.
  public static void await(String... names) {
    await(List.of(names));
  }

  static void awaitThoseOfACluster() {
    await(OF_A_CLUSTER);
  }

  private static void await(List<String> names) {
    if (ARE_BUILT && !BUILT.containsAll(names)) {
      var command = new ArrayList<>(List.of(LocalCluster.TOP.resolve("tools/build").toString()));
      command.addAll(names);
      Program.output(Map.of(), command, Program.LONG);
      BUILT.addAll(names);
    }
  }

  /// Returns when the tool is built; skips the test where it is not to be had.
  public static void require(String name, String program) {
    await(name);
    Assumptions.assumeTrue(
        Files.isExecutable(path(program)), name + " is one of the tools: `make tools`");
  }

  private Tools() {}
}
