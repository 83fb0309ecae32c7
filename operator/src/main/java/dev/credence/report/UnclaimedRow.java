// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.api.Api;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A ServiceAccount, or a Secret with a token of one that never ends, that belongs to no identity.
/// `owner`: whom its own annotation names.
public record UnclaimedRow(
    String kind, String namespace, String name, Optional<String> owner, Optional<Instant> created)
    implements Comparable<UnclaimedRow> {
  private static final Comparator<UnclaimedRow> ORDER =
      Comparator.comparing(UnclaimedRow::namespace)
          .thenComparing(UnclaimedRow::kind)
          .thenComparing(UnclaimedRow::name);

  public static UnclaimedRow of(String kind, HasMetadata object) {
    var meta = object.getMetadata();
    var annotations = Objects.requireNonNullElse(meta.getAnnotations(), Map.<String, String>of());
    return new UnclaimedRow(
        kind,
        PlainText.text(meta.getNamespace()),
        PlainText.text(meta.getName()),
        Optional.ofNullable(annotations.get(Api.OWNER)).map(PlainText::text),
        Entries.time(meta.getCreationTimestamp()));
  }

  public String id() {
    return namespace + "/" + name;
  }

  @Override
  public int compareTo(UnclaimedRow other) {
    return ORDER.compare(this, other);
  }
}
