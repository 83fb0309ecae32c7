// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Reason;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The reasons of each condition.
final class ReasonReference {

  record Answer(ConditionType type, ConditionStatus status) {}

  /// The reasons by condition and status. Ready, Reconciling and Stalled are summaries: they repeat
  /// the reason of the condition that decides.
  static final Map<Answer, List<Reason>> ANSWERS = new LinkedHashMap<>();

  private static final Map<ConditionType, String> ABOUT =
      Map.ofEntries(
          Map.entry(ConditionType.Ready, "The identity complies with its policies."),
          Map.entry(
              ConditionType.Reconciling,
              "The operator is working, no manual action is required. Only present while True."),
          Map.entry(
              ConditionType.Stalled,
              "Manual action required. Only present while True, and never together with Reconciling."),
          Map.entry(ConditionType.OwnerAssigned, "The identity has an owner."),
          Map.entry(
              ConditionType.Approved,
              "A user has approved the requested scope, if the policy requires it."),
          Map.entry(
              ConditionType.MembersLinked, "Every member exists and belongs to the identity."),
          Map.entry(ConditionType.CredentialsFresh, "Every credential is current."),
          Map.entry(
              ConditionType.Expiring,
              "The identity expires soon or has expired. True reports a problem."),
          Map.entry(ConditionType.Suspended, "The identity is suspended. True reports a problem."),
          Map.entry(ConditionType.InUse, "The operator has evidence that the identity is in use."),
          Map.entry(
              ConditionType.BehaviorChanged,
              "The ServiceAccounts of the identity behave differently than before. Only present while True, which reports a problem."),
          Map.entry(
              ConditionType.LeastPrivilege,
              "The ServiceAccounts of the identity have no risky RBAC permissions."),
          Map.entry(
              ConditionType.Reviewed, "A user has confirmed in time that the identity is needed."));

  static {
    when(ConditionType.Ready, ConditionStatus.True, Reason.Compliant);
    when(ConditionType.OwnerAssigned, ConditionStatus.True, Reason.OwnerSet);
    when(
        ConditionType.OwnerAssigned,
        ConditionStatus.False,
        Reason.OwnerMissing,
        Reason.OwnerInvalid,
        Reason.BackupMissing);
    when(ConditionType.Approved, ConditionStatus.True, Reason.Approved);
    when(
        ConditionType.Approved, ConditionStatus.False, Reason.ApprovalPending, Reason.ScopeChanged);
    when(ConditionType.MembersLinked, ConditionStatus.True, Reason.Linked);
    when(
        ConditionType.MembersLinked,
        ConditionStatus.False,
        Reason.MemberMissing,
        Reason.NotManaged,
        Reason.ClaimedWhileSuspended,
        Reason.ClaimedByOther,
        Reason.CertManagerAbsent);
    when(ConditionType.CredentialsFresh, ConditionStatus.True, Reason.Current);
    when(
        ConditionType.CredentialsFresh,
        ConditionStatus.False,
        Reason.RotationDue,
        Reason.RotationDeferred,
        Reason.VerificationFailed,
        Reason.RotationBlocked,
        Reason.AccountLocked,
        Reason.ProbeFailed,
        Reason.ValueOverwritten,
        Reason.ConsumersLeftBehind,
        Reason.ConsumersPending,
        Reason.RateLimited,
        Reason.CertificateNotReady,
        Reason.IssuanceFailed,
        Reason.IssuerNotAllowed,
        Reason.KeyTooWeak,
        Reason.CertificateTooLong,
        Reason.RenewalTooLate,
        Reason.CAOutdated,
        Reason.LegacyTokenUnused);
    when(ConditionType.Expiring, ConditionStatus.True, Reason.ExpiresSoon, Reason.Expired);
    when(
        ConditionType.Suspended,
        ConditionStatus.True,
        Reason.Requested,
        Reason.Expired,
        Reason.ReviewOverdue,
        Reason.Idle,
        Reason.OddBehavior,
        Reason.Compromised,
        Reason.NotEnforced,
        Reason.SuspensionLimit,
        Reason.AccountsNotLocked);
    // The reasons of a suspension where a policy that audits would suspend.
    when(
        ConditionType.Suspended,
        ConditionStatus.False,
        Reason.NeverSuspended,
        Reason.SuspensionQueued,
        Reason.Expired,
        Reason.ReviewOverdue,
        Reason.Idle,
        Reason.OddBehavior);
    when(
        ConditionType.InUse,
        ConditionStatus.True,
        Reason.TokenUsed,
        Reason.PodRunning,
        Reason.AuditEvent,
        Reason.Referenced);
    when(ConditionType.InUse, ConditionStatus.False, Reason.Idle);
    when(ConditionType.InUse, ConditionStatus.Unknown, Reason.NoEvidence);
    when(ConditionType.BehaviorChanged, ConditionStatus.True, Reason.OddBehavior);
    when(ConditionType.LeastPrivilege, ConditionStatus.True, Reason.NoFindings);
    when(
        ConditionType.LeastPrivilege,
        ConditionStatus.False,
        Reason.FindingsPresent,
        Reason.UnusedRights);
    when(ConditionType.LeastPrivilege, ConditionStatus.Unknown, Reason.EvaluationIncomplete);
    when(ConditionType.Reviewed, ConditionStatus.True, Reason.Reviewed, Reason.NotYetDue);
    when(ConditionType.Reviewed, ConditionStatus.False, Reason.ReviewDue, Reason.ReviewOverdue);
  }

