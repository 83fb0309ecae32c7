// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.certmanager;

import dev.credence.api.Api;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuance.Field;
import dev.credence.facts.text.Digests;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The annotation [Api#FIELDS] of a Certificate: digests of the fields of its spec that Credence
/// wrote. A field with another value than that belongs to the writer who changed it.
///
/// `managedFields` cannot tell: a client chooses the name of its field manager, the API server
/// attributes what a mutating policy changes to the client whose request it changed, and merges the
/// entries after ten managers.
public final class IssueRecord {

  static boolean isOn(ObjectMeta meta) {
    return Metadata.annotations(meta).containsKey(Api.FIELDS);
  }

  /// Whether Credence wrote the value that this field has.
  static boolean has(ObjectMeta meta, Field field, Issuance found) {
    var record = Metadata.annotations(meta).get(Api.FIELDS);
    return record != null
        && entry(field, found).filter(List.of(record.split(" ", -1))::contains).isPresent();
  }

  /// Once Credence has written these fields.
  public static String text(Issuance written, Collection<Field> fields) {
    return Stream.of(Field.values())
        .filter(fields::contains)
        .flatMap(field -> entry(field, written).stream())
        .collect(Collectors.joining(" "));
  }

  private static Optional<String> entry(Field field, Issuance issuance) {
    return field.of(issuance).map(value -> field + ":" + Digests.of(String.valueOf(value)));
  }

  private IssueRecord() {}
}
