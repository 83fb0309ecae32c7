package dev.credence.decide;

import dev.credence.facts.Snapshot;
import dev.credence.facts.object.Setback;
import dev.credence.facts.object.Setback.Cause;
import dev.credence.plan.Reason;
import dev.credence.plan.Verdict;
import dev.credence.plan.Verdict.Aspect;
import dev.credence.plan.Verdict.Truth;
import dev.credence.plan.Verdict.Weight;
import java.util.Optional;

/// Says that writes wait, since the operator does only so many for a namespace. What is worse stays
/// what is said.
final class Limits {

  static Verdict over(Verdict freshness, Snapshot s) {
    return freshness.weight() == Weight.Broken ? freshness : limited(s).orElse(freshness);
  }

  private static Optional<Verdict> limited(Snapshot s) {
    return s.setbacks().stream()
        .filter(setback -> setback.cause() == Cause.Limited && setback.retryAt().isAfter(s.now()))
        .findFirst()
        .map(Setback::message)
        .map(
            message ->
                new Verdict(
                    Aspect.CredentialsFresh,
                    Truth.False,
                    Reason.RateLimited,
                    message,
                    Weight.Waiting));
  }

  private Limits() {}
}
