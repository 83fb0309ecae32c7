// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.gauge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The machine that numbers were measured on.
public final class Machine {

  /// `2 × Some Processor, 24 GiB, Linux 6.1`
  public static String words() {
    return "%d × %s, %d GiB, %s %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            after("/proc/cpuinfo", "model name"),
            Math.round(
                Long.parseLong(after("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", ""))
                    / 1048576.0),
            System.getProperty("os.name"),
            System.getProperty("os.version"));
  }

  private static String after(String file, String key) {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Machine() {}
}
