// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.conditions;

import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Computes Ready, Reconciling and Stalled. The first failing condition that counts is the reason.
///
/// Reconciling and Stalled follow kstatus: Ready=False alone is read as "in progress", so a problem
/// that requires manual action must set Stalled; never both.
public final class Ready {

  /// `enforcing`: whether any policy that matches enforces; `note`: what else Ready tells.
  public static List<ConditionResult> over(
      List<ConditionResult> results, boolean enforcing, Optional<String> note) {
    var counting = results.stream().filter(result -> result.counts(enforcing)).toList();
    var all = new ArrayList<ConditionResult>();
    all.add(ready(results, counting, note));
    counting.stream()
        .filter(result -> result.impact() != Impact.Waiting)
        .findFirst()
        .map(result -> summed(ConditionType.Stalled, result))
        .or(
            () ->
                counting.stream()
                    .findFirst()
                    .map(result -> summed(ConditionType.Reconciling, result)))
        .ifPresent(all::add);
    all.addAll(results);
    return all;
  }

  private static ConditionResult ready(
      List<ConditionResult> results, List<ConditionResult> counting, Optional<String> note) {
    if (!counting.isEmpty()) {
      var first = counting.getFirst();
      return ConditionResult.fine(
          ConditionType.Ready, ConditionStatus.False, first.reason(), first.message());
    }
    var broken =
        violations(results).map(one -> one.reason().name()).collect(Collectors.joining(", "));
    return ConditionResult.fine(
        ConditionType.Ready,
        ConditionStatus.True,
        Reason.Compliant,
        (broken.isEmpty()
                ? "The identity complies with its policies."
                : "The identity has problems that no policy enforces: " + broken + ".")
            + note.map(text -> " " + text).orElse(""));
  }

  /// The conditions that show a broken rule.
  public static Stream<ConditionResult> violations(List<ConditionResult> results) {
    return results.stream().filter(result -> result.impact() == Impact.Violation);
  }

  private static ConditionResult summed(ConditionType type, ConditionResult result) {
    return ConditionResult.fine(type, ConditionStatus.True, result.reason(), result.message());
  }

  private Ready() {}
}
