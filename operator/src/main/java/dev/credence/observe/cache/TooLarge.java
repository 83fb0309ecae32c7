// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import dev.credence.api.MachineIdentity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Map;

/// Marks an identity or a ConfigMap in the cache of which not everything is kept. The mark is never
/// written to the API server: nothing of what the cache holds is.
public final class TooLarge {
  private static final String MARK = "too-large.internal";

  static void mark(MachineIdentity identity) {
    identity.getMetadata().setAdditionalProperty(MARK, true);
  }

  public static boolean is(MachineIdentity identity) {
    return Boolean.TRUE.equals(identity.getMetadata().getAdditionalProperties().get(MARK));
  }

  static void empty(ConfigMap map) {
    map.setBinaryData(Map.of(MARK, ""));
  }

  public static boolean is(ConfigMap map) {
    return map.getBinaryData() != null && map.getBinaryData().containsKey(MARK);
  }

  private TooLarge() {}
}
