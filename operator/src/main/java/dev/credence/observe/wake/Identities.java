// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.wake;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.object.ObjectRef;
import dev.credence.observe.cache.KindCache;
import dev.credence.observe.suspension.SuspendedAccounts;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The framework's cache of identities, with the indexes by which objects find theirs. Until there
/// is that cache, no identity is known.
public final class Identities {
  private static final String NAMES = "names";
  private static final String HEEDS = "heeds";
  private static final String REMEMBERS = "remembers";
  private static final String SELECTING = "selecting";
  private static final String NAMESPACE = "in-namespace";

  private volatile @Nullable IndexerResourceCache<MachineIdentity> cache;

  /// To be called before the identities' own informer starts.
  public void index(IndexerResourceCache<MachineIdentity> cache) {
    add(cache, NAMES, identity -> keys(identity, MemberReferences.names(identity)));
    add(cache, HEEDS, identity -> keys(identity, MemberReferences.dependsOn(identity)));
    add(cache, REMEMBERS, identity -> keys(identity, MemberReferences.remembers(identity)));
    add(
        cache,
        SELECTING,
        identity -> MemberReferences.selects(identity) ? List.of(namespace(identity)) : List.of());
    add(cache, NAMESPACE, identity -> List.of(namespace(identity)));
    this.cache = cache;
  }

  private static void add(
      IndexerResourceCache<MachineIdentity> cache,
      String name,
      Function<MachineIdentity, List<String>> index) {
    cache.addIndexer(name, identity -> KindCache.unfailing(index).apply(identity));
  }

  private static List<String> keys(MachineIdentity identity, Stream<ObjectRef> subjects) {
    return subjects.map(subject -> key(namespace(identity), subject)).distinct().toList();
  }

  private static String key(String namespace, ObjectRef subject) {
    return subject.kind() + "/" + namespace + "/" + subject.name();
  }

  private static String namespace(MachineIdentity identity) {
    return identity.getMetadata().getNamespace();
  }

  public Collection<MachineIdentity> naming(String namespace, ObjectRef subject) {
    return by(NAMES, key(namespace, subject));
  }

  /// Those that do not name the object, and depend on it.
  public Collection<MachineIdentity> dependingOn(String namespace, ObjectRef subject) {
    return by(HEEDS, key(namespace, subject));
  }

  /// Those for which the token in a Secret of this name was ended.
  Collection<MachineIdentity> remembering(String namespace, ObjectRef subject) {
    return by(REMEMBERS, key(namespace, subject));
  }

  public Collection<MachineIdentity> selecting(String namespace) {
    return by(SELECTING, namespace);
  }

  Collection<MachineIdentity> in(String namespace) {
    return by(NAMESPACE, namespace);
  }

  private Collection<MachineIdentity> by(String index, String key) {
    return started()
        .<Collection<MachineIdentity>>map(known -> known.byIndex(index, key))
        .orElse(List.of());
  }

  /// The indexes answer from the start of the cache on. What is seen before wakes no identity: each
  /// is reconciled once the cache has it.
  private Optional<IndexerResourceCache<MachineIdentity>> started() {
    return Optional.ofNullable(cache)
        .filter(
            known -> !(known instanceof AbstractEventSource<?, ?> source) || source.isRunning());
  }

  /// Whether the first list is complete.
  public boolean areListed() {
    return started().isPresent();
  }

  public Stream<MachineIdentity> all() {
    return started().stream().flatMap(known -> known.list(identity -> true));
  }

  /// The number of namespaces with identities.
  public long namespaces() {
    return all().map(Identities::namespace).distinct().count();
  }

  public boolean exists(String namespace, String name, String uid) {
    return find(namespace, name)
        .filter(found -> uid.equals(found.getMetadata().getUid()))
        .isPresent();
  }

  /// Whether the identity that an entry of the list of suspended accounts is for is there.
  public boolean isThere(SuspendedAccounts.Entry entry) {
    return find(entry.namespace(), entry.listed().identity())
        .filter(found -> entry.listed().isFor(found.getMetadata().getUid()))
        .isPresent();
  }

  public boolean exists(String namespace, String name) {
    return find(namespace, name).isPresent();
  }

  public Optional<MachineIdentity> find(String namespace, String name) {
    var known = cache;
    return known == null ? Optional.empty() : known.get(new ResourceID(name, namespace));
  }
}
