// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.FromPolicy;
import dev.credence.facts.policy.PolicySections.Lifetime;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Durations;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// When does the identity end? At its own `expirationTime` or at the policy's `lifetime.max`,
/// whichever is earlier.
public sealed interface Expiring {

  record Endless() implements Expiring {}

  /// `warned`: how long before the end the latest warning came, empty while the end is far;
  /// `nextWarning`: the next one.
  record Until(End end, Optional<Duration> warned, Optional<Instant> nextWarning)
      implements Expiring {}

  record Over(End end) implements Expiring {}

  /// `policy`: the one whose `lifetime.max` ends it; empty where it is the identity's own word.
  record End(Instant time, Optional<String> policy) {

    private String by() {
      return policy.map(name -> " by `lifetime.max` of policy " + name).orElse("");
    }

    /// The next step, if the identity is still needed.
    private String advice() {
      return policy.isPresent()
          ? " If the identity is still needed, raise `lifetime.max`, or apply another policy to it."
          : " If the identity is still needed, set a later `spec.expirationTime`.";
    }
  }

  static Expiring of(Snapshot s, EffectivePolicy policy) {
    var ends =
        Stream.of(
                s.identity().expirationTime().map(time -> new End(time, Optional.empty())),
                policy.lifetime().flatMap(chosen -> byPolicy(s, chosen)))
            .flatMap(Optional::stream)
            .sorted(Comparator.comparing(End::time))
            .toList();
    if (ends.isEmpty()) {
      return new Endless();
    }
    var first = ends.getFirst();
    return s.now().isBefore(first.time())
        ? until(
            s.now(),
            first,
            policy
                .lifetime()
                .map(chosen -> chosen.section().warnBefore())
                .orElse(Lifetime.WARN_BEFORE))
        : new Over(first);
  }

  private static Optional<End> byPolicy(Snapshot s, FromPolicy<Lifetime> lifetime) {
    return lifetime
        .section()
        .max()
        .map(
            longest ->
                new End(s.identity().createdAt().plus(longest), Optional.of(lifetime.policy())));
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

  default Optional<IssuanceHold> halt() {
    return isOver()
        ? Optional.of(new IssuanceHold(IssuanceHold.Cause.Ended, "the identity has expired"))
        : Optional.empty();
  }

  /// Whether nothing is issued any more.
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
      case Over _, Endless _ -> Stream.empty();
    };
  }

  default ConditionResult result() {
    return switch (this) {
      case Endless() -> notExpiring();
      case Until(var end, var warned, _) ->
          warned
              .map(
                  before ->
                      expiring(
                          ConditionStatus.True,
                          Reason.ExpiresSoon,
                          "The identity expires at "
                              + end.time()
                              + end.by()
                              + ", in less than "
                              + Durations.text(before)
                              + "."
                              + end.advice()))
              .orElseGet(Expiring::notExpiring);
      case Over(var end) ->
          new ConditionResult(
              ConditionType.Expiring,
              ConditionStatus.True,
              Reason.Expired,
              "The identity expired at "
                  + end.time()
                  + end.by()
                  + ". The operator issues and rotates no credentials for it."
                  + end.advice(),
              Impact.Violation);
    };
  }

  /// What a policy that audits would make of it, in a sentence.
  default String asIfEnforced() {
    return switch (this) {
      case Endless() -> "The identity would have no expiration time.";
      case Until(var end, var warned, _) ->
          "The identity would expire at "
              + end.time()
              + end.by()
              + warned.map(before -> ", in less than " + Durations.text(before)).orElse("")
              + ".";
      case Over(var end) -> "The identity would have expired at " + end.time() + end.by() + ".";
    };
  }

  private static ConditionResult notExpiring() {
    return ConditionResult.notApplicable(ConditionType.Expiring, ConditionStatus.False);
  }

  private static ConditionResult expiring(ConditionStatus status, Reason reason, String message) {
    return ConditionResult.fine(ConditionType.Expiring, status, reason, message);
  }
}
