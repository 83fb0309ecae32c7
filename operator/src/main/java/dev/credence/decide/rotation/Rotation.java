// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.OwnershipLabels;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What is due for one Secret that we make? Issue it, bring a new value in place, take the previous
/// one away, or wait.
///
/// Everything it needs is in the cluster: on the Secret (version, time of issue, requests acted
/// upon), beside it (the value that is staged, the anchors of its tokens) and in the Jobs of its
/// hooks. So it carries on when every status is lost, and a value that is long overdue is replaced
/// once, not once for each time that was missed.
///
/// [StagedRotation] is what comes before the value is current, [Overlap] what comes after it. Users
/// stop a rotation or take it back by [AbortRollback], and revoke a leaked value by [Revocation].
/// [IssueTimeRepair] is for annotations that cannot be right.
public final class Rotation {
  /// Requests by annotation are answered at most this often; it is also the shortest `every`.
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(10);

  private static final String NOT_OURS = "its Secret is not ours";

  private final RotationTarget t;
  private final ConsumerRestarts restarts;
  private final Upkeep upkeep;
  private final NewValue newValue;
  private final AbortRollback onDemand;
  private final Revocation revocation;
  private final IssueTimeRepair repair;
  private final RotationCleanup tidying;
  private final MaintenanceWindow window;

  public Rotation(RotationTarget t, ConsumerRestarts restarts) {
    this.t = t;
    this.restarts = restarts;
    this.upkeep = new Upkeep(t, restarts);
    this.newValue = new NewValue(t);
    this.onDemand = new AbortRollback(t, upkeep);
    this.revocation = new Revocation(t, upkeep);
    this.repair = new IssueTimeRepair(t, upkeep);
    this.tidying = new RotationCleanup(t);
    this.window = new MaintenanceWindow(t, upkeep);
  }

  public CredentialPlan turn(MemberRole seat) {
    if (t.isHalted(IssuanceHold.Cause.Decommissioned)) {
      return new Decommissioning(t, upkeep, tidying).turn(seat);
    }
    return switch (seat) {
      case MemberRole.ToMake _ -> tidying.tidied(first(), Optional.empty());
      case MemberRole.Made(StoredSecret secret) ->
          secret
              .issue()
              .map(issue -> issued(new IssuedSecret(secret, issue)))
              .orElseGet(repair::unreadable);
      case MemberRole.ToAdopt(StoredSecret secret) -> adopted(secret);
      case MemberRole.ToRelease(StoredSecret secret) ->
          cleared("is given back to its holder, who took credence.dev/adopt away")
              .doing(OwnershipLabels.release(secret.thing()));
      // What to do about these, MembersLinked says.
      case MemberRole.Terminating _ -> upkeep.waiting("the Secret is being deleted");
      case MemberRole.NotOwned _ -> cleared("the name is taken by an object of others");
      case MemberRole.ClaimedBy(_, var identity) ->
          cleared("belongs to MachineIdentity " + identity);
      case MemberRole.Made _,
          MemberRole.ToAdopt _,
          MemberRole.ToRelease _,
          MemberRole.Linked _,
          MemberRole.Unlisted _,
          MemberRole.Missing _,
          MemberRole.NoCertManager _,
          MemberRole.ClaimedWhileSuspended _,
          MemberRole.WouldOverwrite _,
          MemberRole.Former _ ->
          throw new IllegalStateException("a Secret that is to be made is never " + seat);
    };
  }

  /// Nothing is made for a Secret that is not ours, and nothing that was stays.
  private CredentialPlan cleared(String message) {
    return upkeep
        .waiting(message)
        .doing(tidying.dropping(NOT_OURS))
        .doing(RotationCleanup.removing(t.jobs(), NOT_OURS));
  }

  private CredentialPlan first() {
    if (t.halt().isPresent()) {
      return notIssued(t.halt().get());
    }
    var obstacle = t.obstacle(Optional.empty());
    if (obstacle.isPresent()) {
      return upkeep.blocked(obstacle.get());
    }
    if (t.isSetBack()) {
      return upkeep.waiting("being created");
    }
    return t.hooks().stage() ? firstStaged() : firstIssued();
  }

