// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Counts;
import dev.credence.plan.IdentityStatus.OwnerFound;
import dev.credence.plan.IdentityStatus.State;
import dev.credence.plan.Reason;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The status of an identity that could not be evaluated because of an error of the operator: not
/// ready, manual action required. Everything else is what was true before, or unknown.
public final class Unevaluated {
  private static final EnumSet<ConditionType> SUMS =
      EnumSet.of(ConditionType.Ready, ConditionType.Reconciling, ConditionType.Stalled);

  public static IdentityStatus status(Optional<IdentityStatus> before, String message) {
    return status(before, Reason.EvaluationFailed, message);
  }

  /// `reason`: why it is not evaluated.
  public static IdentityStatus status(
      Optional<IdentityStatus> before, Reason reason, String message) {
    var known = before.orElseGet(() -> unknown(message));
    return new IdentityStatus(
        known.state(),
        known.type(),
        known.owner(),
        known.policies(),
        known.end(),
        Optional.empty(),
        known.members(),
        known.credentials(),
        known.handled(),
        known.use(),
        known.risk(),
        known.review(),
        known.suspension(),
        known.ended(),
        known.approval(),
        Stream.concat(
                sums(reason, message).stream(),
                known.results().stream().filter(result -> !SUMS.contains(result.type())))
            .toList(),
        known.violations(),
        known.legacyTokens(),
        known.behavior());
  }

  /// Ready and Stalled.
  public static List<ConditionResult> sums(String message) {
    return sums(Reason.EvaluationFailed, message);
  }

  private static List<ConditionResult> sums(Reason reason, String message) {
    return List.of(
        ConditionResult.fine(ConditionType.Ready, ConditionStatus.False, reason, message),
        ConditionResult.fine(ConditionType.Stalled, ConditionStatus.True, reason, message));
  }

  private static IdentityStatus unknown(String message) {
    return new IdentityStatus(
        State.Provisioning,
        Optional.empty(),
        new OwnerFound(Optional.empty(), Optional.empty(), IdentityStatus.Source.None),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        new Counts(0, 0, 0, 0, 0, 0),
        List.of(),
        Handled.NONE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        RecordedStatus.Approval.NONE,
        EnumSet.complementOf(SUMS).stream()
            .map(
                type ->
                    ConditionResult.fine(
                        type, ConditionStatus.Unknown, Reason.EvaluationFailed, message))
            .toList(),
        List.of(),
        List.of(),
        RecordedStatus.Behavior.NONE);
  }

  private Unevaluated() {}
}