  private static void when(ConditionType type, ConditionStatus status, Reason... reasons) {
    ANSWERS.put(new Answer(type, status), List.of(reasons));
  }

  static boolean isSum(ConditionType type) {
    return List.of(ConditionType.Ready, ConditionType.Reconciling, ConditionType.Stalled)
        .contains(type);
  }

  static String markdown() {
    var conditions = new Table("Condition", "Meaning", "True", "False", "Unknown");
    for (var type : ConditionType.values()) {
      conditions.row(
          "`" + type + "`",
          ABOUT.get(type),
          cell(type, ConditionStatus.True),
          cell(type, ConditionStatus.False),
          cell(type, ConditionStatus.Unknown));
    }
    var reasons = new Table("Reason", "Meaning");
    Arrays.stream(Reason.values())
        .forEach(reason -> reasons.row("`" + reason + "`", reason.meaning()));
    return """
        <!-- Written by `make generate`. -->
        # Conditions and reasons

        The conditions of a MachineIdentity are in `status.conditions`, each with a reason in one word and a message. Under
        a policy with `enforcement: Audit`, a violation shows in its own condition and Ready stays True. Under `Enforce` it
        makes Ready False. Before the first reconcile, Ready is Unknown with the reason `Pending`.
        If the operator fails to evaluate an identity or a policy, Ready is False and Stalled is True with the reason `EvaluationFailed`. The other
        conditions do not change. The same applies to an identity that the operator does not evaluate with the reason `TooLarge`.

        %s
        A CredentialPolicy has Ready with the reason `Applied`. If the operator cannot apply one of its rules, Ready is False and
        Stalled is True with the reason `Invalid`; the operator applies the other rules. With discovery, DiscoveryComplete is True with the
        reason `Complete`, or False. The reasons of False are `Partial` (the operator could not read some objects, there may be more), `Registering`
        (ServiceAccounts wait for their identities), `NotRegistered` (some ServiceAccounts get no identity), and `SomeNamespacesOnly` (the
        operator does not watch the whole cluster).

        %s"""
        .formatted(conditions, reasons);
  }

  private static String cell(ConditionType type, ConditionStatus status) {
    var own =
        Stream.ofNullable(ANSWERS.get(new Answer(type, status)))
            .flatMap(List::stream)
            .map("`%s`"::formatted)
            .collect(Collectors.joining(" "));
    if (!own.isEmpty()) {
      return own;
    }
    var repeats =
        isSum(type)
            && status
                == (type == ConditionType.Ready ? ConditionStatus.False : ConditionStatus.True);
    return repeats ? "the reason of the condition that decides" : "";
  }

  private ReasonReference() {}
}
