package dev.credence.observe.usage;

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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who uses the Secrets of one namespace, found object by object: workloads first, then pods.
public final class ConsumerIndex {
  private final Set<String> deployments = new HashSet<>();
  private final Set<String> rollouts = new HashSet<>();
  private final Set<String> hooks = new HashSet<>();
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
      case Pod pod -> new RunningPods(deployments, rollouts, hooks).of(pod).ifPresent(pods::add);
      case Deployment _ -> deployments.add(name);
      case Job job when Workloads.isHook(job) -> hooks.add(name);
      default -> ArgoRollout.of(object).ifPresent(_ -> rollouts.add(name));
    }
    Workloads.of(object).ifPresent(workloads::add);
  }

  /// What cannot be read may be a consumer: then it is not known who they are.
  public Consumers consumers() {
    if (problem.isPresent()) {
      return Consumers.unknown(problem.get());
    }
    workloads.sort(Comparator.comparing(WorkloadFacts::subject));
    pods.sort(Comparator.comparing(PodFacts::name));
    return new Consumers(workloads, pods, Optional.empty());
  }
}
