package dev.credence.decide;

import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Setback;
import dev.credence.facts.Setback.Cause;
import dev.credence.facts.Snapshot;
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
