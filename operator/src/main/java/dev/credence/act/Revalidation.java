// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.api.Api;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The end of a token's end, as a merge patch: what the operator put on the Secret comes off.
public final class Revalidation {

  /// The metadata of the patch.
  public static Map<String, Map<String, @Nullable Object>> metadata() {
    var label = new HashMap<String, @Nullable Object>();
    label.put(Api.INVALID_SINCE, null);
    var annotation = new HashMap<String, @Nullable Object>();
    annotation.put(Api.SUSPENDED, null);
    return Map.of("labels", label, "annotations", annotation);
  }

  private Revalidation() {}
}
