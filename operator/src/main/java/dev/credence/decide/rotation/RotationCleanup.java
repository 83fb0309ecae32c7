// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.hook.HookProgress;
import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.CredentialPlan.Progress;
import dev.credence.decide.rotation.HookRuns.Unfinished;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks.Hook;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Value;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IssuanceHold;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Deletes the objects that were created for a value that is no longer needed.
public final class RotationCleanup {
  private final RotationTarget t;

  RotationCleanup(RotationTarget t) {
    this.t = t;
  }

  /// Deletes the objects that were created for a value that is no longer needed: a staged value
  /// that is active by now, and Jobs.
  Builder cleaned(Builder plan, Optional<IssuedSecret> current) {
    var useless = t.jobs().stream().filter(job -> !isUseful(job, current)).toList();
    var staged = staged(plan, current);
    return plan.until(staged).doing(removing(useless, "its value is settled"));
  }

  private Progress staged(Builder plan, Optional<IssuedSecret> current) {
    return new StagedRotation(t, current, true, false).isBegun()
        ? Progress.of(Phase.Fresh)
        : dropping("its value is active, or no longer requested")
            .keeping(drop -> !plan.writes(drop.subject()));
  }

  private boolean isUseful(HookJob job, Optional<IssuedSecret> current) {
    return t.pending().filter(pending -> isAbout(job, pending)).isPresent()
        || current
            .filter(now -> isAbout(job, now.secret()))
            .filter(now -> isUseful(job, now))
            .isPresent();
  }

  private boolean isUseful(HookJob job, IssuedSecret now) {
    return switch (job.step()) {
      case issue, apply, verify, revoke -> isEnding(job, now);
      case suspend, resume -> SuspensionHooks.isUseful(job, t, now);
      case probe -> isLastProbe(job, now);
    };
  }

  /// Its log can be read until the next one.
  private boolean isLastProbe(HookJob job, IssuedSecret now) {
    return t.hooks().probe().isPresent()
        && t.halt().isEmpty()
        && job.version() == now.issue().version()
        && t.jobs().stream()
            .filter(other -> other.step() == Step.probe && other.version() == job.version())
            .noneMatch(other -> other.createdAt().isAfter(job.createdAt()));
  }

  private static boolean isAbout(HookJob job, StoredSecret secret) {
    return secret.object().preconditions().uid().equals(job.valueUid());
  }

  /// Whether it ends a value that is to end: the previous one, and with a revocation the current
  /// one too.
  private boolean isEnding(HookJob job, IssuedSecret now) {
    var previous = now.issue().version() - 1;
    var ends =
        t.isHalted(IssuanceHold.Cause.Decommissioned)
                || RotationTrigger.revocation(t, now).isPresent()
            ? job.version() >= previous
            : job.version() == previous && now.issue().previousRetiresAt().isPresent();
    return ends && !isToTryAgain(job, now);
  }

  private static boolean isToTryAgain(HookJob job, IssuedSecret now) {
    return job.outcome() instanceof Outcome.Failed
        && RotationTrigger.isNew(now.secret().requests().abort(), now.issue().handled().abort());
  }

  /// The end of what is staged. What another system issued for it is revoked there first.
  Progress dropping(String why) {
    return revoking(t)
        .orElseGet(
            () ->
                Progress.of(Phase.Fresh)
                    .doing(
                        t.pending().stream()
                            .filter(pending -> !pending.object().leaving())
                            .map(
                                pending ->
                                    new Action.Remove(
                                        pending.subject(), pending.object().preconditions(), why))
                            .toList()));
  }

  /// The revocation of what another system issued for a staged value that was never active; empty
  /// where there is nothing to revoke, or not any more. What was issued is not known while a hook
  /// runs, so each of them ends first.
  static Optional<Progress> revoking(RotationTarget t) {
    return t.pending()
        .filter(pending -> !pending.object().leaving() && isToRevoke(t, pending))
        .flatMap(pending -> pending.issue().flatMap(staged -> revoking(t, pending, staged)));
  }

  private static Optional<Progress> revoking(RotationTarget t, StoredSecret pending, Issue staged) {
    var running =
        t.jobs().stream()
            .filter(job -> isAbout(job, pending) && job.step() != Step.revoke)
            .filter(job -> job.endedAt().isEmpty())
            .findFirst();
    if (running.isPresent()) {
      return Optional.of(waitingFor(t, running.get()));
    }
    var value = new Value(pending.subject().name(), pending.object().preconditions().uid(), "");
    var runs = new HookRuns(t, staged.version(), value, List.of(Step.revoke), pending);
    return runs.result(true) instanceof Unfinished(var progress, _)
        ? Optional.of(progress)
        : Optional.empty();
  }

  /// Kubernetes ends it at its timeout; where it does not, it is deleted.
  private static Progress waitingFor(RotationTarget t, HookJob job) {
    var timeout = t.hooks().of(job.step()).map(Hook::timeout).orElse(Duration.ZERO);
    var until = job.createdAt().plus(timeout).plus(HookProgress.GRACE);
    var waits =
        Progress.of(
            Phase.Retiring,
            "The new value is dropped. Waiting for the end of Job "
                + job.subject().name()
                + ", then the operator revokes what it issued.");
    return t.now().isBefore(until)
        ? waits.changingAt(Optional.of(until))
        : waits.doing(removing(List.of(job), "its value is dropped"));
  }

  private static boolean isToRevoke(RotationTarget t, StoredSecret pending) {
    var current =
        t.s().member(t.subject()).orElse(null) instanceof StoredSecret secret
            ? secret.issue()
            : Optional.<Issue>empty();
    return pending.issuedKeys().isPresent()
        && t.hooks().revoke().isPresent()
        // One that is active is revoked after the overlap of the next one.
        && pending.issue().filter(staged -> staged.version() >= t.nextVersion(current)).isPresent()
        && wasStarted(t, pending, Step.issue);
  }

  /// Whether the staged value was revoked, or may have been: it cannot be used any more.
  static boolean isRevoked(RotationTarget t, StoredSecret pending) {
    return wasStarted(t, pending, Step.revoke);
  }

  private static boolean wasStarted(RotationTarget t, StoredSecret pending, Step step) {
    return Stream.concat(
            pending.runs().stream().map(HookRun::step),
            t.jobs().stream().filter(job -> isAbout(job, pending)).map(HookJob::step))
        .anyMatch(step::equals);
  }

  /// The end of those Jobs that are still there.
  public static List<Action> removing(List<HookJob> jobs, String why) {
    return jobs.stream()
        .filter(job -> !job.leaving())
        .<Action>map(job -> new Action.Remove(job.subject(), job.preconditions(), why))
        .toList();
  }
}
