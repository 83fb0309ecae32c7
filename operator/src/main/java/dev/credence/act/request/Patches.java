// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.request;

import dev.credence.api.Api;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;

/// Merge patches, of any kind of object.
public final class Patches {
  public static final PatchContext MERGE =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Api.MANAGER)
          .build();

  public static GenericKubernetesResource merge(
      KubernetesClient client, String namespace, ObjectRef subject, Map<String, ?> change) {
    var object = object(namespace, subject).build();
    var patch = client.getKubernetesSerialization().asJson(change);
    return WriteRefused.asked(subject, "patch", () -> client.resource(object).patch(MERGE, patch));
  }

  /// In the metadata of a patch: it is for the very version that was judged.
  public static Map<String, String> expected(Preconditions preconditions) {
    return Map.of("uid", preconditions.uid(), "resourceVersion", preconditions.resourceVersion());
  }

  /// The object by its name alone.
  public static GenericKubernetesResourceBuilder object(String namespace, ObjectRef subject) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(
            switch (subject.kind()) {
              case ServiceAccount, Secret, Pod -> "v1";
              case Job, CronJob -> "batch/v1";
              case Deployment, StatefulSet, DaemonSet -> "apps/v1";
              case Rollout -> "argoproj.io/v1alpha1";
              case Certificate -> "cert-manager.io/v1";
              case Suspension -> throw new IllegalArgumentException(subject + " is an entry");
            })
        .withKind(subject.kind().name())
        .withNewMetadata()
        .withName(subject.name())
        .withNamespace(namespace)
        .endMetadata();
  }

  private Patches() {}
}
