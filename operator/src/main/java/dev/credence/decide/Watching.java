package dev.credence.decide;

import dev.credence.decide.Standing.Credential;
import dev.credence.decide.Standing.Credential.Kind;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Standing.Handled;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.facts.Identity.AccountElsewhere;
import dev.credence.facts.Identity.Known;
import dev.credence.facts.Identity.SecretWanted;
import dev.credence.facts.Member.Certificate;
import dev.credence.facts.Member.EndDate;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.Part;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Request;
import dev.credence.facts.Snapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How do the credentials stand whose value we do not make? Linked Secrets, cert-manager's
/// Certificates, and Secrets that the identity no longer lists.
final class Watching {

  /// A Secret that we never write. It has an end where its holder said so by
  /// `credence.dev/expires-at`.
  static Turn linked(Snapshot s, StoredSecret secret) {
    var end = secret.endDate().flatMap(Watching::time);
    var isOver = hasCome(end, s);
    var name = secret.subject().name();
    return Turn.idle(
        new Credential(
            name,
            secret.legacyToken() ? Kind.LegacyToken : Kind.Linked,
            isOver ? Phase.Expired : Phase.Fresh,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            end,
            accountOf(s, name),
            Optional.empty(),
            Handled.NONE,
            isOver
                ? end.map(time -> "ended at " + time + ": replace it where it was made")
                : secret.endDate().flatMap(Watching::complaint)));
  }

  private static Optional<Instant> time(EndDate date) {
    return switch (date) {
      case EndDate.At(var time) -> Optional.of(time);
      case EndDate.Unreadable _ -> Optional.empty();
    };
  }

  private static Optional<String> complaint(EndDate date) {
    return switch (date) {
      case EndDate.At _ -> Optional.empty();
      case EndDate.Unreadable(var text) ->
          Optional.of(
              "the annotation credence.dev/expires-at is '"
                  + text
                  + "', which is not a time like 2027-01-01T00:00:00Z");
    };
  }

  private static Optional<AccountElsewhere> accountOf(Snapshot s, String secret) {
    return s.identity().secrets().stream()
        .filter(wanted -> wanted.name().equals(secret))
        .findFirst()
        .flatMap(SecretWanted::account);
  }

  /// A Secret that we made and that the identity no longer lists. Its previous value still goes
  /// when it was said to go.
  static Turn leftover(Snapshot s, StoredSecret secret) {
    var retirement = Rotation.retirement(s, secret);
    var previousRetires =
        secret.issue().flatMap(Issue::previousRetiresAt).filter(_ -> retirement.isEmpty());
    var credential =
        new Credential(
            secret.subject().name(),
            secret.issue().flatMap(Issue::account).isPresent() ? Kind.Token : Kind.Generated,
            previousRetires.isPresent() ? Phase.Overlapping : Phase.Fresh,
            secret.issue().map(Issue::version),
            secret.issue().map(Issue::issuedAt),
            Optional.empty(),
            previousRetires,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Handled.NONE,
            Optional.of(
                "no longer in `spec.secrets`: kept and not rotated; delete the Secret when nothing uses it, or list it again"));
    return Turn.idle(credential)
        .doing(retirement.stream().flatMap(_ -> anchorsBefore(s, secret)).toList())
        .doing(retirement.stream().toList())
        .against(Obstacle.refusal(s, secret.subject()));
  }

  private static Stream<Action> anchorsBefore(Snapshot s, StoredSecret secret) {
    var version = secret.issue().map(Issue::version).orElse(0L);
    return s.members().stream()
        .filter(
            member ->
                member instanceof StoredSecret anchor
                    && Membership.isOurs(s, anchor.thing())
                    && anchor.part().orElse(null) instanceof Part.Anchor(var of, var number)
                    && of.equals(secret.subject().name())
                    && number < version)
        .map(
            anchor ->
                new Action.Remove(anchor.subject(), anchor.thing().guard(), "its overlap is over"));
  }

  /// cert-manager is asked for a new one where somebody asks for new values, or takes the old ones
  /// back: a certificate cannot be ended, only replaced.
  static Turn certificate(Snapshot s, Certificate certificate, Life life) {
    var isOver = hasCome(certificate.notAfter(), s);
    var requests = s.identity().requests();
    var known = known(s, certificate);
    var isAsked =
        Occasion.isNew(requests.rotate(), known.flatMap(Known::rotate))
            || Occasion.isNew(requests.revoke(), known.flatMap(Known::revoke));
    var refusal = Obstacle.refusal(s, certificate.subject()).filter(_ -> isAsked);
    var isHeld = life.isOver() || s.setback(certificate.subject()).isPresent();
    var rotate = requests.rotate().flatMap(Request::asked).filter(_ -> !isHeld);
    var revoke = requests.revoke().flatMap(Request::asked).filter(_ -> !isHeld);
    var handled =
        new Handled(
            rotate.or(() -> known.flatMap(Known::rotate)),
            Optional.empty(),
            Optional.empty(),
            revoke.or(() -> known.flatMap(Known::revoke)));
    var credential =
        new Credential(
            certificate.subject().name(),
            Kind.Certificate,
            phase(s, certificate, isOver),
            Optional.empty(),
            certificate.notBefore(),
            certificate.renewal(),
            Optional.empty(),
            certificate.notAfter(),
            Optional.empty(),
            Optional.empty(),
            handled,
            certificate
                .complaint()
                .or(
                    () ->
                        certificate.notAfter().filter(_ -> isOver).map(end -> "ended at " + end)));
    var renewals =
        isAsked && !isHeld && !certificate.issuing()
            ? List.<Action>of(
                new Action.Renew(certificate.subject(), certificate.thing().guard(), s.now()))
            : List.<Action>of();
    return Turn.idle(credential)
        .doing(renewals)
        .against(refusal)
        .answering(
            new dev.credence.facts.Handled(
                handled.rotate(),
                handled.revoke(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  private static Optional<Known> known(Snapshot s, Certificate certificate) {
    return Optional.ofNullable(s.identity().known().get(certificate.subject().name()));
  }

  private static Phase phase(Snapshot s, Certificate certificate, boolean isOver) {
    if (isOver) {
      return Phase.Expired;
    }
    if (!certificate.ready()) {
      return Phase.Pending;
    }
    return hasCome(certificate.renewal(), s) ? Phase.Due : Phase.Fresh;
  }

  private static boolean hasCome(Optional<Instant> time, Snapshot s) {
    return time.filter(at -> !at.isAfter(s.now())).isPresent();
  }

  private Watching() {}
}
