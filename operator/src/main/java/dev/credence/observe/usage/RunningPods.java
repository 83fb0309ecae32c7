// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.api.Api;
import dev.credence.facts.object.Controller;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.usage.PodFacts;
import dev.credence.facts.usage.PodFacts.Returns;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Pods, as facts. `deployments` are the names of all Deployments of the namespace, `rollouts` of
/// its Argo Rollouts, `hooks` of the Jobs that are none of the namespace's own work.
record RunningPods(Set<String> deployments, Set<String> rollouts, Set<String> hooks) {
  private static final String TEMPLATE_HASH = "pod-template-hash";

  /// Empty for a pod that uses no Secret, and for one that carries out a rotation.
  Optional<PodFacts> of(Pod pod) {
    var meta = pod.getMetadata();
    var secrets = SecretReferences.of(pod.getSpec());
    var controller = controller(meta);
    if (secrets.isEmpty() || isHook(meta, controller)) {
      return Optional.empty();
    }
    return Optional.of(
        new PodFacts(
            meta.getName(),
            Metadata.preconditions(meta),
            secrets,
            SecretReferences.atStart(pod.getSpec()),
            // A pod of unknown age counts as older than every value.
            UntrustedText.time(meta.getCreationTimestamp()).orElse(Instant.EPOCH),
            controller.map(RunningPods::controller),
            controller.flatMap(owner -> workload(owner, meta)),
            returns(pod, controller),
            isReady(pod),
            Optional.ofNullable(meta.getDeletionTimestamp())
                .map(time -> UntrustedText.time(time).orElse(Instant.EPOCH))));
  }

  private static Controller controller(OwnerReference owner) {
    return new Controller(
        UntrustedText.oneLine(owner.getKind()),
        UntrustedText.oneLine(owner.getName()),
        UntrustedText.line(owner.getUid())
            .filter(uid -> !uid.contains(" ") && !uid.contains("="))
            .orElseGet(() -> owner.getKind() + "/" + owner.getName()));
  }

  /// A controller alone does not say that another pod follows: the one of a TaskRun or of a
  /// workflow runs once, and its `restartPolicy` says so.
  private static Returns returns(Pod pod, Optional<OwnerReference> controller) {
    var restarts =
        Optional.ofNullable(pod.getSpec())
            .flatMap(spec -> UntrustedText.present(spec.getRestartPolicy()));
    if (restarts.filter(policy -> !policy.equals("Always")).isPresent()
        || controller.filter(RunningPods::isJob).isPresent()) {
      return Returns.RunsOnce;
    }
    return controller.isPresent() ? Returns.Replaced : Returns.Never;
  }

  private static Optional<OwnerReference> controller(ObjectMeta meta) {
    return Metadata.controllers(meta)
        .filter(owner -> owner.getKind() != null && owner.getName() != null)
        .findFirst();
  }

  private boolean isHook(ObjectMeta meta, Optional<OwnerReference> controller) {
    return Metadata.labels(meta).containsKey(Api.HOOK_FOR)
        || controller.filter(owner -> isJob(owner) && hooks.contains(owner.getName())).isPresent();
  }

  private Optional<ObjectRef> workload(OwnerReference owner, ObjectMeta pod) {
    return switch (of(owner)) {
      case "apps/ReplicaSet" ->
          maker(owner, pod, TEMPLATE_HASH, deployments)
              .map(name -> new ObjectRef(Kind.Deployment, name))
              .or(
                  () ->
                      maker(owner, pod, ArgoRollout.TEMPLATE_HASH, rollouts)
                          .map(name -> new ObjectRef(Kind.Rollout, name)));
      case "apps/StatefulSet" -> Optional.of(new ObjectRef(Kind.StatefulSet, owner.getName()));
      case "apps/DaemonSet" -> Optional.of(new ObjectRef(Kind.DaemonSet, owner.getName()));
      case "batch/Job" -> Optional.of(new ObjectRef(Kind.Job, owner.getName()));
      default -> Optional.empty();
    };
  }

  private static boolean isJob(OwnerReference owner) {
    return of(owner).equals("batch/Job");
  }

  /// Group and kind: others have a StatefulSet too.
  private static String of(OwnerReference owner) {
    var version = String.valueOf(owner.getApiVersion());
    var slash = version.indexOf('/');
    return (slash < 0 ? "" : version.substring(0, slash)) + "/" + owner.getKind();
  }

  /// A Deployment names its ReplicaSets by itself and the hash of the template, which its pods have
  /// as a label; so does an Argo Rollout, with a label of its own.
  private static Optional<String> maker(
      OwnerReference replicaSet, ObjectMeta pod, String label, Set<String> makers) {
    return UntrustedText.present(Metadata.labels(pod).get(label))
        .map(hash -> "-" + hash)
        .filter(ending -> replicaSet.getName().endsWith(ending))
        .map(
            ending ->
                replicaSet.getName().substring(0, replicaSet.getName().length() - ending.length()))
        .filter(makers::contains);
  }

  private static boolean isReady(Pod pod) {
    return Optional.ofNullable(pod.getStatus()).map(PodStatus::getConditions).stream()
        .flatMap(NullSafe::in)
        .anyMatch(
            condition ->
                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }
}
