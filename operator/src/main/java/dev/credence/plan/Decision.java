// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What to do now, what is true once it is done, and when to look again by ourselves. `counted`: a
/// policy suspends the identity by itself, which takes from its budget.
public record Decision(
    List<Action> actions,
    Optional<IdentityStatus> status,
    Optional<Instant> reconcileAt,
    Optional<Counted> counted) {
  public Decision {
    actions = List.copyOf(actions);
  }

  /// How many identities the policy of this name suspends by itself in an hour, at `most`.
  public record Counted(String policy, int most) {}

  /// The same, to be looked at again at this time.
  public Decision again(Instant time) {
    return new Decision(actions, status, Optional.of(time), counted);
  }
}
