// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.hook.HookProgress.Started;
import dev.credence.decide.hook.LockProgress;
import dev.credence.decide.hook.LockProgress.Failure;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Progress;
import dev.credence.decide.rotation.HookRuns.AllPassed;
import dev.credence.decide.rotation.HookRuns.Unfinished;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.plan.AccountLock;
import dev.credence.plan.AccountLock.State;
import dev.credence.plan.Action.Value;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Plans the hooks that lock the account of a Secret in the target system while the identity is
/// suspended, and unlock it when the identity is resumed. During an overlap these are two accounts:
/// that of the current value and that of the previous one.
///
/// Nothing else of a suspension waits for them, and they are retried for as long as it lasts. On
/// resume, the ServiceAccounts are active first; the next rotation waits until the accounts are
/// unlocked.
record SuspensionHooks(RotationTarget t, IssuedSecret current) {

  /// `isRunning`: a Job locks or unlocks one of the accounts now.
  record Result(AccountLock lock, boolean isRunning, Progress progress) {
    boolean isDone() {
      return lock.state() == State.Locked;
    }

    /// Whether a Job of these hooks runs, or is about to.
    boolean isBusy() {
      return isRunning || !progress.actions().isEmpty();
    }
  }

  /// Where the account is to be locked; empty without a hook that does so.
  Optional<Result> locking() {
    return t.hooks().suspend().isPresent() ? Optional.of(result(Step.suspend)) : Optional.empty();
  }

  /// Where the account is to be unlocked again, or was and that is not recorded yet.
  Optional<Result> unlocking() {
    return t.hooks().resume().isPresent()
        ? Optional.of(result(Step.resume)).filter(result -> !result.isDone() || result.isBusy())
        : Optional.empty();
  }

  /// Whether an account that a suspension locked is not unlocked yet.
  boolean isToUnlock() {
    return !t.isHalted(IssuanceHold.Cause.Suspended) && unlocking().isPresent();
  }

  /// The worst of both accounts, and an action of one of them: each is a write of the same Secret.
  private Result result(Step wanted) {
    var each = values().map(runs -> of(runs, wanted)).toList();
    var worst = each.stream().max(Comparator.comparing(one -> one.lock().state())).orElseThrow();
    var progress =
        each.stream()
            .map(Result::progress)
            .filter(one -> !one.actions().isEmpty())
            .findFirst()
            .map(one -> worst.progress().doing(one.actions()))
            .filter(_ -> worst.progress().actions().isEmpty())
            .orElse(worst.progress());
    return new Result(
        worst.lock(),
        each.stream().anyMatch(Result::isRunning),
        progress.changingAt(
            each.stream()
                .flatMap(one -> one.progress().changesAt().stream())
                .min(Comparator.naturalOrder())));
  }

  private Stream<HookRuns> values() {
    var issue = current.issue();
    var previous =
        issue.previousRetiresAt().isPresent() && issue.previous() == Previous.Kept
            ? Stream.of(runs(issue.version() - 1, Hooks.PREVIOUS))
            : Stream.<HookRuns>of();
    return Stream.concat(Stream.of(runs(issue.version(), "")), previous);
  }

  private HookRuns runs(long version, String suffix) {
    var value = new Value(t.name(), current.preconditions().uid(), suffix);
    return new HookRuns(t, version, value, List.of(Step.suspend, Step.resume), current.secret());
  }

  private Result of(HookRuns runs, Step wanted) {
    var jobs = runs.jobs();
    var started = runs.started(jobs);
    return switch (LockProgress.of(started, t.hooks(), wanted, this::isOfNow, t.now())) {
      case LockProgress.Done _ ->
          result(runs, started, State.Locked, Optional.empty(), false, Progress.of(Phase.Locked));
      case LockProgress.Start(var attempt, var failure) ->
          start(runs, started, wanted, attempt, failure);
      case LockProgress.Running(var job, var until, var failure) ->
          result(
              runs,
              started,
              state(failure),
              failure,
              true,
              Progress.of(Phase.Locked, runs.waitingFor(job) + before(failure))
                  .changingAt(Optional.of(until)));
      case LockProgress.Opposed(var job) -> opposed(runs, started, jobs, job);
      case LockProgress.Paused(var failure, var until) ->
          result(
              runs,
              started,
              State.Failed,
              Optional.of(failure),
              false,
              Progress.of(
                      Phase.Locked,
                      what(runs, failure)
                          + " The next attempt is at "
                          + until
                          + "."
                          + advice(failure))
                  .changingAt(Optional.of(until)));
    };
  }

