// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The description of a kind for its cache. `label`: only objects that carry it are watched; the
/// API server sends no others. `indexes`: the keys by which objects are found, in addition to their
/// namespace.
public record WatchedKind<T extends HasMetadata>(
    Class<T> type, Optional<String> label, Map<String, Function<T, List<String>>> indexes) {
  public WatchedKind {
    indexes = Map.copyOf(indexes);
  }

  public static <T extends HasMetadata> WatchedKind<T> of(Class<T> type) {
    return new WatchedKind<>(type, Optional.empty(), Map.of());
  }

  WatchedKind<T> labelled(String key) {
    return new WatchedKind<>(type, Optional.of(key), indexes);
  }

  public WatchedKind<T> indexedBy(String index, Function<T, List<String>> values) {
    var more = new HashMap<>(indexes);
    more.put(index, values);
    return new WatchedKind<>(type, label, more);
  }
}
