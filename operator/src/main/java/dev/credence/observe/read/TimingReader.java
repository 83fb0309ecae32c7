// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.facts.time.Cron;
import dev.credence.facts.time.Timing;
import dev.credence.raw.UntrustedText;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `interval`, or `schedule` with `timeZone`, as a timing.
final class TimingReader {

  static Optional<Timing> of(
      @Nullable String every, @Nullable String schedule, @Nullable String timeZone) {
    if (schedule != null) {
      return Optional.of(scheduled(schedule, Objects.requireNonNullElse(timeZone, "UTC")));
    }
    if (every != null) {
      return Optional.of(
          UntrustedText.duration(every)
              .<Timing>map(Timing.Every::new)
              .orElseGet(
                  () ->
                      new Timing.Unreadable(
                          "`interval` '" + every + "' is not a duration like 720h")));
    }
    return Optional.empty();
  }

  private static Timing scheduled(String schedule, String timeZone) {
    try {
      return new Timing.Scheduled(Cron.of(schedule, timeZone));
    } catch (IllegalArgumentException unreadable) {
      return new Timing.Unreadable(
          Objects.requireNonNullElse(unreadable.getMessage(), "`schedule` cannot be read"));
    }
  }

  private TimingReader() {}
}
