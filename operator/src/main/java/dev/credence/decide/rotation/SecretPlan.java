// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.UrlParts;
import dev.credence.facts.identity.Identity.Known;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.Sentences;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Begins the plan of one generated Secret: its status, and what goes on while its current version
/// stays. The previous version is removed when its overlap is over, whatever prevents a new one.
final class SecretPlan {
  private final RotationTarget t;
  private final ConsumerRestarts restarts;

  SecretPlan(RotationTarget t, ConsumerRestarts restarts) {
    this.t = t;
    this.restarts = restarts;
  }

  /// There is no version that anything is known about.
  Builder without(Phase phase, String message) {
    return named().version(t.lastVersion()).phase(phase).message(message);
  }

  Builder waiting(String message) {
    return without(Phase.Pending, message);
  }

  /// The same, and this is why.
  Builder blocked(Blocker blocker) {
    return without(Phase.Blocked, blocker.message()).against(blocker);
  }

  /// The new version is in place once the actions that follow are done.
  Builder switched(VersionInfo version) {
    return named()
        .phase(phase(version))
        .version(Optional.of(version.version()))
        .issuedAt(Optional.of(version.issuedAt()))
        .nextRotation(
            t.halt().isPresent() ? Optional.empty() : t.schedule().next(version.issuedAt()))
        .previousRetires(version.previousRetiresAt())
        .message(note(List.of(), Optional.empty()).or(this::noteOnTemplates))
        .changingAt(t.schedule().due(version.issuedAt()))
        .answering(version.handled());
  }

  /// The consumers that are left behind are known once it is done.
  private static Phase phase(VersionInfo version) {
    if (version.previousRetiresAt().isPresent()) {
      return Phase.Overlapping;
    }
    return version.leftBefore().isPresent() ? Phase.Restarting : Phase.Fresh;
  }

  /// The current version stays, since there can be no new one.
  Builder blocked(IssuedSecret current, Blocker blocker) {
    return kept(current, Phase.Blocked, blocker.message()).against(blocker);
  }

  Builder kept(IssuedSecret current, Phase phase, String message) {
    return kept(current, phase, Optional.of(message));
  }

  /// The current version stays; the overlap with the one before it goes on.
  Builder kept(IssuedSecret current, Phase phase, Optional<String> message) {
    var overlap = Overlap.of(t, current, restarts);
    var shown = phase == Phase.Fresh ? overlap.progress().phase() : phase;
    var end = t.end(current.secret());
    var plan =
        issued(current, shown, overlap.previousUntil())
            .message(message.or(overlap.progress()::message).or(this::noteOnTemplates))
            .doing(overlap.progress().actions())
            .against(t.refusal())
            .against(overlap.progress().blocker())
            .changingAt(overlap.progress().changesAt())
            // A due rotation waits for its window, which is to be reported.
            .changingAt(
                t.halt().isPresent() ? Optional.empty() : t.schedule().due(current.issue(), end));
    // As counted now; where the consumers are unknown, as before. None is left out.
    return overlap.users().isEmpty()
        ? plan
        : plan.consumers(overlap.users().filter(all -> all.total() > 0));
  }

  /// The current version stays as it is and the previous one too, whatever was promised.
  Builder still(IssuedSecret current, Phase phase, String message) {
    return issued(current, phase, current.issue().previousRetiresAt())
        .message(message)
        .against(t.refusal());
  }

  /// The same without the end of the previous version, which the revocation sees to.
  Builder bare(IssuedSecret current, Phase phase, String message) {
    return issued(current, phase, Optional.empty()).message(message).against(t.refusal());
  }

  /// The status fields from the annotations of the current version.
  Builder issued(IssuedSecret current, Phase phase, Optional<Instant> previousRetires) {
    var issue = current.issue();
    var end = t.end(current.secret());
    return named()
        .phase(phase == Phase.Fresh && previousRetires.isPresent() ? Phase.Overlapping : phase)
        .version(Optional.of(issue.version()))
        .issuedAt(Optional.of(issue.issuedAt()))
        .nextRotation(t.halt().isPresent() ? Optional.empty() : t.schedule().next(issue, end))
        .previousRetires(previousRetires)
        .ends(end)
        .answering(issue.handled());
  }

  private Builder named() {
    return CredentialPlan.of(t.name(), t.wanted().isToken() ? Kind.Token : Kind.Generated)
        .account(t.wanted().account())
        .rotation(t.halt().isPresent() ? Optional.empty() : t.schedule().effective())
        .consumers(t.s().identity().known(t.name()).flatMap(Known::consumers));
  }

  /// It stays until a user writes another template, so everything else comes first.
  private Optional<String> noteOnTemplates() {
    return UrlParts.note(t.material());
  }

  Optional<String> note(IssuedSecret current) {
    return note(
        current.requests().complaints().toList(),
        MetadataUpdate.of(t.now(), t.wanted(), current.secret()).note());
  }

  /// What is reported about a version though nothing is wrong with it.
  private Optional<String> note(List<String> complaints, Optional<String> metadata) {
    return Stream.concat(t.s().identity().requests().complaints(), complaints.stream())
        .findFirst()
        .or(t.schedule()::bounded)
        .or(() -> metadata)
        .or(
            () ->
                t.schedule()
                    .problemOfPolicy()
                    .map(problem -> Sentences.sentence("not rotated by the policy: " + problem)));
  }
}
