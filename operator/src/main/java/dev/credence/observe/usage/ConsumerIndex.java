// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.PodFacts;
import dev.credence.facts.usage.WorkloadFacts;
import dev.credence.raw.FaultBarrier;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Collects the consumers of the Secrets of one namespace, object by object: workloads first, then
/// pods.
public final class ConsumerIndex {
  private final Set<String> deployments = new HashSet<>();
  private final Set<String> rollouts = new HashSet<>();
  private final Set<String> hooks = new HashSet<>();
  /// By Argo Rollout, the Deployment that holds its template.
  private final Map<ObjectRef, ObjectRef> templates = new HashMap<>();

  private final List<WorkloadFacts> workloads = new ArrayList<>();
  private final List<PodFacts> pods = new ArrayList<>();
  private Optional<String> problem = Optional.empty();

  /// A Deployment, StatefulSet, DaemonSet, Argo Rollout, Job or CronJob; then a pod that has not
  /// ended.
  public void add(HasMetadata object) {
    try {
      FaultBarrier.named(
          object,
          () -> {
            read(object);
            return true;
          });
    } catch (FaultBarrier fault) {
      problem = Optional.of(FaultBarrier.line(fault));
    }
  }

  private void read(HasMetadata object) {
    var name = object.getMetadata().getName();
    switch (object) {
      case Pod pod -> {
        templates.values().forEach(template -> deployments.remove(template.name()));
        new RunningPods(deployments, rollouts, hooks).of(pod).ifPresent(pods::add);
      }
      case Deployment _ -> deployments.add(name);
      case Job job when Workloads.isHook(job) -> hooks.add(name);
      default -> ArgoRollout.of(object).ifPresent(rollout -> add(name, rollout));
    }
    Workloads.of(object).ifPresent(workloads::add);
  }

  private void add(String name, ArgoRollout rollout) {
    rollouts.add(name);
    rollout
        .deployment()
        .ifPresent(
            deployment ->
                templates.put(
                    new ObjectRef(Kind.Rollout, name), new ObjectRef(Kind.Deployment, deployment)));
  }

  /// With the Secrets that the template of another object names. A Deployment that is a template is
  /// no consumer itself. Where it still has pods of its own, they are those of their ReplicaSets:
  /// its template is not changed for them, which would be another revision of the Argo Rollout.
  private List<WorkloadFacts> withTemplates() {
    var secrets =
        workloads.stream()
            .filter(workload -> templates.containsValue(workload.subject()))
            .collect(
                Collectors.toMap(
                    WorkloadFacts::subject, WorkloadFacts::secrets, (first, _) -> first));
    return workloads.stream()
        .filter(workload -> !secrets.containsKey(workload.subject()))
        .map(
            workload ->
                Optional.ofNullable(templates.get(workload.subject()))
                    .map(secrets::get)
                    .map(workload::using)
                    .orElse(workload))
        .sorted(Comparator.comparing(WorkloadFacts::subject))
        .toList();
  }

  /// An object that cannot be read may be a consumer: then the consumers are unknown.
  public Consumers consumers() {
    if (problem.isPresent()) {
      return Consumers.unknown(problem.get());
    }
    pods.sort(Comparator.comparing(PodFacts::name));
    return new Consumers(withTemplates(), pods, Optional.empty());
  }
}
