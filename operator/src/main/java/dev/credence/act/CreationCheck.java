// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.api.Condition.Truth;
import dev.credence.api.Conditions;
import dev.credence.api.MachineIdentity;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.ConditionType;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/// Precondition of creating something again: the identity still exists. Garbage collection may
/// delete children before the identity's own deletion is observed; they must not be re-created.
record CreationCheck(KubernetesClient client) {

  /// Asks the API server only where an identity that was ready lacks something.
  boolean isGone(List<Action> actions, MachineIdentity identity) {
    return actions.stream().anyMatch(Action::creates) && wasReady(identity) && !exists(identity);
  }

  private static boolean wasReady(MachineIdentity identity) {
    return Optional.ofNullable(identity.getStatus())
        .map(status -> Conditions.of(status.conditions()).byType().get(ConditionType.Ready.name()))
        .filter(ready -> ready.status() == Truth.True)
        .isPresent();
  }

  private boolean exists(MachineIdentity identity) {
    var meta = identity.getMetadata();
    return client
        .resources(MachineIdentity.class)
        .inNamespace(meta.getNamespace())
        .withField("metadata.name", meta.getName())
        .list()
        .getItems()
        .stream()
        .map(MachineIdentity::getMetadata)
        .anyMatch(
            found -> found.getUid().equals(meta.getUid()) && found.getDeletionTimestamp() == null);
  }
}
