// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Identity.Users;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IdentityStatus.Handled;
import java.time.Instant;
import java.util.Optional;

/// How does a Secret that we make stand? `lastVersion` is that of the Secret that was there before,
/// so that one which somebody deleted is counted on; `users` who used it at last count; `rhythm` is
/// empty where nothing is rotated any more.
public record Generated(
    SecretWanted wanted,
    Optional<Long> lastVersion,
    Optional<Users> users,
    Optional<RotationSchedule> rhythm) {

  /// As counted now; where nobody was asked, as before. Nobody is not worth a word.
  Generated usedBy(Optional<Users> counted) {
    return counted.isEmpty()
        ? this
        : new Generated(wanted, lastVersion, counted.filter(all -> all.total() > 0), rhythm);
  }

  /// Without a value that anything is known about.
  Credential without(Phase phase, String message) {
    return credential(
        phase,
        lastVersion,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Handled.NONE,
        Optional.of(message));
  }

  Credential with(
      Issue issue,
      Phase phase,
      Optional<Instant> previousRetires,
      Optional<Instant> ends,
      Optional<String> message) {
    return credential(
        phase == Phase.Fresh && previousRetires.isPresent() ? Phase.Overlapping : phase,
        Optional.of(issue.version()),
        Optional.of(issue.issuedAt()),
        rhythm.flatMap(when -> when.next(issue, ends)),
        previousRetires,
        ends,
        handled(issue.handled()),
        message);
  }

  /// Once this receipt is on it.
  Credential after(VersionInfo receipt, Optional<String> message) {
    return credential(
        phase(receipt),
        Optional.of(receipt.version()),
        Optional.of(receipt.issuedAt()),
        rhythm.flatMap(when -> when.next(receipt.issuedAt())),
        receipt.previousRetiresAt(),
        Optional.empty(),
        handled(receipt.handled()),
        message);
  }

  /// Who is left behind is to be seen when it is done.
  private static Phase phase(VersionInfo receipt) {
    if (receipt.previousRetiresAt().isPresent()) {
      return Phase.Overlapping;
    }
    return receipt.leftBefore().isPresent() ? Phase.Restarting : Phase.Fresh;
  }

  /// What is shown of the requests on one Secret.
  private static Handled handled(dev.credence.facts.credential.Handled handled) {
    return new Handled(
        handled.rotate().or(handled::identityRotate),
        handled.rollback(),
        handled.abort(),
        handled.revoke().or(handled::identityRevoke));
  }

  private Credential credential(
      Phase phase,
      Optional<Long> version,
      Optional<Instant> issuedAt,
      Optional<Instant> nextRotation,
      Optional<Instant> previousRetires,
      Optional<Instant> ends,
      Handled handled,
      Optional<String> message) {
    return new Credential(
        wanted.name(),
        wanted.material().filter(TokenRecipe.class::isInstance).isPresent()
            ? Kind.Token
            : Kind.Generated,
        phase,
        version,
        issuedAt,
        nextRotation,
        previousRetires,
        ends,
        wanted.account(),
        users,
        handled,
        Optional.empty(),
        Optional.empty(),
        message);
  }
}
