// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import dev.credence.client.Pages;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.ResourceVersions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One watched kind: its informers (one, or one for each watched namespace), and what we wrote
/// ourselves and the informers have not seen yet.
public final class KindCache<T extends HasMetadata> {
  private static final Logger LOG = LoggerFactory.getLogger(KindCache.class);
  public static final String BY_NAMESPACE = "namespace";
  /// Our own writes are believed for this long without the watch having shown them.
  private static final long BELIEVED_NANOS = 5_000_000_000L;

  /// Not allowed, and not known.
  private static final Set<Integer> REFUSALS = Set.of(403, 404);

  private final List<SharedIndexInformer<T>> informers = new ArrayList<>();
  private final Map<String, Written<T>> written = new ConcurrentHashMap<>();

  /// UIDs of objects that went lately, and when.
  private final Map<String, Long> ended = new ConcurrentHashMap<>();

  private final LongSupplier nanos;
  private volatile boolean refused;

  private record Written<T>(T object, long at) {}

  private KindCache(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// `changed` gets the object before (null: it is new) and after (null: it is gone) each change.
  public static <T extends HasMetadata> KindCache<T> of(
      KubernetesClient client,
      WatchedKind<T> kind,
      Set<String> namespaces,
      BiConsumer<@Nullable T, @Nullable T> changed) {
    return of(client, kind, namespaces, System::nanoTime, changed);
  }

  /// `nanos` as of [System#nanoTime].
  public static <T extends HasMetadata> KindCache<T> of(
      KubernetesClient client,
      WatchedKind<T> kind,
      Set<String> namespaces,
      LongSupplier nanos,
      BiConsumer<@Nullable T, @Nullable T> changed) {
    var watch = new KindCache<T>(nanos);
    var resources = client.resources(kind.type());
    if (namespaces.isEmpty()) {
      watch.add(labelled(resources.inAnyNamespace(), kind), kind, changed);
    } else {
      namespaces.forEach(
          namespace -> watch.add(labelled(resources.inNamespace(namespace), kind), kind, changed));
    }
    return watch;
  }

  public static <T extends HasMetadata> KindCache<T> of(
      Informable<T> resources, WatchedKind<T> kind, BiConsumer<@Nullable T, @Nullable T> changed) {
    var watch = new KindCache<T>(System::nanoTime);
    watch.add(resources, kind, changed);
    return watch;
  }

  private static <T extends HasMetadata> Informable<T> labelled(
      FilterWatchListDeletable<T, ?, ?> resources, WatchedKind<T> kind) {
    return kind.label().<Informable<T>>map(resources::withLabel).orElse(resources);
  }

  private void add(
      Informable<T> resources, WatchedKind<T> kind, BiConsumer<@Nullable T, @Nullable T> changed) {
    // All Secrets of a large cluster in one answer would need more memory than all else.
    var informer = resources.withLimit(Pages.OF_A_WATCH).runnableInformer(0);
    informer.itemStore(new TrimmedStore<>());
    var indexers = new HashMap<String, Function<T, List<String>>>();
    kind.indexes().forEach((index, values) -> indexers.put(index, unfailing(values)));
    informer.addIndexers(indexers);
    // Whatever goes wrong, at the start or later, is tried again; health tells meanwhile.
    informer.exceptionHandler(
        (started, problem) -> {
          refused = isRefusal(problem);
          LOG.warn(
              "The watch of {} failed, retrying: {}",
              informer.getApiTypeClass().getSimpleName(),
              problem.getMessage());
          return true;
        });
    informer.addEventHandler(handler(changed));
    informers.add(informer);
  }

  private ResourceEventHandler<T> handler(BiConsumer<@Nullable T, @Nullable T> changed) {
    return new ResourceEventHandler<T>() {
      @Override
      public void onAdd(T object) {
        FaultBarrier.kept(
            object,
            () -> {
              seen(object);
              changed.accept(null, object);
            });
      }

      @Override
      public void onUpdate(T before, T object) {
        FaultBarrier.kept(
            object,
            () -> {
              seen(object);
              changed.accept(before, object);
            });
      }

      @Override
      public void onDelete(T object, boolean finalStateUnknown) {
        FaultBarrier.kept(
            object,
            () -> {
              ended(object);
              changed.accept(object, null);
            });
      }
    };
  }

  /// An exception would end the informer of the whole kind.
  public static <T extends HasMetadata> Function<T, List<String>> unfailing(
      Function<T, List<String>> index) {
    return object -> FaultBarrier.or(List.of(), object, () -> index.apply(object));
  }

  /// Completes when the caches hold what the API server holds.
  public CompletableFuture<Void> start() {
    return CompletableFuture.allOf(
        informers.stream()
            .map(informer -> informer.start().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  public void stop() {
    informers.forEach(SharedIndexInformer::stop);
  }

  public boolean isSynced() {
    return informers.stream().allMatch(SharedIndexInformer::hasSynced);
  }

  public boolean isHealthy() {
    return informers.stream().allMatch(KindCache::isWatching);
  }

  /// Whether the API server has said no at the last try, and has not thought better of it.
  public boolean isRefused() {
    return refused && !isHealthy();
  }

  private static boolean isRefusal(@Nullable Throwable problem) {
    return Stream.iterate(problem, Objects::nonNull, Throwable::getCause)
        .anyMatch(
            cause ->
                cause instanceof KubernetesClientException answer
                    && REFUSALS.contains(answer.getCode()));
  }

  private static boolean isWatching(SharedIndexInformer<?> informer) {
    try {
      return informer.isWatching();
    } catch (RuntimeException betweenWatches) {
      // Between two watches the client has none to ask, and fails.
      return false;
    }
  }

  private void seen(T object) {
    written.computeIfPresent(
        Cache.metaNamespaceKeyFunc(object),
        (key, ours) ->
            ResourceVersions.of(object) >= ResourceVersions.of(ours.object()) ? null : ours);
  }

  private void ended(T object) {
    ended.values().removeIf(this::isOld);
    ended.put(object.getMetadata().getUid(), nanos.getAsLong());
    written.remove(Cache.metaNamespaceKeyFunc(object));
  }

  /// The API server's answer to a write of ours: true at once, whenever the watch shows it, unless
  /// the watch has shown its deletion already.
  public void wrote(T object) {
    if (ended.containsKey(object.getMetadata().getUid())) {
      return;
    }
    var key = Cache.metaNamespaceKeyFunc(object);
    var cached = cached(key);
    if (cached.isEmpty() || ResourceVersions.of(cached.get()) < ResourceVersions.of(object)) {
      written.put(key, new Written<>(object, nanos.getAsLong()));
    }
  }

  private boolean isOld(long at) {
    return nanos.getAsLong() - at > BELIEVED_NANOS;
  }

  public Optional<T> get(String namespace, String name) {
    var key = namespace.isEmpty() ? name : namespace + "/" + name;
    return newest(key, cached(key));
  }

  private Optional<T> newest(String key, Optional<T> cached) {
    var ours = written.get(key);
    if (ours == null) {
      return cached;
    }
    if (isOld(ours.at())) {
      written.remove(key, ours);
      return cached;
    }
    return cached
            .filter(object -> ResourceVersions.of(object) >= ResourceVersions.of(ours.object()))
            .isPresent()
        ? cached
        : Optional.of(ours.object());
  }

  private Optional<T> cached(String key) {
    return informers.stream()
        .flatMap(informer -> Optional.ofNullable(informer.getIndexer().getByKey(key)).stream())
        .findFirst();
  }

  public Collection<T> by(String index, String value) {
    return informers.stream()
        .flatMap(informer -> informer.getIndexer().byIndex(index, value).stream())
        .map(
            object ->
                newest(Cache.metaNamespaceKeyFunc(object), Optional.of(object)).orElse(object))
        .toList();
  }

  public Collection<T> all() {
    return informers.stream().flatMap(informer -> informer.getIndexer().list().stream()).toList();
  }
}
