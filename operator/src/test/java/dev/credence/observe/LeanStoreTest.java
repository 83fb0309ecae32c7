package dev.credence.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeanStoreTest {
  private final LeanStore<Secret> store = new LeanStore<>();

  @Test
  void what_others_noted_on_an_object_is_not_kept() {
    var secret =
        Objects.secret("payments-db")
            .editMetadata()
            .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}")
            .addToAnnotations("kubernetes.io/service-account.name", "payments-api")
            .addToAnnotations("credence.dev/owner", "ada@example.com")
            .addToAnnotations("credence.developers/not-ours", "x")
            .addToLabels("app", "payments")
            .withManagedFields(
                Objects.owns("helm", "f:labels", "app"),
                Objects.owns("credence", "f:annotations", "credence.dev/owner"),
                Objects.owns("argocd", "f:annotations", "credence.dev/owner"))
            .endMetadata()
            .build();
    store.put("payments/payments-db", secret);
    var kept = store.get("payments/payments-db").getMetadata();
    assertThat(kept.getAnnotations())
        .isEqualTo(
            Map.of(
                "kubernetes.io/service-account.name", "payments-api",
                "credence.dev/owner", "ada@example.com"));
    assertThat(kept.getLabels()).isEqualTo(Map.of("app", "payments"));
    assertThat(kept.getManagedFields())
        .extracting(entry -> entry.getManager())
        .containsExactly("credence", "argocd");
  }

  @Test
  void who_owns_a_field_of_ours_is_the_same_afterwards() {
    var meta = Objects.marked("payments-db", "payments-api").build().getMetadata();
    LeanStore.trim(meta);
    assertThat(FieldOwners.weOwn(meta, "f:labels", "credence.dev/identity")).isTrue();
  }

  @Test
  void an_object_with_nothing_on_it_is_kept_too() {
    var meta = new ObjectMeta();
    meta.setAnnotations(null);
    meta.setManagedFields(null);
    LeanStore.trim(meta);
    assertThat(meta.getAnnotations()).isNull();
  }

  @Test
  void it_is_a_map() {
    var secret = Objects.secret("payments-db").build();
    assertThat(store.getKey(secret)).isEqualTo("payments/payments-db");
    assertThat(store.put("a", secret)).isNull();
    assertThat(store.put("a", secret)).isSameAs(secret);
    assertThat(store.size()).isEqualTo(1);
    assertThat(store.keySet()).containsExactly("a");
    assertThat(store.values()).containsExactly(secret);
    assertThat(store.remove("a")).isSameAs(secret);
    assertThat(store.get("a")).isNull();
  }
}
