// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.HashMap;
import java.util.Map;

/// Measures the memory that the binary data of the ConfigMaps of a cache takes. Beyond the limit
/// the data of further ones is not kept, and those are marked as [TooLarge].
final class Contents {
  /// Characters of base64 that all of them have together.
  static final int MOST = 16 << 20;

  private final Map<String, Integer> byKey = new HashMap<>();
  private int all;

  synchronized void keep(String key, ConfigMap map) {
    forget(key);
    if (map.getBinaryData() == null || map.getBinaryData().isEmpty()) {
      return;
    }
    map.setData(Map.of());
    var size = map.getBinaryData().values().stream().mapToInt(String::length).sum();
    if (all + size > MOST) {
      TooLarge.empty(map);
      return;
    }
    byKey.put(key, size);
    all += size;
  }

  synchronized void forget(String key) {
    var size = byKey.remove(key);
    all -= size == null ? 0 : size;
  }
}
