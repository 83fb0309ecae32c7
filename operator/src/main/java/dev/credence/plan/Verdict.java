package dev.credence.plan;

/// One condition: what is judged, the answer, why, and how much it counts for Ready.
public record Verdict(Aspect aspect, Truth truth, Reason reason, String message, Weight weight) {

  public enum Aspect {
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

  public enum Truth {
    True,
    False,
    Unknown
  }

  public enum Weight {
    /// nothing is wrong, or nobody asked for better
    None,
    /// a rule of the policy is broken: counts where the policy enforces; a person must mend it
    Violation,
    /// what the identity asks for cannot be had; it may come right by itself
    Waiting,
    /// what the identity asks for cannot be had until a person mends it
    Broken
  }

  public static Verdict fine(Aspect aspect, Truth truth, Reason reason, String message) {
    return new Verdict(aspect, truth, reason, message, Weight.None);
  }
}
