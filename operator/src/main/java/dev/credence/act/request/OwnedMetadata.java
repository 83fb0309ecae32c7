// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action.Labelling;
import dev.credence.raw.MarkRecord;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.HashMap;

/// Metadata of the objects that Credence creates.
public final class OwnedMetadata {

  /// Goes when the identity goes.
  public static ObjectMetaBuilder tied(
      ObjectRef subject, Labelling labelling, MachineIdentity identity) {
    return labelled(subject, labelling, identity).withOwnerReferences(owner(identity));
  }

  /// The same, or, where `retained`, stays without it: an identity of the same name takes it back.
  public static ObjectMetaBuilder of(
      ObjectRef subject, Labelling labelling, MachineIdentity identity, boolean retained) {
    return retained
        ? labelled(subject, labelling, identity)
            .addToAnnotations(Api.ADOPT, identity.getMetadata().getName())
            .addToAnnotations(Api.HELD_BY, identity.getMetadata().getUid())
        : tied(subject, labelling, identity);
  }

  private static ObjectMetaBuilder labelled(
      ObjectRef subject, Labelling labelling, MachineIdentity identity) {
    var meta =
        new ObjectMetaBuilder()
            .withName(subject.name())
            .withNamespace(identity.getMetadata().getNamespace())
            .addToLabels(Api.MANAGED_BY, Api.MANAGER)
            .withAnnotations(new HashMap<>());
    meta.addToAnnotations(
        Api.WRITTEN, MarkRecord.text(labelling.identity(), labelling.owner(), labelling.team()));
    labelling.identity().ifPresent(name -> meta.addToLabels(Api.IDENTITY, name));
    labelling.owner().ifPresent(contact -> meta.addToAnnotations(Api.OWNER, contact));
    labelling.team().ifPresent(team -> meta.addToAnnotations(Api.TEAM, team));
    return meta;
  }

  /// Without `blockOwnerDeletion`: an identity can always be deleted, and no right to its
  /// finalizers is needed.
  public static OwnerReference owner(MachineIdentity identity) {
    return new OwnerReferenceBuilder()
        .withApiVersion(Api.GROUP + "/" + Api.VERSION)
        .withKind("MachineIdentity")
        .withName(identity.getMetadata().getName())
        .withUid(identity.getMetadata().getUid())
        .withController(true)
        .build();
  }

  private OwnedMetadata() {}
}
