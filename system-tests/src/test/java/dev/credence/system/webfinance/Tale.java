// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import java.time.Duration;

/// Tells on the standard output what the test does, for `make demo-accounts`; silent otherwise.
final class Tale {
  private static final boolean IS_TOLD = Boolean.getBoolean("credence.tell");

  /// By which `tools/demo-accounts` tells these lines from others.
  private static final String PREFIX = "demo| ";

  private static final int WIDTH = 104;

  private final long start = System.nanoTime();

  void say(String sentence, Object... words) {
    if (IS_TOLD) {
      var seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      print("%3ds  %s".formatted(seconds, sentence.formatted(words)));
    }
  }

  /// Indented, between two empty lines. A table is shown as it is.
  void show(String text) {
    if (IS_TOLD) {
      print("\n" + text.stripTrailing().indent(8) + "\n");
    }
  }

  /// The same, in lines that fit a terminal.
  void quote(String text) {
    show(text.replaceAll("(.{1," + WIDTH + "})(?: |$)", "$1\n"));
  }

  private static void print(String text) {
    text.lines().forEach(line -> System.out.println(PREFIX + line));
  }
}
