package dev.credence.decide;

import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Standing.Credential;
import dev.credence.decide.Standing.Credential.Kind;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.facts.Identity.SecretWanted;
import dev.credence.facts.Member.Issue;
import java.time.Instant;
import java.util.Optional;

/// How does a generated Secret stand? `lastVersion` is that of the Secret that was there before, so
/// that one which somebody deleted is counted on; `rhythm` is empty where nothing is rotated any
/// more.
record Generated(SecretWanted wanted, Optional<Long> lastVersion, Optional<Rhythm> rhythm) {

  /// Without a value that anything is known about.
  Credential without(Phase phase, String message) {
    return credential(phase, lastVersion, Optional.empty(), Optional.empty(), Optional.of(message));
  }

  Credential with(
      Issue issue, Phase phase, Optional<Instant> previousRetires, Optional<String> message) {
    return credential(
        phase == Phase.Fresh && previousRetires.isPresent() ? Phase.Overlapping : phase,
        Optional.of(issue.version()),
        Optional.of(issue.issuedAt()),
        previousRetires,
        message);
  }

  /// Once this receipt is on it.
  Credential after(Receipt receipt, Optional<String> message) {
    return credential(
        receipt.previousRetiresAt().isPresent() ? Phase.Overlapping : Phase.Fresh,
        Optional.of(receipt.version()),
        Optional.of(receipt.issuedAt()),
        receipt.previousRetiresAt(),
        message);
  }

  private Credential credential(
      Phase phase,
      Optional<Long> version,
      Optional<Instant> issuedAt,
      Optional<Instant> previousRetires,
      Optional<String> message) {
    return new Credential(
        wanted.name(),
        Kind.Generated,
        phase,
        version,
        issuedAt,
        rhythm.flatMap(when -> issuedAt.flatMap(when::due)),
        previousRetires,
        Optional.empty(),
        wanted.account(),
        message);
  }
}
