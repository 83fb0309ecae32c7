// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.time.WrittenDuration;
import java.time.Duration;

/// Durations as users write them.
public final class Durations {

  /// `720h`, `1h30m`, `15s`, `0.5s`: what Go reads, without parts that are zero.
  public static String text(Duration duration) {
    return WrittenDuration.text(duration);
  }

  public static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private Durations() {}
}
