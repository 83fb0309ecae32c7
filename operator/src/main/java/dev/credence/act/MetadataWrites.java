// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Memory;
import dev.credence.act.request.OwnedMetadata;
import dev.credence.act.request.Patches;
import dev.credence.act.request.VersionAnnotations;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.usage.Evicted;
import dev.credence.observe.read.HookRecords;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.MarkRecord;
import dev.credence.raw.Metadata;
import dev.credence.raw.MetadataRecord;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Label and annotations of members. Asked through a client that is answered with metadata only, so
/// marking a Secret does not bring its bytes here.
final class MetadataWrites {
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Api.MANAGER)
          .withForce(false)
          .build();

  private static final Labelling NOTHING =
      new Labelling(Optional.empty(), Optional.empty(), Optional.empty());

  private final KubernetesClient client;
  private final Memory memory;

  MetadataWrites(KubernetesClient client, Memory memory) {
    this.client = client;
    this.memory = memory;
  }

  /// Server-side apply without force: exactly these marks are ours afterwards. The UID in it keeps
  /// an apply from creating an object that has just gone.
  ObjectMeta mark(
      String namespace, ObjectRef subject, Preconditions preconditions, Labelling marks) {
    var object =
        Patches.object(namespace, subject)
            .editMetadata()
            .withUid(preconditions.uid())
            .endMetadata()
            .build();
    var meta = object.getMetadata();
    marks.identity().ifPresent(name -> meta.setLabels(Map.of(Api.IDENTITY, name)));
    var annotations = new HashMap<String, String>();
    marks.owner().ifPresent(contact -> annotations.put(Api.OWNER, contact));
    marks.team().ifPresent(team -> annotations.put(Api.TEAM, team));
    meta.setAnnotations(annotations);
    var answer =
        WriteRefused.asked(subject, "patch", () -> client.resource(object).patch(APPLY, object));
    memory.marked(namespace, subject, answer.getMetadata());
    return answer.getMetadata();
  }

  /// Removes the managed label and annotations. Those that were written by apply are removed by an
  /// apply that leaves them out, which keeps what other field managers own too; those that were
  /// written at the creation of an object of ours, which was then orphaned, are removed by name.
  void unmark(String namespace, ObjectRef subject, Preconditions preconditions) {
    var left = mark(namespace, subject, preconditions, NOTHING);
    if (FieldOwners.weOwn(left, "f:labels", Api.IDENTITY, MarkRecord.hasIdentity(left))) {
      relabel(namespace, subject, Metadata.preconditions(left), ofOthers(left), NOTHING);
    }
  }

  /// The annotations that other users wrote, as they were found.
  private static Labelling ofOthers(ObjectMeta meta) {
    return new Labelling(
        Optional.empty(),
        ofOthers(meta, Api.OWNER, MarkRecord.hasOwner(meta)),
        ofOthers(meta, Api.TEAM, MarkRecord.hasTeam(meta)));
  }

  private static Optional<String> ofOthers(ObjectMeta meta, String annotation, boolean recorded) {
    return FieldOwners.weOwn(meta, "f:annotations", annotation, recorded)
        ? Optional.empty()
        : Optional.ofNullable(Metadata.annotations(meta).get(annotation));
  }

  /// A merge patch on an object of our own, under the version that was judged.
  /// `written`: what of them is ours.
  void relabel(
      String namespace,
      ObjectRef subject,
      Preconditions preconditions,
      Labelling marks,
      Labelling written) {
    var record =
        Optional.of(MarkRecord.text(written.identity(), written.owner(), written.team()))
            .filter(text -> !text.isEmpty());
    patch(
        namespace,
        subject,
        preconditions,
        Map.of(
            "labels",
            nullable(Map.of(Api.IDENTITY, marks.identity())),
            "annotations",
            nullable(
                Map.of(Api.OWNER, marks.owner(), Api.TEAM, marks.team(), Api.WRITTEN, record))));
  }

  /// Takes a Secret over. Its value is not touched, and not read.
  void adopt(String namespace, Action.Adopt adopt, String identityUid) {
    var annotations = new HashMap<String, Object>();
    annotations.put(Api.HELD_BY, identityUid);
    if (adopt.given()) {
      annotations.put(Api.GIVEN, identityUid);
      if (adopt.subject().kind() == ObjectRef.Kind.Certificate) {
        // All of its fields were written by its owner.
        annotations.put(Api.FIELDS, "");
      }
    }
    adopt
        .versionInfo()
        .ifPresent(
            versionInfo -> {
              annotations.putAll(VersionAnnotations.of(versionInfo));
              // All of its keys were written by its owner.
              annotations.put(Api.KEYS, "");
            });
    patch(namespace, adopt.subject(), adopt.preconditions(), Map.of("annotations", annotations));
  }

  void update(String namespace, Action.UpdateMetadata update) {
    var labels = new HashMap<String, @Nullable Object>(update.metadata().labels());
    update.removedLabels().forEach(key -> labels.put(key, null));
    var annotations = new HashMap<String, @Nullable Object>(update.metadata().annotations());
    update.removedAnnotations().forEach(key -> annotations.put(key, null));
    var record = MetadataRecord.text(update.metadata());
    annotations.put(Api.METADATA, record.isEmpty() ? null : record);
    patch(
        namespace,
        update.subject(),
        update.preconditions(),
        Map.of("labels", labels, "annotations", annotations));
  }

  void resetIssuedAt(String namespace, Action.ResetIssuedAt resetIssuedAt) {
    var annotations = new HashMap<String, @Nullable Object>();
    annotations.put(Api.ISSUED_AT, resetIssuedAt.issuedAt().toString());
    resetIssuedAt
        .previousRetiresAt()
        .ifPresent(time -> annotations.put(Api.PREVIOUS_RETIRES_AT, time.toString()));
    patch(
        namespace,
        resetIssuedAt.subject(),
        resetIssuedAt.preconditions(),
        Map.of("annotations", annotations));
  }

  /// Removes what Credence wrote; the annotation that hands the object over is its owner's.
  void release(String namespace, ObjectRef subject, Preconditions preconditions, Labelling left) {
    var annotations = nullable(Map.of(Api.OWNER, left.owner(), Api.TEAM, left.team()));
    VersionAnnotations.ALL.forEach(key -> annotations.put(key, null));
    annotations.put(Api.HELD_BY, null);
    annotations.put(Api.GIVEN, null);
    var labels = nullable(Map.of(Api.IDENTITY, left.identity()));
    patch(namespace, subject, preconditions, Map.of("labels", labels, "annotations", annotations));
  }

  /// An object that stays without its identity has no owner, and records which identity may have
  /// it.
  void setOwner(
      MachineIdentity identity, ObjectRef subject, Preconditions preconditions, boolean retained) {
    var annotations = new HashMap<String, @Nullable Object>();
    annotations.put(Api.ADOPT, retained ? identity.getMetadata().getName() : null);
    annotations.put(Api.HELD_BY, retained ? identity.getMetadata().getUid() : null);
    patch(
        identity.getMetadata().getNamespace(),
        subject,
        preconditions,
        Map.of(
            "annotations",
            annotations,
            "ownerReferences",
            retained ? List.of() : List.of(OwnedMetadata.owner(identity))));
  }

  void endPrevious(String namespace, ObjectRef subject, Preconditions preconditions) {
    patch(
        namespace,
        subject,
        preconditions,
        Map.of("annotations", Map.of(Api.PREVIOUS_IS, "ending")));
  }

  void note(String namespace, Action.Note note) {
    patch(
        namespace,
        note.subject(),
        note.preconditions(),
        Map.of(
            "annotations",
            Map.of(Api.HOOK_RUNS, HookRecords.text(note.preconditions().uid(), note.runs()))));
  }

  void caughtUp(String namespace, ObjectRef subject, Preconditions preconditions) {
    var removed = new HashMap<String, @Nullable Object>();
    removed.put(Api.LEFT_BEHIND, null);
    removed.put(Api.EVICTED, null);
    patch(namespace, subject, preconditions, Map.of("annotations", removed));
  }

  void note(String namespace, Action.Noted noted) {
    patch(
        namespace,
        noted.secret(),
        noted.preconditions(),
        Map.of("annotations", Map.of(Api.EVICTED, Evicted.text(noted.evicted()))));
  }

  void acknowledge(String namespace, Action.Acknowledge acknowledge) {
    patch(
        namespace,
        acknowledge.subject(),
        acknowledge.preconditions(),
        Map.of("annotations", VersionAnnotations.of(acknowledge.handled(), acknowledge.aborted())));
  }

  void patch(
      String namespace,
      ObjectRef subject,
      Preconditions preconditions,
      Map<String, ? extends Object> change) {
    var meta = new HashMap<String, Object>(change);
    meta.putAll(Patches.expected(preconditions));
    var answer = Patches.merge(client, namespace, subject, Map.of("metadata", meta));
    memory.marked(namespace, subject, answer.getMetadata());
  }

  /// A null in a merge patch takes the key away.
  private static Map<String, Object> nullable(Map<String, Optional<String>> values) {
    var found = new HashMap<String, Object>();
    values.forEach((key, value) -> found.put(key, value.orElse(null)));
    return found;
  }
}
