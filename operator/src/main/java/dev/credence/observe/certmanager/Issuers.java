// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.certmanager;

import dev.credence.facts.credential.Issuer;
import dev.credence.facts.credential.Issuer.Authority;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.certmanager.api.model.v1.CAIssuer;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificatePrivateKey;
import io.fabric8.certmanager.api.model.v1.CertificateSpec;
import io.fabric8.certmanager.api.model.v1.CertificateStatus;
import io.fabric8.certmanager.api.model.v1.ClusterIssuer;
import io.fabric8.certmanager.api.model.v1.IssuerCondition;
import io.fabric8.certmanager.api.model.v1.IssuerSpec;
import io.fabric8.certmanager.api.model.v1.IssuerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/// cert-manager's issuers as facts. What a CA issuer signs with is known where cert-manager made
/// that CA too: from the Certificate that writes its Secret. The Secret itself is never read: the
/// key of the CA is in it.
public final class Issuers {

  /// Of an Issuer or ClusterIssuer. `writers`: the Certificates that write a Secret of this name
  /// where the issuer looks for it.
  public static Issuer of(HasMetadata resource, Function<String, Collection<Certificate>> writers) {
    return new Issuer.Found(
        complaint(status(resource)),
        secret(resource).flatMap(name -> authority(writers.apply(name))));
  }

  /// The Secret with its key, where it is a CA.
  public static Optional<String> secret(HasMetadata resource) {
    return spec(resource).map(IssuerSpec::getCa).map(CAIssuer::getSecretName);
  }

  private static Optional<IssuerSpec> spec(HasMetadata resource) {
    return Optional.ofNullable(
        switch (resource) {
          case io.fabric8.certmanager.api.model.v1.Issuer issuer -> issuer.getSpec();
          case ClusterIssuer issuer -> issuer.getSpec();
          default -> null;
        });
  }

  private static Optional<IssuerStatus> status(HasMetadata resource) {
    return Optional.ofNullable(
        switch (resource) {
          case io.fabric8.certmanager.api.model.v1.Issuer issuer -> issuer.getStatus();
          case ClusterIssuer issuer -> issuer.getStatus();
          default -> null;
        });
  }

  private static Optional<String> complaint(Optional<IssuerStatus> status) {
    return status.map(IssuerStatus::getConditions).stream()
        .flatMap(NullSafe::in)
        .filter(condition -> "Ready".equals(condition.getType()))
        .filter(condition -> "False".equals(condition.getStatus()))
        .map(IssuerCondition::getMessage)
        .map(message -> message == null ? "it reports no reason" : UntrustedText.oneLine(message))
        .findFirst();
  }

  /// Two that write one Secret are at odds, so that nothing is known.
  private static Optional<Authority> authority(Collection<Certificate> writers) {
    return writers.size() == 1
        ? writers.stream().findFirst().flatMap(Issuers::authority)
        : Optional.empty();
  }

  /// A CA that keeps its key needs no new trust: what it signed before is verified by its new
  /// certificate too.
  private static Optional<Authority> authority(Certificate certificate) {
    return Optional.of(certificate)
        .filter(found -> !keepsItsKey(found))
        .map(Certificate::getStatus)
        .map(CertificateStatus::getNotBefore)
        .flatMap(UntrustedText::time)
        .map(
            since ->
                new Authority(
                    certificate.getMetadata().getNamespace()
                        + "/"
                        + certificate.getMetadata().getName(),
                    since));
  }

  private static boolean keepsItsKey(Certificate certificate) {
    return Optional.ofNullable(certificate.getSpec())
        .map(CertificateSpec::getPrivateKey)
        .map(CertificatePrivateKey::getRotationPolicy)
        .filter("Never"::equals)
        .isPresent();
  }

  private Issuers() {}
}
