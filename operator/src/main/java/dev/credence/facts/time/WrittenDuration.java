// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.time;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations as they are written in resources.
public final class WrittenDuration {
  /// Hours, minutes and seconds in this order, whole numbers, at most some 160 years.
  private static final Pattern PLAIN =
      Pattern.compile("(?:([0-9]{1,6})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,9})s)?");

  private static final Pattern GO_PART =
      Pattern.compile("([0-9]*)([.][0-9]*)?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)");

  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "\u00b5s", 1_000L,
          "\u03bcs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private static final BigInteger MOST = BigInteger.ONE.shiftLeft(63);

  /// More digits than any number of nanoseconds has.
  private static final int DIGITS = 19;

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

  /// A duration in a resource of Credence: `720h`, `1h30m`, `15s`. A part of what Go accepts, since
  /// the schema can state it.
  public static Optional<Duration> plain(String text) {
    var parts = PLAIN.matcher(text);
    return !text.isEmpty() && parts.matches()
        ? Optional.of(
            Duration.ofHours(number(parts.group(1)))
                .plusMinutes(number(parts.group(2)))
                .plusSeconds(number(parts.group(3))))
        : Optional.empty();
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /// A duration in a resource of another API: all that Go's `time.ParseDuration` accepts, to the
  /// same nanosecond. Empty where Go rejects the text.
  public static Optional<Duration> go(String text) {
    var isNegative = text.startsWith("-");
    var rest = isNegative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    var parts = GO_PART.matcher(rest);
    var sum = BigInteger.ZERO;
    var at = 0;
    do {
      parts.region(at, rest.length());
      var length = parts.lookingAt() ? nanos(parts) : Optional.<BigInteger>empty();
      if (length.isEmpty()) {
        return Optional.empty();
      }
      sum = sum.add(length.get());
      at = parts.end();
    } while (at < rest.length());
    var nanos = isNegative ? sum.negate() : sum;
    return nanos.bitLength() < Long.SIZE
        ? Optional.of(Duration.ofNanos(nanos.longValueExact()))
        : Optional.empty();
  }

  private static Optional<BigInteger> nanos(MatchResult part) {
    var whole = part.group(1);
    var fraction = part.group(2) == null ? "" : part.group(2).substring(1);
    if (whole.isEmpty() && fraction.isEmpty()) {
      return Optional.empty();
    }
    var digits = whole.replaceFirst("^0+", "");
    if (digits.length() > DIGITS) {
      return Optional.empty();
    }
    var unit = Objects.requireNonNull(NANOS.get(part.group(3)));
    var nanos =
        new BigInteger(digits.isEmpty() ? "0" : digits)
            .multiply(BigInteger.valueOf(unit))
            .add(BigInteger.valueOf((long) fraction(fraction, unit)));
    return nanos.compareTo(MOST) <= 0 ? Optional.of(nanos) : Optional.empty();
  }

  /// As Go counts, in floating point: digits that do not fit into 63 bits are left out.
  private static double fraction(String digits, long unit) {
    var number = 0L;
    var scale = 1.0;
    for (var at = 0; at < digits.length(); at++) {
      if (number > Long.MAX_VALUE / 10) {
        break;
      }
      var next = number * 10 + (digits.charAt(at) - '0');
      if (next < 0) {
        break;
      }
      number = next;
      scale *= 10;
    }
    return number * (unit / scale);
  }

  private WrittenDuration() {}
}
