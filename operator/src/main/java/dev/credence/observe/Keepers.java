package dev.credence.observe;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What else looks after a Secret, and would write over what we write: told by the labels and
/// annotations that it puts there, since not all of them are controllers by owner reference.
final class Keepers {
  static final String CERT_MANAGER = "cert-manager.io/certificate-name";
  private static final String HELM = "meta.helm.sh/release-name";
  private static final String SEALED_SECRETS = "sealedsecrets.bitnami.com/managed";
  private static final String SEALED_SECRETS_CLUSTER_WIDE =
      "sealedsecrets.bitnami.com/cluster-wide";
  private static final String ARGO_CD = "argocd.argoproj.io/tracking-id";

  /// The annotations that are looked at.
  static final Set<String> ANNOTATIONS =
      Set.of(CERT_MANAGER, HELM, SEALED_SECRETS, SEALED_SECRETS_CLUSTER_WIDE, ARGO_CD);

  private static final String EXTERNAL_SECRETS = "reconcile.external-secrets.io/managed";
  private static final String EXTERNAL_SECRETS_CREATED = "reconcile.external-secrets.io/created-by";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  static Optional<String> of(ObjectMeta meta) {
    var annotations = Metadata.annotations(meta);
    return maker(meta)
        .or(() -> named(annotations, HELM, "Helm release "))
        .or(() -> Optional.of("Argo CD").filter(_ -> annotations.containsKey(ARGO_CD)))
        .or(
            () ->
                Optional.of("Helm")
                    .filter(_ -> "Helm".equals(Metadata.labels(meta).get(MANAGED_BY))));
  }

  /// Those that make its value; what merely installs a Secret, like Helm or Argo CD, does not.
  static Optional<String> maker(ObjectMeta meta) {
    var labels = Metadata.labels(meta);
    var annotations = Metadata.annotations(meta);
    return Stream.of(
            named(annotations, CERT_MANAGER, "cert-manager for Certificate "),
            Optional.of("Sealed Secrets")
                .filter(
                    _ ->
                        annotations.containsKey(SEALED_SECRETS)
                            || annotations.containsKey(SEALED_SECRETS_CLUSTER_WIDE)),
            Optional.of("External Secrets")
                .filter(
                    _ ->
                        labels.containsKey(EXTERNAL_SECRETS)
                            || labels.containsKey(EXTERNAL_SECRETS_CREATED)
                            || "external-secrets".equals(labels.get(MANAGED_BY))),
            Optional.of("the Vault Secrets Operator")
                .filter(_ -> "hashicorp-vso".equals(labels.get(MANAGED_BY))))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> named(
      Map<String, String> annotations, String key, String keeper) {
    return Optional.ofNullable(annotations.get(key)).map(name -> keeper + Texts.oneLine(name));
  }

  private Keepers() {}
}
