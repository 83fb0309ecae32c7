// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.facts.credential.SecretMetadata;
import dev.credence.facts.credential.StoredMetadata.Field;
import dev.credence.facts.text.Digests;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetadataRecordTest {
  private static final String PART_OF = "app.kubernetes.io/part-of";
  private static final String GIT = "tekton.dev/git-0";

  @Test
  void what_is_written_is_read_again() {
    var text =
        MetadataRecord.text(
            SecretMetadata.of(Map.of(PART_OF, "crm", "team", "a"), Map.of(GIT, "x=y z")));
    var meta = meta(text, "crm", "credence");
    assertThat(MetadataRecord.names(meta, GIT)).isTrue();
    assertThat(MetadataRecord.names(meta, PART_OF)).isFalse();
    var stored = MetadataRecord.of(meta);
    assertThat(stored.labels())
        .containsEntry(
            PART_OF, new Field(Optional.of("crm"), Digests.of("crm"), true, Optional.empty()))
        .containsEntry(
            "team", new Field(Optional.empty(), Digests.of("a"), false, Optional.empty()));
    assertThat(stored.annotations()).containsOnlyKeys(GIT);
  }

  @Test
  void another_writer_is_told_with_its_time() {
    var meta =
        meta(
            MetadataRecord.text(SecretMetadata.of(Map.of(PART_OF, "crm"), Map.of())),
            "x",
            "kubectl");
    assertThat(MetadataRecord.of(meta).labels())
        .containsEntry(
            PART_OF,
            new Field(
                Optional.of("x"),
                Digests.of("crm"),
                false,
                Optional.of(Instant.parse("2026-02-09T23:59:58Z"))));
  }

  @Test
  void what_nobody_wrote_so_is_nothing() {
    assertThat(MetadataRecord.of(new ObjectMeta()).isEmpty()).isTrue();
    assertThat(MetadataRecord.of(meta("label:=1 label:x annotation y", "a", "b")).isEmpty())
        .isTrue();
  }

  private static ObjectMeta meta(String record, String value, String manager) {
    var fields = new FieldsV1();
    fields.setAdditionalProperty(
        "f:metadata", Map.of("f:labels", Map.of("f:" + PART_OF, Map.of())));
    return new ObjectMetaBuilder()
        .addToLabels(PART_OF, value)
        .addToAnnotations(Api.METADATA, record)
        .withManagedFields(
            new ManagedFieldsEntryBuilder()
                .withManager(manager)
                .withOperation("Update")
                .withTime("2026-02-09T23:59:58Z")
                .withFieldsV1(fields)
                .build())
        .build();
  }
}
