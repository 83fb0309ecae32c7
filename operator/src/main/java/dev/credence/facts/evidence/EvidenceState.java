// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The content of [Evidence] as plain values, in the order of the keys: the same evidence has the
/// same state. It is what is stored.
public record EvidenceState(LogState log, Keys<String, AccountState> accounts) {
  private static final long LAST_HOUR = 10_000_000;

  public EvidenceState {
    Objects.requireNonNull(log, "log is missing");
    Objects.requireNonNull(accounts, "accounts is missing");
  }

  /// The content of a bounded map: the keys, and the value of each. `most`: the upper limit;
  /// `more`: a key exceeded it.
  public record Keys<K, V>(int most, boolean more, List<K> keys, List<V> values) {
    public Keys {
      keys = List.copyOf(keys);
      values = List.copyOf(values);
      if (keys.size() != values.size()) {
        throw new IllegalArgumentException(keys.size() + " keys have " + values.size() + " values");
      }
      if (most < 0) {
        throw new IllegalArgumentException("the limit " + most + " is negative");
      }
    }

    void forEach(BiConsumer<K, V> action) {
      for (var i = 0; i < keys.size(); i++) {
        action.accept(keys.get(i), values.get(i));
      }
    }
  }

  public record LogState(
      @Nullable Instant from,
      @Nullable Instant until,
      boolean writes,
      Keys<Long, Boolean> hours,
      Keys<String, Boolean> reads,
      Keys<String, Instant> changes,
      Keys<String, Keys<Instant, Boolean>> rollouts,
      List<Coverage.Interval> coverage) {
    public LogState {
      coverage = List.copyOf(coverage);
      requireHours(hours);
    }
  }

  public record UseState(Span span, @Nullable Sighting unnamed, Keys<String, Instant> names) {
    public UseState {
      Objects.requireNonNull(span, "span is missing");
    }
  }

  /// `hours`: the registers of a [DistinctCount].
  public record AccountState(
      Span span,
      @Nullable Span success,
      Keys<Right, UseState> used,
      Keys<Right, Span> forbidden,
      Keys<Right, Span> failed,
      Keys<String, Span> places,
      Keys<String, Span> agents,
      Keys<String, Span> namespaces,
      Keys<String, Sighting> credentials,
      Keys<String, Sighting> issued,
      Keys<Long, byte[]> hours) {
    public AccountState {
      Objects.requireNonNull(span, "span is missing");
      requireHours(hours);
    }
  }

  /// Hours since 1970, for some thousand years.
  private static void requireHours(Keys<Long, ?> hours) {
    if (hours.keys().stream().anyMatch(hour -> hour < 0 || hour > LAST_HOUR)) {
      throw new IllegalArgumentException("an hour is out of range");
    }
  }
}
