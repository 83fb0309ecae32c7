// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What to do now, what is true once it is done, and when to look again by ourselves. `counted`:
/// the policy takes the identity out of service by itself, which counts.
public record Decision(
    List<Action> actions,
    Optional<IdentityStatus> standing,
    Optional<Instant> lookAgainAt,
    boolean counted) {
  public Decision {
    actions = List.copyOf(actions);
  }

  /// The same, to be looked at again at this time.
  public Decision again(Instant time) {
    return new Decision(actions, standing, Optional.of(time), counted);
  }
}
