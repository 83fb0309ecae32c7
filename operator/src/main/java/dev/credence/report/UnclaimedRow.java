// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.api.Api;
import dev.credence.plan.Unclaimed;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Row of a report about a ServiceAccount, or a Secret with a token that never expires, that no
/// identity claims. `owner`: the value of its own annotation.
public record UnclaimedRow(Unclaimed found, Optional<String> owner, Optional<Instant> created)
    implements Comparable<UnclaimedRow> {
  private static final Comparator<UnclaimedRow> ORDER =
      Comparator.comparing(UnclaimedRow::namespace)
          .thenComparing(UnclaimedRow::kind)
          .thenComparing(UnclaimedRow::name);

  public static UnclaimedRow of(Unclaimed found, HasMetadata object) {
    var meta = object.getMetadata();
    var annotations = Objects.requireNonNullElse(meta.getAnnotations(), Map.<String, String>of());
    return new UnclaimedRow(
        found,
        Optional.ofNullable(annotations.get(Api.OWNER)).map(PlainText::text),
        Entries.time(meta.getCreationTimestamp()));
  }

  public boolean isAccount() {
    return found.kind() == Unclaimed.Kind.ServiceAccount;
  }

  public String kind() {
    return found.objectKind();
  }

  public String namespace() {
    return PlainText.text(found.namespace());
  }

  public String name() {
    return PlainText.text(found.name());
  }

  public String id() {
    return namespace() + "/" + name();
  }

  @Override
  public int compareTo(UnclaimedRow other) {
    return ORDER.compare(this, other);
  }
}
