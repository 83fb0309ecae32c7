// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.Api;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Request;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.evidence.CredentialId;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.Member.EndDate;
import dev.credence.facts.identity.Member.Failure;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.IssuedKeys;
import dev.credence.facts.identity.Member.Moving;
import dev.credence.facts.identity.Member.Part;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.facts.object.Controller;
import dev.credence.facts.object.ObjectFacts;
import dev.credence.facts.object.ObjectFacts.Adoption;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.OwnershipMarks;
import dev.credence.facts.object.OwnershipMarks.Mark;
import dev.credence.facts.usage.Evicted;
import dev.credence.observe.certmanager.CertificateReader;
import dev.credence.observe.certmanager.Issued;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.ForeignAnnotations;
import dev.credence.raw.ForeignManagers;
import dev.credence.raw.MarkRecord;
import dev.credence.raw.Metadata;
import dev.credence.raw.MetadataRecord;
import dev.credence.raw.Overwrites;
import dev.credence.raw.UntrustedText;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateCondition;
import io.fabric8.certmanager.api.model.v1.CertificateStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Objects of the cluster as members.
public final class MemberReader {
  /// Kubernetes puts it on the Secret of a service-account token.
  /// `exists`: whether an identity of this name and UID is there.
  public static Member of(HasMetadata object, boolean matches, BiPredicate<String, String> exists) {
    return switch (object) {
      case ServiceAccount account ->
          new Member.Account(
              object(Kind.ServiceAccount, account, matches, exists),
              // Kubernetes mounts the token where nothing is said.
              !Boolean.FALSE.equals(account.getAutomountServiceAccountToken()));
      case Certificate certificate -> certificate(certificate, matches, exists);
      default -> secret(object, matches, exists);
    };
  }

  private static ObjectFacts object(
      Kind kind, HasMetadata object, boolean matches, BiPredicate<String, String> exists) {
    var meta = object.getMetadata();
    return new ObjectFacts(
        new ObjectRef(kind, meta.getName()),
        Metadata.preconditions(meta),
        matches,
        created(meta) && !Metadata.annotations(meta).containsKey(Api.GIVEN),
        marks(meta),
        controller(meta),
        hold(meta, exists),
        meta.getDeletionTimestamp() != null);
  }

  private static Member secret(
      HasMetadata secret, boolean matches, BiPredicate<String, String> exists) {
    var annotations = Metadata.annotations(secret.getMetadata());
    return new Member.StoredSecret(
        object(Kind.Secret, secret, matches, exists),
        issue(annotations),
        requests(annotations),
        UntrustedText.present(annotations.get(Api.EXPIRES_AT)).map(MemberReader::endDate),
        annotations.containsKey(ForeignAnnotations.ACCOUNT_OF_TOKEN),
        part(secret.getMetadata()),
        ForeignManagers.of(secret.getMetadata()),
        HookRecords.of(secret.getMetadata()),
        Overwrites.of(secret.getMetadata()),
        MetadataRecord.of(secret.getMetadata()));
  }

  private static Optional<Part> part(ObjectMeta meta) {
    var annotations = Metadata.annotations(meta);
    var pendingFor =
        UntrustedText.line(annotations.get(Api.PENDING_FOR))
            .<Part>map(name -> new Part.Pending(name, issuedKeys(meta)));
    var version = UntrustedText.version(annotations.get(Api.SECRET_VERSION));
    var anchorFor =
        UntrustedText.line(annotations.get(Api.ANCHOR_FOR))
            .flatMap(name -> version.<Part>map(number -> new Part.Anchor(name, number)));
    return pendingFor.or(() -> anchorFor);
  }

  /// Whether a key is there is told by the owners of the fields: the value is not read.
  private static Optional<IssuedKeys> issuedKeys(ObjectMeta meta) {
    var annotations = Metadata.annotations(meta);
    return UntrustedText.present(annotations.get(Api.ISSUED_KEYS))
        .map(
            text ->
                Stream.of(text.split(",", -1))
                    .map(String::strip)
                    .filter(key -> !key.isEmpty())
                    .sorted()
                    .toList())
        .filter(names -> !names.isEmpty())
        .map(
            names ->
                new IssuedKeys(
                    names,
                    names.stream()
                        .filter(name -> FieldOwners.isOwned(meta, List.of("f:data", "f:" + name)))
                        .collect(Collectors.toSet()),
                    UntrustedText.line(annotations.get(Api.ISSUER_JOB))));
  }

