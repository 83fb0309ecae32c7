package dev.credence.decide;

import java.math.BigDecimal;
import java.time.Duration;

/// Durations as users write them.
public final class Durations {

  /// `720h`, `1h30m`, `15s`, `0.5s`: what Go reads, without parts that are zero.
  public static String text(Duration duration) {
    var text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append('h');
    }
    if (duration.toMinutesPart() > 0) {
      text.append(duration.toMinutesPart()).append('m');
    }
    var seconds =
        BigDecimal.valueOf(duration.toNanosPart(), 9)
            .add(BigDecimal.valueOf(duration.toSecondsPart()))
            .stripTrailingZeros();
    if (seconds.signum() > 0 || text.isEmpty()) {
      text.append(seconds.toPlainString()).append('s');
    }
    return text.toString();
  }

  static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private Durations() {}
}
