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
public record Orphan(
    String kind, String namespace, String name, Optional<String> owner, Optional<Instant> created)
    implements Comparable<Orphan> {
  private static final Comparator<Orphan> ORDER =
      Comparator.comparing(Orphan::namespace)
          .thenComparing(Orphan::kind)
          .thenComparing(Orphan::name);

  public static Orphan of(String kind, HasMetadata object) {
    var meta = object.getMetadata();
    var annotations = Objects.requireNonNullElse(meta.getAnnotations(), Map.<String, String>of());
    return new Orphan(
        kind,
        Plain.text(meta.getNamespace()),
        Plain.text(meta.getName()),
        Optional.ofNullable(annotations.get(Api.OWNER)).map(Plain::text),
        Entries.time(meta.getCreationTimestamp()));
  }

  public String id() {
    return namespace + "/" + name;
  }

  @Override
  public int compareTo(Orphan other) {
    return ORDER.compare(this, other);
  }
}
