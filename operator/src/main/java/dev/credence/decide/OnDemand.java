package dev.credence.decide;

import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.facts.Handled;
import dev.credence.facts.HookJob.Outcome;
import dev.credence.facts.Hooks.Step;
import dev.credence.facts.Member.Aborted;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.Previous;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Request;
import dev.credence.facts.TokenRecipe;
import java.util.List;
import java.util.Optional;

/// What people ask for of a rotation that is under way: to stop it, or to take it back.
final class OnDemand {
  private final Target t;
  private final Upkeep upkeep;

  OnDemand(Target t, Upkeep upkeep) {
    this.t = t;
    this.upkeep = upkeep;
  }

  static Optional<String> newly(Optional<Request> request, Optional<String> actedUpon) {
    return Occasion.isNew(request, actedUpon) ? request.flatMap(Request::asked) : Optional.empty();
  }

  Turn aborted(StoredSecret secret, Issue issue, String value) {
    var handled = issue.handled().withAbort(Optional.of(value));
    var cancelled =
        new Handled(
            t.answering(handled, Optional.of(secret)).identityRotate(),
            handled.identityRevoke(),
            t.answering(handled, Optional.of(secret)).rotate(),
            handled.rollback(),
            handled.abort(),
            handled.revoke());
    var isUnderWay = t.pending().isPresent();
    var after =
        new Issue(
            issue.version(),
            issue.issuedAt(),
            issue.previousRetiresAt(),
            issue.previous(),
            issue.recipe(),
            issue.account(),
            isUnderWay ? cancelled : handled,
            isUnderWay
                ? Optional.of(new Aborted(t.nextSecond(), t.material().digest()))
                : issue.aborted());
    var what =
        isUnderWay
            ? "the rotation to version " + (issue.version() + 1) + " was aborted"
            : isRevokeHookGivenUp() ? "the revoke hook is tried again" : "nothing to abort";
    // What is staged says that it was staged before this: it goes with the next look.
    return acknowledged(secret, after, what);
  }

  boolean isRevokeHookGivenUp() {
    return t.jobs().stream()
        .anyMatch(job -> job.step() == Step.revoke && job.outcome() instanceof Outcome.Failed);
  }

  /// Only the answer is written; whatever else is due comes with the next look.
  Turn acknowledged(StoredSecret secret, Issue after, String what) {
    var turn =
        upkeep.kept(secret, after, Phase.Fresh, Optional.of(what)).answering(after.handled());
    return t.s().setback(t.subject()).isPresent()
        ? turn
        : new Turn(
            List.of(
                new Action.Acknowledge(
                    t.subject(), secret.thing().guard(), after.handled(), after.aborted(), what)),
            turn.credential(),
            turn.obstacles(),
            turn.changesAt(),
            turn.handled());
  }

  Turn rolledBack(StoredSecret secret, Issue issue) {
    var asked = secret.requests().rollback().flatMap(Request::asked);
    var handled = issue.handled().withRollback(asked);
    var impossible =
        t.material() instanceof TokenRecipe
            ? Optional.of("a token is not rolled back: rotate it")
            : issue.previousRetiresAt().isEmpty() || issue.previous() == Previous.Gone
                ? Optional.of("nothing to roll back to: there is no previous value any more")
                : issue.isEnding()
                    ? Optional.of("nothing to roll back to: the previous value is being ended")
                    : Optional.<String>empty();
    if (impossible.isPresent()) {
      return acknowledged(secret, answered(issue, handled), impossible.get());
    }
    if (t.s().setback(t.subject()).isPresent()) {
      return upkeep.kept(secret, issue, Phase.Due, "about to be rolled back");
    }
    var now = t.nextSecond();
    var overlap = t.rhythm().overlap(now);
    var receipt =
        new Receipt(
            issue.version() + 1,
            now,
            Optional.of(now.plus(overlap)),
            true,
            t.material().digest(),
            Optional.empty(),
            handled);
    return upkeep
        .turned(receipt)
        .doing(new Action.Rollback(t.subject(), secret.thing().guard(), receipt));
  }

  static Issue answered(Issue issue, Handled handled) {
    return new Issue(
        issue.version(),
        issue.issuedAt(),
        issue.previousRetiresAt(),
        issue.previous(),
        issue.recipe(),
        issue.account(),
        handled,
        issue.aborted());
  }
}
