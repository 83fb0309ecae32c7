// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import dev.credence.facts.time.Timing;
import java.time.Duration;
import java.util.Optional;

/// What an identity or a policy says about rotation. `longest` is the policy's bound, empty for an
/// identity.
public record RotationRule(
    Optional<Timing> timing, Optional<Duration> overlap, Optional<Duration> longest) {
  public static final RotationRule SILENT =
      new RotationRule(Optional.empty(), Optional.empty(), Optional.empty());
}
