// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.api.Api;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.usage.WorkloadFacts;
import dev.credence.facts.usage.WorkloadFacts.Requested;
import dev.credence.facts.usage.WorkloadFacts.Rollout;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads workloads.
public final class Workloads {
  private static final Set<String> ENDS = Set.of("Complete", "Failed");

  /// Where the API server keeps who wrote [Api#RESTARTED_FOR].
  private static final List<String> RESTARTED_FOR =
      List.of("f:spec", "f:template", "f:metadata", "f:annotations", "f:" + Api.RESTARTED_FOR);

  /// Empty for what makes no pods any more and for what runs in our own name.
  public static Optional<WorkloadFacts> of(HasMetadata object) {
    if (isHook(object)) {
      return Optional.empty();
    }
    return switch (object) {
      case Deployment it -> workload(Kind.Deployment, it, Rollouts.wanted(it), Rollouts.of(it));
      case StatefulSet it -> workload(Kind.StatefulSet, it, Rollouts.wanted(it), Rollouts.of(it));
      case DaemonSet it -> workload(Kind.DaemonSet, it, Rollouts.wanted(it), Rollouts.of(it));
      case Job it when isOver(it) -> Optional.empty();
      case Job it -> workload(Kind.Job, it, 0, new Rollout.ToItsEnd());
      case CronJob it -> workload(Kind.CronJob, it, 0, new Rollout.ToItsEnd());
      default -> ArgoRollout.of(object).map(Workloads::workload);
    };
  }

  /// A hook uses both values, and ends with the rotation: it is no consumer to wait for.
  static boolean isHook(HasMetadata object) {
    var meta = object.getMetadata();
    var annotations = Metadata.annotations(meta);
    return switch (object) {
      case Job job -> isHook(annotations) || isHookOfOurs(meta);
      case CronJob cronJob -> isHook(annotations);
      default -> false;
    };
  }

  private static boolean isHook(Map<String, String> annotations) {
    return "true".equals(annotations.get(Api.HOOK));
  }

  /// Only the operator makes an object that an identity controls.
  private static boolean isHookOfOurs(ObjectMeta meta) {
    return Metadata.isControlledByIdentity(meta)
        && (Metadata.annotations(meta).containsKey(Api.HOOK_FOR)
            || Metadata.labels(meta).containsKey(Api.HOOK_FOR));
  }

  /// Whether a Job has come to its end.
  public static boolean isOver(Job job) {
    return in(job.getStatus()).map(JobStatus::getConditions).stream()
        .flatMap(NullSafe::in)
        .anyMatch(
            condition ->
                "True".equals(condition.getStatus())
                    && condition.getType() != null
                    && ENDS.contains(condition.getType()));
  }

  private static Optional<WorkloadFacts> workload(
      Kind kind, HasMetadata object, int wanted, Rollout rollout) {
    var meta = object.getMetadata();
    var template = PodTemplates.of(object);
    return Optional.of(
        new WorkloadFacts(
            new ObjectRef(kind, meta.getName()),
            Metadata.preconditions(meta),
            template.map(PodTemplateSpec::getSpec).map(SecretReferences::of).orElse(Set.of()),
            wanted,
            template
                .map(PodTemplateSpec::getMetadata)
                .map(ObjectMeta::getAnnotations)
                .map(annotations -> annotations.get(Api.RESTARTED_FOR))
                .flatMap(UntrustedText::line),
            // The annotation says for what, the API server keeps when.
            FieldOwners.lastWrittenByUs(meta, RESTARTED_FOR),
            rollout));
  }

  private static WorkloadFacts workload(ArgoRollout rollout) {
    var meta = rollout.object().getMetadata();
    var requested = rollout.requested();
    return new WorkloadFacts(
        new ObjectRef(Kind.Rollout, meta.getName()),
        Metadata.preconditions(meta),
        rollout.template().map(PodTemplateSpec::getSpec).map(SecretReferences::of).orElse(Set.of()),
        rollout.wanted(),
        Optional.empty(),
        FieldOwners.lastWrittenByUs(meta, ArgoRollout.RESTART_AT)
            .or(() -> requested.map(Requested::at)),
        requested,
        rollout.progress());
  }

  private static <T> Optional<T> in(@Nullable T part) {
    return Optional.ofNullable(part);
  }

  private Workloads() {}
}
