package dev.credence.loop;

import dev.credence.api.Api;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;

/// Writes a status: one server-side apply of all of it, which the next look sees at once. The UID
/// keeps the status of an object that is gone from one of the same name.
final class StatusWrites {
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Api.MANAGER)
          .withForce(true)
          .build();

  /// `fresh` has the status and nothing else.
  static <R extends CustomResource<?, ?>> void write(R fresh, R resource, Context<R> context) {
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(resource.getMetadata().getNamespace())
            .withName(resource.getMetadata().getName())
            .withUid(resource.getMetadata().getUid())
            .build());
    var written = context.getClient().resource(fresh).subresource("status").patch(APPLY, fresh);
    context
        .eventSourceRetriever()
        .getControllerEventSource()
        .handleRecentResourceUpdate(ResourceID.fromResource(resource), written, resource);
  }

  private StatusWrites() {}
}
