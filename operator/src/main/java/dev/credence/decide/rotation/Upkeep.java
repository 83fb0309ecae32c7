// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.UrlParts;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is said of a Secret that we make, and what goes on while its value stays: the one before it
/// goes when its time is over, whatever stands in the way of a new one.
final class Upkeep {
  private final RotationTarget t;
  private final ConsumerRestarts restarts;

  Upkeep(RotationTarget t, ConsumerRestarts restarts) {
    this.t = t;
    this.restarts = restarts;
  }

  CredentialPlan waiting(String message) {
    return CredentialPlan.idle(t.generated().without(Phase.Pending, message));
  }

  /// There is no value that anything is known about, and this is why.
  CredentialPlan blocked(Blocker obstacle) {
    return CredentialPlan.idle(t.generated().without(Phase.Blocked, obstacle.message()))
        .against(obstacle);
  }

  /// The new value is in place once the actions that follow are done.
  CredentialPlan turned(VersionInfo receipt) {
    return CredentialPlan.idle(
            t.generated().after(receipt, note(List.of()).or(this::noteOnTemplates)))
        .changingAt(t.rhythm().due(receipt.issuedAt()))
        .answering(receipt.handled());
  }

  /// The value stays, since there can be no new one.
  CredentialPlan blocked(IssuedSecret current, Blocker obstacle) {
    return kept(current, Phase.Blocked, obstacle.message()).against(obstacle);
  }

  CredentialPlan kept(IssuedSecret current, Phase phase, String message) {
    return kept(current, phase, Optional.of(message));
  }

  /// The value stays; the one before it goes when its time is over, whatever stands in the way of a
  /// new one.
  CredentialPlan kept(IssuedSecret current, Phase phase, Optional<String> message) {
    var handover = Overlap.of(t, current, restarts);
    return CredentialPlan.idle(
            t.generated()
                .usedBy(handover.users())
                .with(
                    current.issue(),
                    phase == Phase.Fresh ? handover.phase() : phase,
                    handover.previousUntil(),
                    t.end(current.secret()),
                    message.or(handover::message).or(this::noteOnTemplates)))
        .doing(handover.actions())
        .against(t.refusal())
        .against(handover.obstacle())
        .changingAt(handover.changesAt())
        // What is due waits for its window, which is to be said.
        .changingAt(
            t.halt().isPresent()
                ? Optional.empty()
                : t.rhythm().due(current.issue(), t.end(current.secret())))
        .answering(current.handled());
  }

  /// The value stays as it is and the one before it too, whatever was promised.
  CredentialPlan still(IssuedSecret current, Phase phase, String message) {
    return CredentialPlan.idle(
            t.generated()
                .with(
                    current.issue(),
                    phase,
                    current.issue().previousRetiresAt(),
                    t.end(current.secret()),
                    Optional.of(message)))
        .against(t.refusal())
        .answering(current.handled());
  }

  /// The same without the end of the previous value: the revocation sees to that.
  CredentialPlan bare(IssuedSecret current, Phase phase, String message) {
    return CredentialPlan.idle(
            t.generated()
                .with(
                    current.issue(),
                    phase,
                    Optional.empty(),
                    t.end(current.secret()),
                    Optional.of(message)))
        .against(t.refusal())
        .answering(current.handled());
  }

  /// It stays until somebody writes another template, so everything else comes first.
  private Optional<String> noteOnTemplates() {
    return UrlParts.note(t.material());
  }

  Optional<String> note(StoredSecret secret) {
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
