package dev.credence.decide;

import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Action.Value;
import dev.credence.decide.Action.Why;
import dev.credence.decide.Staging.Current;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Conduct.Strategy;
import dev.credence.facts.Handled;
import dev.credence.facts.HookJob;
import dev.credence.facts.HookJob.Outcome;
import dev.credence.facts.Hooks;
import dev.credence.facts.Hooks.Step;
import dev.credence.facts.Material;
import dev.credence.facts.Member.Aborted;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.Previous;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Request;
import dev.credence.facts.TokenRecipe;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is due for one Secret that we make? Issue it, bring a new value in place, take the previous
/// one away, or wait.
///
/// Everything it needs is in the cluster: on the Secret (version, time of issue, requests acted
/// upon), beside it (the value that is staged, the anchors of its tokens) and in the Jobs of its
/// hooks. So it carries on when every status is lost, and a value that is long overdue is replaced
/// once, not once for each time that was missed.
///
/// What comes before the value is in place is [Staging], what comes after it [Handover].
final class Rotation {
  /// Requests by annotation are answered at most this often; it is also the shortest `every`.
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(10);

  /// More than the clocks of two machines that the operator runs on differ by.
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  private final Target t;
  private final Restarting restarts;

  Rotation(Target t, Restarting restarts) {
    this.t = t;
    this.restarts = restarts;
  }

  static boolean isRestarting(Target t) {
    return t.conduct().restart().strategy() != Strategy.None;
  }

  Turn turn(Seat seat) {
    return switch (seat) {
      case Seat.ToMake _ -> tidied(first(), Optional.empty());
      case Seat.Made(StoredSecret secret) ->
          secret
              .issue()
              .map(issue -> tidied(made(secret, issue), Optional.of(new Current(secret, issue))))
              .orElseGet(this::damaged);
      case Seat.ToAdopt(StoredSecret secret) -> adopted(secret);
      case Seat.ToRelease(StoredSecret secret) ->
          cleared("is given back to its holder, who took credence.dev/adopt away")
              .doing(new Action.Release(secret.subject(), secret.thing().guard()));
      // What to do about these, MembersLinked says.
      case Seat.Going _ -> waiting("the Secret is being deleted");
      case Seat.NotOwned _ -> cleared("the name is taken by an object of others");
      case Seat.ClaimedBy(_, var identity) -> cleared("belongs to MachineIdentity " + identity);
      case Seat.Made _,
          Seat.ToAdopt _,
          Seat.ToRelease _,
          Seat.Linked _,
          Seat.Leftover _,
          Seat.Missing _,
          Seat.NoCertManager _,
          Seat.Left _ ->
          throw new IllegalStateException("a Secret that is to be made is never " + seat);
    };
  }

  /// Nothing is made for a Secret that is not ours, and nothing that was stays.
  private Turn cleared(String message) {
    var jobs =
        t.jobs().stream()
            .filter(job -> !job.leaving())
            .<Action>map(
                job -> new Action.Remove(job.subject(), job.guard(), "its Secret is not ours"))
            .toList();
    return waiting(message).doing(Staging.dropping(t, "its Secret is not ours")).doing(jobs);
  }

  private Turn waiting(String message) {
    return Turn.idle(t.generated().without(Phase.Pending, message));
  }

  private Turn first() {
    if (t.life().isOver()) {
      return Turn.idle(t.generated().without(Phase.Expired, "not issued: the identity has ended"))
          .doing(Staging.dropping(t, "the identity has ended"));
    }
    var obstacle = t.obstacle();
    if (obstacle.isPresent()) {
      return Turn.idle(t.generated().without(Phase.Blocked, obstacle.get().message()))
          .against(obstacle);
    }
    if (t.s().setback(t.subject()).isPresent()) {
      return waiting("being created");
    }
    return t.hooks().stage() ? firstStaged() : issued();
  }

  private Turn firstStaged() {
    var staging = new Staging(t, Optional.empty(), true, true);
    var answer = staging.answer(new Why.OnRequest());
    return answer
        .turned()
        .map(receipt -> turned(receipt).doing(answer.actions()))
        .orElseGet(
            () ->
                Turn.idle(t.generated().without(answer.phase(), answer.message().orElse("")))
                    .doing(answer.actions())
                    .against(answer.obstacle())
                    .changingAt(answer.changesAt()));
  }

  private Turn turned(Receipt receipt) {
    return Turn.idle(t.generated().after(receipt, note(List.of())))
        .changingAt(t.rhythm().due(receipt.issuedAt()))
        .answering(receipt.handled());
  }

