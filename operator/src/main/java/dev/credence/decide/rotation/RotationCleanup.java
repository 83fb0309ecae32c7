// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.plan.Action;
import dev.credence.plan.IssuanceHold;
import java.util.List;
import java.util.Optional;

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
    return plan.doing(staged(plan, current)).doing(removing(useless, "its value is settled"));
  }

  private List<Action> staged(Builder plan, Optional<IssuedSecret> current) {
    if (new StagedRotation(t, current, true, false).isBegun()) {
      return List.of();
    }
    return dropping("its value is active, or no longer requested").stream()
        .filter(drop -> !plan.writes(drop.subject()))
        .toList();
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
      case apply, verify, revoke -> isEnding(job, now);
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

  /// The end of what is staged.
  List<Action> dropping(String why) {
    return t.pending().stream()
        .filter(pending -> !pending.object().leaving())
        .<Action>map(
            pending -> new Action.Remove(pending.subject(), pending.object().preconditions(), why))
        .toList();
  }

  /// The end of those Jobs that are still there.
  public static List<Action> removing(List<HookJob> jobs, String why) {
    return jobs.stream()
        .filter(job -> !job.leaving())
        .<Action>map(job -> new Action.Remove(job.subject(), job.preconditions(), why))
        .toList();
  }
}
