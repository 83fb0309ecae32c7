// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

/// Why nothing is issued or rotated for an identity. `why` follows "not issued: ".
public record IssuanceHold(Cause cause, String why) {

  public enum Cause {
    /// it was decommissioned
    Decommissioned,
    /// it is suspended
    Suspended,
    /// its time is over
    Ended,
    /// what it requests is not approved
    Unapproved
  }

  public boolean is(Cause other) {
    return cause == other;
  }

  /// Whether it is suspended or decommissioned: then no pod is restarted, and nothing is removed
  /// that it needs when it is resumed.
  public boolean isOutOfService() {
    return cause == Cause.Decommissioned || cause == Cause.Suspended;
  }
}
