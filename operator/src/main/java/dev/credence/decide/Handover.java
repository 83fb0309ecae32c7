package dev.credence.decide;

import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Hooks;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.Previous;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.TokenRecipe;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// From one value to the next: the previous one stays until its time is over and every known
/// consumer has moved, at the latest until `overlapAtMost`; then its hook ends it where it is
/// checked, and it is taken away.
final class Handover {
  private final Target t;
  private final StoredSecret secret;
  private final Issue issue;
  private final Restarting restarts;

  /// `previousUntil` is empty where the previous value is gone, now or by these actions.
  record Answer(
      List<Action> actions,
      Phase phase,
      Optional<Instant> previousUntil,
      Optional<String> message,
      Optional<Obstacle> obstacle,
      Optional<Instant> changesAt) {

    boolean isUnderWay() {
      return phase != Phase.Fresh;
    }

    /// What goes before the next value can take the place of the previous one.
    List<Action> beforeTheNext() {
      return actions.stream().filter(action -> !(action instanceof Action.Retire)).toList();
    }
  }

  static Answer of(Target t, StoredSecret secret, Issue issue, Restarting restarts) {
    return new Handover(t, secret, issue, restarts).answer();
  }

  private Handover(Target t, StoredSecret secret, Issue issue, Restarting restarts) {
    this.t = t;
    this.secret = secret;
    this.issue = issue;
    this.restarts = restarts;
  }

  private Answer answer() {
    return issue.previousRetiresAt().map(this::until).orElseGet(() -> without(List.of()));
  }

  /// There is no previous value once these are done.
  private static Answer without(List<Action> actions) {
    return new Answer(
        actions,
        Phase.Fresh,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// Who asks for the next value now has no use for the rest of the time that was promised; those
  /// who have not moved still have.
  private Answer until(Instant promised) {
    var latest = issue.issuedAt().plus(t.rhythm().overlapAtMost(issue.issuedAt()));
    var deadline = latest.isAfter(promised) ? latest : promised;
    if (isTokenDue()) {
      return ending();
    }
    if (t.now().isBefore(promised) && !isAskedFor()) {
      return overlapping(promised);
    }
    if (!t.now().isBefore(deadline)) {
      return ending();
    }
    return restarts
        .uptake(t.name())
        .map(
            uptake -> uptake.behind().findAny().isEmpty() ? ending() : waitingFor(uptake, deadline))
        .orElseGet(() -> unknown(deadline));
  }

  /// Whether the next value would come at once.
  private boolean isAskedFor() {
    return Occasion.isUrgent(t, secret, issue)
        || Occasion.isRequested(t, secret, issue) && t.conduct().windows().areOpen(t.now());
  }

  /// A token ends by itself: who reads it anew and is never restarted needs the next one in time.
  private boolean isTokenDue() {
    return t.material() instanceof TokenRecipe
        && t.rhythm().due(issue, secret.end()).filter(due -> !due.isAfter(t.now())).isPresent();
  }

  private Answer overlapping(Instant promised) {
    var uptake = restarts.uptake(t.name()).filter(_ -> restarts.isActive());
    if (uptake.isEmpty() || uptake.get().behind().findAny().isEmpty()) {
      return new Answer(
          List.of(),
          Phase.Overlapping,
          Optional.of(promised),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    return waitingFor(uptake.get(), promised);
  }

  private Answer waitingFor(Uptake uptake, Instant until) {
    var sentence = "waiting for " + restarts.sentence(uptake);
    return new Answer(
        List.of(),
        restarts.isActive() ? Phase.Restarting : Phase.Overlapping,
        Optional.of(until),
        Optional.of(sentence),
        Optional.of(
            new Obstacle(
                Reason.ConsumersPending,
                t.name() + ": " + sentence,
                restarts.needsPerson(uptake) ? Weight.Broken : Weight.None)),
        Optional.of(issue.issuedAt()));
  }

  private Answer unknown(Instant deadline) {
    var sentence = restarts.problem().orElse("consumers are not known yet");
    return new Answer(
        List.of(),
        Phase.Overlapping,
        Optional.of(deadline),
        Optional.of(sentence),
        Optional.of(
            new Obstacle(Reason.ConsumersPending, t.name() + ": " + sentence, Weight.Waiting)),
        Optional.empty());
  }

  private Answer ending() {
    if (t.hooks().revoke().isEmpty() || issue.previous() == Previous.Gone) {
      return retiring();
    }
    if (issue.previous() == Previous.Kept) {
      return new Answer(
          t.isSetBack()
              ? List.of()
              : List.of(new Action.EndPrevious(t.subject(), secret.thing().guard())),
          Phase.Retiring,
          issue.previousRetiresAt(),
          Optional.of("the previous value is about to be ended"),
          Optional.empty(),
          Optional.empty());
    }
    var hook = HookRuns.ending(t, secret, issue.version() - 1, Hooks.PREVIOUS);
    if (hook.passed()) {
      return retiring();
    }
    return new Answer(
        hook.actions(),
        hook.blocked() ? Phase.Blocked : Phase.Retiring,
        issue.previousRetiresAt(),
        hook.message(),
        hook.obstacle(),
        hook.changesAt());
  }

  private Answer retiring() {
    if (t.isSetBack()) {
      return new Answer(
          List.of(),
          Phase.Retiring,
          issue.previousRetiresAt(),
          Optional.empty(),
          t.refusal(),
          Optional.empty());
    }
    var actions =
        new ArrayList<>(Tokens.endingBefore(issue.version(), t.parts(), Tokens.OVERLAP_IS_OVER));
    actions.add(new Action.Retire(t.subject(), secret.thing().guard()));
    return without(actions);
  }
}
