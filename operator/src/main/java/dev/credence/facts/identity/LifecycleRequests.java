// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import java.util.Optional;

/// What people ask of the life of an identity. `suspend`, `compromised`: the
/// annotations, whatever they say: a
/// typing error is no reason to go on. `approve`, `review`: the annotations as they are.
public record LifecycleRequests(
    State state,
    Optional<String> stateReason,
    Optional<String> suspend,
    Optional<String> compromised,
    Optional<String> approve,
    Optional<String> review) {
  public static final LifecycleRequests ACTIVE =
      new LifecycleRequests(
          State.Active,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public enum State {
    Active,
    Suspended,
    Decommissioned
  }
}
