// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.plan.Action.Why;
import dev.credence.plan.IssuanceHold;
import java.time.Duration;
import java.util.Optional;

/// The state of the rotation of one generated Secret. It is computed from the cluster at each
/// reconcile and stored nowhere. [#of] tests the states in a fixed order, and the first that fits
/// holds; [Rotation] plans each of them.
///
/// The first sentence of each case is printed in `docs/rotation.md`, with the states that follow.
public sealed interface RotationState {
  /// More than the clocks of two machines that the operator runs on differ by.
  Duration CLOCKS_DIFFER = Duration.ofHours(1);

  /// The identity is decommissioned.
  record Decommissioned(MemberRole role) implements RotationState {}

  /// The Secret does not exist.
  record NotCreated() implements RotationState {}

  /// The owner of an existing Secret hands it over with the annotation `credence.dev/adopt`.
  record Adoptable(StoredSecret secret) implements RotationState {}

  /// The owner of an adopted Secret has removed the annotation `credence.dev/adopt`.
  record Released(StoredSecret secret) implements RotationState {}

  /// The Secret is being deleted.
  record BeingDeleted() implements RotationState {}

  /// The Secret exists and is not managed by this MachineIdentity.
  record Unmanaged(String why) implements RotationState {}

  /// The annotations for the version or the time of issue cannot be read.
  record Unreadable() implements RotationState {}

  /// A Secret that this MachineIdentity manages, with its current version.
  sealed interface Issued extends RotationState {
    IssuedSecret current();
  }

  /// The recorded time of issue is more than an hour in the future.
  record Misdated(IssuedSecret current) implements Issued {}

  /// The identity is active again, and an account that its suspension locked in the target system
  /// is not unlocked yet.
  record Resuming(IssuedSecret current) implements Issued {}

  /// The identity is suspended or expired, so that no new version is issued.
  record Halted(IssuedSecret current, IssuanceHold hold) implements Issued {}

  /// The annotation `credence.dev/abort` has a value that is not handled yet.
  record AbortAsked(IssuedSecret current, String request) implements Issued {}

  /// The annotation `credence.dev/revoke` has a value that is not handled yet.
  record Revoking(IssuedSecret current, String reason) implements Issued {}

  /// The annotation `credence.dev/rollback` has a value that is not handled yet.
  record RollbackAsked(IssuedSecret current, String request) implements Issued {}

  /// The identity or a change of it is not approved, so that no new version is issued.
  record AwaitingApproval(IssuedSecret current, IssuanceHold hold) implements Issued {}

  /// A new version is due by the schedule, by a changed generator or by `credence.dev/rotate`.
  record Due(IssuedSecret current, Why why) implements Issued {}

  /// A new version is staged for its hooks, and what made it due was taken back since.
  record Staged(IssuedSecret current, StagedRotation staging) implements Issued {}

  /// The previous version can still be read.
  record Overlapping(IssuedSecret current) implements Issued {}

  /// The current version is the only one.
  record Current(IssuedSecret current) implements Issued {}

  static RotationState of(RotationTarget t, MemberRole role) {
    if (t.isHalted(IssuanceHold.Cause.Decommissioned)) {
      return new Decommissioned(role);
    }
    return switch (role) {
      case MemberRole.ToMake _ -> new NotCreated();
      case MemberRole.Made(StoredSecret secret) ->
          secret
              .issue()
              .<RotationState>map(issue -> issued(t, new IssuedSecret(secret, issue)))
              .orElseGet(Unreadable::new);
      case MemberRole.ToAdopt(StoredSecret secret) -> new Adoptable(secret);
      case MemberRole.ToRelease(StoredSecret secret) -> new Released(secret);
      case MemberRole.Terminating _ -> new BeingDeleted();
      case MemberRole.NotOwned _ ->
          new Unmanaged("An object that is not managed by Credence has this name.");
      case MemberRole.ClaimedBy(_, var identity) ->
          new Unmanaged("The Secret belongs to MachineIdentity " + identity + ".");
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
          throw new IllegalStateException("a Secret that is to be made is never " + role);
    };
  }

