// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.OwnershipLabels;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.RotationState.AbortAsked;
import dev.credence.decide.rotation.RotationState.Adoptable;
import dev.credence.decide.rotation.RotationState.AwaitingApproval;
import dev.credence.decide.rotation.RotationState.BeingDeleted;
import dev.credence.decide.rotation.RotationState.Current;
import dev.credence.decide.rotation.RotationState.Decommissioned;
import dev.credence.decide.rotation.RotationState.Due;
import dev.credence.decide.rotation.RotationState.Halted;
import dev.credence.decide.rotation.RotationState.Misdated;
import dev.credence.decide.rotation.RotationState.NotCreated;
import dev.credence.decide.rotation.RotationState.Overlapping;
import dev.credence.decide.rotation.RotationState.Released;
import dev.credence.decide.rotation.RotationState.Resuming;
import dev.credence.decide.rotation.RotationState.Revoking;
import dev.credence.decide.rotation.RotationState.RollbackAsked;
import dev.credence.decide.rotation.RotationState.Staged;
import dev.credence.decide.rotation.RotationState.Unmanaged;
import dev.credence.decide.rotation.RotationState.Unreadable;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.Action.Why;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Sentences;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Plans the rotation of one generated Secret, by its [RotationState].
///
/// The state is computed from the cluster: the Secret with its annotations (version, time of issue,
/// handled requests), the staged version, the anchors of tokens and the Jobs of hooks. A rotation
/// continues when every status is lost, and an overdue version is replaced once, not once for each
/// time that was missed.
///
/// [StagedRotation] plans what comes before the new version is current, [Overlap] what comes after
/// it, [AbortRollback] and [Revocation] answer requests, and [IssueTimeRepair] corrects
/// annotations.
public final class Rotation {
  /// Requests by annotation are answered at most this often; it is also the shortest `interval`.
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(10);

  private static final String NOT_OURS = "its Secret is not managed by this identity";

  private final RotationTarget t;
  private final ConsumerRestarts restarts;
  private final SecretPlan plans;
  private final NewValue newValue;
  private final AbortRollback onDemand;
  private final Revocation revocation;
  private final IssueTimeRepair repair;
  private final RotationCleanup cleanup;
  private final MaintenanceWindow window;

  public Rotation(RotationTarget t, ConsumerRestarts restarts) {
    this.t = t;
    this.restarts = restarts;
    this.plans = new SecretPlan(t, restarts);
    this.newValue = new NewValue(t);
    this.onDemand = new AbortRollback(t, plans);
    this.revocation = new Revocation(t, plans);
    this.repair = new IssueTimeRepair(t, plans);
    this.cleanup = new RotationCleanup(t);
    this.window = new MaintenanceWindow(t, plans);
  }

  public CredentialPlan plan(MemberRole role) {
    var state = RotationState.of(t, role);
    var plan = planned(state);
    return state instanceof RotationState.Issued issued
        ? cleanup
            .cleaned(plan, Optional.of(issued.current()))
            .against(ForeignFields.of(t, issued.current()))
            .against(t.metadataProblem())
            .changingAt(MetadataUpdate.of(t.now(), t.wanted(), issued.current().secret()).next())
            .build()
        : plan.build();
  }

  private Builder planned(RotationState state) {
    return switch (state) {
      case Decommissioned(var role) -> new Decommissioning(t, plans, cleanup).plan(role);
      case NotCreated _ -> cleanup.cleaned(first(), Optional.empty());
      case Adoptable(var secret) -> adopted(secret);
      case Released(var secret) ->
          cleared(
                  "Released to the owner of the object, who removed the annotation credence.dev/adopt.")
              .doing(
                  MetadataUpdate.removal(secret)
                      .orElseGet(() -> OwnershipLabels.release(secret.object())));
      // What to do about these two is reported in the condition MembersLinked.
      case BeingDeleted _ -> plans.waiting("Waiting for the deletion of the Secret.");
      case Unmanaged(var why) -> cleared(why);
      case Unreadable _ -> repair.unreadable();
      case Misdated(var current) -> repair.redated(current);
      case Resuming(var current) -> resuming(current);
      case Halted(var current, var hold) -> halted(current, hold);
      case AbortAsked(var current, var request) -> onDemand.aborted(current, request);
      case Revoking(var current, var reason) -> revocation.revoked(current, reason);
      case RollbackAsked(var current, var request) -> onDemand.rolledBack(current, request);
      case AwaitingApproval(var current, var hold) -> notRotated(current, hold);
      case Due due -> due(due);
      case Staged(var current, var staging) -> staged(staging, current, new Why.OnRequest());
      case Overlapping(var current) -> kept(current);
      case Current(var current) -> kept(current);
    };
  }

