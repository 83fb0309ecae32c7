// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.certmanager;

import dev.credence.api.Api;
import dev.credence.api.CertificateMember;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuer;
import dev.credence.raw.DurationText;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.Metadata;
import dev.credence.raw.UntrustedText;
import io.fabric8.certmanager.api.model.meta.v1.ObjectReference;
import io.fabric8.certmanager.api.model.v1.CertificatePrivateKey;
import io.fabric8.certmanager.api.model.v1.CertificateSpec;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads a request for a certificate, from an identity or from a Certificate.
public final class CertificateReader {
  private static final String ISSUER = "Issuer";
  private static final String ALWAYS = "Always";

  /// With an issuer and a Secret, without which there is nothing to ask for.
  public static Optional<Issuance> of(CertificateMember.@Nullable Issue written) {
    if (written == null
        || written.issuerRef() == null
        || written.issuerRef().name() == null
        || written.secretName() == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Issuance(
            ref(
                written.issuerRef().group(),
                written.issuerRef().kind(),
                written.issuerRef().name()),
            written.secretName(),
            UntrustedText.present(written.commonName()),
            texts(written.dnsNames()),
            texts(written.uris()),
            texts(written.ipAddresses()),
            texts(written.usages()),
            UntrustedText.duration(written.duration()),
            UntrustedText.duration(written.renewBefore()),
            Optional.empty(),
            true,
            key(Optional.ofNullable(written.privateKey())),
            List.of()));
  }

  /// Said in full: the default has changed between versions of cert-manager.
  private static Issuance.Key key(Optional<CertificateMember.PrivateKey> written) {
    return new Issuance.Key(
        written.map(CertificateMember.PrivateKey::algorithm).map(Enum::name),
        written.map(CertificateMember.PrivateKey::size),
        written.map(CertificateMember.PrivateKey::encoding).map(Enum::name),
        Optional.of(
            written
                .map(CertificateMember.PrivateKey::rotationPolicy)
                .map(Enum::name)
                .orElse(ALWAYS)));
  }

  public static Optional<Issuance> of(@Nullable CertificateSpec spec) {
    if (spec == null || spec.getSecretName() == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(spec.getIssuerRef())
        .filter(issuer -> issuer.getName() != null)
        .map(issuer -> of(spec, issuer));
  }

  private static Issuance of(CertificateSpec spec, ObjectReference issuer) {
    return new Issuance(
        ref(issuer.getGroup(), issuer.getKind(), UntrustedText.oneLine(issuer.getName())),
        UntrustedText.oneLine(spec.getSecretName()),
        UntrustedText.present(spec.getCommonName()),
        texts(spec.getDnsNames()),
        texts(spec.getUris()),
        texts(spec.getIpAddresses()),
        texts(spec.getUsages()),
        duration(spec.getDuration()),
        duration(spec.getRenewBefore()),
        Optional.ofNullable(spec.getRenewBeforePercentage()).filter(part -> part > 0 && part < 100),
        !isDisabled(spec.getAdditionalProperties().get("renewal")),
        Optional.ofNullable(spec.getPrivateKey())
            .map(CertificateReader::key)
            .orElse(Issuance.Key.DEFAULT),
        Stream.concat(
                unreadable("duration", spec.getDuration()),
                unreadable("renewBefore", spec.getRenewBefore()))
            .toList());
  }

  private static Issuance.Key key(CertificatePrivateKey key) {
    return new Issuance.Key(
        UntrustedText.present(key.getAlgorithm()),
        // Left out and 0 are the same to cert-manager.
        Optional.ofNullable(key.getSize()).filter(size -> size > 0),
        UntrustedText.present(key.getEncoding()),
        UntrustedText.present(key.getRotationPolicy()));
  }

  private static Optional<Duration> duration(
      io.fabric8.kubernetes.api.model.@Nullable Duration written) {
    return Optional.ofNullable(written)
        .map(io.fabric8.kubernetes.api.model.Duration::getDuration)
        .filter(found -> !found.isNegative() && !found.isZero());
  }

  /// Go reads more than we do of what people write, and cert-manager issues nothing for no time.
  private static Stream<String> unreadable(
      String field, io.fabric8.kubernetes.api.model.@Nullable Duration written) {
    return written == null || duration(written).isPresent()
        ? Stream.of()
        : Stream.of(
            "`"
                + field
                + "` '"
                + UntrustedText.oneLine(
                    written instanceof DurationText stated
                        ? stated.text()
                        : String.valueOf(written.getDuration()))
                + "'");
  }

  /// `renewal.policy: Disabled`, of cert-manager 1.21 on.
  private static boolean isDisabled(@Nullable Object renewal) {
    return renewal instanceof Map<?, ?> written && "Disabled".equals(written.get("policy"));
  }

  static Issuer.Ref ref(@Nullable String group, @Nullable String kind, String name) {
    return new Issuer.Ref(
        UntrustedText.present(group).map(UntrustedText::oneLine).orElse(Issuer.GROUP),
        UntrustedText.present(kind).map(UntrustedText::oneLine).orElse(ISSUER),
        name);
  }

  private static List<String> texts(@Nullable List<String> written) {
    return Stream.ofNullable(written).flatMap(List::stream).filter(Objects::nonNull).toList();
  }

  /// The fields of a Certificate that Credence wrote and that no other manager owns. `asked`: its
  /// spec.
  public static Set<Issuance.Field> ours(ObjectMeta meta, Optional<Issuance> asked) {
    return Stream.of(Issuance.Field.values())
        .filter(field -> isOurs(meta, asked, field))
        .collect(Collectors.toSet());
  }

  /// Credence's own record decides. Where there is none (a Certificate of an earlier version), the
  /// API server's record does, but not for a Certificate that was handed over: its client may use
  /// our name.
  private static boolean isOurs(ObjectMeta meta, Optional<Issuance> asked, Issuance.Field field) {
    return IssueRecord.isOn(meta)
        ? asked.filter(found -> IssueRecord.has(meta, field, found)).isPresent()
            && !FieldOwners.othersOwn(meta, path(field))
        : !Metadata.annotations(meta).containsKey(Api.GIVEN)
            && FieldOwners.onlyWeOwn(meta, path(field));
  }

  private static List<String> path(Issuance.Field field) {
    return Stream.concat(Stream.of("f:spec"), field.path().stream().map(step -> "f:" + step))
        .toList();
  }

  private CertificateReader() {}
}
