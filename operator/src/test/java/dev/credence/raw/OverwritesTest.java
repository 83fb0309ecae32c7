// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.facts.identity.Member.Overwritten;
import dev.credence.observe.cache.TrimmedStore;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OverwritesTest {
  private static final ManagedFieldsEntry VERSION =
      entry(
          "credence",
          Map.of(
              "f:metadata", Map.of("f:annotations", Map.of("f:credence.dev/version", Map.of()))));

  @Test
  void a_key_that_another_manager_took_over_is_told() {
    assertThat(
            Overwrites.of(secret(VERSION, data("kyverno", "password"), data("credence", "user"))))
        .contains(
            new Overwritten(
                List.of("password"),
                "kyverno",
                Optional.of(Instant.parse("2027-01-03T00:00:00Z"))));
  }

  @Test
  void a_key_that_is_ours_too_is_not() {
    assertThat(
            Overwrites.of(
                secret(VERSION, data("flux", "password"), data("credence", "user", "password"))))
        .isEmpty();
  }

  @Test
  void of_managers_that_were_merged_nothing_is_known() {
    assertThat(Overwrites.of(secret(VERSION, data("ancient-changes", "password")))).isEmpty();
  }

  @Test
  void a_secret_that_was_restored_from_a_backup_was_not_written_over() {
    assertThat(Overwrites.of(secret(data("velero-server", "password", "user")))).isEmpty();
  }

  @Test
  void a_key_of_the_holder_is_theirs() {
    assertThat(Overwrites.of(secret(VERSION, data("kubectl", "webhook")))).isEmpty();
  }

  @Test
  void the_cache_keeps_what_is_needed_for_this() {
    var meta = secret(VERSION, data("kyverno", "password"));
    meta.getAnnotations().put(Api.SECRET_VERSION, "2");
    TrimmedStore.trim(meta);
    assertThat(Overwrites.of(meta)).isPresent();
  }

  private static ObjectMeta secret(ManagedFieldsEntry... entries) {
    return new ObjectMetaBuilder()
        .addToAnnotations(Api.KEYS, "password,password.previous,user")
        .withManagedFields(entries)
        .build();
  }

  private static ManagedFieldsEntry data(String manager, String... keys) {
    return entry(
        manager,
        Map.of(
            "f:data",
            Arrays.stream(keys).collect(Collectors.toMap(key -> "f:" + key, _ -> Map.of()))));
  }

  private static ManagedFieldsEntry entry(String manager, Map<String, Object> fields) {
    var tree = new FieldsV1();
    tree.setAdditionalProperties(fields);
    return new ManagedFieldsEntryBuilder()
        .withManager(manager)
        .withOperation("Update")
        .withTime("2027-01-03T00:00:00Z")
        .withFieldsV1(tree)
        .build();
  }
}
