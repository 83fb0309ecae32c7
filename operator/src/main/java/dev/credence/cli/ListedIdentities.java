// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import dev.credence.api.MachineIdentity;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Identities that were listed once, where the operator has a cache that follows them.
final class ListedIdentities implements IndexerResourceCache<MachineIdentity> {
  private final List<MachineIdentity> identities;
  private final Map<String, Function<MachineIdentity, List<String>>> indexes = new HashMap<>();

  ListedIdentities(List<MachineIdentity> identities) {
    this.identities = List.copyOf(identities);
  }

  @Override
  public void addIndexers(Map<String, Function<MachineIdentity, List<String>>> added) {
    indexes.putAll(added);
  }

  @Override
  public List<MachineIdentity> byIndex(String index, String key) {
    var keys = indexes.getOrDefault(index, identity -> List.of());
    return identities.stream().filter(identity -> keys.apply(identity).contains(key)).toList();
  }

  @Override
  public Optional<MachineIdentity> get(ResourceID id) {
    return identities.stream()
        .filter(identity -> ResourceID.fromResource(identity).equals(id))
        .findFirst();
  }

  @Override
  public Stream<ResourceID> keys() {
    return identities.stream().map(ResourceID::fromResource);
  }

  @Override
  public Stream<MachineIdentity> list(Predicate<MachineIdentity> which) {
    return identities.stream().filter(which);
  }

  @Override
  public Stream<MachineIdentity> list(String namespace, Predicate<MachineIdentity> which) {
    return list(identity -> namespace.equals(identity.getMetadata().getNamespace())).filter(which);
  }
}
