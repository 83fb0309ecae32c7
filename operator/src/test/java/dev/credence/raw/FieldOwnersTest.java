// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.observe.Objects;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldOwnersTest {
  private static final String OWNER = "credence.dev/owner";

  @Test
  void what_we_alone_wrote_is_ours() {
    assertThat(weOwn(Objects.owns("credence", "f:annotations", OWNER))).isTrue();
  }

  @Test
  void what_somebody_else_wrote_is_not() {
    assertThat(weOwn(Objects.owns("kubectl-edit", "f:annotations", OWNER))).isFalse();
    assertThat(weOwn()).isFalse();
  }

  @Test
  void what_somebody_else_owns_too_is_not_for_us_to_change() {
    assertThat(
            weOwn(
                Objects.owns("credence", "f:annotations", OWNER),
                Objects.owns("argocd", "f:annotations", OWNER)))
        .isFalse();
  }

  @Test
  void other_fields_of_ours_and_of_others_do_not_count() {
    assertThat(
            weOwn(
                Objects.owns("credence", "f:labels", OWNER),
                Objects.owns("credence", "f:annotations", "credence.dev/team")))
        .isFalse();
    assertThat(
            weOwn(
                Objects.owns("credence", "f:annotations", OWNER),
                Objects.owns("argocd", "f:annotations", "credence.dev/owner2")))
        .isTrue();
  }

  @Test
  void no_account_and_an_odd_one_are_read_as_nobodys() {
    assertThat(FieldOwners.weOwn(new ObjectMeta(), "f:annotations", OWNER)).isFalse();
    var none = new ObjectMeta();
    none.setManagedFields(null);
    assertThat(FieldOwners.weOwn(none, "f:annotations", OWNER)).isFalse();
    assertThat(FieldOwners.ourData(none)).isEmpty();
    assertThat(weOwn(new ManagedFieldsEntryBuilder().withManager("credence").build())).isFalse();
    assertThat(weOwn(entry("Update", Map.of("f:metadata", "odd")))).isFalse();
  }

  @Test
  void what_we_created_with_an_object_is_told_from_what_we_applied() {
    var created = meta(entry("Update", Map.of("f:metadata", annotation())));
    var applied = meta(entry("Apply", Map.of("f:metadata", annotation())));
    assertThat(FieldOwners.weCreated(created, "f:annotations", OWNER)).isTrue();
    assertThat(FieldOwners.weCreated(applied, "f:annotations", OWNER)).isFalse();
  }

  @Test
  void the_keys_that_we_wrote_are_known() {
    var data = Map.of(".", Map.of(), "f:password", Map.of(), "f:a.previous", Map.of());
    assertThat(FieldOwners.ourData(meta(entry("Update", Map.of("f:data", data)))))
        .containsExactlyInAnyOrder("password", "a.previous");
    assertThat(FieldOwners.ourData(meta(entry("Update", Map.of("f:data", 7))))).isEmpty();
  }

  private static Map<String, ?> annotation() {
    return Map.of("f:annotations", Map.of("f:" + OWNER, Map.of()));
  }

  private static ManagedFieldsEntry entry(String operation, Map<String, ?> fields) {
    var owned = new FieldsV1();
    fields.forEach(owned::setAdditionalProperty);
    return new ManagedFieldsEntryBuilder()
        .withManager("credence")
        .withOperation(operation)
        .withFieldsV1(owned)
        .build();
  }

  private static boolean weOwn(ManagedFieldsEntry... entries) {
    return FieldOwners.weOwn(meta(entries), "f:annotations", OWNER);
  }

  private static ObjectMeta meta(ManagedFieldsEntry... entries) {
    return new ObjectMetaBuilder().withManagedFields(entries).build();
  }
}