  private CredentialPlan notIssued(IssuanceHold halt) {
    var ended = halt.is(IssuanceHold.Cause.Ended);
    return CredentialPlan.idle(
            t.generated()
                .without(ended ? Phase.Expired : Phase.Pending, "not issued: " + halt.why()))
        .doing(ended ? tidying.dropping(halt.why()) : List.of());
  }

  private CredentialPlan firstStaged() {
    var answer = new StagedRotation(t, Optional.empty(), true, true).answer(new Why.OnRequest());
    return answer.turn(
        upkeep,
        () ->
            CredentialPlan.idle(
                t.generated().without(answer.phase(), answer.message().orElse(""))));
  }

  private CredentialPlan firstIssued() {
    var receipt = newValue.first();
    return upkeep
        .turned(receipt)
        .doing(TokenAnchors.anchoring(t, receipt.version()))
        .doing(
            new Action.Issue(
                t.subject(),
                t.wanted().type(),
                t.material(),
                t.labelling(),
                receipt,
                t.s().identity().retain()));
  }

  private CredentialPlan adopted(StoredSecret secret) {
    if (t.halt().isPresent()) {
      return upkeep.waiting("not taken over: " + t.halt().get().why());
    }
    if (t.material() instanceof TokenRecipe) {
      var message = "a Secret is not taken over for a token: choose another name";
      return upkeep.waiting(message).against(Blocker.broken(t.name() + ": " + message));
    }
    var refusal = t.refusal();
    if (refusal.isPresent()) {
      return upkeep.blocked(refusal.get());
    }
    // One that we made, and that outlived its identity, says itself which version it holds.
    var receipt =
        secret.issue().isPresent()
            ? Optional.<VersionInfo>empty()
            : Optional.of(newValue.given(secret));
    return upkeep
        .waiting("is taken over; its value stays until the first rotation")
        .doing(Action.Adopt.of(secret.thing(), receipt));
  }

  private CredentialPlan issued(IssuedSecret current) {
    return tidying
        .tidied(made(current), Optional.of(current))
        .against(ForeignFields.of(t, current));
  }

  private CredentialPlan made(IssuedSecret current) {
    var redated = repair.redated(current);
    if (redated.isPresent()) {
      return redated.get();
    }
    var reason = RotationTrigger.revocation(t, current);
    if (t.halt().isPresent() && !t.isHalted(IssuanceHold.Cause.Unapproved)) {
      var halt = t.halt().get();
      return reason
          .flatMap(why -> revocation.ended(current, why))
          .orElseGet(() -> halted(current, halt))
          .doing(halt.is(IssuanceHold.Cause.Ended) ? tidying.dropping(halt.why()) : List.of());
    }
    var abort = RotationTrigger.newly(current.requests().abort(), current.handled().abort());
    if (abort.isPresent()) {
      return onDemand.aborted(current, abort.get());
    }
    if (reason.isPresent()) {
      return t.isHalted(IssuanceHold.Cause.Unapproved)
          ? revocation.withoutNext(current, reason.get())
          : revocation.revoked(current, reason.get());
    }
    var rollback =
        RotationTrigger.newly(current.requests().rollback(), current.handled().rollback());
    if (rollback.isPresent()) {
      return onDemand.rolledBack(current, rollback.get());
    }
    if (t.halt().isPresent()) {
      return halted(current, t.halt().get());
    }
    return RotationTrigger.of(t, current)
        .map(why -> due(current, why))
        .or(() -> begun(current))
        .orElseGet(() -> current(current));
  }

  private CredentialPlan halted(IssuedSecret current, IssuanceHold halt) {
    var message = "not rotated: " + halt.why();
    return switch (halt.cause()) {
      case Ended -> upkeep.kept(current, Phase.Expired, message);
      case Unapproved -> upkeep.kept(current, Phase.Fresh, message);
      case Suspended, Decommissioned ->
          t.material() instanceof TokenRecipe
              ? ended(current)
              : upkeep.still(current, Phase.Fresh, message);
    };
  }

  private CredentialPlan ended(IssuedSecret current) {
    return t.s()
        .refusal(ObjectRef.anchorOf(t.name(), current.issue().version()))
        .map(
            refused ->
                upkeep.still(
                    current,
                    Phase.Fresh,
                    "still valid, though the identity is suspended: " + refused.message()))
        .orElseGet(
            () ->
                upkeep.still(
                    current,
                    Phase.Revoked,
                    "ended by the suspension; a new one is issued when the identity is resumed"));
  }

