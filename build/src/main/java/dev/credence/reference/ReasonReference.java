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

  /// Ready, Reconciling and Stalled are sums: they repeat the reason of the condition that decided.
  static final Map<Answer, List<Reason>> ANSWERS = new LinkedHashMap<>();

  private static final Map<ConditionType, String> ABOUT =
      Map.ofEntries(
          Map.entry(ConditionType.Ready, "The identity is as its policy wants it."),
          Map.entry(
              ConditionType.Reconciling,
              "Work is under way, and nobody need do anything. Only there while it is True."),
          Map.entry(
              ConditionType.Stalled,
              "A person must act. Only there while it is True, and never beside Reconciling."),
          Map.entry(ConditionType.OwnerAssigned, "Somebody answers for the identity."),
          Map.entry(
              ConditionType.Approved,
              "Somebody has approved what the identity asks for, where its policy wants that."),
          Map.entry(
              ConditionType.MembersLinked, "Every member is there and belongs to the identity."),
          Map.entry(ConditionType.CredentialsFresh, "Every credential is current."),
          Map.entry(
              ConditionType.Expiring, "The end is near or was reached: True is the bad news here."),
          Map.entry(
              ConditionType.Suspended,
              "The identity is out of service: True is the bad news here."),
          Map.entry(ConditionType.InUse, "Something shows that the identity is in use."),
          Map.entry(
              ConditionType.LeastPrivilege,
              "The accounts of the identity may do nothing dangerous."),
          Map.entry(
              ConditionType.Reviewed,
              "Somebody has confirmed in time that the identity is needed."));

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
        Reason.Compromised,
        Reason.NotEnforced,
        Reason.SuspensionLimit);
    // The reasons of a suspension where a policy that audits would suspend.
    when(
        ConditionType.Suspended,
        ConditionStatus.False,
        Reason.NeverSuspended,
        Reason.SuspensionQueued,
        Reason.Expired,
        Reason.ReviewOverdue,
        Reason.Idle);
    when(
        ConditionType.InUse,
        ConditionStatus.True,
        Reason.TokenUsed,
        Reason.PodRunning,
        Reason.Referenced);
    when(ConditionType.InUse, ConditionStatus.False, Reason.Idle);
    when(ConditionType.InUse, ConditionStatus.Unknown, Reason.NoEvidence);
    when(ConditionType.LeastPrivilege, ConditionStatus.True, Reason.NoFindings);
    when(ConditionType.LeastPrivilege, ConditionStatus.False, Reason.FindingsPresent);
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
    var conditions = new Table("Condition", "What it says", "True", "False", "Unknown");
    for (var type : ConditionType.values()) {
      conditions.row(
          "`" + type + "`",
          ABOUT.get(type),
          cell(type, ConditionStatus.True),
          cell(type, ConditionStatus.False),
          cell(type, ConditionStatus.Unknown));
    }
    var reasons = new Table("Reason", "What it means");
    Arrays.stream(Reason.values())
        .forEach(reason -> reasons.row("`" + reason + "`", reason.meaning()));
    return """
        <!-- Written by `make generate`. -->
        # Conditions and reasons

        The conditions of a MachineIdentity are in `status.conditions`, each with a reason in one word and a message in a
        sentence. Under a policy with `enforcement: Audit` a broken rule shows in its own condition and Ready stays True;
        under `Enforce` it makes Ready False. Before the first look Ready is Unknown with the reason `Pending`.
        Where the operator fails to evaluate an identity or a policy, Ready is False and Stalled True with the reason `EvaluationFailed`; the other
        conditions stay as they were. The same holds for an identity that is not evaluated since it is `TooLarge`.

        %s
        A CredentialPolicy has Ready with the reason `Applied`, or, where a rule of it cannot be applied, Ready False and
        Stalled with the reason `Invalid`; its other rules are applied. Where it asks for discovery, DiscoveryComplete is True with the
        reason `Complete`, or False: `Partial` (something could not be looked at, so that there may be more), `Registering` (accounts wait for
        their identities), `NotRegistered` (some get none), `SomeNamespacesOnly` (the operator does not look after the whole cluster).

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
    return repeats ? "the reason of the condition that counts" : "";
  }

  private ReasonReference() {}
}
