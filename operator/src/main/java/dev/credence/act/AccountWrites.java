// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Memory;
import dev.credence.act.request.OwnedMetadata;
import dev.credence.act.request.Patches;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.MachineIdentity;
import dev.credence.plan.Action;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/// ServiceAccounts that we provision.
final class AccountWrites {
  private final KubernetesClient client;
  private final Memory memory;

  AccountWrites(KubernetesClient client, Memory memory) {
    this.client = client;
    this.memory = memory;
  }

  void provision(Action.CreateServiceAccount provision, MachineIdentity identity) {
    var meta =
        OwnedMetadata.of(
            provision.subject(), provision.labelling(), identity, provision.retained());
    var account =
        new ServiceAccountBuilder()
            .withMetadata(meta.build())
            .withAutomountServiceAccountToken(provision.automount())
            .build();
    memory.wrote(
        WriteRefused.asked(provision.subject(), "create", () -> client.resource(account).create()));
  }

  void adjust(Action.UpdateServiceAccount adjust, String namespace) {
    var change =
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withName(adjust.subject().name())
            .withNamespace(namespace)
            .withUid(adjust.preconditions().uid())
            .withResourceVersion(adjust.preconditions().resourceVersion())
            .endMetadata()
            .withAutomountServiceAccountToken(adjust.automount())
            .build();
    memory.wrote(
        WriteRefused.asked(
            adjust.subject(), "patch", () -> client.resource(change).patch(Patches.MERGE, change)));
  }
}
