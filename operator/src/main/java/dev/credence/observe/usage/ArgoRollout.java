// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.facts.usage.WorkloadFacts.Requested;
import dev.credence.facts.usage.WorkloadFacts.Rollout;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads an Argo Rollout (`rollouts.argoproj.io`), whose stable and canary ReplicaSets are one
/// workload.
///
/// Its controller replaces pods that are older than `spec.restartAt`, and then writes the same time
/// into `status.restartedAt` (argo-rollouts/rollout/restart.go).
public record ArgoRollout(GenericKubernetesResource object) {
  static final String GROUP = "argoproj.io";
  static final String KIND = "Rollout";

  /// The name of its CustomResourceDefinition.
  public static final String DEFINITION = "rollouts.argoproj.io";

  /// On its ReplicaSets and pods.
  static final String TEMPLATE_HASH = "rollouts-pod-template-hash";

  /// Where the API server keeps who wrote `spec.restartAt`.
  static final List<String> RESTART_AT = List.of("f:spec", "f:restartAt");

  /// Complete, so that the client sends no discovery request.
  public static final ResourceDefinitionContext CONTEXT =
      new ResourceDefinitionContext.Builder()
          .withGroup(GROUP)
          .withVersion("v1alpha1")
          .withKind(KIND)
          .withPlural("rollouts")
          .withNamespaced(true)
          .build();

  private static final KubernetesSerialization OBJECTS = new KubernetesSerialization();

  static Optional<ArgoRollout> of(HasMetadata object) {
    return object instanceof GenericKubernetesResource it
            && KIND.equals(it.getKind())
            && String.valueOf(it.getApiVersion()).startsWith(GROUP + "/")
        ? Optional.of(new ArgoRollout(it))
        : Optional.empty();
  }

  /// The Deployment that holds the template (`spec.workloadRef`). The controller of the Rollout
  /// scales it to 0, and creates the pods itself.
  Optional<String> deployment() {
    return text("spec", "workloadRef", "apiVersion")
            .filter(group -> group.startsWith("apps/"))
            .isPresent()
        ? text("spec", "workloadRef", "kind")
            .filter("Deployment"::equals)
            .flatMap(_ -> text("spec", "workloadRef", "name"))
        : Optional.empty();
  }

  /// Empty where another object holds the template (`spec.workloadRef`), and where it cannot be
  /// read: its pods tell which Secrets they use.
  Optional<PodTemplateSpec> template() {
    try {
      return Optional.ofNullable(at("spec", "template"))
          .map(template -> OBJECTS.convertValue(template, PodTemplateSpec.class));
    } catch (IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  int wanted() {
    return number(1, "spec", "replicas");
  }

  /// The restart that `spec.restartAt` asks for.
  Optional<Requested> requested() {
    return time("spec", "restartAt")
        .map(at -> new Requested(at, time("status", "restartedAt").filter(at::equals).isPresent()));
  }

  /// Without the restart that was asked for.
  Rollout progress() {
    var phase = text("status", "phase").orElse("");
    if (Boolean.TRUE.equals(at("spec", "paused"))
        || phase.equals("Paused")
        || at("status", "pauseConditions") instanceof Collection<?> some && !some.isEmpty()) {
      return new Rollout.Paused();
    }
    if (isUnseen()) {
      return Rollouts.UNSEEN;
    }
    if (phase.equals("Degraded")) {
      return new Rollout.Stuck(text("status", "message").orElse("its phase is Degraded"));
    }
    var wanted = wanted();
    var ready = number(0, "status", "readyReplicas");
    if (ready < wanted) {
      return new Rollout.UnderWay("%d of %d pods are ready".formatted(ready, wanted));
    }
    var updated = number(0, "status", "updatedReplicas");
    if (updated < wanted) {
      return new Rollout.UnderWay("%d of %d pods are new".formatted(updated, wanted));
    }
    var available = number(0, "status", "availableReplicas");
    if (available < wanted) {
      return new Rollout.UnderWay("%d of %d pods are available".formatted(available, wanted));
    }
    return phase.isEmpty() || phase.equals("Healthy")
        ? new Rollout.Done()
        : new Rollout.UnderWay("its phase is " + phase);
  }

  /// `status.observedGeneration` is a text; before version 1.0 it was a hash.
  private boolean isUnseen() {
    var generation = Objects.requireNonNullElse(object.getMetadata().getGeneration(), 0L);
    return text("status", "observedGeneration")
        .filter(seen -> seen.matches("[0-9]{1,18}"))
        .filter(seen -> Long.parseLong(seen) < generation)
        .isPresent();
  }

  private int number(int otherwise, String... path) {
    return at(path) instanceof Number number ? number.intValue() : otherwise;
  }

  private Optional<String> text(String... path) {
    return Optional.ofNullable(at(path))
        .filter(value -> value instanceof String || value instanceof Number)
        .flatMap(value -> UntrustedText.present(String.valueOf(value)))
        .map(UntrustedText::oneLine);
  }

  private Optional<Instant> time(String... path) {
    return text(path).flatMap(UntrustedText::time);
  }

  private @Nullable Object at(String... path) {
    return object.get((Object[]) path);
  }
}
