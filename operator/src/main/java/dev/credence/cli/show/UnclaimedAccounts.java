// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.decide.discovery.Discovery;
import dev.credence.facts.credential.CredentialType;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.observe.discovery.InventoryReader;
import dev.credence.observe.read.PolicyReader;
import dev.credence.plan.Unclaimed;
import dev.credence.report.UnclaimedRow;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the machine accounts that belong to no identity: those that discovery finds in all
/// namespaces, whether a policy asks for discovery or not.
public final class UnclaimedAccounts {
  private static final CredentialPolicy EVERYWHERE =
      Serialization.unmarshal(
          "---\n{metadata: {name: report}, spec: {discovery: {mode: Report}}}",
          CredentialPolicy.class);

  /// `tokens`: Secrets with a token that never expires. All objects may be metadata alone.
  public static List<UnclaimedRow> among(
      Collection<MachineIdentity> identities,
      Collection<? extends HasMetadata> accounts,
      Collection<? extends HasMetadata> tokens,
      DefaultExclusions excluded) {
    var inventory =
        InventoryReader.of(
            new InventoryReader.Lists(
                namespaces(accounts, tokens),
                accounts,
                tokens,
                Optional.of(List.of()),
                identities,
                List.of(PolicyReader.of(EVERYWHERE)),
                secret -> Optional.of(CredentialType.SERVICE_ACCOUNT_TOKEN),
                List.of()),
            excluded);
    var objects = new HashMap<String, HasMetadata>();
    Stream.concat(accounts.stream(), tokens.stream())
        .forEach(object -> objects.put(id(object), object));
    return Discovery.of(inventory).found().stream()
        .map(found -> UnclaimedRow.of(found, Objects.requireNonNull(objects.get(id(found)))))
        .sorted()
        .toList();
  }

  private static List<Namespace> namespaces(
      Collection<? extends HasMetadata> accounts, Collection<? extends HasMetadata> tokens) {
    return Stream.concat(accounts.stream(), tokens.stream())
        .map(object -> object.getMetadata().getNamespace())
        .distinct()
        .map(name -> new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .toList();
  }

  private static String id(Unclaimed found) {
    return id(found.objectKind(), found.namespace(), found.name());
  }

  private static String id(HasMetadata object) {
    var meta = object.getMetadata();
    return id(HasMetadata.getKind(object.getClass()), meta.getNamespace(), meta.getName());
  }

  private static String id(String kind, String namespace, String name) {
    return kind + " " + namespace + "/" + name;
  }

  private UnclaimedAccounts() {}
}
