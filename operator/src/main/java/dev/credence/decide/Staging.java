package dev.credence.decide;

import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Action.Value;
import dev.credence.decide.Action.Why;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.facts.Guard;
import dev.credence.facts.Handled;
import dev.credence.facts.Hooks.Step;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Recipe;
import dev.credence.facts.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A new value that is proven before anyone sees it: staged beside the Secret, applied where it is
/// checked, verified, and only then put in place. `current` is the Secret as it is; empty for the
/// first value.
///
/// `overlapping`: whether the value before it is to stay readable; `atOnce`: windows do not count.
record Staging(Target t, Optional<Current> current, boolean overlapping, boolean atOnce) {

  record Current(StoredSecret secret, Issue issue) {}

  /// `turned`: the new value is in place once the actions are done, and says this.
  record Answer(
      List<Action> actions,
      Phase phase,
      Optional<String> message,
      Optional<Obstacle> obstacle,
      Optional<Instant> changesAt,
      Optional<Receipt> turned) {}

  private static Answer waiting(String message) {
    return new Answer(
        List.of(),
        Phase.Applying,
        Optional.of(message),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// What has the name of the pending Secret and is not ours.
  private Optional<Obstacle> taken() {
    var pending = Subject.pendingOf(t.name());
    return t.s()
        .member(pending)
        .filter(_ -> t.pending().isEmpty())
        .map(
            _ ->
                Obstacle.broken(
                    t.name()
                        + ": "
                        + pending
                        + " exists and was not made by Credence for this rotation, where a new value is to be staged: delete it if nothing uses it"));
  }

  /// Whether a value is staged that is still wanted.
  boolean isBegun() {
    return t.pending().filter(pending -> !isUseless(pending)).isPresent();
  }

  /// Whether that value may still come by itself.
  boolean isInProgress() {
    return isBegun()
        && !steps().isEmpty()
        && t.pending()
            .flatMap(pending -> pending.issue().map(staged -> hooks(pending, staged)))
            .filter(answer -> !answer.blocked())
            .isPresent();
  }

  private HookRuns.Answer hooks(StoredSecret pending, Issue staged) {
    var value = new Value(pending.subject().name(), pending.thing().guard().uid(), "");
    return new HookRuns(t, staged.version(), value, steps()).answer(atOnce);
  }

  private long next() {
    return t.nextVersion(current.map(Current::issue));
  }

  /// Already in place, or made by another recipe than the one that is wanted now.
  private boolean isUseless(StoredSecret pending) {
    return pending.issue().isEmpty()
        || pending.issue().get().version() < next()
        || isAborted(pending.issue().get())
        || !pending.issue().get().recipe().equals(Optional.of(t.material().digest()));
  }

  /// Whether somebody stopped it since it was staged.
  private boolean isAborted(Issue staged) {
    return current
        .map(c -> c.issue().handled().abort())
        .filter(abort -> !abort.equals(staged.handled().abort()))
        .isPresent();
  }

  /// `why` is asked for where the value is put in place.
  Answer answer(Why why) {
    var pending = t.pending();
    if (pending.isEmpty()) {
      return taken().map(this::blocked).orElseGet(this::stage);
    }
    if (pending.get().thing().leaving()) {
      return waiting("the value that was staged before is being deleted");
    }
    if (isUseless(pending.get())) {
      return removing(pending.get(), "another value is wanted");
    }
    return carriedOn(pending.get(), pending.get().issue().orElseThrow(), why);
  }

  private Answer blocked(Obstacle obstacle) {
    return new Answer(
        List.of(),
        Phase.Blocked,
        Optional.of(obstacle.message()),
        Optional.of(obstacle),
        Optional.empty(),
        Optional.empty());
  }

  private Answer removing(StoredSecret pending, String why) {
    return new Answer(
        List.of(new Action.Remove(pending.subject(), pending.thing().guard(), why)),
        Phase.Applying,
        Optional.of("staging a new value"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Answer stage() {
    var pending = Subject.pendingOf(t.name());
    var refusal = Obstacle.refusal(t.s(), pending);
    if (refusal.isPresent()) {
      return blocked(refusal.get());
    }
    var before = current.map(c -> c.issue().handled()).orElse(Handled.NONE);
    var receipt =
        new Receipt(
            next(),
            t.nextSecond(),
            Optional.empty(),
            false,
            t.material().digest(),
            Optional.empty(),
            t.answering(before, current.map(Current::secret)));
    return new Answer(
        List.of(
            new Action.Stage(
                pending,
                t.subject(),
                current.map(c -> c.secret().thing().guard()),
                t.wanted().type(),
                (Recipe) t.material(),
                t.labelling(),
                receipt)),
        steps().getFirst() == Step.apply ? Phase.Applying : Phase.Verifying,
        Optional.of("version " + next() + " is staged"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private List<Step> steps() {
    return Stream.of(Step.apply, Step.verify)
        .filter(step -> t.hooks().of(step).isPresent())
        .toList();
  }

  private Answer carriedOn(StoredSecret pending, Issue staged, Why why) {
    if (steps().isEmpty()) {
      // The hooks were taken out of the spec meanwhile.
      return turned(pending, staged, why);
    }
    var hooks = hooks(pending, staged);
    if (hooks.passed()) {
      return turned(pending, staged, why);
    }
    if (hooks.givenUp() && isAskedAnew(pending, staged)) {
      return removing(pending, "a new value was asked for after this one was given up");
    }
    return new Answer(
        hooks.actions(),
        hooks.blocked()
            ? Phase.Blocked
            : hooks.step() == Step.apply ? Phase.Applying : Phase.Verifying,
        hooks.message(),
        hooks.obstacle(),
        hooks.changesAt(),
        Optional.empty());
  }

  private boolean isAskedAnew(StoredSecret pending, Issue staged) {
    var onSecret = current.flatMap(c -> c.secret().requests().rotate());
    return Occasion.isNew(t.s().identity().requests().rotate(), staged.handled().identityRotate())
        || Occasion.isNew(onSecret, staged.handled().rotate())
        || Occasion.isNew(t.s().identity().requests().revoke(), staged.handled().identityRevoke())
        || Occasion.isNew(
            current.flatMap(c -> c.secret().requests().revoke()), staged.handled().revoke())
        || pending.requests().abort().isPresent();
  }

  private Answer turned(StoredSecret pending, Issue staged, Why why) {
    if (t.s().setback(t.subject()).isPresent()) {
      return Obstacle.refusal(t.s(), t.subject())
          .map(this::blocked)
          .orElseGet(() -> waiting("version " + staged.version() + " is about to be put in place"));
    }
    if (overlapping && current.filter(c -> c.issue().isEnding()).isPresent()) {
      return waiting(
          "version "
              + staged.version()
              + " is put in place when the hook of the value before the current one has ended");
    }
    var now = t.nextSecond();
    var overlap = t.rhythm().overlap(now);
    var answered = staged.handled();
    var before = current.map(c -> c.issue().handled()).orElse(Handled.NONE);
    var previousUntil = previousUntil(now, overlap);
    var receipt =
        new Receipt(
            staged.version(),
            now,
            previousUntil,
            overlapping && previousUntil.isPresent(),
            t.material().digest(),
            Optional.empty(),
            new Handled(
                answered.identityRotate(),
                overlapping
                    ? answered.identityRevoke()
                    : t.answering(answered, current.map(Current::secret)).identityRevoke(),
                answered.rotate(),
                before.rollback(),
                before.abort(),
                overlapping
                    ? answered.revoke()
                    : t.answering(answered, current.map(Current::secret)).revoke()));
    var actions = new ArrayList<Action>();
    actions.add(
        new Action.Switch(
            t.subject(),
            current.map(c -> c.secret().thing().guard()),
            pending.subject(),
            pending.thing().guard(),
            t.wanted().type(),
            (Recipe) t.material(),
            t.labelling(),
            receipt,
            t.s().identity().retain(),
            why));
    return new Answer(
        actions,
        Phase.Fresh,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(receipt));
  }

  private Optional<Instant> previousUntil(Instant now, Duration overlap) {
    if (current.isEmpty()) {
      return Optional.empty();
    }
    if (!overlapping) {
      return NewValue.isRestarting(t) ? Optional.of(now) : Optional.empty();
    }
    return overlap.isZero() && !NewValue.isRestarting(t) && t.hooks().revoke().isEmpty()
        ? Optional.empty()
        : Optional.of(now.plus(overlap));
  }

  /// The Secret that is staged and everything that was started for it.
  static List<Action> dropping(Target t, String why) {
    return t.pending().stream()
        .filter(pending -> !pending.thing().leaving())
        .<Action>map(pending -> new Action.Remove(pending.subject(), guard(pending), why))
        .toList();
  }

  private static Guard guard(StoredSecret pending) {
    return pending.thing().guard();
  }
}
