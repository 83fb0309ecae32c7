// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Progress;
import dev.credence.decide.rotation.HookRuns.AllPassed;
import dev.credence.decide.rotation.HookRuns.Unfinished;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Identity.Users;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.facts.policy.RotationProcedure.OnPending;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// From one value to the next: the previous one stays until its time is over and every known
/// consumer has moved, at the latest until `maxOverlap` unless the policy keeps it; then its
/// hook ends it where it is checked, and it is taken away. Consumers that still use it then are
/// left behind: the Secret remembers that until there are none.
final class Overlap {
  private static final String UNREAD = "the operator has not read the consumers yet";

  private final RotationTarget t;
  private final IssuedSecret current;
  private final Issue issue;
  private final ConsumerRestarts restarts;

  /// `previousUntil` is empty where the previous value is removed, now or by these actions.
  /// `leftBefore`: pods from before this time use a value that is removed then. `users`: the
  /// consumers of the Secret, where they are known.
  record Answer(
      Progress progress,
      Optional<Instant> previousUntil,
      Optional<Instant> leftBefore,
      Optional<Users> users) {

    private Answer with(Progress other) {
      return new Answer(other, previousUntil, leftBefore, users);
    }

    private Answer usedBy(Optional<Users> counted) {
      return new Answer(progress, previousUntil, leftBefore, counted);
    }

    private Answer leaving(Optional<Instant> before) {
      return new Answer(progress, previousUntil, before, users);
    }

    boolean isUnderWay() {
      return previousUntil.isPresent();
    }

    /// The actions that come before the next value can take the place of the previous one.
    List<Action> beforeTheNext() {
      return progress.actions().stream()
          .filter(action -> !(action instanceof Action.Retire || action instanceof Action.CaughtUp))
          .toList();
    }
  }

  static Answer of(RotationTarget t, IssuedSecret current, ConsumerRestarts restarts) {
    var overlap = new Overlap(t, current, restarts);
    return overlap.remembering(overlap.answer());
  }

  private Overlap(RotationTarget t, IssuedSecret current, ConsumerRestarts restarts) {
    this.t = t;
    this.current = current;
    this.issue = current.issue();
    this.restarts = restarts;
  }

  private Answer answer() {
    return issue
        .previousRetiresAt()
        .map(this::until)
        .orElseGet(() -> answer(Optional.empty(), Progress.of(Phase.Fresh)));
  }

  private Answer answer(Optional<Instant> previousUntil, Progress progress) {
    return new Answer(progress, previousUntil, issue.moving().leftBefore(), Optional.empty());
  }

  /// The same with who is left behind, and without those who have moved since.
  private Answer remembering(Answer given) {
    var left = given.leftBefore().flatMap(before -> restarts.left(t.name(), before));
    var lost = left.map(progress -> (int) progress.behind().count()).orElse(0);
    var counted = given.usedBy(restarts.progress(t.name()).map(progress -> progress.users(lost)));
    if (given.leftBefore().isEmpty()) {
      return counted;
    }
    return left.isPresent() && lost == 0
        ? caughtUp(counted)
        : counted.with(leftBehind(given.progress(), left));
  }

  private Progress leftBehind(Progress given, Optional<ConsumerProgress> left) {
    var phase = given.phase() == Phase.Fresh ? Phase.Restarting : given.phase();
    // A hook or a refused write says what is in the way.
    if (given.blocker().filter(o -> o.reason() != Reason.ConsumersPending).isPresent()) {
      return given.in(phase);
    }
    var sentence =
        left.map(restarts::sentence)
            .map(names -> "Consumers still use a value that is no longer valid: " + names + ".")
            .orElseGet(
                () ->
                    "The previous value is no longer valid, and the operator cannot tell which consumers still use it: "
                        + restarts.problem().orElse(UNREAD));
    var blocker =
        new Blocker(
            Reason.ConsumersLeftBehind,
            Sentences.about(t.subject(), sentence),
            left.map(this::impact).orElse(Impact.Waiting));
    return given.in(phase).withMessage(Optional.of(sentence)).against(Optional.of(blocker));
  }

  private Impact impact(ConsumerProgress left) {
    return restarts.isActive() && !restarts.needsPerson(left) ? Impact.Waiting : Impact.Broken;
  }

  /// All consumers have moved. It is recorded unless the Secret is written anyway.
  private Answer caughtUp(Answer given) {
    var isWritten = issue.moving().leftBefore().isEmpty() || !given.progress().actions().isEmpty();
    var done = given.leaving(Optional.empty());
    return isWritten || t.isBackingOff()
        ? done
        : done.with(
            given
                .progress()
                .doing(List.of(new Action.CaughtUp(t.subject(), current.preconditions()))));
  }

