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

  record Endless() implements Life {}

  /// `warned`: how long before the end the latest warning came, empty while the end is far;
  /// `nextWarning`: the next one.
  record Until(End end, Optional<Duration> warned, Optional<Instant> nextWarning) implements Life {}

  record Over(End end) implements Life {}

  /// `policy`: the one whose `lifetime.max` ends it; empty where it is the identity's own word.
  record End(Instant time, Optional<String> policy) {

    private String by() {
      return policy.map(name -> " by `lifetime.max` of policy " + name).orElse("");
    }

    /// What to do about it, if the identity is still needed.
    private String advice() {
      return policy.isPresent()
          ? ": if it is still needed, give it another policy"
          : ": set a later `spec.expirationTime` if it is still needed";
    }
  }

  static Life of(Snapshot s, Optional<Policy> policy) {
    var end =
        Stream.of(
                s.identity().expirationTime().map(time -> new End(time, Optional.empty())),
                policy.flatMap(chosen -> byPolicy(s, chosen)))
            .flatMap(Optional::stream)
            .min(Comparator.comparing(End::time));
    if (end.isEmpty()) {
      return new Endless();
    }
    return s.now().isBefore(end.get().time())
        ? until(s.now(), end.get(), policy.map(Policy::warnBefore).orElse(Policy.WARN_BEFORE))
        : new Over(end.get());
  }

  private static Optional<End> byPolicy(Snapshot s, Policy policy) {
    return policy
        .longestLife()
        .map(
            longest -> new End(s.identity().createdAt().plus(longest), Optional.of(policy.name())));
  }

  private static Until until(Instant now, End end, List<Duration> warnBefore) {
    var left = Duration.between(now, end.time());
    return new Until(
        end,
        warnBefore.stream().filter(before -> before.compareTo(left) >= 0).min(Duration::compareTo),
        warnBefore.stream()
            .filter(before -> before.compareTo(left) < 0)
            .max(Duration::compareTo)
            .map(end.time()::minus));
  }

  default boolean isOver() {
    return this instanceof Over;
  }

  default Optional<Instant> ending() {
    return switch (this) {
      case Endless() -> Optional.empty();
      case Until(var end, _, _) -> Optional.of(end.time());
      case Over(var end) -> Optional.of(end.time());
    };
  }

  /// The times at which this answer changes.
  default Stream<Instant> changes() {
    return switch (this) {
      case Until(var end, _, var nextWarning) ->
          Stream.concat(nextWarning.stream(), Stream.of(end.time()));
      case Endless _, Over _ -> Stream.empty();
    };
  }

  default Verdict verdict() {
    return switch (this) {
      case Endless() -> expiring(Truth.False, Reason.NoExpiry, "this identity has no end");
      case Until(var end, var warned, _) ->
          warned
              .map(
                  before ->
                      expiring(
                          Truth.True,
                          Reason.ExpiresSoon,
                          "ends at "
                              + end.time()
                              + end.by()
                              + ", in less than "
                              + Durations.text(before)
                              + end.advice()))
              .orElseGet(
                  () -> expiring(Truth.False, Reason.FarAway, "ends at " + end.time() + end.by()));
      case Over(var end) ->
          new Verdict(
              Aspect.Expiring,
              Truth.True,
              Reason.Expired,
              "ended at "
                  + end.time()
                  + end.by()
                  + ", nothing is issued or rotated for it"
                  + end.advice(),
              Weight.Violation);
    };
  }

  private static Verdict expiring(Truth truth, Reason reason, String message) {
    return Verdict.fine(Aspect.Expiring, truth, reason, message);
  }
}