  /// Nothing is made for a Secret that is not ours, and nothing that was stays.
  private Builder cleared(String message) {
    return plans
        .waiting(message)
        .with(cleanup.dropping(NOT_OURS))
        .doing(
            RotationCleanup.revoking(t).isPresent()
                ? List.of()
                : RotationCleanup.removing(t.jobs(), NOT_OURS));
  }

  private Builder first() {
    if (t.halt().isPresent()) {
      return notIssued(t.halt().get());
    }
    var blocker = t.blocker(Optional.empty());
    if (blocker.isPresent()) {
      return plans.blocked(blocker.get());
    }
    if (t.isBackingOff()) {
      return plans.waiting("Creating the Secret.");
    }
    return t.hooks().stage() ? firstStaged() : issued();
  }

  private Builder notIssued(IssuanceHold halt) {
    var ended = halt.is(IssuanceHold.Cause.Ended);
    var plan =
        plans.without(ended ? Phase.Expired : Phase.Pending, "Not issued: " + halt.why() + ".");
    return ended ? plan.with(cleanup.dropping(halt.why())) : plan;
  }

  private Builder firstStaged() {
    return new StagedRotation(t, Optional.empty(), true, true)
        .plan(
            plans,
            new Why.OnRequest(),
            progress -> plans.without(progress.phase(), progress.message().orElse("")));
  }

  private Builder issued() {
    var versionInfo = newValue.first();
    return plans
        .switched(versionInfo)
        .doing(TokenAnchors.anchoring(t, versionInfo.version()))
        .doing(
            new Action.Issue(
                t.subject(),
                t.wanted().type(),
                t.material(),
                t.labelling(),
                versionInfo,
                t.s().identity().retain()));
  }

  private Builder adopted(StoredSecret secret) {
    if (t.halt().isPresent()) {
      return plans.waiting("Not adopted: " + t.halt().get().why() + ".");
    }
    if (t.material() instanceof TokenRecipe) {
      var message = "An existing Secret cannot be adopted for a token. Choose another name.";
      return plans.waiting(message).against(Blocker.broken(Sentences.about(t.subject(), message)));
    }
    var refusal = t.refusal();
    if (refusal.isPresent()) {
      return plans.blocked(refusal.get());
    }
    // One that we made, and that outlived its identity, says itself which version it holds.
    var versionInfo =
        secret.issue().isPresent()
            ? Optional.<VersionInfo>empty()
            : Optional.of(newValue.given(secret));
    return plans
        .waiting("Adopting the Secret. Its value stays until the first rotation.")
        .doing(Action.Adopt.of(secret.object(), versionInfo));
  }

  /// Nothing is issued for an account that is locked.
  private Builder resuming(IssuedSecret current) {
    var unlocking = new SuspensionHooks(t, current).unlocking().orElseThrow();
    if (unlocking.isDone()) {
      return plans
          .still(current, Phase.Fresh, "Unlocked in the target system.")
          .with(unlocking.progress());
    }
    return plans
        .still(current, Phase.Locked, SuspensionHooks.message(unlocking))
        .with(unlocking.progress().against(Optional.of(SuspensionHooks.blocker(t, unlocking))));
  }

  private Builder halted(IssuedSecret current, IssuanceHold hold) {
    return Optional.of(new SuspensionHooks(t, current))
        .filter(_ -> hold.is(IssuanceHold.Cause.Suspended))
        .flatMap(SuspensionHooks::locking)
        .map(locking -> suspended(current, hold, locking))
        .orElseGet(() -> revokedOrKept(current, hold));
  }

  /// First the account is locked. A hook of a revocation follows, also where that failed; both do
  /// not run at the same time.
  private Builder suspended(
      IssuedSecret current, IssuanceHold hold, SuspensionHooks.Result locking) {
    var plan = locking.isBusy() ? notRotated(current, hold) : revokedOrKept(current, hold);
    var isRevoked = !locking.isBusy() && RotationTrigger.revocation(t, current).isPresent();
    if (!isRevoked && locking.isDone()) {
      plan.phase(Phase.Locked)
          .message("Locked in the target system, since the identity is suspended.");
    } else if (!isRevoked) {
      plan.message("Not rotated: " + hold.why() + ". " + locking.lock().message());
    }
    return plan.with(locking.progress().against(Optional.empty())).lock(locking.lock());
  }

  /// A revocation ends the value where it is checked, whatever else keeps it from being replaced.
  private Builder revokedOrKept(IssuedSecret current, IssuanceHold hold) {
    var plan =
        RotationTrigger.revocation(t, current)
            .flatMap(why -> revocation.ended(current, why))
            .orElseGet(() -> notRotated(current, hold));
    return hold.is(IssuanceHold.Cause.Ended) ? plan.with(cleanup.dropping(hold.why())) : plan;
  }