  /// What was begun is carried through, also where its occasion was taken back meanwhile.
  private Optional<CredentialPlan> begun(IssuedSecret current) {
    return Optional.of(staging(current, false))
        .filter(StagedRotation::isBegun)
        .map(staging -> staged(staging, current, new Why.OnRequest()));
  }

  private CredentialPlan due(IssuedSecret current, Why why) {
    var obstacle = t.obstacle(Optional.of(current.issue()));
    if (obstacle.isPresent()) {
      return upkeep.blocked(current, obstacle.get());
    }
    var urgent = RotationTrigger.isUrgent(t, current) || why instanceof Why.Dead;
    var staging = staging(current, urgent);
    if (t.hooks().stage() && staging.isBegun()) {
      return staged(staging, current, why);
    }
    return window.deferred(current, urgent).orElseGet(() -> begin(current, why, urgent));
  }

  private CredentialPlan begin(IssuedSecret current, Why why, boolean urgent) {
    var handover = Overlap.of(t, current, restarts);
    if (handover.isUnderWay() && !(why instanceof Why.Dead)) {
      return upkeep.kept(
          current,
          Phase.Fresh,
          handover
              .message()
              .map(waitsFor -> waitsFor + "; the next value is due and comes then")
              .orElse("the next value is due and waits for the end of the overlap"));
    }
    var notBefore = current.issue().issuedAt().plus(SHORTEST_LIFE);
    if (t.now().isBefore(notBefore)) {
      return upkeep
          .kept(current, Phase.Due, "rotated at most every 10s: next at " + notBefore)
          .changingAt(notBefore);
    }
    var beginning = window.beginning(current.secret(), why, urgent);
    return t.hooks().stage()
        ? staged(staging(current, urgent), current, beginning)
        : replaced(current, handover, beginning);
  }

  private CredentialPlan replaced(IssuedSecret current, Overlap.Answer handover, Why why) {
    if (t.isSetBack()) {
      return upkeep.kept(current, Phase.Due, "about to be replaced");
    }
    var receipt = newValue.next(current, why, handover.leftBefore());
    return upkeep
        .turned(receipt)
        .doing(handover.beforeTheNext())
        .doing(TokenAnchors.anchoring(t, receipt.version()))
        .doing(new Action.Rotate(t.subject(), current.guard(), t.material(), receipt, why));
  }

  private StagedRotation staging(IssuedSecret current, boolean urgent) {
    return new StagedRotation(t, Optional.of(current), true, urgent);
  }

  private CredentialPlan staged(StagedRotation staging, IssuedSecret current, Why why) {
    var answer = staging.answer(window.sinceOpening(why));
    return answer.turn(upkeep, () -> upkeep.kept(current, answer.phase(), answer.message()));
  }

  private CredentialPlan current(IssuedSecret current) {
    return t.unreadableTiming()
        .map(unreadable -> upkeep.blocked(current, unreadable))
        .or(() -> reworded(current))
        .orElseGet(() -> upkeep.kept(current, Phase.Fresh, upkeep.note(current.secret())));
  }

  /// Fixed texts and templates follow the spec at once; the secret values stay.
  private Optional<CredentialPlan> reworded(IssuedSecret current) {
    if (!(t.material() instanceof GeneratedContent recipe)
        || !RotationTrigger.isReworded(t, current.issue())) {
      return Optional.empty();
    }
    var obstacle = t.obstacle(Optional.of(current.issue()));
    if (obstacle.isPresent()) {
      return Optional.of(upkeep.blocked(current, obstacle.get()));
    }
    var turn = upkeep.kept(current, Phase.Fresh, upkeep.note(current.secret()));
    // One write at a time: each is judged by the version of the Secret.
    var isWritten =
        turn.actions().stream().anyMatch(action -> action.subject().equals(t.subject()));
    return Optional.of(
        isWritten || t.isSetBack()
            ? turn
            : turn.doing(new Action.Reword(t.subject(), current.guard(), recipe)));
  }
}
