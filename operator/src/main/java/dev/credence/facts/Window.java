package dev.credence.facts;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A time in which rotations may begin: it opens when the cron expression says so and stays open
// for
/// `length`, whatever the clock on the wall does meanwhile. The moment it closes is outside.
public record Window(Cron cron, Duration length) {

  /// When the window that is open at `now` opened; empty where none is.
  public Optional<Instant> openSince(Instant now) {
    return cron.after(now.minus(length)).filter(opening -> !opening.isAfter(now));
  }

  public Optional<Instant> nextOpening(Instant now) {
    return cron.after(now);
  }
}
