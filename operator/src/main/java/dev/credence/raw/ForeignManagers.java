// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds what else manages a Secret and would overwrite it: recognized by the labels and
/// annotations that it writes, since not all of them are controllers by owner reference.
public final class ForeignManagers {
  public static final String CERT_MANAGER = "cert-manager.io/certificate-name";
  private static final String HELM = "meta.helm.sh/release-name";
  private static final String SEALED_SECRETS = "sealedsecrets.bitnami.com/managed";
  private static final String SEALED_SECRETS_CLUSTER_WIDE =
      "sealedsecrets.bitnami.com/cluster-wide";
  private static final String ARGO_CD = "argocd.argoproj.io/tracking-id";

  private static final Set<String> OF_THESE =
      Set.of(CERT_MANAGER, HELM, SEALED_SECRETS, SEALED_SECRETS_CLUSTER_WIDE, ARGO_CD);

  /// A label or an annotation (that begins with `key`) by which a tool knows a Secret that it
  /// writes again; `value`: with this value alone.
  private record Sign(String key, Optional<String> value, String manager) {
    public static Sign of(String key, String manager) {
      return new Sign(key, Optional.empty(), manager);
    }

    public static Sign of(String key, String value, String manager) {
      return new Sign(key, Optional.of(value), manager);
    }

    boolean isOf(Map.Entry<String, String> found) {
      return found.getKey().startsWith(key)
          && value.filter(wanted -> !wanted.equalsIgnoreCase(found.getValue())).isEmpty();
    }
  }

  /// Tools that copy Secrets or apply them repeatedly. The sign of a source that is copied from is
  /// not among these: its owner may hand it over.
  private static final List<Sign> SIGNS =
      List.of(
          // Copies from other namespaces.
          Sign.of("reflector.v1.k8s.emberstack.com/reflects", "Reflector"),
          Sign.of("reflector.v1.k8s.emberstack.com/auto-reflects", "true", "Reflector"),
          Sign.of("replicator.v1.mittwald.de/replicate-from", "kubernetes-replicator"),
          Sign.of("replicator.v1.mittwald.de/replicated-", "kubernetes-replicator"),
          Sign.of("kubed.appscode.com/origin", "Config Syncer"),
          Sign.of("config-syncer.appscode.com/origin", "Config Syncer"),
          Sign.of("clustersecret.io", "ClusterSecret"),
          Sign.of("hnc.x-k8s.io/inherited-from", "the Hierarchical Namespace Controller"),
          Sign.of("generate.kyverno.io/policy-name", "Kyverno"),
          Sign.of("policy.kyverno.io/policy-name", "Kyverno"),
          Sign.of("kyverno.io/generated-by", "Kyverno"),
          Sign.of("karmada.io/managed", "true", "Karmada"),
          Sign.of("work.karmada.io/", "Karmada"),
          Sign.of("app.kubernetes.io/managed-by", "kyverno", "Kyverno"),
          // Tools that apply manifests.
          Sign.of("kustomize.toolkit.fluxcd.io/name", "Flux"),
          Sign.of("helm.toolkit.fluxcd.io/name", "Flux"),
          Sign.of("argocd.argoproj.io/instance", "Argo CD"),
          Sign.of("configsync.gke.io/resource-id", "Config Sync"),
          Sign.of("configmanagement.gke.io/managed", "enabled", "Config Sync"),
          Sign.of("kapp.k14s.io/app", "kapp"),
          Sign.of("objectset.rio.cattle.io/", "Rancher"),
          Sign.of("fleet.cattle.io/bundle-", "Fleet"),
          Sign.of("app.kubernetes.io/managed-by", "pulumi", "Pulumi"),
          Sign.of("app.kubernetes.io/managed-by", "terraform", "Terraform"),
          Sign.of("addonmanager.kubernetes.io/mode", "Reconcile", "the addon manager"),
          Sign.of("olm.managed", "true", "the Operator Lifecycle Manager"),
          // Tools that bring values from a store.
          Sign.of("secrets.hashicorp.com/vso-", "the Vault Secrets Operator"),
          Sign.of("secrets-store.csi.k8s.io/managed", "true", "the Secrets Store CSI Driver"),
          Sign.of("operator.1password.io/item-", "the 1Password operator"),
          Sign.of("secrets.doppler.com/", "the Doppler operator"),
          Sign.of("secrets.infisical.com/version", "the Infisical operator"),
          Sign.of("k8s.bitwarden.com/", "the Bitwarden operator"));

  /// Whether this annotation is read of a Secret that is given to an identity.
  public static boolean reads(String annotation) {
    return OF_THESE.contains(annotation)
        || SIGNS.stream().anyMatch(sign -> annotation.startsWith(sign.key()));
  }

  private static final String EXTERNAL_SECRETS = "reconcile.external-secrets.io/managed";
  private static final String EXTERNAL_SECRETS_CREATED = "reconcile.external-secrets.io/created-by";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  public static Optional<String> of(ObjectMeta meta) {
    var annotations = Metadata.annotations(meta);
    return maker(meta)
        .or(() -> named(annotations, HELM, "Helm release "))
        .or(() -> Optional.of("Argo CD").filter(_ -> annotations.containsKey(ARGO_CD)))
        .or(
            () ->
                Optional.of("Helm")
                    .filter(_ -> "Helm".equals(Metadata.labels(meta).get(MANAGED_BY))))
        .or(() -> sign(meta));
  }

  private static Optional<String> sign(ObjectMeta meta) {
    return SIGNS.stream()
        .filter(
            sign ->
                Stream.of(Metadata.labels(meta), Metadata.annotations(meta))
                    .flatMap(found -> found.entrySet().stream())
                    .anyMatch(sign::isOf))
        .map(Sign::manager)
        .findFirst();
  }

  /// Those that make its value; what merely installs a Secret, like Helm or Argo CD, does not.
  public static Optional<String> maker(ObjectMeta meta) {
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
      Map<String, String> annotations, String key, String manager) {
    return Optional.ofNullable(annotations.get(key))
        .map(name -> manager + UntrustedText.oneLine(name));
  }

  private ForeignManagers() {}
}
