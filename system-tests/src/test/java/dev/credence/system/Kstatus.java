// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What Flux, `helm --wait` and other tools make of an object from the outside, by the rules of
/// kstatus (sigs.k8s.io/cli-utils, pkg/kstatus) in their order.
public enum Kstatus {
  Terminating,
  InProgress,
  Failed,
  Current;

  public static Kstatus of(GenericKubernetesResource object) {
    if (object.getMetadata().getDeletionTimestamp() != null) {
      return Terminating;
    }
    Number observed = object.get("status", "observedGeneration");
    if (observed != null && observed.longValue() != object.getMetadata().getGeneration()) {
      return InProgress;
    }
    if (condition(object, "Reconciling").equals("True")) {
      return InProgress;
    }
    if (condition(object, "Stalled").equals("True")) {
      return Failed;
    }
    return switch (condition(object, "Ready")) {
      case "False", "Unknown" -> InProgress;
      // An object that says nothing of itself counts as done.
      default -> Current;
    };
  }

  private static String condition(GenericKubernetesResource object, String type) {
    List<Map<String, Object>> conditions = object.get("status", "conditions");
    return Optional.ofNullable(conditions).stream()
        .flatMap(List::stream)
        .filter(condition -> type.equals(condition.get("type")))
        .map(condition -> String.valueOf(condition.get("status")))
        .findFirst()
        .orElse("absent");
  }
}
