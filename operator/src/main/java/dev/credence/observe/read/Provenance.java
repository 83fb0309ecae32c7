// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentitySpec.DeletionPolicy;
import dev.credence.api.MachineIdentitySpec.State;
import dev.credence.facts.discovery.Inventory.Found;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds out whether a user wrote an identity, or Credence did for an account that it found. It is
/// Credence's while the label is there, its spec is the one that Credence writes, and no other
/// manager owns a field of that: a user who applies YAML of its name, by whatever tool, adopts it,
/// also with the very same content.
///
/// The label alone proves nothing: with any other spec an identity is its writer's.
public final class Provenance {
  /// By it `kubectl apply` remembers what it was given, also where nothing had to be changed.
  private static final String APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  public static Found of(MachineIdentity identity) {
    var meta = identity.getMetadata();
    if (!"true".equals(Metadata.labels(meta).get(Api.DISCOVERED))) {
      return Found.Declared;
    }
    if (!isAsWritten(identity.getSpec()) || isStatedByOthers(meta)) {
      return FieldOwners.weOwn(meta, "f:labels", Api.DISCOVERED) ? Found.Adopted : Found.Declared;
    }
    return FieldOwners.onlyWe(meta) ? Found.Untouched : Found.Touched;
  }

  /// Without our label where it no longer counts.
  static Map<String, String> labels(MachineIdentity identity) {
    var labels = Metadata.labels(identity.getMetadata());
    return switch (of(identity)) {
      case Untouched, Touched -> labels;
      case Declared, Adopted -> {
        var others = new HashMap<>(labels);
        others.remove(Api.DISCOVERED);
        yield others;
      }
    };
  }

  private static boolean isStatedByOthers(ObjectMeta meta) {
    return Metadata.annotations(meta).containsKey(APPLIED)
        || !FieldOwners.onlyWeOwn(meta, List.of("f:spec"));
  }

  private static boolean isAsWritten(MachineIdentitySpec spec) {
    return spec != null
        && spec.application() == null
        && spec.purpose() == null
        && spec.owner() == null
        && spec.type() == null
        && (spec.state() == null || spec.state() == State.Active)
        && spec.expirationTime() == null
        && (spec.deletionPolicy() == null || spec.deletionPolicy() == DeletionPolicy.Delete)
        && spec.selector() == null
        && NullSafe.in(spec.secrets()).findAny().isEmpty()
        && NullSafe.in(spec.certificates()).findAny().isEmpty()
        && NullSafe.in(spec.serviceAccounts()).count() == 1
        && NullSafe.in(spec.serviceAccounts()).allMatch(account -> account.provision() == null);
  }

  private Provenance() {}
}
