// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

/// One condition: what is judged, the answer, why, and how much it counts for Ready.
public record ConditionResult(
    ConditionType aspect, ConditionStatus truth, Reason reason, String message, Impact weight) {

  public enum ConditionType {
    Ready,
    Reconciling,
    Stalled,
    PolicyMatched,
    OwnerAssigned,
    Approved,
    MembersLinked,
    CredentialsFresh,
    Expiring,
    Suspended,
    InUse,
    LeastPrivilege,
    Reviewed
  }

  public enum ConditionStatus {
    True,
    False,
    Unknown
  }

  public enum Impact {
    /// nothing is wrong, or nobody asked for better
    None,
    /// a rule of the policy is broken: counts where the policy enforces; a person must mend it
    Violation,
    /// what the identity asks for cannot be had; it may come right by itself
    Waiting,
    /// what the identity asks for cannot be had until a person mends it
    Broken
  }

  public static ConditionResult fine(
      ConditionType aspect, ConditionStatus truth, Reason reason, String message) {
    return new ConditionResult(aspect, truth, reason, message, Impact.None);
  }
}
