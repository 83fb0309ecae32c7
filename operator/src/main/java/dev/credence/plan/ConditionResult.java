// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One condition: what is judged, the answer, why, and how much it counts for Ready.
public record ConditionResult(
    ConditionType type, ConditionStatus status, Reason reason, String message, Impact impact) {

  /// Reasons of a rotation that is under way, or waits for its window or its consumers.
  private static final Set<String> COURSE =
      names(Reason.RotationDue, Reason.RotationDeferred, Reason.ConsumersPending);

  private static final Set<String> NOT_ENFORCED =
      names(Reason.NotEnforced, Reason.SuspensionLimit, Reason.AccountsNotLocked);

  public ConditionResult {
    message = Sentences.sentence(message);
  }

  /// The beginning of a message about policies that audit.
  public static final String AUDIT = "Audit: ";

  public enum ConditionType {
    /// Ready, Reconciling and Stalled sum up the others.
    Ready(Optional.empty()),
    Reconciling(Optional.empty()),
    Stalled(Optional.empty()),
    OwnerAssigned(Optional.of(ConditionStatus.False)),
    Approved(Optional.of(ConditionStatus.False)),
    MembersLinked(Optional.of(ConditionStatus.False)),
    CredentialsFresh(Optional.of(ConditionStatus.False)),
    Expiring(Optional.of(ConditionStatus.True)),
    Suspended(Optional.of(ConditionStatus.True)),
    InUse(Optional.of(ConditionStatus.False)),
    BehaviorChanged(Optional.of(ConditionStatus.True)),
    LeastPrivilege(Optional.of(ConditionStatus.False)),
    Reviewed(Optional.of(ConditionStatus.False));

    private final Optional<ConditionStatus> problem;

    ConditionType(Optional<ConditionStatus> problem) {
      this.problem = problem;
    }

    /// The status that is a problem of the identity; empty where none is.
    public Optional<ConditionStatus> problem() {
      return problem;
    }
  }

  public enum ConditionStatus {
    True,
    False,
    Unknown
  }

  public enum Impact {
    /// the condition does not apply to the identity
    NotApplicable,
    /// no problem, or nothing better was requested
    None,
    /// a rule of a policy that audits is broken: reported, and counts for nothing
    Audit,
    /// a rule of a policy that enforces is broken; manual action is required
    Violation,
    /// what the identity asks for cannot be had; it may come right by itself
    Waiting,
    /// what the identity asks for is impossible without manual action
    Broken
  }

  /// A condition that does not apply to the identity: its status leaves it out.
  public static ConditionResult notApplicable(ConditionType type, ConditionStatus status) {
    return new ConditionResult(type, status, Reason.Compliant, "", Impact.NotApplicable);
  }

  public boolean applies() {
    return impact != Impact.NotApplicable;
  }

  public static ConditionResult fine(
      ConditionType type, ConditionStatus status, Reason reason, String message) {
    return new ConditionResult(type, status, reason, message, Impact.None);
  }

  /// Whether the condition counts against Ready. `enforced`: whether a policy that matches
  /// enforces.
  public boolean counts(boolean enforced) {
    return switch (impact) {
      case NotApplicable, None, Audit -> false;
      case Violation -> enforced;
      case Waiting, Broken -> true;
    };
  }

  /// Whether the condition shows a problem of the identity.
  public boolean isProblem() {
    return isProblem(type.name(), status.name());
  }

  /// The same of a condition as a status has it. Of a type that is not known, False is a problem.
  public static boolean isProblem(String type, String status) {
    return Stream.of(ConditionType.values())
        .filter(known -> known.name().equals(type))
        .findFirst()
        .map(ConditionType::problem)
        .orElse(Optional.of(ConditionStatus.False))
        .filter(problem -> problem.name().equals(status))
        .isPresent();
  }

  /// Whether a report lists the condition as a result.
  public boolean isReported() {
    return isReported(
        type.name(),
        status.name(),
        reason.name(),
        impact == Impact.Audit || impact == Impact.Violation || impact == Impact.Broken);
  }

  /// The same for a condition of a status. Risk findings are results of their own, an enforced
  /// suspension is intended, and a rotation in progress breaks no rule. `weighs`: a rule of the
  /// policy is broken, or manual action is required.
  public static boolean isReported(String type, String status, String reason, boolean weighs) {
    if (!isProblem(type, status)) {
      return false;
    }
    if (type.equals(ConditionType.LeastPrivilege.name())) {
      return reason.equals(Reason.UnusedRights.name());
    }
    if (type.equals(ConditionType.Suspended.name())) {
      return NOT_ENFORCED.contains(reason);
    }
    return weighs
        || !type.equals(ConditionType.CredentialsFresh.name())
        || !COURSE.contains(reason);
  }

  private static Set<String> names(Reason... reasons) {
    return Stream.of(reasons).map(Reason::name).collect(Collectors.toSet());
  }
}
