// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.decide.discovery.Discovery;
import dev.credence.facts.credential.CredentialType;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.observe.discovery.InventoryReader;
import dev.credence.observe.read.PolicyReader;
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

/// Which machine accounts belong to no identity? What discovery finds, in every namespace, whatever
/// policies ask for.
public final class UnclaimedAccounts {
  private static final CredentialPolicy EVERYWHERE =
      Serialization.unmarshal(
          "---\n{metadata: {name: report}, spec: {discovery: {mode: Report}}}",
          CredentialPolicy.class);

  /// `tokens` are Secrets with a token that never ends. Everything may be metadata alone.
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
        .map(
            found -> {
              var kind = found.kind().name().replace("TokenSecret", "Secret");
              return UnclaimedRow.of(
                  kind,
                  Objects.requireNonNull(
                      objects.get(kind + " " + found.namespace() + "/" + found.name())));
            })
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

  private static String id(HasMetadata object) {
    var meta = object.getMetadata();
    return HasMetadata.getKind(object.getClass())
        + " "
        + meta.getNamespace()
        + "/"
        + meta.getName();
  }

  private UnclaimedAccounts() {}
}
