package dev.credence.observe;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Optional;
import java.util.stream.Stream;

/// What has made a Secret and looks after it, so that nobody need claim it: a controller by owner
/// reference, or one that is told by what it writes on its Secrets. What merely installed a Secret,
/// like Helm or Argo CD, has not made its value and is none of them.
final class Attributions {
  static final String CERT_MANAGER = "cert-manager.io/certificate-name";
  private static final String OF_CERT_MANAGER = "controller.cert-manager.io/fao";
  private static final String EXTERNAL_SECRETS = "reconcile.external-secrets.io/managed";
  private static final String EXTERNAL_SECRETS_CREATED = "reconcile.external-secrets.io/created-by";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  static Optional<String> of(ObjectMeta meta) {
    var labels = Metadata.labels(meta);
    var annotations = Metadata.annotations(meta);
    return Stream.of(
            Metadata.controllers(meta)
                .findFirst()
                .map(owner -> Texts.oneLine(owner.getKind() + " " + owner.getName())),
            Optional.of("a Helm release")
                .filter(
                    _ ->
                        "helm".equals(labels.get("owner"))
                            && String.valueOf(meta.getName()).startsWith("sh.helm.release.v1.")),
            Optional.ofNullable(annotations.get(CERT_MANAGER))
                .map(name -> Texts.oneLine("Certificate " + name)),
            Optional.of("cert-manager").filter(_ -> labels.containsKey(OF_CERT_MANAGER)),
            Optional.of("External Secrets")
                .filter(
                    _ ->
                        labels.containsKey(EXTERNAL_SECRETS)
                            || labels.containsKey(EXTERNAL_SECRETS_CREATED)),
            Optional.of("the Vault Secrets Operator")
                .filter(_ -> "hashicorp-vso".equals(labels.get(MANAGED_BY))))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Attributions() {}
}
