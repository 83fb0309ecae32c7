// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The times in which a receiver accepted events, merged over all receivers. An absence of at
/// most a minute is none: the API server repeats a request for about 80 seconds. The union of
/// times is associative, commutative and idempotent.
public final class Coverage {
  private static final Duration RETRIED = Duration.ofMinutes(1);

  /// A receiver that stops every few minutes for weeks. The oldest are dropped: what is not
  /// known to be covered is not covered.
  private static final int MOST = 2_000;

  private final TreeMap<Instant, Instant> spans = new TreeMap<>();

  /// A time in which events were accepted.
  public record Interval(Instant from, Instant to) {
    public Interval {
      Objects.requireNonNull(from, "an interval without a begin");
      if (to.isBefore(from)) {
        throw new IllegalArgumentException("The interval from " + from + " ends at " + to + ".");
      }
    }
  }

  void add(Instant from, Instant to) {
    var begin = from;
    var end = to;
    var before = spans.floorEntry(begin);
    if (before != null && !before.getValue().plus(RETRIED).isBefore(begin)) {
      begin = before.getKey();
      end = later(end, before.getValue());
      spans.remove(before.getKey());
    }
    for (var next = spans.ceilingEntry(begin);
        next != null && !next.getKey().isAfter(end.plus(RETRIED));
        next = spans.ceilingEntry(begin)) {
      end = later(end, next.getValue());
      spans.remove(next.getKey());
    }
    spans.put(begin, end);
    while (spans.size() > MOST) {
      spans.pollFirstEntry();
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  void addAll(Coverage other) {
    other.spans.forEach(this::add);
  }

  /// Drops what ended before.
  void forget(Instant before) {
    spans.values().removeIf(end -> end.isBefore(before));
  }

  /// In the order of time.
  public List<Interval> intervals() {
    return spans.entrySet().stream()
        .map(span -> new Interval(span.getKey(), span.getValue()))
        .toList();
  }

  /// The end of the last interval; empty where no receiver wrote the evidence.
  public Optional<Instant> until() {
    return Optional.ofNullable(spans.lastEntry()).map(last -> last.getValue());
  }

  /// Between the intervals: no receiver accepted events, or what it accepted was lost.
  List<Log.Gap> gaps() {
    var gaps = new ArrayList<Log.Gap>();
    Instant end = null;
    for (var span : spans.entrySet()) {
      if (end != null) {
        gaps.add(new Log.Gap(end, span.getKey()));
      }
      end = span.getValue();
    }
    return gaps;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Coverage coverage && coverage.spans.equals(spans);
  }

  @Override
  public int hashCode() {
    return spans.hashCode();
  }

  @Override
  public String toString() {
    return spans.toString();
  }
}
