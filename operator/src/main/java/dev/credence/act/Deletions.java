// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.WriteRefused;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/// Deletes what we made, and only the very version of it that was judged.
final class Deletions {
  private final KubernetesClient client;

  Deletions(KubernetesClient client) {
    this.client = client;
  }

  /// Not by the client's own `delete`, which takes a resourceVersion or a propagation policy, and
  /// no UID.
  void remove(String namespace, ObjectRef subject, Preconditions preconditions) {
    var path =
        switch (subject.kind()) {
          case Secret -> "/api/v1/namespaces/" + namespace + "/secrets/" + subject.name();
          case Job -> "/apis/batch/v1/namespaces/" + namespace + "/jobs/" + subject.name();
          case ServiceAccount ->
              "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + subject.name();
          case Certificate ->
              "/apis/cert-manager.io/v1/namespaces/"
                  + namespace
                  + "/certificates/"
                  + subject.name();
          case CronJob, Deployment, StatefulSet, DaemonSet, Rollout, Pod, Suspension ->
              throw new IllegalArgumentException(subject + " is never deleted");
        };
    WriteRefused.asked(
        subject, "delete", () -> client.raw(path, "DELETE", expected(subject, preconditions)));
  }

  /// A Job goes after its pods: once it is gone, none of them reads a value any more. The rest goes
  /// at once.
  private static DeleteOptions expected(ObjectRef subject, Preconditions preconditions) {
    return expected(preconditions)
        .withPropagationPolicy(subject.kind() == ObjectRef.Kind.Job ? "Foreground" : "Background")
        .build();
  }

  /// Only the very object, in the version that was judged.
  static DeleteOptionsBuilder expected(Preconditions preconditions) {
    return new DeleteOptionsBuilder()
        .withApiVersion("v1")
        .withKind("DeleteOptions")
        .withNewPreconditions()
        .withUid(preconditions.uid())
        .withResourceVersion(preconditions.resourceVersion())
        .endPreconditions();
  }
}