  private Result start(
      HookRuns runs, List<Started> started, Step wanted, int attempt, Optional<Failure> failure) {
    return switch (runs.start(wanted, attempt, started, Optional.empty())) {
      case AllPassed _ -> throw new IllegalStateException("a hook that starts has not passed");
      case Unfinished(var progress, _) -> {
        // The hook is not approved, or the API server rejected its Job.
        var refused = progress.blocker();
        yield new Result(
            new AccountLock(
                t.name(),
                t.wanted().account(),
                refused.isPresent() ? State.Failed : state(failure),
                progress.message().orElse("") + before(failure),
                refused.isPresent() || failure.filter(this::needsPerson).isPresent()),
            !progress.actions().isEmpty(),
            progress);
      }
    };
  }

  private Result opposed(HookRuns runs, List<Started> started, List<HookJob> jobs, String job) {
    var opposed = jobs.stream().filter(one -> one.subject().name().equals(job)).toList();
    return result(
        runs,
        started,
        State.Pending,
        Optional.empty(),
        true,
        Progress.of(Phase.Locked, "Waiting for the deletion of Job " + job + ".")
            .doing(RotationCleanup.removing(opposed, "the suspension began or ended meanwhile")));
  }

  private Result result(
      HookRuns runs,
      List<Started> started,
      State state,
      Optional<Failure> failure,
      boolean isRunning,
      Progress progress) {
    var lock =
        new AccountLock(
            t.name(),
            t.wanted().account(),
            state,
            progress.message().orElse(""),
            failure.filter(this::needsPerson).isPresent());
    return new Result(lock, isRunning, runs.noting(progress, started));
  }

  private static State state(Optional<Failure> failure) {
    return failure.isPresent() ? State.Failed : State.Pending;
  }

  private boolean needsPerson(Failure failure) {
    return failure.tries() >= t.procedure().maxAttempts();
  }

  private String advice(Failure failure) {
    return needsPerson(failure)
        ? " Fix the hook. A new value of the annotation credence.dev/abort on the Secret starts the next attempt at once."
        : "";
  }

  private static String what(HookRuns runs, Failure failure) {
    var last = failure.last();
    return Sentences.sentence(
        "Attempt %d to %s version %d failed: Job %s: %s"
            .formatted(
                Math.max(1, failure.tries()),
                last.step() == Step.suspend ? "lock the account of" : "unlock the account of",
                runs.version(),
                last.job(),
                last.why()));
  }

  private static String before(Optional<Failure> failure) {
    return failure
        .map(Failure::last)
        .map(last -> " " + Sentences.sentence("Job " + last.job() + " failed: " + last.why()))
        .orElse("");
  }

  /// A change of the identity and a new request are reasons to try again at once.
  private boolean isOfNow(HookRun run) {
    return run.generation() >= t.s().identity().generation()
        && (run.asked().isEmpty() || run.asked().equals(t.asked()));
  }

  /// The condition CredentialsFresh of an identity that is active while an account is locked.
  static Blocker blocker(RotationTarget t, Result unlocking) {
    return new Blocker(
        Reason.AccountLocked,
        Sentences.about(t.subject(), message(unlocking)),
        unlocking.lock().needsPerson() ? Impact.Broken : Impact.Waiting);
  }

  static String message(Result unlocking) {
    return "The account is still locked in the target system after the suspension. "
        + unlocking.lock().message();
  }

  /// Whether the Job is that of the last attempt, and its success is not recorded yet.
  static boolean isUseful(HookJob job, RotationTarget t, IssuedSecret now) {
    var isLast =
        t.jobs().stream()
            .filter(other -> other.step().locks() && other.version() == job.version())
            .filter(other -> other.valueUid().equals(job.valueUid()))
            .noneMatch(other -> other.attempt() > job.attempt());
    var isRecorded =
        now.secret().runs().stream().anyMatch(run -> run.isOf(job.run()) && run.hasEnded());
    return isLast
        && job.version() >= now.issue().version() - 1
        && !(isRecorded && job.outcome() instanceof HookJob.Outcome.Succeeded)
        && !t.isHalted(IssuanceHold.Cause.Decommissioned);
  }
}
