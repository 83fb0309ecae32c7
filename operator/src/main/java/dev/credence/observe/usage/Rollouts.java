// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.facts.usage.WorkloadFacts.Rollout;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetUpdateStrategy;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateStatefulSetStrategy;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetUpdateStrategy;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Computes the progress of a rollout by the rules of `kubectl rollout status`
/// (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go).
final class Rollouts {
  private static final String ROLLING_UPDATE = "RollingUpdate";
  static final Rollout UNSEEN =
      new Rollout.UnderWay("its controller has not observed the latest change yet");

  static Rollout of(Deployment deployment) {
    var spec = Objects.requireNonNullElseGet(deployment.getSpec(), DeploymentSpec::new);
    var status = Objects.requireNonNullElseGet(deployment.getStatus(), DeploymentStatus::new);
    if (Boolean.TRUE.equals(spec.getPaused())) {
      return new Rollout.Paused();
    }
    if (isUnseen(deployment.getMetadata(), status.getObservedGeneration())) {
      return UNSEEN;
    }
    var givenUp =
        NullSafe.in(status.getConditions()).filter(Rollouts::isPastItsDeadline).findFirst();
    if (givenUp.isPresent()) {
      return new Rollout.Stuck(
          UntrustedText.present(givenUp.get().getMessage())
              .map(UntrustedText::oneLine)
              .orElse("it exceeded its progress deadline"));
    }
    var wanted = wanted(spec.getReplicas());
    var updated = number(status.getUpdatedReplicas());
    if (updated < wanted) {
      return new Rollout.UnderWay("%d of %d pods are new".formatted(updated, wanted));
    }
    if (number(status.getReplicas()) > updated) {
      return new Rollout.UnderWay(
          "old pods that still exist: %d".formatted(number(status.getReplicas()) - updated));
    }
    return available(number(status.getAvailableReplicas()), updated);
  }

  private static boolean isPastItsDeadline(DeploymentCondition condition) {
    return "Progressing".equals(condition.getType())
        && "False".equals(condition.getStatus())
        && "ProgressDeadlineExceeded".equals(condition.getReason());
  }

  /// With a partition `kubectl` is content when the pods above it are new. Those below stay as they
  /// are, so that is not the end for us.
  static Rollout of(StatefulSet set) {
    var spec = Objects.requireNonNullElseGet(set.getSpec(), StatefulSetSpec::new);
    var status = Objects.requireNonNullElseGet(set.getStatus(), StatefulSetStatus::new);
    var strategy = Optional.ofNullable(spec.getUpdateStrategy());
    if (isByHand(strategy.map(StatefulSetUpdateStrategy::getType))) {
      return new Rollout.ByHand();
    }
    if (isUnseen(set.getMetadata(), status.getObservedGeneration())) {
      return UNSEEN;
    }
    var wanted = wanted(spec.getReplicas());
    var ready = number(status.getReadyReplicas());
    if (ready < wanted) {
      return new Rollout.UnderWay("%d of %d pods are ready".formatted(ready, wanted));
    }
    if (Objects.equals(status.getUpdateRevision(), status.getCurrentRevision())) {
      return new Rollout.Done();
    }
    var partition =
        strategy
            .map(StatefulSetUpdateStrategy::getRollingUpdate)
            .map(RollingUpdateStatefulSetStrategy::getPartition)
            .orElse(0);
    var updated = number(status.getUpdatedReplicas());
    return partition > 0 && updated >= wanted - (long) partition
        ? new Rollout.ByHand()
        : new Rollout.UnderWay("%d of %d pods are new".formatted(updated, wanted));
  }

  static Rollout of(DaemonSet set) {
    var spec = Objects.requireNonNullElseGet(set.getSpec(), DaemonSetSpec::new);
    var status = Objects.requireNonNullElseGet(set.getStatus(), DaemonSetStatus::new);
    if (isByHand(
        Optional.ofNullable(spec.getUpdateStrategy()).map(DaemonSetUpdateStrategy::getType))) {
      return new Rollout.ByHand();
    }
    if (isUnseen(set.getMetadata(), status.getObservedGeneration())) {
      return UNSEEN;
    }
    var wanted = number(status.getDesiredNumberScheduled());
    var updated = number(status.getUpdatedNumberScheduled());
    return updated < wanted
        ? new Rollout.UnderWay("%d of %d pods are new".formatted(updated, wanted))
        : available(number(status.getNumberAvailable()), wanted);
  }

  /// The number of pods that it should have.
  static int wanted(Deployment deployment) {
    return wanted(Optional.ofNullable(deployment.getSpec()).map(DeploymentSpec::getReplicas));
  }

  static int wanted(StatefulSet set) {
    return wanted(Optional.ofNullable(set.getSpec()).map(StatefulSetSpec::getReplicas));
  }

  static int wanted(DaemonSet set) {
    return Optional.ofNullable(set.getStatus())
        .filter(status -> !isUnseen(set.getMetadata(), status.getObservedGeneration()))
        .map(DaemonSetStatus::getDesiredNumberScheduled)
        // Its controller has not counted the nodes yet.
        .orElse(1);
  }

  private static int wanted(Optional<Integer> replicas) {
    return replicas.orElse(1);
  }

  /// A strategy other than the two known ones is not relied on.
  private static boolean isByHand(Optional<String> strategy) {
    return strategy.filter(type -> !type.isEmpty() && !type.equals(ROLLING_UPDATE)).isPresent();
  }

  private static Rollout available(int available, int wanted) {
    return available < wanted
        ? new Rollout.UnderWay("%d of %d new pods are available".formatted(available, wanted))
        : new Rollout.Done();
  }

  private static boolean isUnseen(ObjectMeta meta, @Nullable Long observed) {
    var generation = meta.getGeneration();
    return (observed == null ? 0 : observed) < (generation == null ? 0 : generation);
  }

  /// Nothing said is one.
  private static int wanted(@Nullable Integer replicas) {
    return replicas == null ? 1 : replicas;
  }

  private static int number(@Nullable Integer count) {
    return count == null ? 0 : count;
  }

  private Rollouts() {}
}
