// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.util.Optional;
import java.util.stream.Stream;

/// A step of a hook, as `CREDENCE_STEP` names it.
public enum Step {
  /// Obtain the next value from the system that generates it.
  issue,
  /// Set the next value in the system.
  apply,
  /// Log in with the next value.
  verify,
  /// End the previous value, or the current one.
  revoke,
  /// Lock the accounts.
  suspend,
  /// Unlock the accounts.
  resume,
  /// Log in with the current value, between rotations.
  probe;

  public static Optional<Step> of(String word) {
    return Stream.of(values()).filter(step -> step.name().equals(word)).findFirst();
  }
}
