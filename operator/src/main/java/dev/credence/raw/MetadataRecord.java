// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import dev.credence.api.Api;
import dev.credence.facts.credential.SecretMetadata;
import dev.credence.facts.credential.StoredMetadata;
import dev.credence.facts.credential.StoredMetadata.Field;
import dev.credence.facts.text.Digests;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The annotation [Api#METADATA] of a generated Secret: the keys of the labels and annotations of
/// its spec that Credence wrote, each with a digest of the value.
public final class MetadataRecord {
  private static final String LABEL = "label:";
  private static final String ANNOTATION = "annotation:";

  public static StoredMetadata of(ObjectMeta meta) {
    return new StoredMetadata(
        fields(meta, LABEL, "f:labels", Metadata.labels(meta)),
        fields(meta, ANNOTATION, "f:annotations", Metadata.annotations(meta)));
  }

  private static Map<String, Field> fields(
      ObjectMeta meta, String what, String where, Map<String, String> found) {
    var fields = new HashMap<String, Field>();
    entries(meta)
        .filter(entry -> entry.startsWith(what))
        .map(entry -> entry.substring(what.length()).split("=", 2))
        .filter(entry -> entry.length == 2 && !entry[0].isEmpty())
        .forEach(
            entry ->
                fields.put(
                    entry[0],
                    new Field(
                        Optional.ofNullable(found.get(entry[0])),
                        entry[1],
                        FieldOwners.weOwn(meta, where, entry[0]),
                        FieldOwners.lastWrittenByOthers(
                            meta, List.of("f:metadata", where, "f:" + entry[0])))));
    return fields;
  }

  /// Whether it names this annotation.
  public static boolean names(ObjectMeta meta, String annotation) {
    return entries(meta).anyMatch(entry -> entry.startsWith(ANNOTATION + annotation + "="));
  }

  public static String text(SecretMetadata metadata) {
    return Stream.concat(texts(LABEL, metadata.labels()), texts(ANNOTATION, metadata.annotations()))
        .collect(Collectors.joining(" "));
  }

  private static Stream<String> texts(String what, Map<String, String> all) {
    return all.entrySet().stream()
        .map(entry -> what + entry.getKey() + "=" + Digests.of(entry.getValue()));
  }

  private static Stream<String> entries(ObjectMeta meta) {
    return Optional.ofNullable(Metadata.annotations(meta).get(Api.METADATA)).stream()
        .flatMap(record -> Stream.of(record.split(" ", -1)));
  }

  private MetadataRecord() {}
}
