// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.ApprovalStatus;
import dev.credence.api.MachineIdentityStatus.BehaviorStatus;
import dev.credence.api.MachineIdentityStatus.EndedFor;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.Passage;
import dev.credence.api.MachineIdentityStatus.ReviewStatus;
import dev.credence.api.MachineIdentityStatus.UsageSource;
import dev.credence.api.MachineIdentityStatus.UsageStatus;
import dev.credence.facts.identity.LifecycleRequests;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.identity.RecordedStatus.Approval;
import dev.credence.facts.identity.RecordedStatus.Behavior;
import dev.credence.facts.identity.RecordedStatus.Classified;
import dev.credence.facts.identity.RecordedStatus.EndedToken;
import dev.credence.facts.identity.RecordedStatus.LastUse;
import dev.credence.facts.identity.RecordedStatus.OddFinding;
import dev.credence.facts.identity.RecordedStatus.RecordedApproval;
import dev.credence.facts.identity.RecordedStatus.RecordedReview;
import dev.credence.facts.identity.RecordedStatus.Review;
import dev.credence.facts.identity.RecordedStatus.Sign;
import dev.credence.facts.identity.RecordedStatus.Suspended;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the requests on the lifecycle of an identity, and what its status remembers of it.
public final class LifecycleReader {

  static LifecycleRequests lifecycleRequests(MachineIdentity resource) {
    var annotations = Metadata.annotations(resource.getMetadata());
    return new LifecycleRequests(
        Optional.ofNullable(resource.getSpec())
            .map(MachineIdentitySpec::state)
            .map(state -> LifecycleRequests.State.valueOf(state.name()))
            .orElse(LifecycleRequests.State.Active),
        Optional.ofNullable(resource.getSpec())
            .map(MachineIdentitySpec::stateReason)
            .flatMap(UntrustedText::present)
            .map(UntrustedText::oneLine),
        Optional.ofNullable(annotations.get(Api.SUSPEND)).map(UntrustedText::oneLine),
        Optional.ofNullable(annotations.get(Api.COMPROMISED)).map(UntrustedText::oneLine),
        UntrustedText.present(annotations.get(Api.APPROVE)).map(UntrustedText::oneLine),
        UntrustedText.present(annotations.get(Api.REVIEW)).map(UntrustedText::oneLine));
  }

  static RecordedStatus recorded(@Nullable MachineIdentityStatus status) {
    if (status == null) {
      return RecordedStatus.NOTHING;
    }
    return new RecordedStatus(
        status.state() == LifeState.Decommissioned,
        Optional.ofNullable(status.suspension())
            .filter(suspension -> suspension.startTime() != null && suspension.reason() != null)
            .map(suspension -> new Suspended(suspension.startTime(), suspension.reason())),
        resumedAt(status.history()),
        compromisedAt(status.history()),
        Optional.ofNullable(status.approval()).map(LifecycleReader::approval).orElse(Approval.NONE),
        Optional.ofNullable(status.review()).map(LifecycleReader::review).orElse(Review.NONE),
        Optional.ofNullable(status.usage()).flatMap(LifecycleReader::lastUse),
        isReferenced(status),
        Optional.ofNullable(status.usage())
            .flatMap(usage -> UntrustedText.day(usage.referencedUntil())),
        status.type() == null || status.typeReason() == null
            ? Optional.empty()
            : Optional.of(new Classified(status.type().name(), status.typeReason())),
        ended(status).toList(),
        Optional.ofNullable(status.behavior())
            .map(LifecycleReader::behavior)
            .orElse(Behavior.NONE));
  }

  private static Behavior behavior(BehaviorStatus status) {
    return new Behavior(
        NullSafe.in(status.findings())
            .filter(
                finding ->
                    finding.type() != null
                        && finding.serviceAccountName() != null
                        && finding.firstTime() != null
                        && finding.lastTime() != null)
            .map(LifecycleReader::finding)
            .toList(),
        Optional.ofNullable(status.suspendsFromTime()),
        Optional.ofNullable(status.suspensionTime()));
  }

  private static OddFinding finding(MachineIdentityStatus.OddFinding finding) {
    return new OddFinding(
        finding.type().name(),
        finding.serviceAccountName(),
        finding.firstTime(),
        finding.lastTime(),
        Objects.requireNonNullElse(finding.count(), 1),
        Objects.requireNonNullElse(finding.network(), ""),
        Objects.requireNonNullElse(finding.agent(), ""),
        Objects.requireNonNullElse(finding.auditID(), ""),
        Objects.requireNonNullElse(finding.message(), ""));
  }

  public static Stream<EndedToken> ended(MachineIdentityStatus status) {
    return NullSafe.in(status.endedTokens())
        .filter(
            token ->
                token.secret() != null
                    && token.serviceAccount() != null
                    && token.serviceAccountUid() != null)
        .map(
            token ->
                new EndedToken(
                    token.secret(),
                    token.serviceAccount(),
                    token.serviceAccountUid(),
                    token.reason() == EndedFor.Unused));
  }

  private static Optional<Instant> resumedAt(@Nullable List<Passage> history) {
    var resumed = Optional.<Instant>empty();
    var why = "";
    for (var passage : NullSafe.in(history).toList()) {
      if (passage.to() == LifeState.Suspended) {
        why = passage.reason();
      }
      if (passage.from() == LifeState.Suspended && passage.to() == LifeState.Active) {
        resumed = "Idle".equals(why) ? resumed : Optional.ofNullable(passage.time());
      }
    }
    return resumed;
  }

  /// When it was last suspended as compromised.
  private static Optional<Instant> compromisedAt(@Nullable List<Passage> history) {
    return NullSafe.in(history)
        .filter(
            passage ->
                passage.to() == LifeState.Suspended && "Compromised".equals(passage.reason()))
        .flatMap(passage -> Stream.ofNullable(passage.time()))
        .max(Instant::compareTo);
  }

  private static Approval approval(ApprovalStatus status) {
    return new Approval(
        status.scope() == null || status.approvedBy() == null || status.approveTime() == null
            ? Optional.empty()
            : Optional.of(
                new RecordedApproval(
                    status.scope(),
                    status.approvedBy(),
                    status.approveTime(),
                    NullSafe.in(status.hooks()).toList())),
        Optional.ofNullable(status.disregarded()));
  }

  private static Review review(ReviewStatus status) {
    return new Review(
        status.reviewedBy() == null || status.reviewTime() == null
            ? Optional.empty()
            : Optional.of(new RecordedReview(status.reviewedBy(), status.reviewTime())),
        Optional.ofNullable(status.disregarded()),
        Optional.ofNullable(status.checkedBy()));
  }

  private static boolean isReferenced(MachineIdentityStatus status) {
    return NullSafe.in(status.conditions())
        .anyMatch(
            condition ->
                "InUse".equals(condition.type()) && "Referenced".equals(condition.reason()));
  }

  private static Optional<LastUse> lastUse(UsageStatus status) {
    return UntrustedText.day(status.lastUsedTime())
        .map(day -> new LastUse(day, sign(status.source())));
  }

  private static Sign sign(@Nullable UsageSource source) {
    return switch (source) {
      case TokenLabel -> Sign.TokenLabel;
      case AuditEvent -> Sign.AuditEvent;
      case null, default -> Sign.Pod;
    };
  }

  private LifecycleReader() {}
}
