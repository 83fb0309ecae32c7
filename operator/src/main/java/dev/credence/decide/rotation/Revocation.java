// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.CredentialPlan.Progress;
import dev.credence.decide.rotation.HookRuns.AllPassed;
import dev.credence.decide.rotation.HookRuns.Unfinished;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Why;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Sentences;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Plans the revocation of a compromised value.
final class Revocation {
  private static final String BEING_MADE = "Issuing a new value.";
  private static final String WAITS = "The next value waits for an approval.";

  private final RotationTarget t;
  private final SecretPlan plans;

  Revocation(RotationTarget t, SecretPlan plans) {
    this.t = t;
    this.plans = plans;
  }

  /// It is ended where it is checked before there is a new one, whatever breaks by that.
  Builder revoked(IssuedSecret current, String reason) {
    if (t.isHalted(IssuanceHold.Cause.Unapproved)) {
      return withoutNext(current, reason);
    }
    return ended(current, reason).orElseGet(() -> replaced(current, reason));
  }

  /// While the next value is not approved, a revocation revokes the value and creates none. A hook
  /// that is not approved does not run; it does when it is approved, before the next value.
  private Builder withoutNext(IssuedSecret current, String reason) {
    return ended(current, reason)
        .filter(_ -> t.mayRun(Step.revoke))
        .orElseGet(
            () ->
                stated(
                    current,
                    reason,
                    false,
                    (t.mayRun(Step.revoke) ? "" : Sentences.sentence(t.withheld(Step.revoke)) + " ")
                        + WAITS))
        .doing(endingTokens(current.issue()));
  }

  private Builder replaced(IssuedSecret current, String reason) {
    var blocker = t.blocker(Optional.of(current.issue()));
    if (blocker.isPresent()) {
      return plans
          .bare(current, Phase.Blocked, blocker.get().message())
          .against(blocker)
          .doing(endingTokens(current.issue()));
    }
    var why = new Why.Revoked(reason);
    if (t.hooks().stage()) {
      return new StagedRotation(t, Optional.of(current), false, true)
          .plan(
              plans,
              why,
              progress ->
                  stated(
                      current,
                      reason,
                      progress.isBlocked(),
                      progress.message().orElse(BEING_MADE)));
    }
    if (t.isBackingOff()) {
      return stated(current, reason, false, BEING_MADE);
    }
    var versionInfo = new NewValue(t).nextAfterRevocation(current);
    return plans
        .switched(versionInfo)
        .doing(endingTokens(current.issue()))
        .doing(TokenAnchors.anchoring(t, versionInfo.version()))
        .doing(
            new Action.Rotate(
                t.subject(), current.preconditions(), t.material(), versionInfo, why));
  }

  /// The end of the value where it is checked, while that is under way; it does not wait for a new
  /// one to be possible.
  Optional<Builder> ended(IssuedSecret current, String reason) {
    return unended(current)
        .map(
            progress ->
                stated(current, reason, progress.isBlocked(), progress.message().orElse(""))
                    .with(progress)
                    .against(t.blocker(Optional.of(current.issue()))));
  }

  /// The first that has not passed of the hooks that end the previous value, if it is still there,
  /// and the current one.
  Optional<Progress> unended(IssuedSecret current) {
    if (t.hooks().revoke().isEmpty()) {
      return Optional.empty();
    }
    var issue = current.issue();
    var previous =
        issue.previousRetiresAt().filter(_ -> issue.previous() != Previous.Gone).stream()
            .flatMap(_ -> unended(current, issue.version() - 1, Hooks.PREVIOUS));
    return Stream.concat(previous, unended(current, issue.version(), "")).findFirst();
  }

  private Stream<Progress> unended(IssuedSecret current, long version, String suffix) {
    return switch (HookRuns.ending(t, current.secret(), version, suffix)) {
      case AllPassed _ -> Stream.of();
      case Unfinished(var progress, _) -> Stream.of(progress);
    };
  }

  /// The end of all tokens there are, the current one among them.
  private List<Action> endingTokens(Issue issue) {
    return TokenAnchors.endingBefore(
        t.nextVersion(Optional.of(issue)), t.parts(), "it was revoked");
  }

  private Builder stated(IssuedSecret current, String reason, boolean isBlocked, String what) {
    return plans.bare(
        current, isBlocked ? Phase.Blocked : Phase.Revoked, "Revoked (" + reason + "). " + what);
  }
}
