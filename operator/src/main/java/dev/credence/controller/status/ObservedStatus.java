// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import dev.credence.api.CredentialPolicySpec.BehaviorFinding;
import dev.credence.api.MachineIdentityStatus.BehaviorStatus;
import dev.credence.api.MachineIdentityStatus.FindingStatus;
import dev.credence.api.MachineIdentityStatus.OddFinding;
import dev.credence.api.MachineIdentityStatus.ReviewStatus;
import dev.credence.api.MachineIdentityStatus.RightsStatus;
import dev.credence.api.MachineIdentityStatus.RiskLevel;
import dev.credence.api.MachineIdentityStatus.RiskStatus;
import dev.credence.api.MachineIdentityStatus.UsageSource;
import dev.credence.api.MachineIdentityStatus.UsageStatus;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.identity.RecordedStatus.Behavior;
import dev.credence.facts.identity.RecordedStatus.RecordedReview;
import dev.credence.facts.policy.Severity;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Finding;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Use, risk, behavior and review of an identity as its status says them.
final class ObservedStatus {
  private static final int MOST_FINDINGS = 32;
  private static final int LONGEST = 1024;
  private static final int LONGEST_NETWORK = 63;
  private static final int LONGEST_AGENT = 64;

  /// Empty where nothing is known.
  static Optional<UsageStatus> usage(IdentityStatus.Use use) {
    var isSeen = use.source() != IdentityStatus.Use.Source.None;
    return isSeen || use.referencedUntil().isPresent()
        ? Optional.of(
            new UsageStatus(
                use.lastDay().map(LocalDate::toString).orElse(null),
                isSeen ? UsageSource.valueOf(use.source().name()) : null,
                use.referencedUntil().map(LocalDate::toString).orElse(null)))
        : Optional.empty();
  }

  /// Empty where nothing was found: LeastPrivilege shows that it was evaluated.
  static Optional<RiskStatus> risk(IdentityStatus.Risk risk) {
    return risk.findings().isEmpty() && risk.excluded().isEmpty() && risk.rights().isEmpty()
        ? Optional.empty()
        : Optional.of(found(risk));
  }

  private static RiskStatus found(IdentityStatus.Risk risk) {
    var findings = risk.findings();
    return new RiskStatus(
        findings.stream()
            .map(Finding::severity)
            .max(Severity::compareTo)
            .map(ObservedStatus::level)
            .orElse(RiskLevel.None),
        count(risk, Severity.Critical),
        count(risk, Severity.High),
        count(risk, Severity.Medium),
        count(risk, Severity.Low),
        findings.stream().limit(MOST_FINDINGS).map(ObservedStatus::finding).toList(),
        bindings(risk.excluded()),
        risk.rights().map(ObservedStatus::rights).orElse(null));
  }

  private static RightsStatus rights(IdentityStatus.RightsUsed rights) {
    return new RightsStatus(
        rights.total(),
        StatusMapper.some(rights.unused()),
        StatusMapper.some(rights.unknown()),
        bindings(rights.remove()),
        bindings(rights.reduce()));
  }

  private static List<String> bindings(List<String> all) {
    return all.stream()
        .limit(MOST_FINDINGS)
        .map(via -> StatusMapper.shortened(via, LONGEST))
        .toList();
  }

  private static @Nullable Integer count(IdentityStatus.Risk risk, Severity severity) {
    return StatusMapper.some(
        (int) risk.findings().stream().filter(finding -> finding.severity() == severity).count());
  }

  private static FindingStatus finding(Finding finding) {
    return new FindingStatus(
        finding.rule(),
        level(finding.severity()),
        StatusMapper.shortened(finding.via(), LONGEST),
        StatusMapper.shortened(finding.detail(), LONGEST));
  }

  private static RiskLevel level(Severity severity) {
    return RiskLevel.valueOf(severity.name());
  }

  /// Empty where nothing is to be remembered.
  static Optional<BehaviorStatus> behavior(Behavior behavior) {
    return behavior.equals(Behavior.NONE)
        ? Optional.empty()
        : Optional.of(
            new BehaviorStatus(
                behavior.findings().stream().map(ObservedStatus::finding).toList(),
                behavior.suspendsFrom().orElse(null),
                behavior.suspendedAt().orElse(null)));
  }

  private static OddFinding finding(RecordedStatus.OddFinding finding) {
    return new OddFinding(
        BehaviorFinding.valueOf(finding.kind()),
        finding.account(),
        finding.first(),
        finding.last(),
        finding.count() == 1 ? null : finding.count(),
        text(finding.place(), LONGEST_NETWORK),
        text(finding.agent(), LONGEST_AGENT),
        text(finding.auditId(), LONGEST_AGENT),
        text(finding.message(), LONGEST));
  }

  private static @Nullable String text(String text, int most) {
    return text.isEmpty() ? null : StatusMapper.shortened(text, most);
  }

  static ReviewStatus review(IdentityStatus.Review review) {
    return new ReviewStatus(
        StatusMapper.seconds(review.due()),
        StatusMapper.seconds(review.record().last().map(RecordedReview::at)),
        review.record().last().map(RecordedReview::by).orElse(null),
        review.record().disregarded().orElse(null),
        review.record().checkedBy().orElse(null));
  }

  private ObservedStatus() {}
}
