// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import dev.credence.api.MachineIdentity;

/// Marks an identity in the cache of which not everything is kept. The mark is never written to the
/// API server: nothing of what the cache holds is.
public final class TooLarge {
  private static final String MARK = "too-large.internal";

  static void mark(MachineIdentity identity) {
    identity.getMetadata().setAdditionalProperty(MARK, true);
  }

  public static boolean is(MachineIdentity identity) {
    return Boolean.TRUE.equals(identity.getMetadata().getAdditionalProperties().get(MARK));
  }

  private TooLarge() {}
}
