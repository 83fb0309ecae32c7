// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.conditions;

import dev.credence.facts.policy.Policy;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Computes Ready, Reconciling and Stalled. The first failing condition that counts is the reason.
///
/// Reconciling and Stalled follow kstatus: Ready=False alone is read as "in progress", so a problem
/// that requires manual action must set Stalled; never both.
public final class Ready {

  public static List<ConditionResult> over(
      List<ConditionResult> verdicts, Optional<Policy> policy) {
    var counting = verdicts.stream().filter(verdict -> counts(verdict, policy)).toList();
    var all = new ArrayList<ConditionResult>();
    all.add(ready(verdicts, counting, policy));
    counting.stream()
        .filter(verdict -> verdict.weight() != Impact.Waiting)
        .findFirst()
        .map(verdict -> summed(ConditionType.Stalled, verdict))
        .or(
            () ->
                counting.stream()
                    .findFirst()
                    .map(verdict -> summed(ConditionType.Reconciling, verdict)))
        .ifPresent(all::add);
    all.addAll(verdicts);
    return all;
  }

  private static boolean counts(ConditionResult verdict, Optional<Policy> policy) {
    return switch (verdict.weight()) {
      case None -> false;
      case Violation -> policy.filter(Policy::enforces).isPresent();
      case Waiting, Broken -> true;
    };
  }

  private static ConditionResult ready(
      List<ConditionResult> verdicts, List<ConditionResult> counting, Optional<Policy> policy) {
    if (!counting.isEmpty()) {
      var first = counting.getFirst();
      return ConditionResult.fine(
          ConditionType.Ready, ConditionStatus.False, first.reason(), first.message());
    }
    var broken =
        violations(verdicts).stream().map(Reason::toString).collect(Collectors.joining(", "));
    return ConditionResult.fine(
        ConditionType.Ready,
        ConditionStatus.True,
        Reason.Compliant,
        broken.isEmpty()
            ? "the identity is as it should be"
            : broken + ", but " + lenience(policy));
  }

  private static String lenience(Optional<Policy> policy) {
    return policy
        .map(chosen -> "policy " + chosen.name() + " only audits")
        .orElse("no policy enforces anything here");
  }

  public static List<Reason> violations(List<ConditionResult> verdicts) {
    return verdicts.stream()
        .filter(verdict -> verdict.weight() == Impact.Violation)
        .map(ConditionResult::reason)
        .toList();
  }

  private static ConditionResult summed(ConditionType aspect, ConditionResult verdict) {
    return ConditionResult.fine(aspect, ConditionStatus.True, verdict.reason(), verdict.message());
  }

  private Ready() {}
}
