// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.observe.cache.TrimmedStore;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignManagersTest {

  @ParameterizedTest
  @CsvSource({
    "cert-manager.io/certificate-name, payments-tls, cert-manager for Certificate payments-tls",
    "meta.helm.sh/release-name, payments, Helm release payments",
    "meta.helm.sh/release-name, 'two\nlines', Helm release two?lines",
    "sealedsecrets.bitnami.com/managed, 'true', Sealed Secrets",
    "sealedsecrets.bitnami.com/cluster-wide, 'true', Sealed Secrets",
    "argocd.argoproj.io/tracking-id, payments:/Secret:payments/payments-db, Argo CD"
  })
  void a_keeper_is_told_by_its_annotation(String key, String value, String manager) {
    var meta = new ObjectMetaBuilder().addToAnnotations(key, value).build();
    assertThat(ForeignManagers.of(meta)).contains(manager);
  }

  @ParameterizedTest
  @CsvSource({
    "reconcile.external-secrets.io/managed, 'true', External Secrets",
    "reconcile.external-secrets.io/created-by, abc, External Secrets",
    "app.kubernetes.io/managed-by, external-secrets, External Secrets",
    "app.kubernetes.io/managed-by, hashicorp-vso, the Vault Secrets Operator",
    "app.kubernetes.io/managed-by, Helm, Helm"
  })
  void or_by_its_label(String key, String value, String manager) {
    var meta = new ObjectMetaBuilder().addToLabels(key, value).build();
    assertThat(ForeignManagers.of(meta)).contains(manager);
  }

  @ParameterizedTest
  @CsvSource({
    "app.kubernetes.io/managed-by, credence",
    "app.kubernetes.io/managed-by, kustomize",
    "app.kubernetes.io/name, Helm"
  })
  void nobody_else_keeps_what_is_ours_or_a_users(String key, String value) {
    assertThat(ForeignManagers.of(new ObjectMetaBuilder().addToLabels(key, value).build()))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "true, kustomize.toolkit.fluxcd.io/name, apps, Flux",
    "true, helm.toolkit.fluxcd.io/name, apps, Flux",
    "true, generate.kyverno.io/policy-name, sync-db, Kyverno",
    "true, app.kubernetes.io/managed-by, kyverno, Kyverno",
    "true, argocd.argoproj.io/instance, apps, Argo CD",
    "true, kapp.k14s.io/app, 1, kapp",
    "true, hnc.x-k8s.io/inherited-from, platform, the Hierarchical Namespace Controller",
    "true, secrets-store.csi.k8s.io/managed, 'true', the Secrets Store CSI Driver",
    "true, clustersecret.io, 'true', ClusterSecret",
    "false, reflector.v1.k8s.emberstack.com/reflects, platform/db, Reflector",
    "false, reflector.v1.k8s.emberstack.com/auto-reflects, 'True', Reflector",
    "false, replicator.v1.mittwald.de/replicate-from, platform/db, kubernetes-replicator",
    "false, replicator.v1.mittwald.de/replicated-at, 2027-01-01T00:00:00Z, kubernetes-replicator",
    "false, kubed.appscode.com/origin, '{}', Config Syncer",
    "false, operator.1password.io/item-path, vaults/a, the 1Password operator",
    "false, configmanagement.gke.io/managed, enabled, Config Sync"
  })
  void so_are_those_who_copy_or_apply_it_again(
      boolean isLabel, String key, String value, String manager) {
    var meta = new ObjectMetaBuilder().addToAnnotations("credence.dev/adopt", "crm");
    var marked =
        (isLabel ? meta.addToLabels(key, value) : meta.addToAnnotations(key, value)).build();
    assertThat(ForeignManagers.of(marked)).contains(manager);
    TrimmedStore.trim(marked);
    assertThat(ForeignManagers.of(marked)).as("in the cache").contains(manager);
  }

  @ParameterizedTest
  @CsvSource({
    "reflector.v1.k8s.emberstack.com/reflection-allowed, 'true'",
    "reflector.v1.k8s.emberstack.com/auto-reflects, 'False'",
    "replicator.v1.mittwald.de/replicate-to, staging",
    "configmanagement.gke.io/managed, disabled",
    "policies.kyverno.io/last-applied-patches, a label was added",
    "kubectl.kubernetes.io/last-applied-configuration, '{}'"
  })
  void the_source_of_a_copy_and_what_was_only_touched_have_none(String key, String value) {
    assertThat(ForeignManagers.of(new ObjectMetaBuilder().addToAnnotations(key, value).build()))
        .isEmpty();
  }

  @Test
  void what_says_nothing_has_no_keeper() {
    var bare = new ObjectMeta();
    bare.setLabels(null);
    bare.setAnnotations(null);
    assertThat(ForeignManagers.of(bare)).isEmpty();
  }

  @Test
  void who_is_named_comes_before_who_is_not() {
    var meta =
        new ObjectMetaBuilder()
            .addToLabels("app.kubernetes.io/managed-by", "Helm")
            .addToAnnotations("argocd.argoproj.io/tracking-id", "x")
            .addToAnnotations("meta.helm.sh/release-name", "payments")
            .build();
    assertThat(ForeignManagers.of(meta)).contains("Helm release payments");
  }

  @Test
  void their_annotations_are_kept_in_memory_where_a_secret_is_given_to_us() {
    var given = meta();
    given.getAnnotations().put("credence.dev/adopt", "payments-api");
    TrimmedStore.trim(given);
    assertThat(ForeignManagers.of(given)).contains("Helm release payments");
    var other = meta();
    TrimmedStore.trim(other);
    assertThat(other.getAnnotations()).isEmpty();
  }

  private static ObjectMeta meta() {
    return new ObjectMetaBuilder()
        .addToAnnotations("meta.helm.sh/release-name", "payments")
        .build();
  }
}
