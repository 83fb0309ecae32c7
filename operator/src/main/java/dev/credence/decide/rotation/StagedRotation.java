// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.credential.SecretContent.Change;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Value;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.Action.Why;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A new value that is proven before anyone sees it: staged beside the Secret, applied where it is
/// checked, verified, and only then put in place. `current` is the Secret as it is; empty for the
/// first value.
///
/// `overlapping`: whether the value before it is to stay readable; `atOnce`: windows do not count.
public record StagedRotation(
    RotationTarget t, Optional<IssuedSecret> current, boolean overlapping, boolean atOnce) {

  /// `turned`: the new value is in place once the actions are done, and says this.
  record Answer(
      List<Action> actions,
      Phase phase,
      Optional<String> message,
      Optional<Blocker> obstacle,
      Optional<Instant> changesAt,
      Optional<VersionInfo> turned) {

    /// `otherwise`: how the Secret stands while the new value is not in place.
    CredentialPlan turn(Upkeep upkeep, Supplier<CredentialPlan> otherwise) {
      return turned
          .map(upkeep::turned)
          .orElseGet(otherwise)
          .doing(actions)
          .against(obstacle)
          .changingAt(changesAt);
    }

    private static Answer of(List<Action> actions, Phase phase, String message) {
      return new Answer(
          actions,
          phase,
          Optional.of(message),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    private Answer doing(Optional<Action> more) {
      return new Answer(
          Stream.concat(actions.stream(), more.stream()).toList(),
          phase,
          message,
          obstacle,
          changesAt,
          turned);
    }

    private static Answer waiting(String message) {
      return of(List.of(), Phase.Applying, message);
    }

    private static Answer blocked(Blocker obstacle) {
      return new Answer(
          List.of(),
          Phase.Blocked,
          Optional.of(obstacle.message()),
          Optional.of(obstacle),
          Optional.empty(),
          Optional.empty());
    }
  }

  /// Whether a value is staged that is still wanted.
  boolean isBegun() {
    return t.pending().filter(pending -> !isUseless(pending)).isPresent();
  }

  /// Whether that value may still come by itself.
  public boolean isInProgress() {
    return isBegun()
        && !steps().isEmpty()
        && t.pending()
            .flatMap(pending -> pending.issue().map(staged -> hooks(pending, staged)))
            .filter(answer -> !answer.blocked())
            .isPresent();
  }

  /// `why` is asked for where the value is put in place.
  Answer answer(Why why) {
    var pending = t.pending();
    if (pending.isEmpty()) {
      return taken().map(Answer::blocked).orElseGet(this::stage);
    }
    if (pending.get().thing().leaving()) {
      return Answer.waiting("the value that was staged before is being deleted");
    }
    if (isUseless(pending.get())) {
      return removing(pending.get(), "another value is wanted");
    }
    return carriedOn(pending.get(), pending.get().issue().orElseThrow(), why);
  }

  /// What has the name of the pending Secret and is not ours.
  private Optional<Blocker> taken() {
    var pending = ObjectRef.pendingOf(t.name());
    return t.s()
        .member(pending)
        .map(
            _ ->
                Blocker.broken(
                    t.name()
                        + ": "
                        + pending
                        + " exists and was not made by Credence for this rotation, where a new value is to be staged: delete it if nothing uses it"));
  }

  /// Already in place, stopped, or made by another recipe than the one that is wanted now.
  private boolean isUseless(StoredSecret pending) {
    return pending.issue().isEmpty()
        || pending.issue().get().version() < next()
        || isAborted(pending.issue().get())
        || pending.issue().get().recipe().map(t.material()::since).orElse(Change.Generators)
            != Change.Nothing;
  }

  /// Whether somebody stopped it since it was staged.
  private boolean isAborted(Issue staged) {
    return current
        .map(now -> now.issue().handled().abort())
        .filter(abort -> !abort.equals(staged.handled().abort()))
        .isPresent();
  }

  private Answer removing(StoredSecret pending, String why) {
    return Answer.of(
        List.of(new Action.Remove(pending.subject(), pending.thing().guard(), why)),
        Phase.Applying,
        "staging a new value");
  }

  private Answer stage() {
    var pending = ObjectRef.pendingOf(t.name());
    var refusal = Blocker.refusal(t.s(), pending);
    if (refusal.isPresent()) {
      return Answer.blocked(refusal.get());
    }
    var receipt =
        new NewValue(t)
            .receipt(
                next(),
                t.nextSecond(),
                Optional.empty(),
                false,
                t.answering(before(), current.map(IssuedSecret::secret)));
    return Answer.of(
        List.of(
            new Action.Stage(
                pending,
                t.subject(),
                guard(),
                t.wanted().type(),
                (GeneratedContent) t.material(),
                t.labelling(),
                receipt)),
        phase(steps().getFirst()),
        "version " + next() + " is staged");
  }

  private Answer carriedOn(StoredSecret pending, Issue staged, Why why) {
    if (steps().isEmpty()) {
      // The hooks were taken out of the spec meanwhile.
      return turned(pending, staged, why);
    }
    var hooks = hooks(pending, staged);
    if (hooks.passed()) {
      var turned = turned(pending, staged, why);
      // The Job may be gone by the time that the value can be put in place.
      return turned.turned().isPresent() ? turned : turned.doing(hooks.note());
    }
    if (hooks.givenUp() && isAskedAnew(pending, staged)) {
      return removing(pending, "a new value was asked for after this one was given up");
    }
    return new Answer(
        hooks.actions(),
        hooks.blocked() ? Phase.Blocked : phase(hooks.step()),
        hooks.message(),
        hooks.obstacle(),
        hooks.changesAt(),
        Optional.empty());
  }

  private List<Step> steps() {
    return Stream.of(Step.apply, Step.verify)
        .filter(step -> t.hooks().of(step).isPresent())
        .toList();
  }

  private static Phase phase(Step step) {
    return step == Step.apply ? Phase.Applying : Phase.Verifying;
  }

  private HookRuns.Answer hooks(StoredSecret pending, Issue staged) {
    var value = new Value(pending.subject().name(), pending.thing().guard().uid(), "");
    return new HookRuns(t, staged.version(), value, steps(), pending).answer(atOnce);
  }

  /// Since it was staged somebody asked for a new value, or to stop this one where there is no
  /// Secret yet that could say so.
  private boolean isAskedAnew(StoredSecret pending, Issue staged) {
    var onIdentity = t.s().identity().requests();
    var onSecret = current.map(now -> now.secret().requests()).orElse(Requests.NONE);
    return RotationTrigger.isNew(onIdentity.rotate(), staged.handled().identityRotate())
        || RotationTrigger.isNew(onSecret.rotate(), staged.handled().rotate())
        || RotationTrigger.isNew(onIdentity.revoke(), staged.handled().identityRevoke())
        || RotationTrigger.isNew(onSecret.revoke(), staged.handled().revoke())
        || pending.requests().abort().isPresent();
  }

  private Answer turned(StoredSecret pending, Issue staged, Why why) {
    if (t.isSetBack()) {
      return t.refusal()
          .map(Answer::blocked)
          .orElseGet(
              () -> Answer.waiting("version " + staged.version() + " is about to be put in place"));
    }
    if (overlapping && current.filter(now -> now.issue().isEnding()).isPresent()) {
      return Answer.waiting(
          "version "
              + staged.version()
              + " is put in place when the hook of the value before the current one has ended");
    }
    var now = t.nextSecond();
    var previousUntil = previousUntil(now);
    var receipt =
        new NewValue(t)
            .receipt(
                staged.version(),
                now,
                previousUntil,
                overlapping && previousUntil.isPresent(),
                handled(staged))
            .leaving(leftBefore(now, previousUntil));
    var turning =
        new Action.Promote(
            t.subject(),
            guard(),
            pending.subject(),
            pending.thing().guard(),
            t.wanted().type(),
            (GeneratedContent) t.material(),
            t.labelling(),
            receipt,
            t.s().identity().retain(),
            why);
    return new Answer(
        List.of(turning),
        Phase.Fresh,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(receipt));
  }

  /// Requests for a value that came after this one was staged are for the next one; a revocation
  /// that it answers may have come since.
  private Handled handled(Issue staged) {
    var answered = staged.handled();
    var revoked = overlapping ? answered : t.answering(answered, current.map(IssuedSecret::secret));
    return new Handled(
        answered.identityRotate(),
        revoked.identityRevoke(),
        answered.rotate(),
        before().rollback(),
        before().abort(),
        revoked.revoke());
  }

  private Optional<Instant> previousUntil(Instant now) {
    var value = new NewValue(t);
    if (current.isEmpty()) {
      return Optional.empty();
    }
    if (!overlapping) {
      return value.afterRevocation(now);
    }
    var overlap = t.rhythm().overlap(now);
    return value.isForNobody(overlap) ? Optional.empty() : Optional.of(now.plus(overlap));
  }

  private Optional<Instant> leftBefore(Instant now, Optional<Instant> previousUntil) {
    return current.flatMap(
        before ->
            overlapping && previousUntil.isPresent()
                ? NewValue.leftBefore(before.issue())
                : Optional.of(now));
  }

  private long next() {
    return t.nextVersion(current.map(IssuedSecret::issue));
  }

  /// What the current value answered.
  private Handled before() {
    return current.map(now -> now.issue().handled()).orElse(Handled.NONE);
  }

  private Optional<Preconditions> guard() {
    return current.map(now -> now.secret().thing().guard());
  }
}
