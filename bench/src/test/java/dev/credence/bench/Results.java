// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;

/// Lines of a measurement, printed and kept.
public final class Results {
  private final Path file;

  public Results(String name) throws IOException {
    file = LocalCluster.TOP.resolve("bench/results/" + name + ".txt");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "# " + name + ", " + Instant.now() + "\n");
  }

  public void line(String format, Object... values) throws IOException {
    var line = String.format(Locale.ROOT, format, values);
    System.out.println(line);
    Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
  }
}
