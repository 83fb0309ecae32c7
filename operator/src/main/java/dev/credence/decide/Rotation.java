package dev.credence.decide;

import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Action.Why;
import dev.credence.decide.Staging.Current;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.facts.Handled;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Snapshot;
import dev.credence.facts.TokenRecipe;
import java.time.Duration;
import java.util.Optional;

/// What is due for one Secret that we make? Issue it, bring a new value in place, take the previous
/// one away, or wait.
///
/// Everything it needs is in the cluster: on the Secret (version, time of issue, requests acted
/// upon), beside it (the value that is staged, the anchors of its tokens) and in the Jobs of its
/// hooks. So it carries on when every status is lost, and a value that is long overdue is replaced
/// once, not once for each time that was missed.
///
/// What comes before the value is in place is [Staging], what comes after it [Handover]; people
/// stop it or take it back by [OnDemand], and end a value that is in other hands by [Revocation].
final class Rotation {
  /// Requests by annotation are answered at most this often; it is also the shortest `every`.
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(10);

  /// More than the clocks of two machines that the operator runs on differ by.
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  private final Target t;
  private final Restarting restarts;
  private final Upkeep upkeep;
  private final NewValue newValue;
  private final OnDemand onDemand;
  private final Revocation revocation;
  private final Tidying tidying;
  private final InWindow window;

  Rotation(Target t, Restarting restarts) {
    this.t = t;
    this.restarts = restarts;
    this.upkeep = new Upkeep(t, restarts);
    this.newValue = new NewValue(t);
    this.onDemand = new OnDemand(t, upkeep);
    this.revocation = new Revocation(t, upkeep);
    this.tidying = new Tidying(t);
    this.window = new InWindow(t, upkeep);
  }

  Turn turn(Seat seat) {
    return switch (seat) {
      case Seat.ToMake _ -> tidying.tidied(first(), Optional.empty());
      case Seat.Made(StoredSecret secret) ->
          secret
              .issue()
              .map(
                  issue ->
                      tidying.tidied(made(secret, issue), Optional.of(new Current(secret, issue))))
              .orElseGet(this::damaged);
      case Seat.ToAdopt(StoredSecret secret) -> adopted(secret);
      case Seat.ToRelease(StoredSecret secret) ->
          cleared("is given back to its holder, who took credence.dev/adopt away")
              .doing(new Action.Release(secret.subject(), secret.thing().guard()));
      // What to do about these, MembersLinked says.
      case Seat.Going _ -> upkeep.waiting("the Secret is being deleted");
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
    return upkeep.waiting(message).doing(Staging.dropping(t, "its Secret is not ours")).doing(jobs);
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
      return upkeep.waiting("being created");
    }
    return t.hooks().stage() ? firstStaged() : issued();
  }

  private Turn firstStaged() {
    var staging = new Staging(t, Optional.empty(), true, true);
    var answer = staging.answer(new Why.OnRequest());
    return answer
        .turned()
        .map(receipt -> upkeep.turned(receipt).doing(answer.actions()))
        .orElseGet(
            () ->
                Turn.idle(t.generated().without(answer.phase(), answer.message().orElse("")))
                    .doing(answer.actions())
                    .against(answer.obstacle())
                    .changingAt(answer.changesAt()));
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
            new NewValue(t).accountOf(t.material()),
            t.answering(Handled.NONE, Optional.empty()));
    return upkeep
        .turned(receipt)
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

