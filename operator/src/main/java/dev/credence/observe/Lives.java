package dev.credence.observe;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.ApprovalStatus;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.facts.Calling;
import dev.credence.facts.Lived;
import dev.credence.facts.Lived.Approval;
import dev.credence.facts.Lived.Approved;
import dev.credence.facts.Lived.Suspended;
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
        Texts.present(annotations.get(Api.APPROVE)).map(Texts::oneLine));
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
        Optional.ofNullable(status.approval()).map(Lives::approval).orElse(Approval.NONE));
  }

  private static Approval approval(ApprovalStatus status) {
    return new Approval(
        status.scope() == null || status.approvedBy() == null || status.approveTime() == null
            ? Optional.empty()
            : Optional.of(new Approved(status.scope(), status.approvedBy(), status.approveTime())),
        Optional.ofNullable(status.disregarded()));
  }

  private Lives() {}
}
