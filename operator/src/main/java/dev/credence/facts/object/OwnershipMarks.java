// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import java.util.Optional;

/// Our label and annotations on a member, as they were found.
public record OwnershipMarks(Optional<Mark> identity, Optional<Mark> owner, Optional<Mark> team) {
  /// A value, and whether we wrote it (the API server keeps that in `managedFields`).
  public record Mark(String value, boolean ours) {}

  public boolean anyOurs() {
    return identity.filter(Mark::ours).isPresent()
        || owner.filter(Mark::ours).isPresent()
        || team.filter(Mark::ours).isPresent();
  }
}
