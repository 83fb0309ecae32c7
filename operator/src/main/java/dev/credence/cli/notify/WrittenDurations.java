// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.facts.time.WrittenDuration;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations of options, such as `168h`.
final class WrittenDurations implements ITypeConverter<Duration> {
  private static final Duration LONGEST = Duration.ofDays(366);

  @Override
  public Duration convert(String written) {
    return WrittenDuration.plain(written)
        .filter(length -> !length.isNegative() && length.compareTo(LONGEST) <= 0)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + written + "' is no duration such as 168h, of at most a year"));
  }
}