  private Builder notRotated(IssuedSecret current, IssuanceHold hold) {
    var message = "Not rotated: " + hold.why() + ".";
    return switch (hold.cause()) {
      case Ended -> plans.kept(current, Phase.Expired, message);
      case Unapproved -> plans.kept(current, Phase.Fresh, message);
      case Suspended, Decommissioned ->
          t.material() instanceof TokenRecipe
              ? ended(current)
              : plans.still(current, Phase.Fresh, message);
    };
  }

  private Builder ended(IssuedSecret current) {
    return t.s()
        .refusal(ObjectRef.anchorOf(t.name(), current.issue().version()))
        .map(
            refused ->
                plans.still(
                    current,
                    Phase.Fresh,
                    Sentences.sentence(
                        "still valid, although the identity is suspended: " + refused.message())))
        .orElseGet(
            () ->
                plans.still(
                    current,
                    Phase.Revoked,
                    "Revoked by the suspension. The operator issues a new token when the identity is resumed."));
  }

  private Builder due(Due due) {
    var current = due.current();
    var why = due.why();
    var blocker = t.blocker(Optional.of(current.issue()));
    if (blocker.isPresent()) {
      return plans.blocked(current, blocker.get());
    }
    var urgent = RotationTrigger.isUrgent(t, due);
    var staging = staging(current, urgent);
    if (t.hooks().stage() && staging.isBegun()) {
      return staged(staging, current, why);
    }
    return window.deferred(current, urgent).orElseGet(() -> begin(current, why, urgent));
  }

  private Builder begin(IssuedSecret current, Why why, boolean urgent) {
    var overlap = Overlap.of(t, current, restarts);
    if (overlap.isUnderWay() && !(why instanceof Why.Dead)) {
      return plans.kept(
          current,
          Phase.Fresh,
          overlap
              .progress()
              .message()
              .map(
                  waitsFor ->
                      Sentences.sentence(waitsFor)
                          + " The next rotation is due and waits for that.")
              .orElse("The next rotation is due and waits for the end of the overlap."));
    }
    var notBefore = current.issue().issuedAt().plus(SHORTEST_LIFE);
    if (t.now().isBefore(notBefore)) {
      return plans
          .kept(
              current,
              Phase.Due,
              "Rotated at most every 10s. The next rotation is at " + notBefore + ".")
          .changingAt(notBefore);
    }
    var beginning = window.beginning(current.secret(), why, urgent);
    return t.hooks().stage()
        ? staged(staging(current, urgent), current, beginning)
        : replaced(current, overlap, beginning);
  }

  private Builder replaced(IssuedSecret current, Overlap.Answer overlap, Why why) {
    if (t.isBackingOff()) {
      return plans.kept(current, Phase.Due, "The rotation is about to start.");
    }
    var versionInfo = newValue.next(current, why, overlap.leftBefore());
    return plans
        .switched(versionInfo)
        .doing(overlap.beforeTheNext())
        .doing(TokenAnchors.anchoring(t, versionInfo.version()))
        .doing(
            new Action.Rotate(
                t.subject(), current.preconditions(), t.material(), versionInfo, why));
  }

  private StagedRotation staging(IssuedSecret current, boolean urgent) {
    return new StagedRotation(t, Optional.of(current), true, urgent);
  }

  private Builder staged(StagedRotation staging, IssuedSecret current, Why why) {
    return staging.plan(
        plans,
        window.sinceOpening(why),
        progress -> plans.kept(current, progress.phase(), progress.message()));
  }

  private Builder kept(IssuedSecret current) {
    return t.unreadableTiming()
        .map(unreadable -> plans.blocked(current, unreadable))
        .or(() -> reworded(current))
        .orElseGet(() -> plans.kept(current, Phase.Fresh, plans.note(current)));
  }

  /// Fixed texts and templates follow the spec at once, and keys that were added get a value; the
  /// other secret values stay.
  private Optional<Builder> reworded(IssuedSecret current) {
    if (!RotationTrigger.isReworded(t, current.issue())) {
      return Optional.empty();
    }
    var blocker = t.blocker(Optional.of(current.issue()));
    if (blocker.isPresent()) {
      return Optional.of(plans.blocked(current, blocker.get()));
    }
    var plan = plans.kept(current, Phase.Fresh, plans.note(current));
    // One write at a time: each is judged by the version of the Secret.
    return Optional.of(
        plan.writes(t.subject()) || t.isBackingOff() ? plan : plan.doing(rewording(current)));
  }

  private Action rewording(IssuedSecret current) {
    return switch (t.material()) {
      case GeneratedContent generatorSpec ->
          new Action.Reword(
              t.subject(),
              current.preconditions(),
              generatorSpec,
              current.issue().version(),
              current.issue().generatorSpec().map(generatorSpec::added).orElse(List.of()));
      case TokenRecipe token ->
          new Action.RenewKubeconfig(t.subject(), current.preconditions(), token);
    };
  }
}
