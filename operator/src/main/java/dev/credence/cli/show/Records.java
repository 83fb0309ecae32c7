// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.cli.show.Happening.Source;
import dev.credence.cli.show.Recorded.Member;
import dev.credence.cli.show.Subject.Kind;
import dev.credence.facts.usage.WorkloadFacts;
import dev.credence.plan.ConditionResult;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import dev.credence.report.PlainText;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What statuses, annotations and managedFields record, which stays when the Events are deleted.
final class Records {
  private static final String WRITTEN = "Written";
  private static final String RESTARTED = "Restarted";

  /// Records with nothing but the time of a write.
  static final Set<String> WRITES = Set.of(WRITTEN, RESTARTED);

  /// Requests of users.
  private static final List<String> REQUESTS =
      List.of(
          Api.ROTATE,
          Api.ROTATE_NOW,
          Api.ROLLBACK,
          Api.ABORT,
          Api.REVOKE,
          Api.SUSPEND,
          Api.COMPROMISED,
          Api.APPROVE,
          Api.REVIEW,
          Api.ADOPT);

  static Stream<Happening> of(Recorded recorded) {
    return Stream.of(
            recorded.identities().stream().flatMap(identity -> identity(recorded, identity)),
            recorded.members().stream().flatMap(Records::member),
            recorded.workload().stream().flatMap(Records::restart))
        .flatMap(records -> records)
        .distinct();
  }

  private static Stream<Happening> identity(Recorded recorded, MachineIdentity identity) {
    var name = "MachineIdentity " + identity.getMetadata().getName();
    var status = Optional.ofNullable(identity.getStatus());
    var isSubject = recorded.subject().kind() == Kind.MachineIdentity;
    return Stream.of(
            status.stream().flatMap(found -> passages(name, found)),
            status.stream()
                .flatMap(found -> NullSafe.in(found.credentials()))
                .filter(credential -> isSubject || isMember(recorded, credential))
                .flatMap(Records::credential),
            isSubject ? status.stream().flatMap(Records::decisions) : Stream.<Happening>of(),
            isSubject ? status.stream().flatMap(Records::conditions) : Stream.<Happening>of(),
            isSubject ? requests(name, identity.getMetadata()) : Stream.<Happening>of())
        .flatMap(records -> records);
  }

  private static boolean isMember(Recorded recorded, CredentialStatus credential) {
    var kind = credential.type() == CredentialType.Certificate ? Kind.Certificate : Kind.Secret;
    return recorded.members().stream()
        .anyMatch(
            member -> member.kind() == kind && member.meta().getName().equals(credential.name()));
  }

  private static Stream<Happening> passages(String name, MachineIdentityStatus status) {
    return NullSafe.in(status.history())
        .filter(passage -> passage.time() != null)
        .map(
            passage ->
                Happening.of(
                    passage.time(),
                    Source.Status,
                    "StateChanged",
                    "%s: from %s to %s, reason %s"
                        .formatted(
                            name,
                            passage.from(),
                            passage.to(),
                            PlainText.text(String.valueOf(passage.reason())))));
  }

  private static Stream<Happening> credential(CredentialStatus credential) {
    var isCertificate = credential.type() == CredentialType.Certificate;
    return Stream.ofNullable(credential.issueTime())
        .map(
            at ->
                issued(
                    at,
                    Source.Status,
                    (isCertificate ? "Certificate " : "Secret ") + credential.name(),
                    credential.version()));
  }

  private static Happening issued(
      Instant at, Source source, String reference, @Nullable Long version) {
    return Happening.of(
        at,
        source,
        "Issued",
        PlainText.text(reference)
            + ": "
            + (version == null ? "current value" : "version " + version)
            + " issued");
  }

  private static Stream<Happening> decisions(MachineIdentityStatus status) {
    return Stream.concat(
        Stream.ofNullable(status.review())
            .filter(review -> review.reviewTime() != null)
            .map(
                review ->
                    Happening.of(
                        review.reviewTime(),
                        Source.Status,
                        "Reviewed",
                        "reviewed by " + PlainText.text(String.valueOf(review.reviewedBy())))),
        Stream.ofNullable(status.approval())
            .filter(approval -> approval.approveTime() != null)
            .map(
                approval ->
                    Happening.of(
                        approval.approveTime(),
                        Source.Status,
                        "Approved",
                        "approved by " + PlainText.text(String.valueOf(approval.approvedBy())))));
  }

  /// The problems of now, each since when it is there.
  private static Stream<Happening> conditions(MachineIdentityStatus status) {
    return NullSafe.in(status.conditions())
        .filter(condition -> condition.lastTransitionTime() != null && isProblem(condition))
        .map(
            condition ->
                new Happening(
                    condition.lastTransitionTime(),
                    Source.Status,
                    PlainText.text(String.valueOf(condition.reason())),
                    "condition %s became %s. Its message now: %s"
                        .formatted(
                            PlainText.text(condition.type()),
                            condition.status(),
                            PlainText.text(String.valueOf(condition.message()))),
                    true));
  }

  private static boolean isProblem(Condition condition) {
    return condition.type() != null
        && condition.status() != null
        && ConditionResult.isProblem(condition.type(), condition.status().name());
  }

  private static Stream<Happening> member(Member member) {
    var annotations = Metadata.annotations(member.meta());
    var issued =
        UntrustedText.time(annotations.get(Api.ISSUED_AT)).stream()
            .map(
                at ->
                    issued(
                        at,
                        Source.Annotation,
                        member.reference(),
                        UntrustedText.version(annotations.get(Api.SECRET_VERSION)).orElse(null)));
    var aborted =
        UntrustedText.time(annotations.get(Api.ABORTED_AT)).stream()
            .map(
                at ->
                    Happening.of(
                        at,
                        Source.Annotation,
                        "Aborted",
                        member.reference() + ": a rotation was aborted on request"));
    var written =
        NullSafe.in(member.meta().getManagedFields())
            .filter(FieldOwners::isOurs)
            .flatMap(entry -> UntrustedText.time(entry.getTime()).stream())
            .max(Instant::compareTo)
            .map(
                at ->
                    Happening.of(
                        at,
                        Source.ManagedFields,
                        WRITTEN,
                        member.reference() + ": the last write of the operator"));
    return Stream.of(issued, aborted, written.stream(), requests(member.reference(), member.meta()))
        .flatMap(records -> records);
  }

  /// Who set an annotation is the name that the client gave itself.
  private static Stream<Happening> requests(String reference, ObjectMeta meta) {
    var annotations = Metadata.annotations(meta);
    return REQUESTS.stream()
        .filter(annotations::containsKey)
        .flatMap(
            key ->
                FieldOwners.lastWrittenByOthers(
                        meta, List.of("f:metadata", "f:annotations", "f:" + key))
                    .stream()
                    .map(
                        at ->
                            Happening.of(
                                at,
                                Source.ManagedFields,
                                "Requested",
                                "%s: a user set the annotation %s to `%s`"
                                    .formatted(
                                        reference,
                                        key,
                                        UntrustedText.oneLine(
                                            Objects.requireNonNullElse(
                                                annotations.get(key), ""))))));
  }

  private static Stream<Happening> restart(WorkloadFacts workload) {
    return workload.restartedAt().stream()
        .map(
            at ->
                Happening.of(
                    at,
                    Source.ManagedFields,
                    RESTARTED,
                    workload.subject()
                        + ": restarted"
                        + workload.restartedFor().map(what -> " for " + what).orElse("")));
  }

  private Records() {}
}
