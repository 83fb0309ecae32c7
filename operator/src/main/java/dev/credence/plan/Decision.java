// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The actions of this reconcile, the status after them, and when to reconcile again. `counted`: a
/// policy suspends the identity automatically, which counts against its hourly limit.
public record Decision(
    List<Action> actions,
    Optional<IdentityStatus> status,
    Optional<Instant> reconcileAt,
    Optional<Counted> counted) {
  public Decision {
    actions = List.copyOf(actions);
  }

  /// The hourly limit (`most`) of automatic suspensions of the policy with this name.
  public record Counted(String policy, int most) {}

  /// The same decision, to be reconciled again at this time.
  public Decision again(Instant time) {
    return new Decision(actions, status, Optional.of(time), counted);
  }
}
