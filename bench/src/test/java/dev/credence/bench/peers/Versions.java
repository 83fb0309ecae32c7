// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/// The versions that are pinned in `tools/`.
final class Versions {
  static String of(String tool, String module) {
    try (var lines =
        Files.lines(LocalCluster.TOP.resolve("tools").resolve(tool).resolve("go.mod"))) {
      return lines
          .map(line -> line.strip().replaceFirst("^require ", "").split(" "))
          .filter(words -> words.length >= 2 && words[0].equals(module))
          .map(words -> words[1])
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Versions() {}
}
