package dev.credence.decide;

import dev.credence.decide.Standing.Credential;
import dev.credence.decide.Standing.Credential.Kind;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.facts.Identity.AccountElsewhere;
import dev.credence.facts.Identity.SecretWanted;
import dev.credence.facts.Member;
import dev.credence.facts.Member.Certificate;
import dev.credence.facts.Member.EndDate;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Snapshot;
import java.time.Instant;
import java.util.Optional;

/// How do the credentials stand that others make? Linked Secrets and cert-manager's Certificates.
final class Watching {

  /// A Secret that we never write. It has an end where its holder said so by
  /// `credence.dev/expires-at`.
  static Credential linked(Snapshot s, StoredSecret secret) {
    var end =
        secret.endDate().filter(EndDate.At.class::isInstance).map(at -> ((EndDate.At) at).time());
    var over = end.filter(time -> !time.isAfter(s.now())).isPresent();
    var name = secret.subject().name();
    var message =
        over
            ? Optional.of("ended at " + end.orElseThrow() + ": replace it where it was made")
            : secret
                .endDate()
                .filter(EndDate.Unreadable.class::isInstance)
                .map(
                    text ->
                        "the annotation credence.dev/expires-at is '"
                            + ((EndDate.Unreadable) text).text()
                            + "', which is not a time like 2027-01-01T00:00:00Z");
    return new Credential(
        name,
        secret.legacyToken() ? Kind.LegacyToken : Kind.Linked,
        over ? Phase.Expired : Phase.Fresh,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        end,
        accountOf(s, name),
        message);
  }

  /// A Secret that we made and that the identity no longer lists.
  static Credential leftover(StoredSecret secret) {
    return new Credential(
        secret.subject().name(),
        Kind.Generated,
        Phase.Fresh,
        secret.issue().map(Member.Issue::version),
        secret.issue().map(Member.Issue::issuedAt),
        Optional.empty(),
        secret.issue().flatMap(Member.Issue::previousRetiresAt),
        Optional.empty(),
        Optional.empty(),
        Optional.of(
            "no longer in `spec.secrets`: kept and not rotated; delete the Secret when nothing uses it, or list it again"));
  }

  static Credential certificate(Snapshot s, Certificate certificate) {
    var over = certificate.notAfter().filter(end -> !end.isAfter(s.now())).isPresent();
    var phase =
        over
            ? Phase.Expired
            : certificate.ready()
                ? isDue(s, certificate) ? Phase.Due : Phase.Fresh
                : certificate.notAfter().isPresent() ? Phase.Due : Phase.Pending;
    return new Credential(
        certificate.subject().name(),
        Kind.Certificate,
        phase,
        Optional.empty(),
        certificate.notBefore(),
        certificate.renewal(),
        Optional.empty(),
        certificate.notAfter(),
        Optional.empty(),
        certificate.complaint());
  }

  private static boolean isDue(Snapshot s, Certificate certificate) {
    return certificate.renewal().filter(time -> !time.isAfter(s.now())).isPresent();
  }

  private static Optional<AccountElsewhere> accountOf(Snapshot s, String secret) {
    return s.identity().secrets().stream()
        .filter(wanted -> wanted.name().equals(secret))
        .findFirst()
        .flatMap(SecretWanted::account);
  }

  /// When the answer about a credential that others make changes by itself.
  static Optional<Instant> change(Snapshot s, Credential credential) {
    return Optional.of(credential)
        .filter(c -> c.kind() != Kind.Generated)
        .flatMap(c -> c.nextRotation().filter(time -> time.isAfter(s.now())).or(c::ends));
  }

  private Watching() {}
}
