package dev.credence.act;

import dev.credence.api.Api;
import dev.credence.decide.Action.Labelling;
import dev.credence.facts.Guard;
import dev.credence.facts.Subject;
import dev.credence.observe.FieldOwners;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Label and annotations of members. Asked through a client that is answered with metadata only, so
/// marking a Secret does not bring its bytes here.
final class MetadataWrites {
  static final PatchContext MERGE =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Api.MANAGER)
          .build();

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Api.MANAGER)
          .withForce(false)
          .build();

  private static final Labelling NOTHING =
      new Labelling(Optional.empty(), Optional.empty(), Optional.empty());

  private final KubernetesClient client;
  private final Act.Memory memory;

  MetadataWrites(KubernetesClient client, Act.Memory memory) {
    this.client = client;
    this.memory = memory;
  }

  /// Server-side apply without force: exactly these marks are ours afterwards. The UID in it keeps
  /// an apply from creating an object that has just gone.
  ObjectMeta mark(String namespace, Subject subject, Guard guard, Labelling marks) {
    var object =
        object(namespace, subject).editMetadata().withUid(guard.uid()).endMetadata().build();
    var meta = object.getMetadata();
    marks.identity().ifPresent(name -> meta.setLabels(Map.of(Api.IDENTITY, name)));
    var annotations = new HashMap<String, String>();
    marks.owner().ifPresent(contact -> annotations.put(Api.OWNER, contact));
    marks.team().ifPresent(team -> annotations.put(Api.TEAM, team));
    meta.setAnnotations(annotations);
    var answer =
        Refusal.asked(subject, "patch", () -> client.resource(object).patch(APPLY, object));
    memory.marked(namespace, subject, answer.getMetadata());
    return answer.getMetadata();
  }

  /// Takes the marks off. What was written by apply goes by an apply that leaves it out, which
  /// keeps what somebody else states too; what was written at the creation of an object of ours,
  /// which was then orphaned, goes by name.
  void unmark(String namespace, Subject subject, Guard guard) {
    var left = mark(namespace, subject, guard, NOTHING);
    if (FieldOwners.weOwn(left, "f:labels", Api.IDENTITY)) {
      var judged = new Guard(left.getUid(), left.getResourceVersion());
      relabel(namespace, subject, judged, ofOthers(left));
    }
  }

  /// The annotations that somebody else wrote, as they were found.
  private static Labelling ofOthers(ObjectMeta meta) {
    return new Labelling(Optional.empty(), ofOthers(meta, Api.OWNER), ofOthers(meta, Api.TEAM));
  }

  private static Optional<String> ofOthers(ObjectMeta meta, String annotation) {
    return FieldOwners.weOwn(meta, "f:annotations", annotation)
        ? Optional.empty()
        : Optional.ofNullable(meta.getAnnotations()).map(found -> found.get(annotation));
  }

  /// A merge patch on an object of our own, under the version that was judged.
  void relabel(String namespace, Subject subject, Guard guard, Labelling marks) {
    var object = object(namespace, subject).build();
    var patch =
        client
            .getKubernetesSerialization()
            .asJson(
                Map.of(
                    "metadata",
                    Map.of(
                        "uid", guard.uid(),
                        "resourceVersion", guard.resourceVersion(),
                        "labels", nullable(Map.of(Api.IDENTITY, marks.identity())),
                        "annotations",
                            nullable(Map.of(Api.OWNER, marks.owner(), Api.TEAM, marks.team())))));
    var answer = Refusal.asked(subject, "patch", () -> client.resource(object).patch(MERGE, patch));
    memory.marked(namespace, subject, answer.getMetadata());
  }

  /// A null in a merge patch takes the key away.
  private static Map<String, Object> nullable(Map<String, Optional<String>> values) {
    var found = new HashMap<String, Object>();
    values.forEach((key, value) -> found.put(key, value.orElse(null)));
    return found;
  }

  private static GenericKubernetesResourceBuilder object(String namespace, Subject subject) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(
            switch (subject.kind()) {
              case ServiceAccount, Secret, Pod -> "v1";
              case Job, CronJob -> "batch/v1";
              case Deployment, StatefulSet, DaemonSet -> "apps/v1";
              case Certificate -> "cert-manager.io/v1";
            })
        .withKind(subject.kind().name())
        .withNewMetadata()
        .withName(subject.name())
        .withNamespace(namespace)
        .endMetadata();
  }
}
