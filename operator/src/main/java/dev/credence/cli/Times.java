// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A time as people read it: when, and how far that is from now.
public record Times(Instant now) {

  public String words(Instant at) {
    var distance = Duration.between(now, at);
    var span = span(distance.abs());
    return at.truncatedTo(ChronoUnit.SECONDS)
        + (distance.isNegative() ? " (" + span + " ago)" : " (in " + span + ")");
  }

  /// Without the time itself, for a column.
  public String distance(Instant at) {
    var distance = Duration.between(now, at);
    var span = span(distance.abs());
    return distance.isNegative() ? span + " ago" : "in " + span;
  }

  private static String span(Duration length) {
    if (length.toDays() >= 2) {
      return length.toDays() + " days";
    }
    if (length.toHours() >= 2) {
      return length.toHours() + " hours";
    }
    if (length.toMinutes() >= 2) {
      return length.toMinutes() + " minutes";
    }
    return length.toSeconds() + " s";
  }
}
