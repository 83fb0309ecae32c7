// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;

/// One audit event as an example. Ordered by time and audit ID, so that the earliest and the
/// latest of several do not depend on the order in which they were read.
public record Sighting(Instant time, String auditId, String place, String agent, int code)
    implements Comparable<Sighting> {
  private static final Comparator<Sighting> ORDER =
      Comparator.comparing(Sighting::time)
          .thenComparing(Sighting::auditId)
          .thenComparing(Sighting::place)
          .thenComparing(Sighting::agent)
          .thenComparing(Sighting::code);

  public Sighting {
    Objects.requireNonNull(time, "a sighting without a time");
    Objects.requireNonNull(auditId, "a sighting without an audit ID");
    Objects.requireNonNull(place, "a sighting without a place");
    Objects.requireNonNull(agent, "a sighting without an agent");
  }

  @Override
  public int compareTo(Sighting other) {
    return ORDER.compare(this, other);
  }

  Sighting earlier(Sighting other) {
    return compareTo(other) <= 0 ? this : other;
  }

  Sighting later(Sighting other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
