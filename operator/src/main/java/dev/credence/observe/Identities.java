package dev.credence.observe;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.Subject;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// The framework's cache of identities, with the indexes by which objects find theirs.
final class Identities {
  private static final String NAMES = "names";
  private static final String SELECTING = "selecting";
  private static final String NAMESPACE = "in-namespace";

  private final IndexerResourceCache<MachineIdentity> cache;

  /// To be made before the identities' own informer starts.
  Identities(IndexerResourceCache<MachineIdentity> cache) {
    this.cache = cache;
    cache.addIndexer(NAMES, Identities::namesOf);
    cache.addIndexer(
        SELECTING, identity -> Wants.selects(identity) ? List.of(namespace(identity)) : List.of());
    cache.addIndexer(NAMESPACE, identity -> List.of(namespace(identity)));
  }

  private static List<String> namesOf(MachineIdentity identity) {
    return Wants.names(identity).map(subject -> key(namespace(identity), subject)).toList();
  }

  private static String key(String namespace, Subject subject) {
    return subject.kind() + "/" + namespace + "/" + subject.name();
  }

  private static String namespace(MachineIdentity identity) {
    return identity.getMetadata().getNamespace();
  }

  Collection<MachineIdentity> naming(String namespace, Subject subject) {
    return cache.byIndex(NAMES, key(namespace, subject));
  }

  Collection<MachineIdentity> selecting(String namespace) {
    return cache.byIndex(SELECTING, namespace);
  }

  Collection<MachineIdentity> in(String namespace) {
    return cache.byIndex(NAMESPACE, namespace);
  }

  Stream<MachineIdentity> all() {
    return cache.list(identity -> true);
  }

  boolean exists(String namespace, String name, String uid) {
    return cache
        .get(new ResourceID(name, namespace))
        .filter(found -> uid.equals(found.getMetadata().getUid()))
        .isPresent();
  }

  boolean exists(String namespace, String name) {
    return cache.get(new ResourceID(name, namespace)).isPresent();
  }
}
