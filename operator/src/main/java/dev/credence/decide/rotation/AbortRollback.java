// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.plan.Action;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import java.util.Optional;
import java.util.stream.Stream;

/// Carries out requests on a rotation that is in progress: abort and rollback.
final class AbortRollback {
  private final RotationTarget t;
  private final SecretPlan plans;

  AbortRollback(RotationTarget t, SecretPlan plans) {
    this.t = t;
    this.plans = plans;
  }

  Builder aborted(IssuedSecret current, String value) {
    var handled = current.handled().withAbort(Optional.of(value));
    if (t.pending().isEmpty()) {
      return acknowledged(
          current.with(handled, current.issue().aborted()),
          isRevokeHookGivenUp(current.secret())
              ? "The operator retries the revoke hook."
              : "No rotation to abort.");
    }
    // The staged Secret records that it was staged before this: the next reconcile deletes it.
    return acknowledged(
        current.with(
            cancelled(current.secret(), handled),
            Optional.of(new Aborted(t.nextSecond(), t.material().digest()))),
        "The rotation to version " + t.nextVersion(Optional.of(current.issue())) + " was aborted.");
  }

  /// The wishes for the value that was stopped are answered too; those to end one are not.
  private Handled cancelled(StoredSecret secret, Handled handled) {
    var answered = t.answering(handled, Optional.of(secret));
    return new Handled(
        answered.identityRotate(),
        handled.identityRevoke(),
        answered.rotate(),
        handled.rollback(),
        handled.abort(),
        handled.revoke(),
        answered.rotations());
  }

  private boolean isRevokeHookGivenUp(StoredSecret secret) {
    return Stream.concat(t.jobs().stream().map(HookJob::run), secret.runs().stream())
        .anyMatch(run -> run.step() == Step.revoke && run.outcome() instanceof Outcome.Failed);
  }

  Builder rolledBack(IssuedSecret current, String value) {
    var handled = current.handled().withRollback(Optional.of(value));
    var impossible = impossible(current.issue());
    if (impossible.isPresent()) {
      return acknowledged(current.with(handled, current.issue().aborted()), impossible.get());
    }
    var staged = RotationCleanup.revoking(t);
    if (staged.isPresent()) {
      return plans
          .still(
              current,
              staged.get().phase(),
              "The rollback waits for the end of the staged value. "
                  + staged.get().message().orElse(""))
          .with(staged.get());
    }
    if (t.isBackingOff()) {
      return plans.kept(current, Phase.Due, "The rollback is about to start.");
    }
    var now = t.nextSecond();
    var versionInfo =
        new NewValue(t)
            .versionInfo(
                t.nextVersion(Optional.of(current.issue())),
                now,
                Optional.of(now.plus(t.schedule().overlap(now))),
                true,
                handled)
            .leaving(current.issue().moving().leftBefore());
    return plans
        .switched(versionInfo)
        .doing(new Action.Rollback(t.subject(), current.preconditions(), versionInfo));
  }

  private Optional<String> impossible(Issue issue) {
    if (t.material() instanceof TokenRecipe) {
      return Optional.of("Tokens cannot be rolled back. Rotate the token.");
    }
    if (issue.previousRetiresAt().isEmpty() || issue.previous() == Previous.Gone) {
      return Optional.of("The rollback is not possible: the previous value was removed.");
    }
    return issue.isEnding()
        ? Optional.of("The rollback is not possible: the operator revokes the previous value.")
        : Optional.empty();
  }

  /// Only the answer is written; other due actions follow in the next reconcile.
  private Builder acknowledged(IssuedSecret after, String what) {
    var plan = plans.kept(after, Phase.Fresh, what);
    return t.isBackingOff()
        ? plan
        : plan.doingOnly(
            new Action.Acknowledge(
                t.subject(),
                after.preconditions(),
                after.handled(),
                after.issue().aborted(),
                what));
  }
}
