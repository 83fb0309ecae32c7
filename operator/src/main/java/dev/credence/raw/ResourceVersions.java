// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import io.fabric8.kubernetes.api.model.HasMetadata;

/// Compares two states of an object. Resource versions of one kind are ordered numbers (KEP-5504);
/// one that is no number counts as older than every other.
public final class ResourceVersions {

  public static long of(HasMetadata object) {
    try {
      return Long.parseLong(object.getMetadata().getResourceVersion());
    } catch (NumberFormatException opaque) {
      return 0;
    }
  }

  private ResourceVersions() {}
}
