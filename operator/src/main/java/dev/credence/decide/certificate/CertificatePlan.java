// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.certificate;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.OwnershipLabels;
import dev.credence.decide.membership.SecretConflicts;
import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.decide.rotation.CredentialPlan;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.RotationTrigger;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuance.Field;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.credential.Issuer.Authority;
import dev.credence.facts.credential.Request;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.identity.Identity.Known;
import dev.credence.facts.identity.Member.Certificate;
import dev.credence.facts.identity.Member.Failure;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IdentityStatus.OwnerFound;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Plans a Certificate. cert-manager issues and renews it; Credence creates it where the identity
/// says `issue`, restores the fields that it wrote, requests a new issue, and reports its state.
///
/// A Secret that is not of this Certificate is never written over, and
/// nothing is asked for that breaks the rules of the policy.
public record CertificatePlan(
    Snapshot s, EffectivePolicy policy, Optional<IssuanceHold> halt, OwnerFound owner) {
  private static final Duration FIRST_RETRY = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 5;

  /// Empty where the seat is for others to speak of.
  public Optional<CredentialPlan> credentialPlan(MemberRole role) {
    return plan(role).map(Builder::build);
  }

  private Optional<Builder> plan(MemberRole role) {
    return switch (role) {
      case MemberRole.Linked(Certificate certificate) -> Optional.of(status(certificate));
      case MemberRole.Made(Certificate certificate) -> Optional.of(created(certificate));
      case MemberRole.ToMake(var subject) ->
          SecretConflicts.issue(s, subject).map(issue -> toMake(subject, issue));
      case MemberRole.ToAdopt(Certificate certificate) -> Optional.of(toAdopt(certificate));
      case MemberRole.ToRelease(Certificate certificate) ->
          Optional.of(status(certificate).doingOnly(OwnershipLabels.release(certificate.object())));
      case MemberRole.Unlisted(Certificate certificate) -> Optional.of(dropped(certificate));
      case MemberRole _ -> Optional.empty();
    };
  }

  private Builder toAdopt(Certificate certificate) {
    var object = certificate.object();
    if (halt.isPresent()) {
      return unissued(
          object.subject(), Phase.Pending, "not adopted: " + halt.get().why(), Requests.NONE);
    }
    return unissued(object.subject(), Phase.Pending, "Adopting the Certificate.", Requests.NONE)
        .doing(Action.Adopt.of(object, Optional.empty()));
  }

  private Builder toMake(ObjectRef subject, Issuance issue) {
    var broken = CertificateRules.broken(subject, issue, policy);
    if (halt.isPresent()) {
      return unissued(subject, Phase.Pending, "not issued: " + halt.get().why(), Requests.NONE)
          .against(broken);
    }
    if (!broken.isEmpty()) {
      return unissued(
              subject, Phase.Blocked, "Not issued: the policy does not allow it.", Requests.NONE)
          .against(broken);
    }
    // A new Certificate answers every request that was made before it.
    var answered = s.failedWrite(subject).isPresent() ? Requests.NONE : s.identity().requests();
    return unissued(
            subject, Phase.Pending, "Waiting for cert-manager to issue the certificate.", answered)
        .doing(
            new Action.CreateCertificate(
                subject, issue, OwnershipLabels.wanted(s, owner), s.identity().retain()))
        .against(Blocker.refusal(s, subject))
        .against(broken);
  }

  private Builder unissued(ObjectRef subject, Phase phase, String message, Requests requests) {
    return CredentialPlan.of(subject.name(), Kind.Certificate)
        .phase(phase)
        .answering(handled(requests, subject))
        .message(message);
  }

  private Builder created(Certificate certificate) {
    var subject = certificate.subject();
    return SecretConflicts.issue(s, subject)
        .map(issue -> created(certificate, issue))
        .orElseGet(() -> status(certificate));
  }

  private Builder created(Certificate certificate, Issuance issue) {
    var subject = certificate.subject();
    var amendment = Amendment.of(certificate, issue);
    var after = amendment.fields().isEmpty() ? certificate.asked() : Optional.of(issue);
    var broken =
        after.map(found -> CertificateRules.broken(subject, found, policy)).orElse(List.of());
    var shared =
        SecretConflicts.inTheWay(s, subject, issue)
            .filter(
                _ ->
                    amendment.fields().contains(Field.SecretName)
                        || certificate
                            .asked()
                            .map(Issuance::secretName)
                            .equals(Optional.of(issue.secretName())));
    var mayAmend =
        !amendment.fields().isEmpty()
            && halt.isEmpty()
            && shared.isEmpty()
            && broken.isEmpty()
            && s.failedWrite(subject).isEmpty();
    var plan =
        mayAmend
            ? status(certificate, true, amendment.notes(), broken)
                .doing(
                    new Action.UpdateCertificate(
                        subject,
                        certificate.object().preconditions(),
                        issue,
                        amendment.fields(),
                        amendment.ours(certificate)))
            : status(certificate, false, amendment.notes(), broken);
    return plan.against(Blocker.refusal(s, subject).filter(_ -> !amendment.fields().isEmpty()))
        .against(shared.map(Blocker::broken));
  }

  /// The Certificate goes, so that it is not renewed; what it was written to stays for who still
  /// uses it.
  private Builder dropped(Certificate certificate) {
    var plan = status(certificate);
    if (halt.isPresent() || s.failedWrite(certificate.subject()).isPresent()) {
      return plan;
    }
    var object = certificate.object();
    return plan.doingOnly(
        object.created()
            ? new Action.Remove(
                object.subject(), object.preconditions(), "it is no longer in `spec.certificates`")
            : OwnershipLabels.release(object));
  }

  private Builder status(Certificate certificate) {
    return status(
        certificate,
        false,
        List.of(),
        certificate
            .asked()
            .map(found -> CertificateRules.broken(certificate.subject(), found, policy))
            .orElse(List.of()));
  }

  /// The status of a Certificate, and whether cert-manager is asked for a new one: where a user
  /// requests new values, or revokes the old ones: a certificate cannot be revoked, only replaced.
  private Builder status(
      Certificate certificate, boolean written, List<String> notes, List<Blocker> broken) {
    var subject = certificate.subject();
    var isOver = hasCome(certificate.notAfter());
    var requests = s.identity().requests().orRevoke(compromised(certificate));
    var known = s.identity().known(subject.name());
    var isNew = isNew(requests, known);
    var renewing = known.filter(before -> isToFollow(certificate, before)).isPresent();
    var refusal = Blocker.refusal(s, subject).filter(_ -> isNew || renewing);
    var isHeld = written || halt.isPresent() || s.failedWrite(subject).isPresent();
    var handled = handled(isHeld ? Requests.NONE : requests, subject);
    // A request before the first issue is answered by it, as before the first value of a Secret.
    var wasIssued = certificate.revision() > 0 || certificate.ready();
    var begins = isNew && !isHeld && wasIssued && !certificate.issuing();
    var plan =
        CredentialPlan.of(subject.name(), Kind.Certificate)
            .phase(phase(certificate, isOver))
            .issuedAt(certificate.notBefore())
            .nextRotation(certificate.renewal())
            .ends(certificate.notAfter())
            .answering(handled)
            .failedAttempts(certificate.failure().map(Failure::attempts))
            .renewing(Optional.of(certificate.revision()).filter(_ -> begins || renewing))
            .message(message(certificate, isOver, notes));
    var renewals =
        renewing && !isHeld && !certificate.issuing()
            ? List.<Action>of(
                new Action.Renew(
                    subject,
                    certificate.object().preconditions(),
                    certificate.revision(),
                    s.now(),
                    requests.revoke().isPresent()))
            : List.<Action>of();
    return plan.doing(renewals).against(refusal).against(outdated(certificate)).against(broken);
  }

  /// Whether a request has not been acted upon yet.
  private static boolean isNew(Requests requests, Optional<Known> known) {
    return RotationTrigger.isNew(requests.rotate(), known.flatMap(Known::rotate))
        || RotationTrigger.isNew(requests.rotateNow(), known.flatMap(Known::rotateNow))
        // The first request of a new identity renews nothing.
        || known.isPresent()
            && RotationTrigger.isNew(
                requests.rotationRequest(), known.flatMap(Known::rotationRequest))
        || RotationTrigger.isNew(requests.revoke(), known.flatMap(Known::revoke));
  }

  /// One from before the identity was suspended as compromised is replaced when it is resumed.
  private Optional<Request> compromised(Certificate certificate) {
    return s.identity()
        .recorded()
        .compromisedAt()
        .filter(time -> certificate.notBefore().filter(time::isAfter).isPresent())
        .map(time -> new Request.Asked("compromised at " + time));
  }

  /// Which revision is to be followed by another is written down first, and asked for then: who
  /// comes after a crash sees whether it has come, and nothing is issued twice. What has failed
  /// since is left to cert-manager, which tries again in its own time.
  private static boolean isToFollow(Certificate certificate, Known known) {
    return known.renewing().equals(Optional.of(certificate.revision()))
        && known.failedAttempts().equals(certificate.failure().map(Failure::attempts));
  }

  /// These requests, where there are any, and else those that were answered before.
  private Handled handled(Requests requests, ObjectRef subject) {
    var known = s.identity().known(subject.name());
    return new Handled(
        requests.rotate().flatMap(Request::asked).or(() -> known.flatMap(Known::rotate)),
        requests.revoke().flatMap(Request::asked).or(() -> known.flatMap(Known::revoke)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new Handled.Rotations(
            requests.rotateNow().flatMap(Request::asked).or(() -> known.flatMap(Known::rotateNow)),
            requests
                .rotationRequest()
                .flatMap(Request::asked)
                .or(() -> known.flatMap(Known::rotationRequest)),
            Optional.empty(),
            Optional.empty()));
  }

  private Phase phase(Certificate certificate, boolean isOver) {
    if (isOver) {
      return Phase.Expired;
    }
    if (!certificate.ready()) {
      return Phase.Pending;
    }
    return hasCome(certificate.renewal()) ? Phase.Due : Phase.Fresh;
  }

  private Optional<String> message(Certificate certificate, boolean isOver, List<String> notes) {
    var sentences =
        Stream.of(
                certificate.complaint().stream(),
                certificate.complaint().stream().flatMap(_ -> issuerProblem(certificate)),
                certificate.notAfter().stream().filter(_ -> isOver).map(end -> "expired at " + end),
                certificate.failure().stream().map(CertificatePlan::failed),
                certificate.asked().stream().flatMap(CertificatePlan::unreadable),
                notes.stream())
            .flatMap(texts -> texts)
            .toList();
    return sentences.isEmpty() ? Optional.empty() : Optional.of(Sentences.joined(sentences));
  }

  /// cert-manager's own message about a Certificate does not tell it.
  private Stream<String> issuerProblem(Certificate certificate) {
    return certificate.asked().stream()
        .map(Issuance::issuer)
        .flatMap(
            ref ->
                switch (s.certManager().issuers().get(ref)) {
                  case Issuer.Absent _ -> Stream.of(ref + " does not exist");
                  case Issuer.Found(var complaint, _) ->
                      complaint.stream().map(why -> ref + " is not ready: " + why);
                  case null -> Stream.of();
                });
  }

  private static Stream<String> unreadable(Issuance asked) {
    return asked.unreadable().stream()
        .map(
            text ->
                text
                    + " is not a duration that cert-manager can use. Use hours, minutes and seconds, like 2160h.");
  }

  /// After each failure cert-manager waits twice as long: an hour first, 32 hours at most, unless
  /// it was told otherwise (`--certificate-request-minimum-backoff-duration` and its maximum).
  private static String failed(Failure failure) {
    var doublings = Math.min(MOST_DOUBLINGS, failure.attempts() - 1);
    return "The issuance failed "
        + (failure.attempts() == 1 ? "once" : failure.attempts() + " times in a row, the last time")
        + " at "
        + failure.last()
        + ". With its default settings cert-manager retries after "
        + failure.last().plus(FIRST_RETRY.multipliedBy(1L << doublings))
        + ".";
  }

  /// A client that trusts the new certificate of the CA alone does not trust what the old one
  /// signed.
  private Optional<Blocker> outdated(Certificate certificate) {
    return certificate
        .asked()
        .flatMap(
            asked ->
                s.certManager().issuers().get(asked.issuer()) instanceof Issuer.Found(_, var by)
                    ? by
                    : Optional.<Authority>empty())
        .filter(
            authority ->
                certificate
                    .notBefore()
                    .filter(issued -> issued.isBefore(authority.since()))
                    .isPresent())
        .map(
            authority ->
                new Blocker(
                    Reason.CAOutdated,
                    certificate.subject()
                        + " was signed before its CA, Certificate "
                        + authority.certificate()
                        + ", was renewed at "
                        + authority.since()
                        + ". When its clients trust the new CA, re-issue it with the annotation credence.dev/rotate on the MachineIdentity.",
                    Impact.Violation));
  }

  private boolean hasCome(Optional<Instant> time) {
    return time.filter(at -> !at.isAfter(s.now())).isPresent();
  }

  /// The differences between a Certificate and the identity's spec: `fields` are Credence's to
  /// write, `notes` report fields of other writers.
  private record Amendment(List<Field> fields, List<String> notes) {

    static Amendment of(Certificate certificate, Issuance wanted) {
      var different =
          Stream.of(Field.values()).filter(field -> differs(certificate, wanted, field)).toList();
      return new Amendment(
          different.stream().filter(field -> isForUs(certificate, field)).toList(),
          different.stream()
              .filter(field -> !isForUs(certificate, field))
              .map(
                  field ->
                      "`"
                          + field
                          + "` was set by another writer and differs from the MachineIdentity. The operator does not overwrite it.")
              .toList());
    }

    /// Where the identity is silent, others may speak; what we wrote when it was not goes.
    private static boolean differs(Certificate certificate, Issuance wanted, Field field) {
      var found = found(certificate, field);
      var says = field.of(wanted);
      return says.isPresent()
          ? !found.equals(says)
          : found.isPresent() && certificate.ours().contains(field);
    }

    /// The fields that are ours once these are written.
    Set<Field> ours(Certificate certificate) {
      return Stream.concat(certificate.ours().stream(), fields.stream())
          .collect(Collectors.toSet());
    }

    private static boolean isForUs(Certificate certificate, Field field) {
      return found(certificate, field).isEmpty() || certificate.ours().contains(field);
    }

    private static Optional<?> found(Certificate certificate, Field field) {
      return certificate.asked().<Object>flatMap(asked -> field.of(asked));
    }
  }
}