  private static Optional<Issue> issue(Map<String, String> annotations) {
    var version = UntrustedText.version(annotations.get(Api.SECRET_VERSION));
    var issuedAt = UntrustedText.time(annotations.get(Api.ISSUED_AT));
    var retires = UntrustedText.present(annotations.get(Api.PREVIOUS_RETIRES_AT));
    var retiresAt = retires.flatMap(UntrustedText::time);
    if (version.isEmpty() || issuedAt.isEmpty() || retires.isPresent() != retiresAt.isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new Issue(
            version.get(),
            issuedAt.get(),
            retiresAt,
            previous(annotations.get(Api.PREVIOUS_IS)),
            UntrustedText.record(annotations.get(Api.RECIPE)),
            UntrustedText.line(annotations.get(Api.ACCOUNT_UID)),
            handled(annotations),
            aborted(annotations),
            new Moving(
                UntrustedText.time(annotations.get(Api.LEFT_BEHIND)),
                UntrustedText.present(annotations.get(Api.EVICTED))
                    .map(Evicted::of)
                    .orElse(List.of())),
            UntrustedText.record(annotations.get(Api.CREDENTIAL_IDS))
                .map(CredentialId::of)
                .orElse(List.of())));
  }

  private static Previous previous(@Nullable String written) {
    return switch (written) {
      case "gone" -> Previous.Gone;
      case "ending" -> Previous.Ending;
      case null, default -> Previous.Kept;
    };
  }

  private static Handled handled(Map<String, String> annotations) {
    return new Handled(
        UntrustedText.line(annotations.get(Api.ROTATED_FOR_IDENTITY)),
        UntrustedText.line(annotations.get(Api.REVOKED_FOR_IDENTITY)),
        UntrustedText.line(annotations.get(Api.ROTATED_FOR_SECRET)),
        UntrustedText.line(annotations.get(Api.ROLLED_BACK_FOR)),
        UntrustedText.line(annotations.get(Api.ABORTED_FOR)),
        UntrustedText.line(annotations.get(Api.REVOKED_FOR_SECRET)),
        new Handled.Rotations(
            UntrustedText.line(annotations.get(Api.ROTATED_NOW_FOR_IDENTITY)),
            UntrustedText.line(annotations.get(Api.ROTATION_REQUEST_OF_IDENTITY)),
            UntrustedText.line(annotations.get(Api.ROTATED_NOW_FOR_SECRET)),
            UntrustedText.line(annotations.get(Api.ROTATION_REQUEST_OF_SECRET))));
  }

  private static Optional<Aborted> aborted(Map<String, String> annotations) {
    var at = UntrustedText.time(annotations.get(Api.ABORTED_AT));
    var generatorSpec = UntrustedText.record(annotations.get(Api.ABORTED_RECIPE));
    return at.flatMap(time -> generatorSpec.map(digest -> new Aborted(time, digest)));
  }

  static Requests requests(Map<String, String> annotations) {
    return new Requests(
        request(annotations, Api.ROTATE, "such as the time"),
        request(annotations, Api.ROLLBACK, "such as the time"),
        request(annotations, Api.ABORT, "such as the time"),
        request(annotations, Api.REVOKE, "the reason"),
        request(annotations, Api.ROTATE_NOW, "such as the time"),
        Optional.empty());
  }

  private static Optional<Request> request(
      Map<String, String> annotations, String key, String example) {
    return UntrustedText.present(annotations.get(key))
        .map(
            asked ->
                UntrustedText.isOneLine(asked)
                    ? new Request.Asked(asked)
                    : new Request.Unusable(
                        "The operator ignores the annotation "
                            + key
                            + ": its value must be one line of at most 253 characters, "
                            + example
                            + "."));
  }

  private static EndDate endDate(String text) {
    return UntrustedText.time(text)
        .<EndDate>map(EndDate.At::new)
        .orElseGet(() -> new EndDate.Unreadable(UntrustedText.oneLine(text)));
  }

  private static Member certificate(
      Certificate certificate, boolean matches, BiPredicate<String, String> exists) {
    var status = Optional.ofNullable(certificate.getStatus());
    var ready =
        Issued.conditions(certificate.getStatus())
            .filter(condition -> "Ready".equals(condition.getType()))
            .findFirst();
    var isReady = ready.map(CertificateCondition::getStatus).filter("True"::equals).isPresent();
    var asked = CertificateReader.of(certificate.getSpec());
    return new Member.Certificate(
        object(Kind.Certificate, certificate, matches, exists),
        isReady,
        Issued.isUnderWay(certificate.getStatus()),
        Issued.revision(certificate.getStatus()),
        isReady
            ? Optional.empty()
            : ready
                .map(CertificateCondition::getMessage)
                .map(UntrustedText::oneLine)
                .or(() -> Optional.of("cert-manager has not reconciled it yet")),
        status.flatMap(MemberReader::failure),
        status.map(CertificateStatus::getNotBefore).flatMap(UntrustedText::time),
        status.map(CertificateStatus::getNotAfter).flatMap(UntrustedText::time),
        status.map(CertificateStatus::getRenewalTime).flatMap(UntrustedText::time),
        asked,
        CertificateReader.ours(certificate.getMetadata(), asked));
  }

