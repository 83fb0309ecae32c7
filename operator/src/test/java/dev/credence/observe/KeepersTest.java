package dev.credence.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepersTest {

  @ParameterizedTest
  @CsvSource({
    "cert-manager.io/certificate-name, payments-tls, cert-manager for Certificate payments-tls",
    "meta.helm.sh/release-name, payments, Helm release payments",
    "meta.helm.sh/release-name, 'two\nlines', Helm release two?lines",
    "sealedsecrets.bitnami.com/managed, 'true', Sealed Secrets",
    "sealedsecrets.bitnami.com/cluster-wide, 'true', Sealed Secrets",
    "argocd.argoproj.io/tracking-id, payments:/Secret:payments/payments-db, Argo CD"
  })
  void a_keeper_is_told_by_its_annotation(String key, String value, String keeper) {
    var meta = new ObjectMetaBuilder().addToAnnotations(key, value).build();
    assertThat(Keepers.of(meta)).contains(keeper);
  }

  @ParameterizedTest
  @CsvSource({
    "reconcile.external-secrets.io/managed, 'true', External Secrets",
    "reconcile.external-secrets.io/created-by, abc, External Secrets",
    "app.kubernetes.io/managed-by, external-secrets, External Secrets",
    "app.kubernetes.io/managed-by, hashicorp-vso, the Vault Secrets Operator",
    "app.kubernetes.io/managed-by, Helm, Helm"
  })
  void or_by_its_label(String key, String value, String keeper) {
    var meta = new ObjectMetaBuilder().addToLabels(key, value).build();
    assertThat(Keepers.of(meta)).contains(keeper);
  }

  @ParameterizedTest
  @CsvSource({
    "app.kubernetes.io/managed-by, credence",
    "app.kubernetes.io/managed-by, kustomize",
    "app.kubernetes.io/name, Helm"
  })
  void nobody_else_keeps_what_is_ours_or_a_users(String key, String value) {
    assertThat(Keepers.of(new ObjectMetaBuilder().addToLabels(key, value).build())).isEmpty();
  }

  @Test
  void what_says_nothing_has_no_keeper() {
    var bare = new ObjectMeta();
    bare.setLabels(null);
    bare.setAnnotations(null);
    assertThat(Keepers.of(bare)).isEmpty();
  }

  @Test
  void who_is_named_comes_before_who_is_not() {
    var meta =
        new ObjectMetaBuilder()
            .addToLabels("app.kubernetes.io/managed-by", "Helm")
            .addToAnnotations("argocd.argoproj.io/tracking-id", "x")
            .addToAnnotations("meta.helm.sh/release-name", "payments")
            .build();
    assertThat(Keepers.of(meta)).contains("Helm release payments");
  }

  @Test
  void their_annotations_are_kept_in_memory_where_a_secret_is_given_to_us() {
    var given = meta();
    given.getAnnotations().put("credence.dev/adopt", "payments-api");
    LeanStore.trim(given);
    assertThat(Keepers.of(given)).contains("Helm release payments");
    var other = meta();
    LeanStore.trim(other);
    assertThat(other.getAnnotations()).isEmpty();
  }

  private static ObjectMeta meta() {
    return new ObjectMetaBuilder()
        .addToAnnotations("meta.helm.sh/release-name", "payments")
        .build();
  }
}
