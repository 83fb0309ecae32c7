// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import java.time.Duration;

/// Prints what the test does, for `make demo-accounts`. Prints nothing otherwise.
final class DemoOutput {
  private static final boolean IS_SHOWN = Boolean.getBoolean("credence.demo");

  /// By which `tools/demo-accounts` finds these lines.
  private static final String PREFIX = "demo| ";

  private static final int WIDTH = 104;

  private final long start = System.nanoTime();
  private boolean isAfterEmptyLine;

  void say(String sentence, Object... words) {
    if (IS_SHOWN) {
      var seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      print("%3ds  %s".formatted(seconds, sentence.formatted(words)));
    }
  }

  /// Indented, between two empty lines. A table is shown as it is.
  void show(String text) {
    if (IS_SHOWN) {
      print("\n" + text.stripTrailing().indent(8) + "\n");
    }
  }

  /// The same, in lines that fit a terminal.
  void quote(String text) {
    show(text.replaceAll("(.{1," + WIDTH + "})(?: |$)", "$1\n"));
  }

  /// At most one empty line after another line.
  private void print(String text) {
    for (var line : text.lines().map(String::stripTrailing).toList()) {
      if (!line.isEmpty() || !isAfterEmptyLine) {
        System.out.println(PREFIX + line);
      }
      isAfterEmptyLine = line.isEmpty();
    }
  }
}
