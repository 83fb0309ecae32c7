package dev.credence.decide.conditions;

import dev.credence.facts.policy.Policy;
import dev.credence.plan.Reason;
import dev.credence.plan.Verdict;
import dev.credence.plan.Verdict.Aspect;
import dev.credence.plan.Verdict.Truth;
import dev.credence.plan.Verdict.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Is the identity as its policy wants it? The first failing condition that counts says why not.
///
/// Reconciling and Stalled follow kstatus: Ready=False alone is read as "in progress", so what only
/// a person can mend must say Stalled; never both.
public final class Readiness {

  public static List<Verdict> over(List<Verdict> verdicts, Optional<Policy> policy) {
    var counting = verdicts.stream().filter(verdict -> counts(verdict, policy)).toList();
    var all = new ArrayList<Verdict>();
    all.add(ready(verdicts, counting, policy));
    counting.stream()
        .filter(verdict -> verdict.weight() != Weight.Waiting)
        .findFirst()
        .map(verdict -> summed(Aspect.Stalled, verdict))
        .or(() -> counting.stream().findFirst().map(verdict -> summed(Aspect.Reconciling, verdict)))
        .ifPresent(all::add);
    all.addAll(verdicts);
    return all;
  }

  private static boolean counts(Verdict verdict, Optional<Policy> policy) {
    return switch (verdict.weight()) {
      case None -> false;
      case Violation -> policy.filter(Policy::enforces).isPresent();
      case Waiting, Broken -> true;
    };
  }

  private static Verdict ready(
      List<Verdict> verdicts, List<Verdict> counting, Optional<Policy> policy) {
    if (!counting.isEmpty()) {
      var first = counting.getFirst();
      return Verdict.fine(Aspect.Ready, Truth.False, first.reason(), first.message());
    }
    var broken =
        violations(verdicts).stream().map(Reason::toString).collect(Collectors.joining(", "));
    return Verdict.fine(
        Aspect.Ready,
        Truth.True,
        Reason.InOrder,
        broken.isEmpty()
            ? "the identity is as it should be"
            : broken + ", but " + lenience(policy));
  }

  private static String lenience(Optional<Policy> policy) {
    return policy
        .map(chosen -> "policy " + chosen.name() + " only audits")
        .orElse("no policy enforces anything here");
  }

  public static List<Reason> violations(List<Verdict> verdicts) {
    return verdicts.stream()
        .filter(verdict -> verdict.weight() == Weight.Violation)
        .map(Verdict::reason)
        .toList();
  }

  private static Verdict summed(Aspect aspect, Verdict verdict) {
    return Verdict.fine(aspect, Truth.True, verdict.reason(), verdict.message());
  }

  private Readiness() {}
}
