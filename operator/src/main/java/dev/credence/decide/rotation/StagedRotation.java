// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.CredentialPlan.Progress;
import dev.credence.decide.rotation.HookRuns.AllPassed;
import dev.credence.decide.rotation.HookRuns.Unfinished;
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
import java.util.function.Function;
import java.util.stream.Stream;

/// A new value that is proven before anyone sees it: staged beside the Secret, applied where it is
/// checked, verified, and only then put in place. `current` is the Secret as it is; empty for the
/// first value.
///
/// `overlapping`: whether the value before it is to stay readable; `atOnce`: windows do not count.
public record StagedRotation(
    RotationTarget t, Optional<IssuedSecret> current, boolean overlapping, boolean atOnce) {

  /// What comes next for the new version.
  sealed interface StagedResult {}

  /// It is in place once this action is done.
  record SwitchedOver(Action.Promote action) implements StagedResult {}

  /// It is not in place yet.
  record StillStaged(Progress progress) implements StagedResult {}

  /// `why` is asked for where the version is put in place. `meanwhile`: the plan of the Secret
  /// while it is not.
  Builder plan(SecretPlan plans, Why why, Function<Progress, Builder> meanwhile) {
    return switch (result(why)) {
      case SwitchedOver(var action) -> plans.switched(action.receipt()).doing(action);
      case StillStaged(var progress) -> meanwhile.apply(progress).with(progress);
    };
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
            .filter(found -> !(found instanceof Unfinished(var waits, _) && waits.isBlocked()))
            .isPresent();
  }

  private StagedResult result(Why why) {
    var pending = t.pending();
    if (pending.isEmpty()) {
      return new StillStaged(taken().map(Progress::blocked).orElseGet(this::stage));
    }
    if (pending.get().thing().leaving()) {
      return waiting("the value that was staged before is being deleted");
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
        || pending.issue().get().version() < version()
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

  private static StagedResult waiting(String message) {
    return new StillStaged(Progress.of(Phase.Applying, message));
  }

  private static StagedResult removing(StoredSecret pending, String why) {
    var removal = new Action.Remove(pending.subject(), pending.thing().guard(), why);
    return new StillStaged(
        Progress.of(Phase.Applying, "staging a new value").doing(List.of(removal)));
  }

  private Progress stage() {
    var pending = ObjectRef.pendingOf(t.name());
    var refusal = Blocker.refusal(t.s(), pending);
    if (refusal.isPresent()) {
      return Progress.blocked(refusal.get());
    }
    var receipt =
        new NewValue(t)
            .receipt(
                version(),
                t.nextSecond(),
                Optional.empty(),
                false,
                t.answering(before(), current.map(IssuedSecret::secret)));
    var staging =
        new Action.Stage(
            pending,
            t.subject(),
            guard(),
            t.wanted().type(),
            (GeneratedContent) t.material(),
            t.labelling(),
            receipt);
    var phase = steps().getFirst() == Step.apply ? Phase.Applying : Phase.Verifying;
    return Progress.of(phase, "version " + version() + " is staged").doing(List.of(staging));
  }

  private StagedResult carriedOn(StoredSecret pending, Issue staged, Why why) {
    if (steps().isEmpty()) {
      // The hooks were taken out of the spec meanwhile.
      return switchedOver(pending, staged, why);
    }
    return switch (hooks(pending, staged)) {
      // The Job may be gone by the time that the value can be put in place.
      case AllPassed(var note) ->
          switch (switchedOver(pending, staged, why)) {
            case SwitchedOver done -> done;
            case StillStaged(var waits) -> new StillStaged(waits.doing(note.stream().toList()));
          };
      case Unfinished(_, var givenUp) when givenUp && isAskedAnew(pending, staged) ->
          removing(pending, "a new value was asked for after this one was given up");
      case Unfinished(var progress, _) -> new StillStaged(progress);
    };
  }

  private List<Step> steps() {
    return Stream.of(Step.apply, Step.verify)
        .filter(step -> t.hooks().of(step).isPresent())
        .toList();
  }

  private HookRuns.Result hooks(StoredSecret pending, Issue staged) {
    var value = new Value(pending.subject().name(), pending.thing().guard().uid(), "");
    return new HookRuns(t, staged.version(), value, steps(), pending).result(atOnce);
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

  private StagedResult switchedOver(StoredSecret pending, Issue staged, Why why) {
    if (t.isSetBack()) {
      return t.refusal()
          .<StagedResult>map(refusal -> new StillStaged(Progress.blocked(refusal)))
          .orElseGet(() -> waiting("version " + staged.version() + " is about to be put in place"));
    }
    if (overlapping && current.filter(now -> now.issue().isEnding()).isPresent()) {
      return waiting(
          "version "
              + staged.version()
              + " is put in place when the hook of the value before the current one has ended");
    }
    return new SwitchedOver(
        new Action.Promote(
            t.subject(),
            guard(),
            pending.subject(),
            pending.thing().guard(),
            t.wanted().type(),
            (GeneratedContent) t.material(),
            t.labelling(),
            versionInfo(staged),
            t.s().identity().retain(),
            why));
  }

  private VersionInfo versionInfo(Issue staged) {
    var now = t.nextSecond();
    var previousUntil = previousUntil(now);
    return new NewValue(t)
        .receipt(
            staged.version(),
            now,
            previousUntil,
            overlapping && previousUntil.isPresent(),
            handled(staged))
        .leaving(leftBefore(now, previousUntil));
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

  private long version() {
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
