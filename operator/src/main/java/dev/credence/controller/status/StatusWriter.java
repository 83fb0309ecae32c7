// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import dev.credence.api.Api;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.ResourceVersions;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Writes a status: one server-side apply of all of it. The UID keeps the status of a deleted
/// object from another object of the same name.
///
/// The answer of the API server is remembered until the watch has shown it, so a reconcile before
/// that neither writes the same status again nor records the same Event twice.
public final class StatusWriter<R extends CustomResource<?, ?>> {
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Api.MANAGER)
          .withForce(true)
          .build();

  private final Map<String, R> answers = new ConcurrentHashMap<>();

  /// The resource, or what was answered to our last write of it where that is newer.
  public R newest(R resource) {
    var answer = answers.get(resource.getMetadata().getUid());
    return answer != null && ResourceVersions.of(answer) > ResourceVersions.of(resource)
        ? answer
        : resource;
  }

  /// The watch has shown this much.
  public void seen(R resource) {
    answers.computeIfPresent(
        resource.getMetadata().getUid(),
        (uid, answer) ->
            ResourceVersions.of(answer) > ResourceVersions.of(resource) ? answer : null);
  }

  public void forget(R resource) {
    answers.remove(resource.getMetadata().getUid());
  }

  /// A spec that is there already is not kept twice.
  @SuppressWarnings("unchecked") // both are R
  private static <R extends CustomResource<?, ?>> void share(R answer, R resource) {
    if (Objects.equals(
        answer.getMetadata().getGeneration(), resource.getMetadata().getGeneration())) {
      ((CustomResource<Object, ?>) answer).setSpec(resource.getSpec());
    }
  }

  /// `fresh` has the status and nothing else.
  public void write(R fresh, R resource, KubernetesClient client) {
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(resource.getMetadata().getNamespace())
            .withName(resource.getMetadata().getName())
            .withUid(resource.getMetadata().getUid())
            .build());
    try {
      var answer = client.resource(fresh).subresource("status").patch(APPLY, fresh);
      FaultBarrier.kept(resource, () -> share(answer, resource));
      answers.put(resource.getMetadata().getUid(), answer);
    } catch (KubernetesClientException answer) {
      // It went meanwhile, and its status with it.
      if (answer.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw answer;
      }
    }
  }
}
