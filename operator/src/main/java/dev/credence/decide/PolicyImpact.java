// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.facts.policy.Policy;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Decision;
import dev.credence.plan.Decision.Counted;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.State;
import dev.credence.plan.IdentityStatus.Violation;
import dev.credence.plan.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What other policies would change for an identity: its decision under the policies of now, held
/// against the one under the others.
///
/// `rotated`: Secrets whose rotation would begin; `suspended`: why it would be suspended, or wait
/// for its suspension; `budget`: what that takes from; `notReady`: why it would no longer be
/// Ready; `ready`: whether it would become Ready; `violations`: rules that would be broken in
/// addition; `actions`: what would be done now, and is not done under the policies of now.
public record PolicyImpact(
    List<String> rotated,
    Optional<String> suspended,
    Optional<Counted> budget,
    Optional<String> notReady,
    boolean ready,
    List<Violation> violations,
    List<String> actions) {

  public PolicyImpact {
    rotated = List.copyOf(rotated);
    violations = List.copyOf(violations);
    actions = List.copyOf(actions);
  }

  public static PolicyImpact between(Decision before, Decision after) {
    return new PolicyImpact(
        rotated(after).filter(name -> rotated(before).noneMatch(name::equals)).toList(),
        after.status().flatMap(PolicyImpact::suspension).filter(_ -> !isSuspended(before)),
        after.counted().filter(_ -> before.counted().isEmpty()),
        notReady(after).filter(_ -> isReady(before)),
        isReady(after) && !isReady(before),
        violations(after).filter(one -> violations(before).noneMatch(one::equals)).toList(),
        actions(before, after));
  }

  /// The policies of now with these; one of the same name is replaced.
  public static List<Policy> merged(List<Policy> now, List<Policy> planned) {
    var names = planned.stream().map(Policy::name).collect(Collectors.toSet());
    return Stream.concat(
            now.stream().filter(policy -> !names.contains(policy.name())), planned.stream())
        .toList();
  }

  /// Whether the policies make no difference for the identity, as far as is told.
  public boolean isNone() {
    return rotated.isEmpty()
        && suspended.isEmpty()
        && notReady.isEmpty()
        && !ready
        && violations.isEmpty()
        && actions.isEmpty();
  }

  private static Stream<String> rotated(Decision decision) {
    return decision.actions().stream()
        .flatMap(
            action ->
                switch (action) {
                  case Action.Rotate rotate -> Stream.of(rotate.subject().name());
                  case Action.Stage stage -> Stream.of(stage.of().name());
                  default -> Stream.of();
                })
        .distinct();
  }

  private static boolean isSuspended(Decision decision) {
    return decision.status().flatMap(PolicyImpact::suspension).isPresent();
  }

  /// Why it is suspended, or waits for that.
  private static Optional<String> suspension(IdentityStatus status) {
    return status.results().stream()
        .filter(result -> result.type() == ConditionType.Suspended)
        .filter(
            result ->
                status.state() == State.Suspended
                    || status.state() == State.Decommissioned
                    || result.reason() == Reason.SuspensionQueued)
        .map(ConditionResult::message)
        .findFirst();
  }

  private static boolean isReady(Decision decision) {
    return decision.status().filter(IdentityStatus::ready).isPresent();
  }

  private static Optional<String> notReady(Decision decision) {
    return decision
        .status()
        .map(status -> status.always(ConditionType.Ready))
        .filter(ready -> ready.status() != ConditionResult.ConditionStatus.True)
        .map(ready -> ready.reason() + ": " + ready.message());
  }

  private static Stream<Violation> violations(Decision decision) {
    return decision.status().stream().flatMap(status -> status.violations().stream());
  }

  private static List<String> actions(Decision before, Decision after) {
    var done =
        before.actions().stream()
            .map(action -> action.meaning().words())
            .collect(Collectors.toSet());
    return words(after).filter(words -> !done.contains(words)).toList();
  }

  private static Stream<String> words(Decision decision) {
    return decision.actions().stream().map(action -> action.meaning().words());
  }
}
