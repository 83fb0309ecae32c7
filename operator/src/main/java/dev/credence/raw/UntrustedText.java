// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import dev.credence.facts.text.InvisibleCharacters;
import dev.credence.facts.text.Truncation;
import dev.credence.facts.time.WrittenDuration;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads untrusted texts.
public final class UntrustedText {
  private static final int LONGEST = 253;
  private static final int LONGEST_RECORD = 16_384;
  private static final long HIGHEST_VERSION = 1_000_000_000_000L;

  public static Optional<String> present(@Nullable String text) {
    return Optional.ofNullable(text).filter(found -> !found.isBlank());
  }

  /// One line without control characters, at most 253 characters: fit for a status, an Event, a
  /// log.
  public static String oneLine(String text) {
    return Truncation.truncate(InvisibleCharacters.replaced(text, "?"), LONGEST);
  }

  public static boolean isOneLine(String text) {
    return text.length() <= LONGEST && !InvisibleCharacters.isIn(text);
  }

  /// A text that Credence cannot have written counts as missing.
  public static Optional<String> line(@Nullable String text) {
    return present(text).filter(UntrustedText::isOneLine);
  }

  /// The same for a record that we write, which may be longer.
  public static Optional<String> record(@Nullable String text) {
    return present(text)
        .filter(found -> found.length() <= LONGEST_RECORD && !InvisibleCharacters.isIn(found));
  }

  public static Optional<Duration> duration(@Nullable String text) {
    return Optional.ofNullable(text).flatMap(WrittenDuration::plain);
  }

  /// A time of RFC 3339, whose years have four digits.
  public static Optional<Instant> time(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      var time = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
      return time.getYear() >= 1 && time.getYear() <= 9999
          ? Optional.of(time.toInstant())
          : Optional.empty();
    } catch (DateTimeException unreadable) {
      return Optional.empty();
    }
  }

  /// A day like 2026-11-20.
  public static Optional<LocalDate> day(@Nullable String text) {
    if (text == null || text.length() != "2026-11-20".length()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException unreadable) {
      return Optional.empty();
    }
  }

  /// A count from 1 on, small enough to be counted on.
  public static Optional<Long> version(@Nullable String text) {
    try {
      return Optional.ofNullable(text)
          .map(Long::parseLong)
          .filter(value -> value > 0 && value <= HIGHEST_VERSION);
    } catch (NumberFormatException unreadable) {
      return Optional.empty();
    }
  }

  /// The one of all equal texts that is kept.
  public static @Nullable String shared(@Nullable String text) {
    return text == null ? null : text.intern();
  }

  private UntrustedText() {}
}
