// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.Policy;
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

  /// `next`: an end still to come that binds, where this one does not.
  record Over(End end, Optional<Instant> next) implements Expiring {}

  /// `policy`: the one whose `lifetime.max` ends it; empty where it is the identity's own word.
  /// `binds`: nothing is issued after it. The word of a policy that only audits is shown.
  record End(Instant time, Optional<String> policy, boolean binds) {

    private String by() {
      return policy.map(name -> " by `lifetime.max` of policy " + name).orElse("");
    }

    /// The next step, if the identity is still needed.
    private String advice() {
      return policy.isPresent()
          ? ": if it is still needed, give it another policy"
          : ": set a later `spec.expirationTime` if it is still needed";
    }
  }

  static Expiring of(Snapshot s, Optional<Policy> policy) {
    var ends =
        Stream.of(
                s.identity().expirationTime().map(time -> new End(time, Optional.empty(), true)),
                policy.flatMap(chosen -> byPolicy(s, chosen)))
            .flatMap(Optional::stream)
            .sorted(Comparator.comparing(End::time))
            .toList();
    var passed = ends.stream().filter(end -> !s.now().isBefore(end.time())).toList();
    if (!passed.isEmpty()) {
      var end = passed.stream().filter(End::binds).findFirst().orElse(passed.getFirst());
      return new Over(end, end.binds() ? Optional.empty() : nextThatBinds(s, ends));
    }
    return ends.isEmpty()
        ? new Endless()
        : until(
            s.now(),
            ends.getFirst(),
            policy.map(chosen -> chosen.ending().warnBefore()).orElse(Policy.WARN_BEFORE));
  }

  private static Optional<Instant> nextThatBinds(Snapshot s, List<End> ends) {
    return ends.stream()
        .filter(end -> end.binds() && s.now().isBefore(end.time()))
        .map(End::time)
        .findFirst();
  }

  private static Optional<End> byPolicy(Snapshot s, Policy policy) {
    return policy
        .ending()
        .longestLife()
        .map(
            longest ->
                new End(
                    s.identity().createdAt().plus(longest),
                    Optional.of(policy.name()),
                    policy.enforces()));
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
        ? Optional.of(new IssuanceHold(IssuanceHold.Cause.Ended, "the identity has ended"))
        : Optional.empty();
  }

  /// Whether nothing is issued any more.
  default boolean isOver() {
    return this instanceof Over(var end, _) && end.binds();
  }

  default Optional<Instant> ending() {
    return switch (this) {
      case Endless() -> Optional.empty();
      case Until(var end, _, _) -> Optional.of(end.time());
      case Over(var end, _) -> Optional.of(end.time());
    };
  }

  /// The times at which this answer changes.
  default Stream<Instant> changes() {
    return switch (this) {
      case Until(var end, _, var nextWarning) ->
          Stream.concat(nextWarning.stream(), Stream.of(end.time()));
      case Over(_, var next) -> next.stream();
      case Endless _ -> Stream.empty();
    };
  }

  default ConditionResult verdict() {
    return switch (this) {
      case Endless() ->
          expiring(ConditionStatus.False, Reason.NoExpiry, "this identity has no end");
      case Until(var end, var warned, _) ->
          warned
              .map(
                  before ->
                      expiring(
                          ConditionStatus.True,
                          Reason.ExpiresSoon,
                          "ends at "
                              + end.time()
                              + end.by()
                              + ", in less than "
                              + Durations.text(before)
                              + end.advice()))
              .orElseGet(
                  () ->
                      expiring(
                          ConditionStatus.False,
                          Reason.FarAway,
                          "ends at " + end.time() + end.by()));
      case Over(var end, _) ->
          new ConditionResult(
              ConditionType.Expiring,
              ConditionStatus.True,
              Reason.Expired,
              "ended at "
                  + end.time()
                  + end.by()
                  + (end.binds()
                      ? ", nothing is issued or rotated for it"
                      : ", which only audits, so it goes on as before")
                  + end.advice(),
              Impact.Violation);
    };
  }

  private static ConditionResult expiring(ConditionStatus truth, Reason reason, String message) {
    return ConditionResult.fine(ConditionType.Expiring, truth, reason, message);
  }
}
