package dev.credence.observe;

import dev.credence.api.Api;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Keeps of an object's metadata what a decision needs. Most of what an object of others carries is
/// bookkeeping of theirs: `managedFields` about other fields and annotations that we never read.
final class LeanStore<T extends HasMetadata> implements ItemStore<T> {
  /// Who else owns a label or an annotation of ours matters too.
  private static final String OURS = "f:" + Api.GROUP + "/";

  private static final List<String> READ_OF_OTHERS =
      Stream.concat(
              Stream.of(Members.ACCOUNT_OF_TOKEN, Keepers.CERT_MANAGER), Evidences.SIGNALS.stream())
          .toList();

  private final Map<String, T> items = new ConcurrentHashMap<>();

  @Override
  public String getKey(T object) {
    return Cache.metaNamespaceKeyFunc(object);
  }

  @Override
  public @Nullable T put(String key, T object) {
    trim(object.getMetadata());
    return items.put(key, object);
  }

  static void trim(ObjectMeta meta) {
    // Of what we made it matters who else writes what.
    var isOurs = Api.MANAGER.equals(Metadata.labels(meta).get(Api.MANAGED_BY));
    if (meta.getManagedFields() != null) {
      meta.setManagedFields(
          meta.getManagedFields().stream()
              .filter(
                  entry ->
                      isOurs && entry.getSubresource() == null
                          || String.valueOf(entry.getFieldsV1()).contains(OURS))
              .toList());
    }
    if (meta.getAnnotations() != null) {
      // Who else looks after an object matters where it is given to us.
      var isGiven = meta.getAnnotations().containsKey(Api.ADOPT);
      meta.getAnnotations()
          .keySet()
          .removeIf(
              key ->
                  !key.startsWith(Api.GROUP + "/")
                      && !READ_OF_OTHERS.contains(key)
                      && !(isGiven && Keepers.ANNOTATIONS.contains(key)));
    }
  }

  @Override
  public @Nullable T remove(String key) {
    return items.remove(key);
  }

  @Override
  public Stream<String> keySet() {
    return items.keySet().stream();
  }

  @Override
  public Stream<T> values() {
    return items.values().stream();
  }

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public @Nullable T get(String key) {
    return items.get(key);
  }
}
