package dev.credence.observe.read;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.ApprovalStatus;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.Passage;
import dev.credence.api.MachineIdentityStatus.ReviewStatus;
import dev.credence.api.MachineIdentityStatus.UsageSource;
import dev.credence.api.MachineIdentityStatus.UsageStatus;
import dev.credence.facts.identity.Calling;
import dev.credence.facts.identity.Lived;
import dev.credence.facts.identity.Lived.Approval;
import dev.credence.facts.identity.Lived.Approved;
import dev.credence.facts.identity.Lived.Classified;
import dev.credence.facts.identity.Lived.LastUse;
import dev.credence.facts.identity.Lived.Review;
import dev.credence.facts.identity.Lived.Reviewed;
import dev.credence.facts.identity.Lived.Sign;
import dev.credence.facts.identity.Lived.Suspended;
import dev.credence.raw.Each;
import dev.credence.raw.Metadata;
import dev.credence.raw.Texts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is asked of the life of an identity, and what its status remembers of it.
final class Lives {

  static Calling calling(MachineIdentity resource) {
    var annotations = Metadata.annotations(resource.getMetadata());
    return new Calling(
        Optional.ofNullable(resource.getSpec())
            .map(MachineIdentitySpec::state)
            .map(state -> Calling.State.valueOf(state.name()))
            .orElse(Calling.State.Active),
        Optional.ofNullable(annotations.get(Api.SUSPEND)).map(Texts::oneLine),
        Texts.present(annotations.get(Api.APPROVE)).map(Texts::oneLine),
        Texts.present(annotations.get(Api.REVIEW)).map(Texts::oneLine));
  }

  static Lived lived(@Nullable MachineIdentityStatus status) {
    if (status == null) {
      return Lived.NOTHING;
    }
    return new Lived(
        status.state() == LifeState.Decommissioned,
        Optional.ofNullable(status.suspension())
            .filter(suspension -> suspension.startTime() != null && suspension.reason() != null)
            .map(suspension -> new Suspended(suspension.startTime(), suspension.reason())),
        resumedAt(status.history()),
        Optional.ofNullable(status.approval()).map(Lives::approval).orElse(Approval.NONE),
        Optional.ofNullable(status.review()).map(Lives::review).orElse(Review.NONE),
        Optional.ofNullable(status.usage()).flatMap(Lives::lastUse),
        isReferenced(status),
        Optional.ofNullable(status.usage()).flatMap(usage -> Texts.day(usage.referencedUntil())),
        status.type() == null || status.typeReason() == null
            ? Optional.empty()
            : Optional.of(new Classified(status.type().name(), status.typeReason())));
  }

  private static Optional<Instant> resumedAt(@Nullable List<Passage> history) {
    var resumed = Optional.<Instant>empty();
    var why = "";
    for (var passage : Each.in(history).toList()) {
      if (passage.to() == LifeState.Suspended) {
        why = passage.reason();
      }
      if (passage.from() == LifeState.Suspended && passage.to() == LifeState.Active) {
        resumed = "Idle".equals(why) ? resumed : Optional.ofNullable(passage.time());
      }
    }
    return resumed;
  }

  private static Approval approval(ApprovalStatus status) {
    return new Approval(
        status.scope() == null || status.approvedBy() == null || status.approveTime() == null
            ? Optional.empty()
            : Optional.of(
                new Approved(
                    status.scope(),
                    status.approvedBy(),
                    status.approveTime(),
                    Each.in(status.hooks()).toList())),
        Optional.ofNullable(status.disregarded()));
  }

  private static Review review(ReviewStatus status) {
    return new Review(
        status.reviewedBy() == null || status.reviewTime() == null
            ? Optional.empty()
            : Optional.of(new Reviewed(status.reviewedBy(), status.reviewTime())),
        Optional.ofNullable(status.disregarded()),
        Optional.ofNullable(status.checkedBy()));
  }

  private static boolean isReferenced(MachineIdentityStatus status) {
    return Each.in(status.conditions())
        .anyMatch(
            condition ->
                "InUse".equals(condition.type()) && "Referenced".equals(condition.reason()));
  }

  private static Optional<LastUse> lastUse(UsageStatus status) {
    return Texts.day(status.lastUsedTime())
        .map(
            day ->
                new LastUse(
                    day, status.source() == UsageSource.TokenLabel ? Sign.TokenLabel : Sign.Pod));
  }

  private Lives() {}
}
