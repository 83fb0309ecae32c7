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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Writes a status: one server-side apply of all of it. The UID keeps the status of a deleted
/// object from another object of the same name.
///
/// The API server answers with metadata alone. What was written is remembered until the watch has
/// shown it, so a reconcile before that neither writes the same status again nor records the same
/// Event twice.
public final class StatusWriter<R extends CustomResource<?, ?>> {
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Api.MANAGER)
          .withForce(true)
          .build();

  private final Map<String, Written<R>> written = new ConcurrentHashMap<>();
  private final KubernetesClient metadata;
  private final Supplier<R> create;

  /// `fresh` has the status that the object has as of this version.
  private record Written<R>(long version, R fresh) {}

  /// `metadata`: a client that is answered with metadata alone.
  public StatusWriter(KubernetesClient metadata, Supplier<R> create) {
    this.metadata = metadata;
    this.create = create;
  }

  /// The resource, with the status that was written last where the watch has not shown it yet.
  /// `cached` is read after what was written: the watch updates the cache before [#seen] forgets.
  public R newest(R resource, Supplier<R> cached) {
    var last = written.get(resource.getMetadata().getUid());
    var latest = cached.get();
    return last != null
            && last.version() > ResourceVersions.of(latest)
            && resource.getMetadata().getUid().equals(latest.getMetadata().getUid())
        ? FaultBarrier.or(latest, latest, () -> with(last.fresh(), latest))
        : latest;
  }

  public R newest(R resource) {
    return newest(resource, () -> resource);
  }

  @SuppressWarnings("unchecked") // all are R
  private R with(R status, R resource) {
    var whole = (CustomResource<Object, Object>) create.get();
    whole.setMetadata(resource.getMetadata());
    whole.setSpec(resource.getSpec());
    whole.setStatus(status.getStatus());
    return (R) whole;
  }

  /// The watch has shown this much.
  public void seen(R resource) {
    written.computeIfPresent(
        resource.getMetadata().getUid(),
        (uid, last) -> last.version() > ResourceVersions.of(resource) ? last : null);
  }

  public void forget(R resource) {
    written.remove(resource.getMetadata().getUid());
  }

  /// `fresh` has the status and nothing else; it is kept.
  public void write(R fresh, R resource) {
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(resource.getMetadata().getNamespace())
            .withName(resource.getMetadata().getName())
            .withUid(resource.getMetadata().getUid())
            .build());
    try {
      var answer = metadata.resource(fresh).subresource("status").patch(APPLY, fresh);
      written.put(
          resource.getMetadata().getUid(), new Written<>(ResourceVersions.of(answer), fresh));
    } catch (KubernetesClientException answer) {
      // The object was deleted, and its status with it.
      if (answer.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw answer;
      }
    }
  }
}
