// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import dev.credence.facts.time.Windows;
import java.time.Duration;
import java.util.Optional;

/// How rotations are carried out, as a policy says or as they are where it is silent.
///
/// `maxOverlap`: how long an old value waits for its consumers, counted from the new one.
/// `maxAttempts`: of the hooks of one value. `onPending`: what happens to the old value then.
public record RotationProcedure(
    Windows windows,
    Restart restart,
    Optional<Duration> maxOverlap,
    int maxAttempts,
    OnPending onPending) {
  public static final RotationProcedure DEFAULT =
      new RotationProcedure(Windows.ANY_TIME, Restart.NONE, Optional.empty(), 5);

  public RotationProcedure(
      Windows windows, Restart restart, Optional<Duration> maxOverlap, int maxAttempts) {
    this(windows, restart, maxOverlap, maxAttempts, OnPending.Retire);
  }

  public enum OnPending {
    /// it is retired at the end of `maxOverlap`
    Retire,
    /// it stays valid until its consumers have moved
    Keep
  }

  /// `timeout`: after that a workload that was restarted counts as stuck.
  public record Restart(Strategy strategy, int maxParallel, Duration timeout) {
    public static final Restart NONE = new Restart(Strategy.None, 1, Duration.ofMinutes(10));
  }

  public enum Strategy {
    /// consumers read the new value by themselves
    None,
    /// an annotation on the pod template
    Rollout,
    /// pods are evicted
    Evict
  }
}
