package dev.credence.reference;

import dev.credence.plan.Reason;
import dev.credence.plan.Verdict.Aspect;
import dev.credence.plan.Verdict.Truth;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which condition may have which reason.
final class ReasonReference {

  record Answer(Aspect aspect, Truth truth) {}

  /// Ready, Reconciling and Stalled are sums: they repeat the reason of the condition that decided.
  static final Map<Answer, List<Reason>> ANSWERS = new LinkedHashMap<>();

  private static final Map<Aspect, String> ABOUT =
      Map.ofEntries(
          Map.entry(Aspect.Ready, "The identity is as its policy wants it."),
          Map.entry(
              Aspect.Reconciling,
              "Work is under way, and nobody need do anything. Only there while it is True."),
          Map.entry(
              Aspect.Stalled,
              "A person must act. Only there while it is True, and never beside Reconciling."),
          Map.entry(
              Aspect.PolicyMatched, "A policy decides about the identity. Ready does not need it."),
          Map.entry(Aspect.OwnerAssigned, "Somebody answers for the identity."),
          Map.entry(
              Aspect.Approved,
              "Somebody has approved what the identity asks for, where its policy wants that."),
          Map.entry(Aspect.MembersLinked, "Every member is there and belongs to the identity."),
          Map.entry(Aspect.CredentialsFresh, "Every credential is current."),
          Map.entry(Aspect.Expiring, "The end is near or was reached: True is the bad news here."),
          Map.entry(Aspect.Suspended, "The identity is out of service: True is the bad news here."),
          Map.entry(Aspect.InUse, "Something shows that the identity is in use."),
          Map.entry(
              Aspect.LeastPrivilege, "The accounts of the identity may do nothing dangerous."),
          Map.entry(
              Aspect.Reviewed, "Somebody has confirmed in time that the identity is needed."));

  static {
    when(Aspect.Ready, Truth.True, Reason.InOrder);
    when(Aspect.PolicyMatched, Truth.True, Reason.Matched);
    when(Aspect.PolicyMatched, Truth.False, Reason.NoPolicy);
    when(Aspect.OwnerAssigned, Truth.True, Reason.Assigned);
    when(
        Aspect.OwnerAssigned,
        Truth.False,
        Reason.OwnerMissing,
        Reason.OwnerInvalid,
        Reason.BackupMissing);
    when(Aspect.Approved, Truth.True, Reason.NotRequired, Reason.Approved);
    when(Aspect.Approved, Truth.False, Reason.ApprovalPending, Reason.ScopeChanged);
    when(Aspect.MembersLinked, Truth.True, Reason.AllLinked);
    when(
        Aspect.MembersLinked,
        Truth.False,
        Reason.MemberMissing,
        Reason.TargetNotOwned,
        Reason.ClaimedWhileSuspended,
        Reason.ClaimedByOther,
        Reason.CertManagerAbsent);
    when(Aspect.CredentialsFresh, Truth.True, Reason.Fresh);
    when(
        Aspect.CredentialsFresh,
        Truth.False,
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
    when(Aspect.Expiring, Truth.True, Reason.ExpiresSoon, Reason.Expired);
    when(Aspect.Expiring, Truth.False, Reason.NoExpiry, Reason.FarAway);
    when(
        Aspect.Suspended,
        Truth.True,
        Reason.Requested,
        Reason.Expired,
        Reason.ReviewOverdue,
        Reason.Idle,
        Reason.Compromised,
        Reason.NotEnforced,
        Reason.SuspensionLimit);
    when(Aspect.Suspended, Truth.False, Reason.InService);
    when(Aspect.InUse, Truth.True, Reason.TokenUsed, Reason.PodRunning, Reason.Referenced);
    when(Aspect.InUse, Truth.False, Reason.Idle);
    when(Aspect.InUse, Truth.Unknown, Reason.NoEvidence);
    when(Aspect.LeastPrivilege, Truth.True, Reason.NoFindings);
    when(Aspect.LeastPrivilege, Truth.False, Reason.FindingsPresent);
    when(Aspect.LeastPrivilege, Truth.Unknown, Reason.EvaluationIncomplete);
    when(Aspect.Reviewed, Truth.True, Reason.NotRequired, Reason.Reviewed);
    when(Aspect.Reviewed, Truth.False, Reason.ReviewDue, Reason.ReviewOverdue);
  }

  private static void when(Aspect aspect, Truth truth, Reason... reasons) {
    ANSWERS.put(new Answer(aspect, truth), List.of(reasons));
  }

  static boolean isSum(Aspect aspect) {
    return List.of(Aspect.Ready, Aspect.Reconciling, Aspect.Stalled).contains(aspect);
  }

  static String markdown() {
    var conditions = new Table("Condition", "What it says", "True", "False", "Unknown");
    for (var aspect : Aspect.values()) {
      conditions.row(
          "`" + aspect + "`",
          ABOUT.get(aspect),
          cell(aspect, Truth.True),
          cell(aspect, Truth.False),
          cell(aspect, Truth.Unknown));
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

  private static String cell(Aspect aspect, Truth truth) {
    var own =
        Stream.ofNullable(ANSWERS.get(new Answer(aspect, truth)))
            .flatMap(List::stream)
            .map("`%s`"::formatted)
            .collect(Collectors.joining(" "));
    if (!own.isEmpty()) {
      return own;
    }
    var repeats = isSum(aspect) && truth == (aspect == Aspect.Ready ? Truth.False : Truth.True);
    return repeats ? "the reason of the condition that counts" : "";
  }

  private ReasonReference() {}
}
