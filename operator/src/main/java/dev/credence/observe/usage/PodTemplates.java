// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobTemplateSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the pod template of a workload, by its kind.
public final class PodTemplates {
  /// Empty for an object of another kind and for a workload without a template.
  public static Optional<PodTemplateSpec> of(HasMetadata object) {
    return switch (object) {
      case Deployment it -> in(it.getSpec()).map(DeploymentSpec::getTemplate);
      case StatefulSet it -> in(it.getSpec()).map(StatefulSetSpec::getTemplate);
      case DaemonSet it -> in(it.getSpec()).map(DaemonSetSpec::getTemplate);
      case Job it -> in(it.getSpec()).map(JobSpec::getTemplate);
      case CronJob it ->
          in(it.getSpec())
              .map(CronJobSpec::getJobTemplate)
              .map(JobTemplateSpec::getSpec)
              .map(JobSpec::getTemplate);
      default -> ArgoRollout.of(object).flatMap(ArgoRollout::template);
    };
  }

  private static <T> Optional<T> in(@Nullable T part) {
    return Optional.ofNullable(part);
  }

  private PodTemplates() {}
}