  private Turn issued() {
    var now = t.nextSecond();
    var receipt =
        new Receipt(
            t.nextVersion(Optional.empty()),
            now,
            // Somebody deleted the Secret and not the token that was in it.
            Tokens.isOlderAlive(t, t.nextVersion(Optional.empty()))
                ? Optional.of(now.plus(t.rhythm().overlap(now)))
                : Optional.empty(),
            false,
            t.material().digest(),
            accountOf(t.material()),
            t.answering(Handled.NONE, Optional.empty()));
    return turned(receipt)
        .doing(Tokens.anchoring(t, receipt.version()))
        .doing(
            new Action.Issue(
                t.subject(),
                t.wanted().type(),
                t.material(),
                t.labelling(),
                receipt,
                t.s().identity().retain()));
  }

  private Optional<String> accountOf(Material material) {
    return material instanceof TokenRecipe token
        ? Tokens.account(t, token).map(account -> account.thing().guard().uid())
        : Optional.empty();
  }

  private Turn adopted(StoredSecret secret) {
    if (t.material() instanceof TokenRecipe) {
      return waiting("a Secret is not taken over for a token: choose another name")
          .against(
              Obstacle.broken(
                  t.name() + ": a Secret is not taken over for a token: choose another name"));
    }
    var refusal = Obstacle.refusal(t.s(), secret.subject());
    if (refusal.isPresent()) {
      return Turn.idle(t.generated().without(Phase.Blocked, refusal.get().message()))
          .against(refusal);
    }
    // One that we made, and that outlived its identity, says itself which version it holds.
    var receipt =
        secret.issue().isPresent()
            ? Optional.<Receipt>empty()
            : Optional.of(
                new Receipt(
                    t.nextVersion(Optional.empty()),
                    t.nextSecond(),
                    Optional.empty(),
                    false,
                    t.material().digest(),
                    Optional.empty(),
                    t.answering(Handled.NONE, Optional.of(secret))));
    return waiting("is taken over; its value stays until the first rotation")
        .doing(new Action.Adopt(secret.subject(), secret.thing().guard(), receipt));
  }

  private Turn made(StoredSecret secret, Issue issue) {
    if (issue.issuedAt().minus(CLOCKS_DIFFER).isAfter(t.now())) {
      return redated(secret, issue);
    }
    var revocation = Occasion.revocation(t, secret, issue);
    if (t.life().isOver()) {
      return revocation
          .flatMap(why -> ended(secret, issue, why))
          .orElseGet(
              () -> kept(secret, issue, Phase.Expired, "not rotated: the identity has ended"))
          .doing(Staging.dropping(t, "the identity has ended"));
    }
    var aborted = newly(secret.requests().abort(), issue.handled().abort());
    if (aborted.isPresent()) {
      return aborted(secret, issue, aborted.get());
    }
    if (revocation.isPresent()) {
      return revoked(secret, issue, revocation.get());
    }
    var rollback = newly(secret.requests().rollback(), issue.handled().rollback());
    if (rollback.isPresent()) {
      return rolledBack(secret, issue);
    }
    return Occasion.of(t, secret, issue)
        .map(why -> due(secret, issue, why))
        .or(() -> begun(secret, issue))
        .orElseGet(() -> current(secret, issue));
  }

  private static Optional<String> newly(Optional<Request> request, Optional<String> actedUpon) {
    return Occasion.isNew(request, actedUpon) ? request.flatMap(Request::asked) : Optional.empty();
  }

