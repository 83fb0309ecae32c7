// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.util.Objects;

/// The first and the last event of something. Merging keeps the earliest and the latest, so
/// an event that is read twice changes nothing.
public record Span(Sighting first, Sighting last) {
  public Span {
    Objects.requireNonNull(first, "a span without a first event");
    Objects.requireNonNull(last, "a span without a last event");
  }

  static Span of(Sighting one) {
    return new Span(one, one);
  }

  Span and(Span other) {
    return other.first().compareTo(first) >= 0 && other.last().compareTo(last) <= 0
        ? this
        : new Span(first.earlier(other.first()), last.later(other.last()));
  }
}
