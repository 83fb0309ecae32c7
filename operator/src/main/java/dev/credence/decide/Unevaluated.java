package dev.credence.decide;

import dev.credence.facts.identity.Lived;
import dev.credence.plan.Reason;
import dev.credence.plan.Standing;
import dev.credence.plan.Standing.Counts;
import dev.credence.plan.Standing.Handled;
import dev.credence.plan.Standing.OwnerFound;
import dev.credence.plan.Standing.State;
import dev.credence.plan.Verdict;
import dev.credence.plan.Verdict.Aspect;
import dev.credence.plan.Verdict.Truth;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The standing of an identity that could not be evaluated, through an error of the operator: not
/// ready, and a person must act. Of everything else it says what was true before, or that it is not
/// known.
public final class Unevaluated {
  private static final EnumSet<Aspect> SUMS =
      EnumSet.of(Aspect.Ready, Aspect.Reconciling, Aspect.Stalled);

  public static Standing standing(Optional<Standing> before, String message) {
    return standing(before, Reason.EvaluationFailed, message);
  }

  /// `reason`: why it is not evaluated.
  public static Standing standing(Optional<Standing> before, Reason reason, String message) {
    var known = before.orElseGet(() -> unknown(message));
    return new Standing(
        known.state(),
        known.type(),
        known.owner(),
        known.policy(),
        known.end(),
        Optional.empty(),
        known.members(),
        known.credentials(),
        known.handled(),
        known.use(),
        known.risk(),
        known.review(),
        known.suspension(),
        known.approval(),
        Stream.concat(
                sums(reason, message).stream(),
                known.verdicts().stream().filter(verdict -> !SUMS.contains(verdict.aspect())))
            .toList(),
        known.violations(),
        known.legacyTokens());
  }

  /// Ready and Stalled.
  public static List<Verdict> sums(String message) {
    return sums(Reason.EvaluationFailed, message);
  }

  private static List<Verdict> sums(Reason reason, String message) {
    return List.of(
        Verdict.fine(Aspect.Ready, Truth.False, reason, message),
        Verdict.fine(Aspect.Stalled, Truth.True, reason, message));
  }

  private static Standing unknown(String message) {
    return new Standing(
        State.Provisioning,
        Optional.empty(),
        new OwnerFound(Optional.empty(), Optional.empty(), Standing.Source.None),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new Counts(0, 0, 0, 0, 0, 0),
        List.of(),
        Handled.NONE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Lived.Approval.NONE,
        EnumSet.complementOf(SUMS).stream()
            .map(aspect -> Verdict.fine(aspect, Truth.Unknown, Reason.EvaluationFailed, message))
            .toList(),
        List.of(),
        List.of());
  }

  private Unevaluated() {}
}