  private Turn aborted(StoredSecret secret, Issue issue, String value) {
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

  private boolean isRevokeHookGivenUp() {
    return t.jobs().stream()
        .anyMatch(job -> job.step() == Step.revoke && job.outcome() instanceof Outcome.Failed);
  }

  /// Only the answer is written; whatever else is due comes with the next look.
  private Turn acknowledged(StoredSecret secret, Issue after, String what) {
    var turn = kept(secret, after, Phase.Fresh, Optional.of(what)).answering(after.handled());
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

  private Turn rolledBack(StoredSecret secret, Issue issue) {
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
      return kept(secret, issue, Phase.Due, "about to be rolled back");
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
    return turned(receipt).doing(new Action.Rollback(t.subject(), secret.thing().guard(), receipt));
  }

  private static Issue answered(Issue issue, Handled handled) {
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

  /// The value is in other hands: it is ended where it is checked before there is a new one,
  // whatever
  /// breaks by that.
  private Turn revoked(StoredSecret secret, Issue issue, String reason) {
    var why = new Why.Revoked(reason);
    var ending = ended(secret, issue, reason);
    if (ending.isPresent()) {
      return ending.get();
    }
    var obstacle = t.obstacle();
    if (obstacle.isPresent()) {
      return bare(secret, issue, Phase.Blocked, obstacle.get().message())
          .against(obstacle)
          .doing(Tokens.ending(t, issue.version() + 1, "it was revoked"));
    }
    if (t.hooks().stage()) {
      var answer = new Staging(t, Optional.of(new Current(secret, issue)), false, true).answer(why);
      return answer
          .turned()
          .map(receipt -> turned(receipt).doing(answer.actions()))
          .orElseGet(
              () ->
                  bare(
                          secret,
                          issue,
                          answer.phase() == Phase.Blocked ? Phase.Blocked : Phase.Revoked,
                          "revoked ("
                              + reason
                              + "): "
                              + answer.message().orElse("a new value is made"))
                      .doing(answer.actions())
                      .against(answer.obstacle())
                      .changingAt(answer.changesAt()));
    }
    if (t.s().setback(t.subject()).isPresent()) {
      return bare(secret, issue, Phase.Revoked, "revoked (" + reason + "): a new value is made");
    }
    var now = t.nextSecond();
    var receipt =
        receipt(secret, issue, now, isRestarting(t) ? Optional.of(now) : Optional.empty(), false);
    return turned(receipt)
        .doing(Tokens.ending(t, receipt.version(), "it was revoked"))
        .doing(Tokens.anchoring(t, receipt.version()))
        .doing(new Action.Rotate(t.subject(), secret.thing().guard(), t.material(), receipt, why));
  }

  /// The end of the value where it is checked, while that is under way; it does not wait for a new
  /// one to be possible.
  private Optional<Turn> ended(StoredSecret secret, Issue issue, String reason) {
    return endings(secret, issue)
        .filter(run -> !run.passed())
        .findFirst()
        .map(
            run ->
                bare(
                        secret,
                        issue,
                        run.blocked() ? Phase.Blocked : Phase.Revoked,
                        "revoked (" + reason + "): " + run.message().orElse(""))
                    .doing(run.actions())
                    .against(run.obstacle())
                    .against(t.obstacle())
                    .changingAt(run.changesAt()));
  }

  /// The hooks that end the previous value, if it is still there, and the current one.
  private Stream<HookRuns.Answer> endings(StoredSecret secret, Issue issue) {
    if (t.hooks().revoke().isEmpty()) {
      return Stream.of();
    }
    var uid = secret.thing().guard().uid();
    var previous =
        issue.previousRetiresAt().stream()
            .filter(_ -> issue.previous() != Previous.Gone)
            .map(_ -> ending(issue.version() - 1, new Value(t.name(), uid, Hooks.PREVIOUS)));
    return Stream.concat(
        previous, Stream.of(ending(issue.version(), new Value(t.name(), uid, ""))));
  }

  private HookRuns.Answer ending(long version, Value value) {
    return new HookRuns(t, version, value, List.of(Step.revoke)).answer(true);
  }

  /// What was begun is carried through, also where its occasion was taken back meanwhile.
  private Optional<Turn> begun(StoredSecret secret, Issue issue) {
    return t.hooks().stage() || t.pending().isPresent()
        ? Optional.of(new Staging(t, Optional.of(new Current(secret, issue)), true, false))
            .filter(Staging::isBegun)
            .map(staging -> staged(staging, secret, issue, new Why.OnRequest()))
        : Optional.empty();
  }

  private Turn due(StoredSecret secret, Issue issue, Why why) {
    var obstacle = t.obstacle();
    if (obstacle.isPresent()) {
      return kept(secret, issue, Phase.Blocked, obstacle.get().message()).against(obstacle);
    }
    var urgent = Occasion.isUrgent(t, secret, issue) || why instanceof Why.Dead;
    var staging = new Staging(t, Optional.of(new Current(secret, issue)), true, urgent);
    if (t.hooks().stage() && staging.isBegun()) {
      return staged(staging, secret, issue, why);
    }
    var opening = opening(secret, urgent);
    if (opening.isPresent()) {
      return deferred(secret, issue, opening.get());
    }
    var handover = Handover.of(t, secret, issue, restarts);
    if (handover.isUnderWay() && !(why instanceof Why.Dead)) {
      return kept(
          secret,
          issue,
          Phase.Fresh,
          handover
              .message()
              .map(waitsFor -> waitsFor + "; the next value is due and comes then")
              .or(() -> Optional.of("the next value is due and waits for the end of the overlap")));
    }
    var notBefore = issue.issuedAt().plus(SHORTEST_LIFE);
    if (t.now().isBefore(notBefore)) {
      return kept(secret, issue, Phase.Due, "rotated at most every 10s: next at " + notBefore)
          .changingAt(notBefore);
    }
    return replaced(secret, issue, staging, inWindow(secret, why, urgent));
  }

  /// When a window opens that has to be waited for; the inner one is empty where none ever does.
  /// What ends by itself before that does not wait.
  private Optional<Optional<Instant>> opening(StoredSecret secret, boolean urgent) {
    var windows = t.conduct().windows();
    if (urgent || windows.areOpen(t.now())) {
      return Optional.empty();
    }
    var opening = windows.openFrom(t.now());
    var endsBefore =
        Occasion.end(secret).filter(end -> opening.filter(at -> at.isBefore(end)).isEmpty());
    return endsBefore.isPresent() ? Optional.empty() : Optional.of(opening);
  }

  private Turn deferred(StoredSecret secret, Issue issue, Optional<Instant> opening) {
    var message =
        opening
            .map(at -> "due; the policy's window opens at " + at)
            .orElse("due; no window of the policy ever opens");
    return kept(secret, issue, Phase.Deferred, message)
        .against(
            new Obstacle(
                Reason.RotationDeferred,
                t.name() + ": " + message,
                opening.isPresent() ? Weight.None : Weight.Broken))
        .changingAt(opening);
  }

  private Why inWindow(StoredSecret secret, Why why, boolean urgent) {
    var end = Occasion.end(secret);
    return urgent || t.conduct().windows().areOpen(t.now()) || end.isEmpty()
        ? sinceOpening(why)
        : new Why.BeforeItsEnd(dueSince(why), end.get());
  }

  private Instant dueSince(Why why) {
    return why instanceof Why.OnSchedule(var due) ? due : t.now();
  }

  /// What had to wait for its window is late from its opening on.
  private Why sinceOpening(Why why) {
    return why instanceof Why.OnSchedule(var due)
        ? new Why.OnSchedule(
            t.conduct().windows().openSince(t.now()).filter(due::isBefore).orElse(due))
        : why;
  }

  private Turn replaced(StoredSecret secret, Issue issue, Staging staging, Why why) {
    if (t.hooks().stage()) {
      return staged(staging, secret, issue, why);
    }
    if (t.s().setback(t.subject()).isPresent()) {
      return kept(secret, issue, Phase.Due, "about to be replaced");
    }
    var now = t.nextSecond();
    var receipt = receipt(secret, issue, now, previousUntil(secret, issue, why, now), true);
    return turned(receipt)
        .doing(Handover.of(t, secret, issue, restarts).beforeTheNext())
        .doing(Tokens.anchoring(t, receipt.version()))
        .doing(new Action.Rotate(t.subject(), secret.thing().guard(), t.material(), receipt, why));
  }

  /// Empty where there is nothing to keep for anybody: no overlap, nobody to restart, no hook to
  // end
  /// the old value.
  private Optional<Instant> previousUntil(StoredSecret secret, Issue issue, Why why, Instant now) {
    var overlap = why instanceof Why.Dead ? Duration.ZERO : t.rhythm().overlap(now);
    var ends = Occasion.end(secret);
    var until = now.plus(overlap);
    var bounded = ends.filter(until::isAfter).orElse(until);
    return overlap.isZero()
            && !isRestarting(t)
            && t.hooks().revoke().isEmpty()
            && !(t.material() instanceof TokenRecipe)
        ? Optional.empty()
        : Optional.of(bounded.isBefore(now) ? now : bounded);
  }

  private Receipt receipt(
      StoredSecret secret,
      Issue issue,
      Instant now,
      Optional<Instant> previousUntil,
      boolean keepsPrevious) {
    var isToken = t.material() instanceof TokenRecipe;
    return new Receipt(
        issue.version() + 1,
        now,
        previousUntil,
        keepsPrevious && !isToken && previousUntil.isPresent(),
        t.material().digest(),
        accountOf(t.material()),
        t.answering(issue.handled(), Optional.of(secret)));
  }

  private Turn staged(Staging staging, StoredSecret secret, Issue issue, Why why) {
    var answer = staging.answer(sinceOpening(why));
    return answer
        .turned()
        .map(receipt -> turned(receipt).doing(answer.actions()))
        .orElseGet(
            () ->
                kept(secret, issue, answer.phase(), answer.message())
                    .doing(answer.actions())
                    .against(answer.obstacle())
                    .changingAt(answer.changesAt()));
  }

  private Turn current(StoredSecret secret, Issue issue) {
    var unreadable = t.unreadableTiming();
    return unreadable.isPresent()
        ? kept(secret, issue, Phase.Blocked, unreadable.get().message()).against(unreadable)
        : kept(secret, issue, Phase.Fresh, note(secret));
  }

  private Turn kept(StoredSecret secret, Issue issue, Phase phase, String message) {
    return kept(secret, issue, phase, Optional.of(message));
  }

  /// The value stays; the one before it goes when its time is over, whatever stands in the way of a
  /// new one.
  private Turn kept(StoredSecret secret, Issue issue, Phase phase, Optional<String> message) {
    var handover = Handover.of(t, secret, issue, restarts);
    return Turn.idle(
            t.generated()
                .usedBy(restarts.uptake(t.name()).map(Uptake::users))
                .with(
                    issue,
                    phase == Phase.Fresh ? handover.phase() : phase,
                    handover.previousUntil(),
                    Occasion.end(secret),
                    message.or(handover::message)))
        .doing(handover.actions())
        .against(Obstacle.refusal(t.s(), t.subject()))
        .against(handover.obstacle())
        .changingAt(handover.changesAt())
        // What is due waits for its window, which is to be said.
        .changingAt(
            t.life().isOver() ? Optional.empty() : t.rhythm().due(issue, Occasion.end(secret)))
        .answering(issue.handled());
  }

  /// The same without the end of the previous value: the revocation sees to that.
  private Turn bare(StoredSecret secret, Issue issue, Phase phase, String message) {
    return Turn.idle(
            t.generated()
                .with(issue, phase, Optional.empty(), Occasion.end(secret), Optional.of(message)))
        .against(Obstacle.refusal(t.s(), t.subject()))
        .answering(issue.handled());
  }

  /// The end of the previous value of a Secret that the identity no longer lists.
  static Optional<Action> retirement(dev.credence.facts.Snapshot s, StoredSecret secret) {
    return secret
        .issue()
        .flatMap(Issue::previousRetiresAt)
        .filter(time -> !time.isAfter(s.now()) && s.setback(secret.subject()).isEmpty())
        .map(_ -> new Action.Retire(secret.subject(), secret.thing().guard()));
  }

  /// Takes away what was made for a value that is no longer in question: what was staged and is in
  /// place by now, and Jobs.
  private Turn tidied(Turn turn, Optional<Current> current) {
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

  private boolean isUseful(HookJob job, Optional<Current> current) {
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

  private static boolean isToTryAgain(Current now, HookJob job) {
    return job.outcome() instanceof Outcome.Failed
        && Occasion.isNew(now.secret().requests().abort(), now.issue().handled().abort());
  }

  /// What we do not understand we do not overwrite.
  private Turn damaged() {
    return damaged(
        "its annotations credence.dev/version, issued-at and previous-retires-at cannot be read");
  }

  /// A clock was wrong when the value was issued, or somebody wrote the annotation. How old it is
  /// nobody knows; counted from now on it is neither replaced at once nor kept for years.
  private Turn redated(StoredSecret secret, Issue issue) {
    var now = t.nextSecond();
    var until =
        issue
            .previousRetiresAt()
            .map(
                time ->
                    now.plus(
                        Durations.shorter(
                            Duration.between(issue.issuedAt(), time).abs(),
                            t.rhythm().overlap(now))));
    var dated =
        new Issue(
            issue.version(),
            now,
            until,
            issue.previous(),
            issue.recipe(),
            issue.account(),
            issue.handled(),
            issue.aborted().filter(aborted -> !aborted.at().isAfter(now)));
    var turn =
        Turn.idle(t.generated().with(dated, Phase.Fresh, until, Occasion.end(secret), note(secret)))
            .against(Obstacle.refusal(t.s(), t.subject()))
            .changingAt(t.rhythm().due(dated, Occasion.end(secret)))
            .answering(issue.handled());
    return t.s().setback(t.subject()).isPresent()
        ? turn
        : turn.doing(new Action.Redate(t.subject(), secret.thing().guard(), now, until));
  }

  private Turn damaged(String how) {
    var message =
        t.subject()
            + ": "
            + how
            + "; restore what was there, or delete the Secret to have a new one";
    return Turn.idle(t.generated().without(Phase.Blocked, message))
        .against(Obstacle.broken(message));
  }

  private Optional<String> note(StoredSecret secret) {
    return note(secret.requests().complaints().toList());
  }

  /// What is said about a value though nothing is wrong with it.
  private Optional<String> note(List<String> complaints) {
    return Stream.concat(t.s().identity().requests().complaints(), complaints.stream())
        .findFirst()
        .or(t.rhythm()::bounded)
        .or(
            () ->
                t.rhythm()
                    .problemOfPolicy()
                    .map(problem -> "not rotated by the policy, which cannot be read: " + problem));
  }
}