  /// A user who requests the next value now does not need the rest of the promised time; consumers
  /// that have not moved still do.
  private Answer until(Instant promised) {
    var latest = issue.issuedAt().plus(t.schedule().maxOverlap(issue.issuedAt()));
    var deadline = latest.isAfter(promised) ? latest : promised;
    if (isTokenDue()) {
      return ending();
    }
    if (t.now().isBefore(promised) && !isAskedFor()) {
      return overlapping(promised, deadline);
    }
    if (!t.now().isBefore(deadline) && !isKept()) {
      return ending();
    }
    return restarts
        .progress(t.name())
        .map(
            progress ->
                progress.behind().findAny().isEmpty()
                    ? ending()
                    : waitingFor(progress, deadline, deadline))
        .orElseGet(() -> unknown(deadline));
  }

  /// A value that is no longer valid cannot be kept.
  private boolean isKept() {
    return t.procedure().onPending() == OnPending.Keep && issue.isPreviousValid();
  }

  /// Whether the next value would come at once.
  private boolean isAskedFor() {
    return RotationTrigger.isUrgent(t, current)
        || RotationTrigger.isRequested(t, current) && t.procedure().windows().areOpen(t.now());
  }

  /// A token expires by itself: consumers that read it again and are never restarted need the next
  /// one in time.
  private boolean isTokenDue() {
    return t.material() instanceof TokenRecipe
        && t.schedule()
            .due(issue, t.end(current.secret()))
            .filter(due -> !due.isAfter(t.now()))
            .isPresent();
  }

  private Answer overlapping(Instant promised, Instant deadline) {
    var progress = restarts.progress(t.name()).filter(_ -> restarts.isActive());
    if (progress.isEmpty() || progress.get().behind().findAny().isEmpty()) {
      return answer(Optional.of(promised), Progress.of(Phase.Overlapping));
    }
    return waitingFor(progress.get(), promised, deadline);
  }

  private Answer waitingFor(ConsumerProgress progress, Instant until, Instant deadline) {
    var isOverdue = !t.now().isBefore(deadline);
    var sentence = "Waiting for " + restarts.sentence(progress) + ". " + whatThen(deadline);
    var blocker =
        new Blocker(
            Reason.ConsumersPending,
            Sentences.about(t.subject(), sentence),
            restarts.needsPerson(progress)
                ? Impact.Broken
                : isOverdue ? Impact.Violation : Impact.None);
    return answer(
        Optional.of(until),
        Progress.of(restarts.isActive() ? Phase.Restarting : Phase.Overlapping, sentence)
            .against(Optional.of(blocker))
            .changingAt(Optional.of(issue.issuedAt())));
  }

  private String whatThen(Instant deadline) {
    if (!isKept()) {
      return "The operator removes the previous value at "
          + deadline
          + ", even if consumers still use it.";
    }
    return t.now().isBefore(deadline)
        ? "The previous value stays valid until they use the new one."
        : "The previous value stays valid until they use the new one; `maxOverlap` ended at "
            + deadline
            + ".";
  }

  private Answer unknown(Instant deadline) {
    var sentence =
        "The operator cannot tell which consumers use the previous value: "
            + restarts.problem().orElse(UNREAD);
    var blocker =
        new Blocker(
            Reason.ConsumersPending, Sentences.about(t.subject(), sentence), Impact.Waiting);
    return answer(
        Optional.of(deadline),
        Progress.of(Phase.Overlapping, sentence).against(Optional.of(blocker)));
  }

  private Answer ending() {
    if (t.hooks().revoke().isEmpty() || issue.previous() == Previous.Gone) {
      return retiring();
    }
    if (!t.mayRun(Step.revoke) && issue.previous() == Previous.Kept) {
      var sentence = "The previous value stays: " + t.withheld(Step.revoke) + ".";
      return answer(
          issue.previousRetiresAt(),
          Progress.of(Phase.Blocked, sentence)
              .against(Optional.of(Blocker.broken(Sentences.about(t.subject(), sentence)))));
    }
    if (issue.previous() == Previous.Kept) {
      var begin = new Action.BeginRevoke(t.subject(), current.preconditions());
      return answer(
          issue.previousRetiresAt(),
          Progress.of(Phase.Retiring, "Revoking the previous value.")
              .doing(t.isBackingOff() ? List.of() : List.of(begin)));
    }
    return switch (HookRuns.ending(t, current.secret(), issue.version() - 1, Hooks.PREVIOUS)) {
      case AllPassed _ -> retiring();
      case Unfinished(var progress, _) -> answer(issue.previousRetiresAt(), progress);
    };
  }

  private Answer retiring() {
    if (t.isBackingOff()) {
      return answer(issue.previousRetiresAt(), Progress.of(Phase.Retiring).against(t.refusal()));
    }
    var left = leftByRetiring();
    var tokens =
        TokenAnchors.endingBefore(issue.version(), t.parts(), TokenAnchors.OVERLAP_IS_OVER);
    var retire = new Action.Retire(t.subject(), current.preconditions(), left);
    return answer(Optional.empty(), Progress.of(Phase.Fresh).doing(tokens).doing(List.of(retire)))
        .leaving(left);
  }

  /// Where the consumers are unknown, there may be some.
  private Optional<Instant> leftByRetiring() {
    return Optional.of(issue.issuedAt())
        .filter(
            before ->
                restarts
                    .left(t.name(), before)
                    .filter(left -> left.behind().findAny().isEmpty())
                    .isEmpty());
  }
}
