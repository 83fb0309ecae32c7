// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Patches;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.observe.usage.ArgoRollout;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Restarts pods that read a value only when they start: by a rollout of their workload, or by
/// eviction of one pod after the other.
public final class Restarts {
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;

  private final KubernetesClient client;

  /// `client` is one that is answered with whole objects.
  public Restarts(KubernetesClient client) {
    this.client = client;
  }

  /// Changes the template, so that the workload is rolled out by its own strategy, like `kubectl
  /// rollout restart`. `value` says for what; the same value twice restarts nothing.
  public void rollout(
      String namespace, ObjectRef workload, Preconditions preconditions, String value) {
    switch (workload.kind()) {
      case Deployment, StatefulSet, DaemonSet -> {}
      case Rollout, Job, CronJob, Pod, ServiceAccount, Secret, Certificate, Suspension ->
          throw new IllegalArgumentException(workload + " has no rollout");
    }
    var annotated = Map.of("metadata", Map.of("annotations", Map.of(Api.RESTARTED_FOR, value)));
    Patches.merge(
        client,
        namespace,
        workload,
        Map.of("metadata", Patches.expected(preconditions), "spec", Map.of("template", annotated)));
  }

  /// The controller of an Argo Rollout replaces its pods that are older than `at`, as far as its
  /// `maxUnavailable` and PodDisruptionBudgets allow it, like `kubectl argo rollouts restart`. The
  /// pod template stays as it is, so that no new revision is analysed or promoted.
  public void restartAt(
      String namespace, ObjectRef rollout, Preconditions preconditions, Instant at) {
    var change =
        Map.of(
            "metadata",
            Patches.expected(preconditions),
            "spec",
            Map.of("restartAt", at.toString()));
    var patch = client.getKubernetesSerialization().asJson(change);
    // Not by its name, for which the client would read the Rollout first.
    var object = Patches.object(namespace, rollout).build();
    WriteRefused.asked(
        rollout,
        "patch",
        () ->
            client
                .genericKubernetesResources(ArgoRollout.CONTEXT)
                .inNamespace(namespace)
                .resource(object)
                .patch(Patches.MERGE, patch));
  }

  /// Deletes the pod if its PodDisruptionBudget lets it go. Only the UID is guarded: what a pod
  /// uses never changes, its status does all the time.
  public void evict(String namespace, ObjectRef pod, Preconditions preconditions) {
    var eviction =
        new EvictionBuilder()
            .withNewMetadata()
            .withName(pod.name())
            .withNamespace(namespace)
            .endMetadata()
            .withDeleteOptions(
                new DeleteOptionsBuilder()
                    .withNewPreconditions()
                    .withUid(preconditions.uid())
                    .endPreconditions()
                    .build())
            .build();
    WriteRefused.asked(
        pod,
        "evict",
        () -> {
          try {
            return post(eviction);
          } catch (KubernetesClientException answer) {
            if (answer.getCode() == NOT_FOUND) {
              return "already deleted";
            }
            throw budget(answer)
                .<RuntimeException>map(stated -> WriteRefused.held(pod, stated))
                .orElse(answer);
          }
        });
  }

  /// Not by the client's own `evict`, which tells no budget from a server that has too much to do,
  /// and not with its retries, which wait for the budget while others wait for this thread.
  private String post(Eviction eviction) {
    var meta = eviction.getMetadata();
    var path =
        "/api/v1/namespaces/%s/pods/%s/eviction".formatted(meta.getNamespace(), meta.getName());
    var once =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withRequestRetryBackoffLimit(0)
            .build();
    return client
        .adapt(NamespacedKubernetesClient.class)
        .withRequestConfig(once)
        .call(asker -> asker.raw(path, "POST", eviction));
  }

  /// The message of the API server where a PodDisruptionBudget keeps the pod: a 429 with a cause
  /// `DisruptionBudget`, or, where several select the pod, a 500
  /// (kubernetes/pkg/registry/core/pod/storage/eviction.go).
  private static Optional<String> budget(KubernetesClientException answer) {
    var status = Optional.ofNullable(answer.getStatus());
    var stated = status.map(Status::getMessage).orElse("");
    return answer.getCode() == TOO_MANY_REQUESTS
        ? status.map(Status::getDetails).map(StatusDetails::getCauses).stream()
            .flatMap(List::stream)
            .filter(cause -> "DisruptionBudget".equals(cause.getReason()))
            .flatMap(cause -> Stream.ofNullable(cause.getMessage()))
            .findFirst()
            .or(() -> Optional.of(stated).filter(text -> text.contains("disruption budget")))
        : Optional.of(stated).filter(text -> text.contains("more than one PodDisruptionBudget"));
  }
}
