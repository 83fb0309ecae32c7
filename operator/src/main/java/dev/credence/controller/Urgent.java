// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec.State;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.raw.Metadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Identities with a suspension or a revocation that has been asked for and not yet carried out.
/// Kept in memory alone: what the status shows as done needs no second try after a restart.
final class Urgent {
  /// The requests that were carried out first, by the UID of the identity.
  private final Map<String, String> done = new ConcurrentHashMap<>();

  /// Identities for which something else asks, such as a Secret that was revoked.
  private final Set<ResourceID> others = ConcurrentHashMap.newKeySet();

  void add(ResourceID identity) {
    others.add(identity);
  }

  boolean is(MachineIdentity identity) {
    // A request that cannot be read is reported by the reconcile that follows.
    return others.contains(ResourceID.fromResource(identity)) || isAsked(identity);
  }

  private boolean isAsked(MachineIdentity identity) {
    var asked = readable(identity);
    if (asked.isEmpty()) {
      // The same may be asked again, after it was taken back.
      done.remove(identity.getMetadata().getUid());
      return false;
    }
    return !asked.equals(done.get(identity.getMetadata().getUid()));
  }

  /// To be called before the work: what is asked meanwhile is urgent again.
  void begin(MachineIdentity identity) {
    others.remove(ResourceID.fromResource(identity));
  }

  void done(MachineIdentity identity) {
    done.put(identity.getMetadata().getUid(), readable(identity));
  }

  void forget(MachineIdentity identity) {
    done.remove(identity.getMetadata().getUid());
    others.remove(ResourceID.fromResource(identity));
  }

  private static String readable(MachineIdentity identity) {
    try {
      return asked(identity);
    } catch (RuntimeException unreadable) {
      return "";
    }
  }

  /// Empty where nothing is asked, or where the status says that it is done.
  private static String asked(MachineIdentity identity) {
    if (identity.getMetadata().getDeletionTimestamp() != null) {
      return "";
    }
    var annotations = Metadata.annotations(identity.getMetadata());
    var status = Optional.ofNullable(identity.getStatus());
    var isHeld = status.map(MachineIdentityStatus::suspension).isPresent();
    var state =
        Optional.ofNullable(identity.getSpec())
            .flatMap(spec -> Optional.ofNullable(spec.state()))
            .filter(wanted -> wanted != State.Active);
    var suspend =
        Optional.ofNullable(annotations.get(Api.COMPROMISED))
            .or(() -> Optional.ofNullable(annotations.get(Api.SUSPEND)));
    var revoked =
        status
            .flatMap(known -> Optional.ofNullable(known.handled()))
            .flatMap(handled -> Optional.ofNullable(handled.revoke()));
    var revoke =
        Optional.ofNullable(annotations.get(Api.REVOKE))
            .filter(wanted -> !wanted.equals(revoked.orElse(null)));
    return Stream.of(
            state.filter(_ -> !isHeld).map(Enum::name), suspend.filter(_ -> !isHeld), revoke)
        .flatMap(Optional::stream)
        .collect(Collectors.joining("\n"));
  }
}
