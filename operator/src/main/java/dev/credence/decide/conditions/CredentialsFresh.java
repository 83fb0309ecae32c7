// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.conditions;

import dev.credence.decide.lifecycle.LegacyTokens;
import dev.credence.decide.rotation.CredentialPlan;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.IssuanceHold.Cause;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Is every credential current? The worst that can be said of any of them is said.
public final class CredentialsFresh {
  private static final Set<Phase> ABOUT_TO_CHANGE =
      EnumSet.of(
          Phase.Due, Phase.Deferred, Phase.Applying, Phase.Verifying, Phase.Revoked, Phase.Expired);

  /// `halt`: why nothing is issued; another condition speaks of that.
  public static ConditionResult result(
      List<CredentialPlan> plans, Optional<IssuanceHold> halt, LegacyTokens legacy) {
    var credentials = plans.stream().map(CredentialPlan::credential).toList();
    if (halt.filter(why -> why.is(Cause.Decommissioned)).isPresent()) {
      return hindered(plans, Reason.RotationBlocked)
          .or(() -> hindered(plans, Reason.VerificationFailed))
          .or(() -> beingEnded(credentials))
          .orElseGet(CredentialsFresh::ended);
    }
    // Consumers are refused now: nothing is worse.
    return hindered(plans, Reason.ConsumersLeftBehind)
        .or(() -> hindered(plans, Reason.AccountLocked))
        .or(() -> hindered(plans, Reason.ProbeFailed))
        .or(() -> hindered(plans, Reason.RotationBlocked))
        .or(() -> notReady(credentials, halt))
        .or(() -> hindered(plans, Reason.ValueOverwritten))
        .or(() -> hindered(plans, Reason.VerificationFailed))
        .or(() -> notThere(credentials, halt.isPresent() ? Impact.None : Impact.Waiting))
        .or(() -> ended(credentials))
        .or(() -> violated(plans))
        .or(legacy::result)
        .or(() -> failedToRenew(credentials))
        .or(() -> hindered(plans, Reason.ConsumersPending))
        .or(() -> hindered(plans, Reason.RotationDeferred))
        .or(() -> due(credentials))
        .orElseGet(() -> fresh(credentials, legacy));
  }

  private static Optional<ConditionResult> hindered(List<CredentialPlan> plans, Reason reason) {
    var blockers =
        plans.stream()
            .flatMap(plan -> plan.blockers().stream())
            .filter(found -> found.reason() == reason)
            .toList();
    return failing(
        reason,
        blockers.stream().map(Blocker::impact).max(Comparator.naturalOrder()).orElse(Impact.None),
        blockers.stream().map(Blocker::message).distinct().toList());
  }

  /// Broken rules of the policy: the first gives the reason, the message contains all.
  private static Optional<ConditionResult> violated(List<CredentialPlan> plans) {
    var violations =
        plans.stream()
            .flatMap(plan -> plan.blockers().stream())
            .filter(blocker -> blocker.impact() == Impact.Violation)
            .sorted(Comparator.comparing(Blocker::reason))
            .toList();
    return violations.stream()
        .findFirst()
        .flatMap(
            worst ->
                failing(
                    worst.reason(),
                    Impact.Violation,
                    violations.stream().map(Blocker::message).toList()));
  }

  private static Optional<ConditionResult> failedToRenew(List<Credential> credentials) {
    return failing(
        Reason.IssuanceFailed,
        Impact.None,
        credentials.stream()
            .filter(c -> c.failedAttempts().isPresent())
            .map(c -> sentence(c, "The issuance failed."))
            .toList());
  }

  /// One that is not to be issued for now counts for nothing.
  private static Optional<ConditionResult> notReady(
      List<Credential> credentials, Optional<IssuanceHold> halt) {
    var certificates =
        credentials.stream()
            .filter(c -> c.kind() == Kind.Certificate)
            .filter(c -> c.phase() == Phase.Pending || c.phase() == Phase.Expired)
            .toList();
    var isHeld = halt.isPresent() && certificates.stream().allMatch(c -> c.issuedAt().isEmpty());
    return failing(
        Reason.CertificateNotReady,
        isHeld ? Impact.None : Impact.Waiting,
        certificates.stream().map(c -> sentence(c, "The certificate is not ready.")).toList());
  }

  private static Optional<ConditionResult> beingEnded(List<Credential> credentials) {
    var left = credentials.stream().filter(c -> isCreated(c) && c.issuedAt().isPresent());
    return failing(
        Reason.RotationDue,
        Impact.Waiting,
        left.map(c -> sentence(c, "Waiting for the revocation.")).toList());
  }

  private static ConditionResult ended() {
    return ConditionResult.fine(
        ConditionType.CredentialsFresh,
        ConditionStatus.True,
        Reason.Current,
        "The operator has removed the credentials that it created for the identity.");
  }

  private static Optional<ConditionResult> notThere(List<Credential> credentials, Impact impact) {
    var pending =
        credentials.stream()
            .filter(c -> c.phase() == Phase.Pending || isCreated(c) && c.issuedAt().isEmpty())
            .filter(c -> c.phase() != Phase.Expired);
    return failing(
        Reason.RotationDue,
        impact,
        pending.map(c -> sentence(c, "The operator has not issued a value yet.")).toList());
  }

  private static boolean isCreated(Credential credential) {
    return credential.kind() == Kind.Generated || credential.kind() == Kind.Token;
  }

  private static Optional<ConditionResult> ended(List<Credential> credentials) {
    var ended =
        credentials.stream()
            .filter(c -> c.kind() == Kind.Linked || c.kind() == Kind.LegacyToken)
            .filter(c -> c.phase() == Phase.Expired);
    return failing(
        Reason.RotationDue,
        Impact.Violation,
        ended.map(c -> sentence(c, "The credential has expired.")).toList());
  }

  /// Shown, but nothing is wrong: seconds pass between a request and its answer, and what an
  /// identity that has ended still holds is for Expiring to say.
  private static Optional<ConditionResult> due(List<Credential> credentials) {
    var due = credentials.stream().filter(c -> ABOUT_TO_CHANGE.contains(c.phase()));
    return failing(
        Reason.RotationDue,
        Impact.None,
        due.map(c -> sentence(c, "The rotation is about to start.")).toList());
  }

  private static ConditionResult fresh(List<Credential> credentials, LegacyTokens legacy) {
    if (credentials.isEmpty() && legacy.note().isEmpty()) {
      return ConditionResult.notApplicable(ConditionType.CredentialsFresh, ConditionStatus.True);
    }
    return ConditionResult.fine(
        ConditionType.CredentialsFresh,
        ConditionStatus.True,
        Reason.Current,
        (credentials.isEmpty() ? "No credentials." : "All credentials are current.")
            + legacy.note().map(text -> " " + text).orElse(""));
  }

  private static String sentence(Credential credential, String otherwise) {
    var subject =
        (credential.kind() == Kind.Certificate ? "Certificate " : "Secret ") + credential.name();
    var message = credential.message().orElse(otherwise);
    return message.startsWith(subject + ": ") ? message : Sentences.about(subject, message);
  }

  private static Optional<ConditionResult> failing(
      Reason reason, Impact impact, List<String> sentences) {
    return sentences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ConditionResult(
                ConditionType.CredentialsFresh,
                ConditionStatus.False,
                reason,
                Sentences.joined(sentences),
                impact));
  }

  private CredentialsFresh() {}
}
