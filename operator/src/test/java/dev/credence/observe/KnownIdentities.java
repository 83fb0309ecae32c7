// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import dev.credence.api.MachineIdentity;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The framework's cache of identities, as far as it is used: a map with indexes.
public final class KnownIdentities implements IndexerResourceCache<MachineIdentity> {
  private final Map<ResourceID, MachineIdentity> identities = new ConcurrentHashMap<>();
  private final Map<String, Function<MachineIdentity, List<String>>> indexers = new HashMap<>();

  public void add(MachineIdentity identity) {
    identities.put(ResourceID.fromResource(identity), identity);
  }

  public void remove(MachineIdentity identity) {
    identities.remove(ResourceID.fromResource(identity));
  }

  @Override
  public void addIndexers(Map<String, Function<MachineIdentity, List<String>>> more) {
    indexers.putAll(more);
  }

  @Override
  public List<MachineIdentity> byIndex(String index, String value) {
    return list(identity -> indexers.get(index).apply(identity).contains(value)).toList();
  }

  @Override
  public Optional<MachineIdentity> get(ResourceID id) {
    return Optional.ofNullable(identities.get(id));
  }

  @Override
  public Stream<ResourceID> keys() {
    return identities.keySet().stream();
  }

  @Override
  public Stream<MachineIdentity> list(Predicate<MachineIdentity> which) {
    return identities.values().stream().filter(which);
  }

  @Override
  public Stream<MachineIdentity> list(String namespace, Predicate<MachineIdentity> which) {
    return list(which.and(identity -> namespace.equals(identity.getMetadata().getNamespace())));
  }
}
