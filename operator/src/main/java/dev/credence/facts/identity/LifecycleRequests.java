// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import java.util.Optional;

/// The requests on the lifecycle of an identity. `suspend`: the annotation, whatever its value: a
/// typing error is no reason to stay active. `approve`, `review`: the annotations as they are.
public record LifecycleRequests(
    State state, Optional<String> suspend, Optional<String> approve, Optional<String> review) {
  public static final LifecycleRequests ACTIVE =
      new LifecycleRequests(State.Active, Optional.empty(), Optional.empty(), Optional.empty());

  public enum State {
    Active,
    Suspended,
    Decommissioned
  }
}
