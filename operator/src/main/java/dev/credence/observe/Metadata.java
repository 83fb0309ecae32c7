package dev.credence.observe;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// What an object says of itself; nothing where it is silent.
public final class Metadata {

  public static Map<String, String> labels(ObjectMeta meta) {
    return Objects.requireNonNullElse(meta.getLabels(), Map.of());
  }

  public static Map<String, String> annotations(ObjectMeta meta) {
    return Objects.requireNonNullElse(meta.getAnnotations(), Map.of());
  }

  /// At most one, as the API server has it.
  static Stream<OwnerReference> controllers(ObjectMeta meta) {
    return Each.in(meta.getOwnerReferences())
        .filter(owner -> Boolean.TRUE.equals(owner.getController()));
  }

  private Metadata() {}
}
