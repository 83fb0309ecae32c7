// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.observe.Objects;
import dev.credence.observe.rbac.RbacReader;
import dev.credence.raw.FieldOwners;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrimmedStoreTest {
  private final TrimmedStore<Secret> store = new TrimmedStore<>();

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
    TrimmedStore.trim(meta);
    assertThat(FieldOwners.weOwn(meta, "f:labels", "credence.dev/identity")).isTrue();
  }

  /// A right is judged only over a time in which it existed.
  @Test
  void of_a_binding_it_is_kept_when_it_was_changed_and_not_by_whom() {
    var binding =
        new RoleBindingBuilder()
            .withNewMetadata()
            .withNamespace("sales")
            .withName("crm")
            .addNewManagedField()
            .withManager("helm")
            .withTime("2027-01-02T00:00:00Z")
            .endManagedField()
            .addNewManagedField()
            .withManager("kubectl")
            .withTime("2027-03-04T00:00:00Z")
            .endManagedField()
            .endMetadata()
            .build();
    TrimmedStore.trim(binding);
    TrimmedStore.trim(binding);
    assertThat(binding.getMetadata().getManagedFields())
        .containsExactly(new ManagedFieldsEntryBuilder().withTime("2027-03-04T00:00:00Z").build());
    assertThat(RbacReader.binding(binding).orElseThrow().changed())
        .contains(Instant.parse("2027-03-04T00:00:00Z"));
  }

  @Test
  void an_object_with_nothing_on_it_is_kept_too() {
    var meta = new ObjectMeta();
    meta.setAnnotations(null);
    meta.setManagedFields(null);
    TrimmedStore.trim(meta);
    assertThat(meta.getAnnotations()).isNull();
  }

  @Test
  void what_is_empty_is_shared() {
    store.put("a", Objects.secret("payments-db").build());
    store.put("b", Objects.secret("payments-api").build());
    var one = store.get("a");
    var other = store.get("b");
    assertThat(one).isNotEqualTo(other);
    assertThat(one.getData()).isSameAs(other.getData()).isEmpty();
    assertThat(one.getMetadata().getFinalizers()).isSameAs(other.getMetadata().getFinalizers());
    assertThat(one.getMetadata().getNamespace()).isSameAs(other.getMetadata().getNamespace());
  }

  /// As the API server writes them: packed. As nobody does: kept as they are.
  @ParameterizedTest
  @CsvSource({
    "6e2c3f0a-52a5-4c0e-9d38-2f4f6d1b9a77, 4711, 2026-03-03T14:00:00Z, true",
    "6E2C3F0A-52A5-4C0E-9D38-2F4F6D1B9A77, 4711, 2026-03-03T14:00:00Z, false",
    "1-2-3-4-5, 4711, 2026-03-03T14:00:00Z, false",
    "uid, 4711, 2026-03-03T14:00:00Z, false",
    ", 4711, 2026-03-03T14:00:00Z, false",
    "6e2c3f0a-52a5-4c0e-9d38-2f4f6d1b9a77, 04711, 2026-03-03T14:00:00Z, false",
    "6e2c3f0a-52a5-4c0e-9d38-2f4f6d1b9a77, version, 2026-03-03T14:00:00Z, false",
    "6e2c3f0a-52a5-4c0e-9d38-2f4f6d1b9a77, 4711, 2026-03-03T14:00:00.5Z, false",
    "6e2c3f0a-52a5-4c0e-9d38-2f4f6d1b9a77, 4711, 2026-03-03T15:00:00+01:00, false",
    "6e2c3f0a-52a5-4c0e-9d38-2f4f6d1b9a77, 4711, long ago, false",
    "6e2c3f0a-52a5-4c0e-9d38-2f4f6d1b9a77, 4711, , false"
  })
  void a_secret_comes_back_word_for_word(
      String uid, String version, String created, boolean isPacked) {
    var written =
        Objects.marked("payments-db", "payments-api")
            .editMetadata()
            .withUid(uid)
            .withResourceVersion(version)
            .withCreationTimestamp(created)
            .endMetadata();
    var secret = written.build();
    store.put("payments/payments-db", secret);
    assertThat(store.get("payments/payments-db")).isEqualTo(secret);
    assertThat(store.values()).containsExactly(secret);
    assertThat(store.get("payments/payments-db") == secret).isNotEqualTo(isPacked);

    var ending = written.editMetadata().withDeletionTimestamp(created).endMetadata().build();
    assertThat(store.put("payments/payments-db", ending)).isEqualTo(secret);
    assertThat(store.get("payments/payments-db")).isSameAs(ending);
    assertThat(store.remove("payments/payments-db")).isSameAs(ending);
  }

  @Test
  void a_secret_under_another_key_comes_back_too() {
    var secret = Objects.secret("payments-db").build();
    store.put("a", secret);
    store.put("payments/b", secret);
    assertThat(store.values()).containsOnly(secret);
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