  /// cert-manager takes both away once an attempt succeeds.
  private static Optional<Failure> failure(CertificateStatus status) {
    return UntrustedText.time(status.getLastFailureTime())
        .map(
            last ->
                new Failure(
                    Math.max(1, Objects.requireNonNullElse(status.getFailedIssuanceAttempts(), 1)),
                    last));
  }

  private static Adoption hold(ObjectMeta meta, BiPredicate<String, String> exists) {
    var annotations = Metadata.annotations(meta);
    var adopt = UntrustedText.line(annotations.get(Api.ADOPT));
    var heldBy = UntrustedText.line(annotations.get(Api.HELD_BY));
    var isLive = adopt.isPresent() && heldBy.isPresent() && exists.test(adopt.get(), heldBy.get());
    return new Adoption(adopt, heldBy, isLive);
  }

  private static Optional<Controller> controller(ObjectMeta meta) {
    return Metadata.controllers(meta).findFirst().map(MemberReader::controller);
  }

  private static Controller controller(OwnerReference owner) {
    var ours = owner.getApiVersion() != null && owner.getApiVersion().startsWith(Api.GROUP + "/");
    return new Controller(
        ours ? owner.getKind() : owner.getApiVersion() + "/" + owner.getKind(),
        owner.getName(),
        owner.getUid());
  }

  /// Whether the Secret says that it holds a token of this ServiceAccount.
  public static boolean isTokenOf(String account, HasMetadata secret) {
    return account.equals(
        Metadata.annotations(secret.getMetadata()).get(ForeignAnnotations.ACCOUNT_OF_TOKEN));
  }

  /// Whether the identity of this UID controls the object, as it does all that we make for it. An
  /// owner of another kind may bear the same UID: the API server compares none.
  public static boolean isCreatedFor(String uid, HasMetadata object) {
    return controller(object.getMetadata())
        .filter(owner -> owner.isIdentity() && uid.equals(owner.uid()))
        .isPresent();
  }

  /// Whether it is the anchor of this version of a token for this Secret, and made for the identity
  /// with this UID.
  public static boolean isAnchorCreatedFor(String uid, ObjectRef anchor, HasMetadata object) {
    return isCreatedFor(uid, object)
        && isAnchor(object)
        && object.getMetadata().getName().equals(anchor.name());
  }

  /// Whether it is what a token is bound to, for whichever identity. One without an owner lost it
  /// when its identity was deleted without what it owned.
  public static boolean isAnchor(HasMetadata object) {
    var meta = object.getMetadata();
    return part(meta)
        .filter(
            part ->
                part instanceof Part.Anchor(var secret, var version)
                    && ObjectRef.anchorOf(secret, version).name().equals(meta.getName()))
        .filter(
            _ ->
                controller(meta)
                    .map(Controller::isIdentity)
                    .orElseGet(() -> FieldOwners.weCreated(meta, "f:labels", Api.MANAGED_BY)))
        .isPresent();
  }

  /// Whether we put label or annotations on the object, and it is not one that we made: those go
  /// with their identity.
  public static boolean carriesOurMarks(HasMetadata object) {
    return marks(object.getMetadata()).anyOurs()
        && controller(object.getMetadata()).filter(Controller::isIdentity).isEmpty();
  }

  /// Whether the label with the name of the identity is ours.
  public static boolean carriesOurLabel(HasMetadata object) {
    return marks(object.getMetadata()).identity().filter(Mark::ours).isPresent();
  }

  private static boolean created(ObjectMeta meta) {
    return Metadata.isControlledByIdentity(meta)
        || MarkRecord.isOn(meta) && FieldOwners.areMerged(meta)
        || FieldOwners.weCreated(meta, "f:labels", Api.IDENTITY)
        // Nothing but a creation writes this one, so it is still there when the others have gone.
        || FieldOwners.weCreated(meta, "f:labels", Api.MANAGED_BY)
        || FieldOwners.weCreated(meta, "f:annotations", Api.OWNER)
        || FieldOwners.weCreated(meta, "f:annotations", Api.TEAM);
  }

  private static OwnershipMarks marks(ObjectMeta meta) {
    var annotations = Metadata.annotations(meta);
    return new OwnershipMarks(
        mark(
            Metadata.labels(meta).get(Api.IDENTITY),
            FieldOwners.weOwn(meta, "f:labels", Api.IDENTITY, MarkRecord.hasIdentity(meta))),
        mark(
            annotations.get(Api.OWNER),
            FieldOwners.weOwn(meta, "f:annotations", Api.OWNER, MarkRecord.hasOwner(meta))),
        mark(
            annotations.get(Api.TEAM),
            FieldOwners.weOwn(meta, "f:annotations", Api.TEAM, MarkRecord.hasTeam(meta))));
  }

  private static Optional<Mark> mark(@Nullable String value, boolean isOurs) {
    return Optional.ofNullable(value).map(found -> new Mark(found, isOurs));
  }

  private MemberReader() {}
}
