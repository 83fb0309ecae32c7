// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The use of a right: when, for which names, and since when without a name.
public final class Use {
  private final Bounded<String, Instant> names;
  private @Nullable Span span;
  private @Nullable Sighting unnamed;

  Use(int mostNames) {
    names = Bounded.sampled(mostNames, Use::later);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  void add(Sighting sighting, String name) {
    var one = Span.of(sighting);
    span = span == null ? one : span.and(one);
    if (!name.isEmpty()) {
      names.add(name, sighting.time());
    } else if (unnamed == null || sighting.compareTo(unnamed) < 0) {
      unnamed = sighting;
    }
  }

  Use and(Use other) {
    names.addAll(other.names);
    span = span == null ? other.span : other.span == null ? span : span.and(other.span);
    unnamed =
        unnamed == null
            ? other.unnamed
            : other.unnamed == null ? unnamed : unnamed.earlier(other.unnamed);
    return this;
  }

  EvidenceState.UseState state() {
    return new EvidenceState.UseState(span(), unnamed, names.state(Function.identity()));
  }

  static Use of(EvidenceState.UseState state, int mostNames) {
    var use = new Use(mostNames);
    use.span = state.span();
    use.unnamed = state.unnamed();
    use.names.addState(state.names(), Function.identity());
    return use;
  }

  void limitNames(int fewer) {
    names.limit(fewer);
  }

  public Span span() {
    return Objects.requireNonNull(span);
  }

  /// The last use of each name.
  public Bounded<String, Instant> names() {
    return names;
  }

  /// The first request without a name.
  public Optional<Sighting> unnamed() {
    return Optional.ofNullable(unnamed);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Use use
        && Objects.equals(use.span, span)
        && Objects.equals(use.unnamed, unnamed)
        && use.names.equals(names);
  }

  @Override
  public int hashCode() {
    return Objects.hash(span, unnamed, names);
  }

  @Override
  public String toString() {
    return span + ", names " + names + ", without a name since " + unnamed;
  }
}