  private static Issued issued(RotationTarget t, IssuedSecret current) {
    return misdated(t, current)
        .or(() -> resuming(t, current))
        .or(() -> halted(t, current))
        .or(() -> abortAsked(current))
        .or(() -> revoking(t, current))
        .or(() -> rollbackAsked(current))
        .or(() -> awaitingApproval(t, current))
        .or(() -> due(t, current))
        .or(() -> staged(t, current))
        .orElseGet(() -> atRest(current));
  }

  private static Optional<Issued> misdated(RotationTarget t, IssuedSecret current) {
    return current.issue().issuedAt().minus(CLOCKS_DIFFER).isAfter(t.now())
        ? Optional.of(new Misdated(current))
        : Optional.empty();
  }

  private static Optional<Issued> resuming(RotationTarget t, IssuedSecret current) {
    return new SuspensionHooks(t, current).isToUnlock()
        ? Optional.of(new Resuming(current))
        : Optional.empty();
  }

  /// A missing approval comes after the requests, which are answered without it.
  private static Optional<Issued> halted(RotationTarget t, IssuedSecret current) {
    return t.halt()
        .filter(hold -> !hold.is(IssuanceHold.Cause.Unapproved))
        .map(hold -> new Halted(current, hold));
  }

  private static Optional<Issued> abortAsked(IssuedSecret current) {
    return RotationTrigger.newly(current.requests().abort(), current.handled().abort())
        .map(request -> new AbortAsked(current, request));
  }

  private static Optional<Issued> revoking(RotationTarget t, IssuedSecret current) {
    return RotationTrigger.revocation(t, current).map(reason -> new Revoking(current, reason));
  }

  private static Optional<Issued> rollbackAsked(IssuedSecret current) {
    return RotationTrigger.newly(current.requests().rollback(), current.handled().rollback())
        .map(request -> new RollbackAsked(current, request));
  }

  private static Optional<Issued> awaitingApproval(RotationTarget t, IssuedSecret current) {
    return t.halt().map(hold -> new AwaitingApproval(current, hold));
  }

  private static Optional<Issued> due(RotationTarget t, IssuedSecret current) {
    return RotationTrigger.of(t, current).map(why -> new Due(current, why));
  }

  /// A rotation that began is completed, also where its trigger was removed since.
  private static Optional<Issued> staged(RotationTarget t, IssuedSecret current) {
    return Optional.of(new StagedRotation(t, Optional.of(current), true, false))
        .filter(StagedRotation::isBegun)
        .map(staging -> new Staged(current, staging));
  }

  private static Issued atRest(IssuedSecret current) {
    return current.issue().previousRetiresAt().isPresent()
        ? new Overlapping(current)
        : new Current(current);
  }

  /// Whether the Secret gets its next version by itself soon: hooks run for it, or a rotation is
  /// due and about to begin. Consumers are restarted after it, once for all Secrets that rotate
  /// together.
  static boolean isNextVersionComing(RotationTarget t, MemberRole role) {
    var state = of(t, role);
    var current =
        state instanceof Issued issued
            ? Optional.of(issued.current())
            : Optional.<IssuedSecret>empty();
    var staging = new StagedRotation(t, current, true, false);
    return staging.isBegun()
        ? staging.isInProgress()
        : state instanceof Due due && isAboutToBegin(t, due, staging);
  }

  /// Neither blocked nor deferred to a maintenance window.
  private static boolean isAboutToBegin(RotationTarget t, Due due, StagedRotation staging) {
    var current = due.current();
    return t.blocker(Optional.of(current.issue())).isEmpty()
        && !MaintenanceWindow.isClosed(t, current, RotationTrigger.isUrgent(t, due))
        // It waits for the consumers of its previous version, which would wait for it.
        && !current.issue().isMoving()
        && (!t.hooks().stage() || staging.blocker().isEmpty());
  }
}
