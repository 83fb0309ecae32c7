package dev.credence.decide;

import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Policy;
import dev.credence.facts.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// When does the identity end? At its own `expirationTime` or at the policy's `lifetime.max`,
/// whichever is earlier.
sealed interface Life {
  List<Duration> WARN_BEFORE =
      List.of(Duration.ofHours(720), Duration.ofHours(168), Duration.ofHours(24));

  record Endless() implements Life {}

  /// `warned`: how long before the end the latest warning came, empty while the end is far;
  /// `nextWarning`: the next one.
  record Until(Instant end, Optional<Duration> warned, Optional<Instant> nextWarning)
      implements Life {}

  record Over(Instant end) implements Life {}

  static Life of(Snapshot s, Optional<Policy> policy) {
    var byPolicy = policy.flatMap(Policy::longestLife).map(s.identity().createdAt()::plus);
    var end =
        Stream.of(s.identity().expirationTime(), byPolicy)
            .flatMap(Optional::stream)
            .min(Comparator.naturalOrder());
    if (end.isEmpty()) {
      return new Endless();
    }
    if (!s.now().isBefore(end.get())) {
      return new Over(end.get());
    }
    return until(s.now(), end.get(), policy.map(Policy::warnBefore).orElse(List.of()));
  }

  private static Until until(Instant now, Instant end, List<Duration> asked) {
    var warnBefore = asked.isEmpty() ? WARN_BEFORE : asked;
    var left = Duration.between(now, end);
    return new Until(
        end,
        warnBefore.stream().filter(before -> before.compareTo(left) >= 0).min(Duration::compareTo),
        warnBefore.stream()
            .filter(before -> before.compareTo(left) < 0)
            .max(Duration::compareTo)
            .map(end::minus));
  }

  default boolean isOver() {
    return this instanceof Over;
  }

  default Optional<Instant> ending() {
    return switch (this) {
      case Endless() -> Optional.empty();
      case Until until -> Optional.of(until.end);
      case Over over -> Optional.of(over.end);
    };
  }

  /// The times at which this answer changes.
  default Stream<Instant> changes() {
    return switch (this) {
      case Endless() -> Stream.empty();
      case Until until -> Stream.concat(until.nextWarning.stream(), Stream.of(until.end));
      case Over over -> Stream.empty();
    };
  }

  default Verdict verdict() {
    return switch (this) {
      case Endless() -> expiring(Truth.False, Reason.NoExpiry, "this identity has no end");
      case Until(var end, var warned, var next) when warned.isEmpty() ->
          expiring(Truth.False, Reason.FarAway, "ends at " + end);
      case Until(var end, var warned, var next) ->
          expiring(
              Truth.True,
              Reason.ExpiresSoon,
              "ends at "
                  + end
                  + ", in less than "
                  + Durations.text(warned.orElseThrow())
                  + ": set a later `spec.expirationTime` if it is still needed");
      case Over(var end) ->
          new Verdict(
              Aspect.Expiring,
              Truth.True,
              Reason.Expired,
              "ended at "
                  + end
                  + ": nothing is issued or rotated for it; set a later `spec.expirationTime` if it is still needed",
              Weight.Violation);
    };
  }

  private static Verdict expiring(Truth truth, Reason reason, String message) {
    return Verdict.fine(Aspect.Expiring, truth, reason, message);
  }
}
