// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

/// Why nothing is issued or rotated for an identity. `why` follows "not issued: ".
public record IssuanceHold(Cause cause, String why) {

  public enum Cause {
    /// it was taken out of service for good
    Decommissioned,
    /// it is out of service for now
    Suspended,
    /// its time is over
    Ended,
    /// nobody has approved what it asks for
    Unapproved
  }

  public boolean is(Cause other) {
    return cause == other;
  }

  /// Whether it is out of service: then nobody is made to start anew, and nothing is taken away
  /// that it needs when it is resumed.
  public boolean isOutOfService() {
    return cause == Cause.Decommissioned || cause == Cause.Suspended;
  }
}
