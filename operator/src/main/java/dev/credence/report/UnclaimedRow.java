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
/// identity claims. `owner`: the value of its own annotation. `cluster`: only in a report about
/// several clusters.
public record UnclaimedRow(
    Unclaimed found, Optional<String> owner, Optional<Instant> created, Optional<String> cluster)
    implements Comparable<UnclaimedRow> {
  private static final Comparator<UnclaimedRow> ORDER =
      Comparator.comparing((UnclaimedRow row) -> row.cluster().orElse(""))
          .thenComparing(UnclaimedRow::namespace)
          .thenComparing(UnclaimedRow::kind)
          .thenComparing(UnclaimedRow::name);

  public static UnclaimedRow of(Unclaimed found, HasMetadata object) {
    var meta = object.getMetadata();
    var annotations = Objects.requireNonNullElse(meta.getAnnotations(), Map.<String, String>of());
    return new UnclaimedRow(
        found,
        Optional.ofNullable(annotations.get(Api.OWNER)).map(PlainText::text),
        Entries.time(meta.getCreationTimestamp()),
        Optional.empty());
  }

  public UnclaimedRow in(String name) {
    return new UnclaimedRow(found, owner, created, Optional.of(name));
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

  /// With the cluster where there are several.
  public String place() {
    return cluster.map(name -> name + "/" + id()).orElseGet(this::id);
  }

  @Override
  public int compareTo(UnclaimedRow other) {
    return ORDER.compare(this, other);
  }
}
