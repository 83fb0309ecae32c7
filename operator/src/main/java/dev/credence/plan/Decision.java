// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The actions to carry out now, the status once they are done, and the time of the next reconcile.
/// `counted`: the policy suspends the identity, which counts against its limit.
public record Decision(
    List<Action> actions,
    Optional<IdentityStatus> standing,
    Optional<Instant> lookAgainAt,
    boolean counted) {
  public Decision {
    actions = List.copyOf(actions);
  }

  /// The same, with another reconcile at this time.
  public Decision again(Instant time) {
    return new Decision(actions, standing, Optional.of(time), counted);
  }
}
