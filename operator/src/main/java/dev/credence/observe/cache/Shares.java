// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import dev.credence.api.MachineIdentity;
import java.util.HashMap;
import java.util.Map;

/// Measures the memory that the MachineIdentities of a namespace take. Beyond the share of a
/// namespace, the texts of its large identities are not kept, and those are reported as TooLarge.
final class Shares {
  /// Characters that the identities of a namespace have together.
  static final int OF_A_NAMESPACE = 4 << 20;

  /// An identity as small as this one is always kept whole: there are few with more.
  static final int SMALL = 4_096;

  private final Map<String, Integer> byKey = new HashMap<>();
  private final Map<String, Integer> byNamespace = new HashMap<>();

  /// Whether the identity may be kept whole; it is counted if so.
  synchronized boolean keep(String key, String namespace, MachineIdentity identity) {
    forget(key, namespace);
    var size = Bounds.size(identity);
    var known = byNamespace.getOrDefault(namespace, 0);
    if (size > SMALL && known + size > OF_A_NAMESPACE) {
      return false;
    }
    byKey.put(key, size);
    byNamespace.put(namespace, known + size);
    return true;
  }

  synchronized void forget(String key, String namespace) {
    var size = byKey.remove(key);
    if (size != null) {
      byNamespace.computeIfPresent(namespace, (_, known) -> known > size ? known - size : null);
    }
  }
}
