// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Patches;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.RegistrationStep;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes identities for unclaimed accounts. A new one states only which account it is for, so that
/// a user who adopts it contradicts nothing of it.
public final class IdentityWrites {
  private static final String KIND = "MachineIdentity";
  private static final String PATH =
      "/apis/" + Api.GROUP + "/" + Api.VERSION + "/namespaces/%s/machineidentities%s";

  private final KubernetesClient client;

  public IdentityWrites(KubernetesClient client) {
    this.client = client;
  }

  /// Throws [WriteRefused] where the API server said no, and the client's own exception where it
  /// could not be asked.
  public void perform(RegistrationStep step) {
    switch (step) {
      case RegistrationStep.Register register -> register(register);
      case RegistrationStep.Withdraw withdraw -> withdraw(withdraw);
      case RegistrationStep.Acknowledge acknowledge -> acknowledge(acknowledge);
    }
  }

  private void register(RegistrationStep.Register step) {
    var identity =
        Map.of(
            "apiVersion",
            Api.GROUP + "/" + Api.VERSION,
            "kind",
            KIND,
            "metadata",
            Map.of(
                "name",
                step.name(),
                "namespace",
                step.namespace(),
                "labels",
                Map.of(Api.DISCOVERED, "true")),
            "spec",
            Map.of("serviceAccounts", List.of(Map.of("name", step.account()))));
    var path = PATH.formatted(step.namespace(), "") + "?fieldManager=" + Api.MANAGER;
    WriteRefused.asked(
        ObjectRef.account(step.account()),
        "create an identity for",
        () -> client.raw(path, "POST", identity));
  }

  private void withdraw(RegistrationStep.Withdraw step) {
    var expected = Deletions.expected(step.preconditions()).build();
    WriteRefused.asked(
        ObjectRef.account(step.name()),
        "delete the identity of",
        () -> client.raw(PATH.formatted(step.namespace(), "/" + step.name()), "DELETE", expected));
  }

  private void acknowledge(RegistrationStep.Acknowledge step) {
    var label = new HashMap<String, @Nullable Object>();
    label.put(Api.DISCOVERED, null);
    var change = new HashMap<String, Object>(Patches.expected(step.preconditions()));
    change.put("labels", label);
    var patch = client.getKubernetesSerialization().asJson(Map.of("metadata", change));
    // By its name alone: the patch says all that is to be written.
    var identity = new MachineIdentity();
    identity.setMetadata(
        new ObjectMetaBuilder().withName(step.name()).withNamespace(step.namespace()).build());
    WriteRefused.asked(
        ObjectRef.account(step.name()),
        "change the label of the identity of",
        () -> client.resource(identity).patch(Patches.MERGE, patch));
  }
}