  private Turn adopted(StoredSecret secret) {
    if (t.material() instanceof TokenRecipe) {
      return upkeep
          .waiting("a Secret is not taken over for a token: choose another name")
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
    return upkeep
        .waiting("is taken over; its value stays until the first rotation")
        .doing(new Action.Adopt(secret.subject(), secret.thing().guard(), receipt));
  }

  private Turn made(StoredSecret secret, Issue issue) {
    if (issue.issuedAt().minus(CLOCKS_DIFFER).isAfter(t.now())) {
      return redated(secret, issue);
    }
    var reason = Occasion.revocation(t, secret, issue);
    if (t.life().isOver()) {
      return reason
          .flatMap(why -> revocation.ended(secret, issue, why))
          .orElseGet(
              () ->
                  upkeep.kept(secret, issue, Phase.Expired, "not rotated: the identity has ended"))
          .doing(Staging.dropping(t, "the identity has ended"));
    }
    var aborted = OnDemand.newly(secret.requests().abort(), issue.handled().abort());
    if (aborted.isPresent()) {
      return onDemand.aborted(secret, issue, aborted.get());
    }
    if (reason.isPresent()) {
      return revocation.revoked(secret, issue, reason.get());
    }
    var rollback = OnDemand.newly(secret.requests().rollback(), issue.handled().rollback());
    if (rollback.isPresent()) {
      return onDemand.rolledBack(secret, issue);
    }
    return Occasion.of(t, secret, issue)
        .map(why -> due(secret, issue, why))
        .or(() -> begun(secret, issue))
        .orElseGet(() -> current(secret, issue));
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
      return upkeep.kept(secret, issue, Phase.Blocked, obstacle.get().message()).against(obstacle);
    }
    var urgent = Occasion.isUrgent(t, secret, issue) || why instanceof Why.Dead;
    var staging = new Staging(t, Optional.of(new Current(secret, issue)), true, urgent);
    if (t.hooks().stage() && staging.isBegun()) {
      return staged(staging, secret, issue, why);
    }
    var opening = window.opening(secret, urgent);
    if (opening.isPresent()) {
      return window.deferred(secret, issue, opening.get());
    }
    var handover = Handover.of(t, secret, issue, restarts);
    if (handover.isUnderWay() && !(why instanceof Why.Dead)) {
      return upkeep.kept(
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
      return upkeep
          .kept(secret, issue, Phase.Due, "rotated at most every 10s: next at " + notBefore)
          .changingAt(notBefore);
    }
    return replaced(secret, issue, staging, window.inWindow(secret, why, urgent));
  }

  private Turn replaced(StoredSecret secret, Issue issue, Staging staging, Why why) {
    if (t.hooks().stage()) {
      return staged(staging, secret, issue, why);
    }
    if (t.s().setback(t.subject()).isPresent()) {
      return upkeep.kept(secret, issue, Phase.Due, "about to be replaced");
    }
    var now = t.nextSecond();
    var receipt =
        newValue.receipt(secret, issue, now, newValue.previousUntil(secret, issue, why, now), true);
    return upkeep
        .turned(receipt)
        .doing(Handover.of(t, secret, issue, restarts).beforeTheNext())
        .doing(Tokens.anchoring(t, receipt.version()))
        .doing(new Action.Rotate(t.subject(), secret.thing().guard(), t.material(), receipt, why));
  }

  private Turn staged(Staging staging, StoredSecret secret, Issue issue, Why why) {
    var answer = staging.answer(window.sinceOpening(why));
    return answer
        .turned()
        .map(receipt -> upkeep.turned(receipt).doing(answer.actions()))
        .orElseGet(
            () ->
                upkeep
                    .kept(secret, issue, answer.phase(), answer.message())
                    .doing(answer.actions())
                    .against(answer.obstacle())
                    .changingAt(answer.changesAt()));
  }

  private Turn current(StoredSecret secret, Issue issue) {
    var unreadable = t.unreadableTiming();
    return unreadable.isPresent()
        ? upkeep.kept(secret, issue, Phase.Blocked, unreadable.get().message()).against(unreadable)
        : upkeep.kept(secret, issue, Phase.Fresh, upkeep.note(secret));
  }

  /// The end of the previous value of a Secret that the identity no longer lists.
  static Optional<Action> retirement(Snapshot s, StoredSecret secret) {
    return secret
        .issue()
        .flatMap(Issue::previousRetiresAt)
        .filter(time -> !time.isAfter(s.now()) && s.setback(secret.subject()).isEmpty())
        .map(_ -> new Action.Retire(secret.subject(), secret.thing().guard()));
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
        Turn.idle(
                t.generated()
                    .with(dated, Phase.Fresh, until, Occasion.end(secret), upkeep.note(secret)))
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
}
