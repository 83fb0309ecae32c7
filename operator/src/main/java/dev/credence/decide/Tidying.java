package dev.credence.decide;

import dev.credence.decide.Staging.Current;
import dev.credence.facts.HookJob;
import dev.credence.facts.HookJob.Outcome;
import java.util.ArrayList;
import java.util.Optional;

/// What was made for a value that is no longer in question?
final class Tidying {
  private final Target t;

  Tidying(Target t) {
    this.t = t;
  }

  /// Takes away what was made for a value that is no longer in question: what was staged and is in
  /// place by now, and Jobs.
  Turn tidied(Turn turn, Optional<Current> current) {
    var removed = new ArrayList<Action>();
    var isBegun = new Staging(t, current, true, false).isBegun();
    Staging.dropping(t, "its value is in place, or no longer wanted").stream()
        .filter(_ -> !isBegun)
        .filter(drop -> turn.actions().stream().noneMatch(a -> a.subject().equals(drop.subject())))
        .forEach(removed::add);
    for (var job : t.jobs()) {
      if (!job.leaving() && !isUseful(job, current)) {
        removed.add(new Action.Remove(job.subject(), job.guard(), "its value is settled"));
      }
    }
    return turn.doing(removed);
  }

  boolean isUseful(HookJob job, Optional<Current> current) {
    if (t.pending().filter(p -> p.thing().guard().uid().equals(job.valueUid())).isPresent()) {
      return true;
    }
    return current
        .filter(now -> now.secret().thing().guard().uid().equals(job.valueUid()))
        .filter(
            now ->
                Occasion.revocation(t, now.secret(), now.issue()).isPresent()
                    ? job.version() >= now.issue().version() - 1 && !isToTryAgain(now, job)
                    : now.issue().previousRetiresAt().isPresent()
                        && !isToTryAgain(now, job)
                        && job.version() == now.issue().version() - 1)
        .isPresent();
  }

  static boolean isToTryAgain(Current now, HookJob job) {
    return job.outcome() instanceof Outcome.Failed
        && Occasion.isNew(now.secret().requests().abort(), now.issue().handled().abort());
  }
}
