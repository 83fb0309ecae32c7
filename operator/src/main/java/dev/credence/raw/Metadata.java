// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import dev.credence.api.Api;
import dev.credence.facts.object.Preconditions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// Reads metadata; a missing field counts as empty.
public final class Metadata {

  /// The very object that was read. The API server always sets both; what lacks them matches
  /// nothing.
  public static Preconditions preconditions(ObjectMeta meta) {
    return new Preconditions(
        Objects.requireNonNullElse(meta.getUid(), ""),
        Objects.requireNonNullElse(meta.getResourceVersion(), ""));
  }

  public static Map<String, String> labels(ObjectMeta meta) {
    return Objects.requireNonNullElse(meta.getLabels(), Map.of());
  }

  public static Map<String, String> annotations(ObjectMeta meta) {
    return Objects.requireNonNullElse(meta.getAnnotations(), Map.of());
  }

  /// At most one, as the API server has it.
  public static Stream<OwnerReference> controllers(ObjectMeta meta) {
    return NullSafe.in(meta.getOwnerReferences())
        .filter(owner -> Boolean.TRUE.equals(owner.getController()));
  }

  /// Whether an identity controls it: Credence created it.
  public static boolean isControlledByIdentity(ObjectMeta meta) {
    return controllers(meta)
        .anyMatch(
            owner ->
                "MachineIdentity".equals(owner.getKind())
                    && owner.getApiVersion() != null
                    && owner.getApiVersion().startsWith(Api.GROUP + "/"));
  }

  public static boolean hasName(HasMetadata object) {
    return object.getMetadata() != null && object.getMetadata().getName() != null;
  }

  private Metadata() {}
}
