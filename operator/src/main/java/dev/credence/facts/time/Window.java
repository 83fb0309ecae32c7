// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A time in which rotations may begin: it opens when the cron expression says so and stays open
/// for `length`, whatever the clock on the wall does meanwhile. The moment it closes is outside.
public record Window(Cron cron, Duration length) {
  private static final Duration CLOCKS_CHANGE_BY = Duration.ofHours(2);

  /// When the window that is open at `now` opened; empty where none is.
  public Optional<Instant> openSince(Instant now) {
    var earliest = now.minus(length);
    // From before any change of the clock: an opening that it moved lies after the time of its
    // wall.
    var opening = cron.after(earliest.minus(CLOCKS_CHANGE_BY));
    while (opening.isPresent() && !opening.get().isAfter(earliest)) {
      opening = cron.after(opening.get());
    }
    return opening.filter(at -> !at.isAfter(now));
  }

  public Optional<Instant> nextOpening(Instant now) {
    return cron.after(now);
  }
}
