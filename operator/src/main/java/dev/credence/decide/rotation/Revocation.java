// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Why;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IssuanceHold;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is to be done about a value that is in other hands?
final class Revocation {
  private static final String BEING_MADE = "a new value is made";
  private static final String WAITS = "the next value waits for an approval";

  private final RotationTarget t;
  private final Upkeep upkeep;

  Revocation(RotationTarget t, Upkeep upkeep) {
    this.t = t;
    this.upkeep = upkeep;
  }

  /// It is ended where it is checked before there is a new one, whatever breaks by that.
  CredentialPlan revoked(IssuedSecret current, String reason) {
    if (t.isHalted(IssuanceHold.Cause.Unapproved)) {
      return withoutNext(current, reason);
    }
    return ended(current, reason).orElseGet(() -> replaced(current, reason));
  }

  /// While nobody has approved what comes next, a revocation ends the value and creates none. A
  /// hook that nobody has approved does not run; it does when it is approved, before the next
  /// value.
  private CredentialPlan withoutNext(IssuedSecret current, String reason) {
    return ended(current, reason)
        .filter(_ -> t.mayRun(Step.revoke))
        .orElseGet(
            () ->
                said(
                    current,
                    reason,
                    false,
                    (t.mayRun(Step.revoke) ? "" : t.withheld(Step.revoke) + "; ") + WAITS))
        .doing(endingTokens(current.issue()));
  }

  private CredentialPlan replaced(IssuedSecret current, String reason) {
    var obstacle = t.obstacle(Optional.of(current.issue()));
    if (obstacle.isPresent()) {
      return upkeep
          .bare(current, Phase.Blocked, obstacle.get().message())
          .against(obstacle)
          .doing(endingTokens(current.issue()));
    }
    var why = new Why.Revoked(reason);
    if (t.hooks().stage()) {
      var answer = new StagedRotation(t, Optional.of(current), false, true).answer(why);
      return answer.turn(
          upkeep,
          () ->
              said(
                  current,
                  reason,
                  answer.phase() == Phase.Blocked,
                  answer.message().orElse(BEING_MADE)));
    }
    if (t.isSetBack()) {
      return said(current, reason, false, BEING_MADE);
    }
    var receipt = new NewValue(t).nextAfterRevocation(current);
    return upkeep
        .turned(receipt)
        .doing(endingTokens(current.issue()))
        .doing(TokenAnchors.anchoring(t, receipt.version()))
        .doing(new Action.Rotate(t.subject(), current.guard(), t.material(), receipt, why));
  }

  /// The end of the value where it is checked, while that is under way; it does not wait for a new
  /// one to be possible.
  Optional<CredentialPlan> ended(IssuedSecret current, String reason) {
    return endings(current)
        .filter(run -> !run.passed())
        .findFirst()
        .map(
            run ->
                said(current, reason, run.blocked(), run.message().orElse(""))
                    .doing(run.actions())
                    .against(run.obstacle())
                    .against(t.obstacle(Optional.of(current.issue())))
                    .changingAt(run.changesAt()));
  }

  /// The hooks that end the previous value, if it is still there, and the current one.
  Stream<HookRuns.Answer> endings(IssuedSecret current) {
    if (t.hooks().revoke().isEmpty()) {
      return Stream.of();
    }
    var previous =
        current.issue().previousRetiresAt().stream()
            .filter(_ -> current.issue().previous() != Previous.Gone)
            .map(
                _ ->
                    HookRuns.ending(
                        t, current.secret(), current.issue().version() - 1, Hooks.PREVIOUS));
    return Stream.concat(
        previous, Stream.of(HookRuns.ending(t, current.secret(), current.issue().version(), "")));
  }

  /// The end of all tokens there are, the current one among them.
  private List<Action> endingTokens(Issue issue) {
    return TokenAnchors.endingBefore(
        t.nextVersion(Optional.of(issue)), t.parts(), "it was revoked");
  }

  private CredentialPlan said(IssuedSecret current, String reason, boolean isBlocked, String what) {
    return upkeep.bare(
        current, isBlocked ? Phase.Blocked : Phase.Revoked, "revoked (" + reason + "): " + what);
  }
}
