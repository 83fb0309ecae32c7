// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.hook.HookProgress;
import dev.credence.decide.hook.HookProgress.Failed;
import dev.credence.decide.hook.HookProgress.Next;
import dev.credence.decide.hook.HookProgress.Passed;
import dev.credence.decide.hook.HookProgress.Running;
import dev.credence.decide.hook.HookProgress.Started;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Progress;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.Member.IssuedKeys;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Value;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Plans the hooks of one value: start the next one, wait for it, retry after a while, or give up.
/// The active value stays.
///
/// The state of Jobs is recorded on the Secret that holds the value (`recordingSecret`), so that
/// attempts, pauses and finished steps outlive the Jobs.
record HookRuns(
    RotationTarget t, long version, Value about, List<Step> steps, StoredSecret recordingSecret) {

  private static final Comparator<HookRun> ORDER =
      Comparator.comparing(HookRun::version)
          .thenComparing(HookRun::attempt)
          .thenComparing(HookRun::step);

  /// The progress of revoking a value where it is checked; windows do not count for that. The value
  /// is under its keys with this suffix in the Secret.
  static Result ending(RotationTarget t, StoredSecret secret, long version, String suffix) {
    var value = new Value(t.name(), secret.object().preconditions().uid(), suffix);
    return new HookRuns(t, version, value, List.of(Step.revoke), secret).result(true);
  }

  /// The progress of the hooks of one version.
  sealed interface Result {}

  /// The version went through all of them. `note`: what is known and not recorded yet.
  record AllPassed(Optional<Action> note) implements Result {}

  /// `givenUp`: they are not tried again without a new request. The phase is Blocked then, and
  /// where a hook may not start.
  record Unfinished(Progress progress, boolean givenUp) implements Result {}

  /// `atOnce`: windows do not count.
  Result result(boolean atOnce) {
    var jobs = jobs();
    var started = started(jobs);
    return switch (result(jobs, started, atOnce)) {
      case AllPassed _ -> new AllPassed(note(started));
      case Unfinished(var progress, var givenUp) ->
          new Unfinished(noting(progress, started), givenUp);
    };
  }

  /// The state of Jobs is recorded as soon as no other action is due.
  Progress noting(Progress progress, List<Started> started) {
    return progress.actions().isEmpty()
        ? progress.doing(note(started).stream().toList())
        : progress;
  }

  private Result result(List<HookJob> jobs, List<Started> started, boolean atOnce) {
    return switch (HookProgress.of(started, t.hooks(), steps, t.now())) {
      case Passed(var step) ->
          late(jobs)
              .<Result>map(job -> without(step, job))
              .orElseGet(() -> new AllPassed(Optional.empty()));
      case Next(var step, var attempt) -> start(step, attempt, started, Optional.empty());
      case Running(var step, var job, var until) ->
          unfinished(Progress.of(phase(step), waitingFor(job)).changingAt(Optional.of(until)));
      case Failed failed -> afterFailure(failed, started, atOnce);
    };
  }

  private static Result unfinished(Progress progress) {
    return new Unfinished(progress, false);
  }

  private static Phase phase(Step step) {
    return switch (step) {
      case issue, apply -> Phase.Applying;
      case verify -> Phase.Verifying;
      case revoke -> Phase.Retiring;
      case suspend, probe -> Phase.Fresh;
      case resume -> Phase.Locked;
    };
  }

  /// The runs for this very value: the Jobs that exist, and the records of deleted ones.
  List<Started> started(List<HookJob> jobs) {
    var seen = jobs.stream().map(HookJob::run).toList();
    var recorded = recordingSecret.runs().stream().filter(this::isOfThese).toList();
    return Stream.concat(
            seen.stream().map(run -> new Started(judged(latest(run, recorded)), true)),
            recorded.stream()
                .filter(run -> seen.stream().noneMatch(run::isOf))
                .map(run -> new Started(run, false)))
        .toList();
  }

  /// Whether it was started for this value, and for one of these steps.
  private boolean isOfThese(HookRun run) {
    return run.version() == version && steps.contains(run.step());
  }

  /// A Job that ended does not run again, though a stale cache may show it so. Its pod, which has
  /// the message of the hook, may be deleted before it.
  private static HookRun latest(HookRun seen, List<HookRun> recorded) {
    return recorded.stream()
        .filter(run -> run.isOf(seen) && run.hasEnded())
        .filter(
            run ->
                !seen.hasEnded()
                    || run.saysMoreThan(seen)
                    || seen.step() == Step.issue && !seen.saysMoreThan(run))
        .findFirst()
        .orElse(seen);
  }

  /// A hook that obtains a value and did not write it has failed, whatever its Job reports.
  private HookRun judged(HookRun run) {
    if (run.step() != Step.issue
        || !(run.outcome() instanceof Outcome.Succeeded(var at))
        || recordingSecret.issuedKeys().filter(keys -> keys.isWrittenBy(run.job())).isPresent()) {
      return run;
    }
    var keys = recordingSecret.issuedKeys().map(IssuedKeys::names).orElse(List.of());
    return run.ended(
        new Outcome.Failed(
            at,
            "it succeeded and did not write "
                + String.join(", ", keys)
                + " into "
                + recordingSecret.subject()
                + ". The hook must write all of them in one request before it ends"));
  }

  /// The Job whose pod is to be admitted to write the value that it obtains.
  Optional<HookJob> toAdmit() {
    var jobs = jobs();
    return HookProgress.of(started(jobs), t.hooks(), steps, t.now())
                instanceof Running(var step, var name, _)
            && step == Step.issue
        ? jobs.stream()
            .filter(job -> job.subject().name().equals(name) && job.active() && !job.leaving())
            .filter(_ -> !isAdmitted(name))
            .findFirst()
        : Optional.empty();
  }

  private boolean isAdmitted(String job) {
    return recordingSecret.issuedKeys().flatMap(IssuedKeys::job).filter(job::equals).isPresent();
  }

  Optional<Action> note(List<Started> started) {
    return record(started)
        .filter(note -> !note.runs().equals(recordingSecret.runs().stream().sorted(ORDER).toList()))
        .map(note -> note);
  }

  /// All that is known; empty where it cannot be written for now.
  private Optional<Action.Note> record(List<Started> started) {
    var all =
        Stream.concat(
                started.stream().map(Started::run),
                recordingSecret.runs().stream().filter(run -> !isOfThese(run)))
            .sorted(ORDER)
            .toList();
    var known = all.subList(Math.max(0, all.size() - HookRun.MOST), all.size());
    return t.s().failedWrite(recordingSecret.subject()).isPresent()
        ? Optional.empty()
        : Optional.of(
            new Action.Note(
                recordingSecret.subject(), recordingSecret.object().preconditions(), known));
  }

  /// One that was given up and runs all the same. It reads its value when it begins, and would take
  /// the next one for it.
  private static Optional<HookJob> late(List<HookJob> jobs) {
    return jobs.stream().filter(job -> job.endedAt().isEmpty()).findFirst();
  }

  /// It goes, with its pods, before the value counts as settled.
  private Result without(Step step, HookJob late) {
    return without(step, late, "another attempt has succeeded");
  }

  private Result without(Step step, HookJob late, String why) {
    var message =
        "Version %d: %s. Waiting for the deletion of Job %s."
            .formatted(version, why, late.subject().name());
    var refusal = Blocker.refusal(t.s(), late.subject());
    var phase = refusal.isPresent() ? Phase.Blocked : phase(step);
    return unfinished(
        Progress.of(phase, message)
            .doing(RotationCleanup.removing(List.of(late), why))
            .against(refusal));
  }

  /// The Jobs that are about the very value, and of one of these steps.
  List<HookJob> jobs() {
    return t.jobs().stream()
        .filter(job -> job.valueUid().equals(about.uid()) && isOfThese(job.run()))
        .toList();
  }

  String waitingFor(String job) {
    return "Version " + version + ": waiting for Job " + job + ".";
  }

  Result start(Step step, int attempt, List<Started> started, Optional<Blocker> failure) {
    if (!t.mayRun(step)) {
      return withheld(step);
    }
    // Two of them at the same time would issue two values.
    var earlier = step == Step.issue ? late(jobs()) : Optional.<HookJob>empty();
    if (earlier.isPresent()) {
      return without(step, earlier.get(), "its attempt is over");
    }
    var job = ObjectRef.job(HookJob.name(t.name(), version, step, attempt));
    var refusal = Blocker.refusal(t.s(), job);
    if (refusal.isPresent()) {
      return unfinished(Progress.blocked(refusal.get()));
    }
    // One of that name about an earlier value goes first.
    var isTaken = t.jobs().stream().anyMatch(other -> other.subject().equals(job));
    return unfinished(
        Progress.of(phase(step), waitingFor(job.name()))
            .doing(isTaken ? List.of() : List.of(run(job, step, attempt, started)))
            .against(failure));
  }

  private Action run(ObjectRef job, Step step, int attempt, List<Started> started) {
    return new Action.RunHook(
        job,
        t.subject(),
        step,
        t.hooks().of(step).orElseThrow(),
        version,
        attempt,
        about,
        t.asked(),
        lost(started),
        record(started));
  }

  /// A hook that was not approved does not run, whoever requests it.
  private Result withheld(Step step) {
    var blocker = Blocker.broken(Sentences.about(t.subject(), t.withheld(step)));
    return unfinished(
        Progress.of(Phase.Blocked, Sentences.sentence(t.withheld(step)))
            .against(Optional.of(blocker)));
  }

  private static List<ObjectRef> lost(List<Started> started) {
    return started.stream()
        .filter(Started::isLost)
        .map(one -> ObjectRef.job(one.run().job()))
        .toList();
  }

  private Result afterFailure(Failed failed, List<Started> started, boolean atOnce) {
    var most = t.procedure().maxAttempts();
    var tries = tries(started);
    var what =
        Sentences.sentence(
            "Attempt %d of %d to %s version %d failed: Job %s: %s"
                .formatted(
                    Math.max(1, tries), most, failed.step(), version, failed.job(), failed.why()));
    if (tries >= most) {
      return givenUp(failed.step(), what + " The operator does not retry.");
    }
    var failure =
        Optional.of(
            new Blocker(
                Reason.VerificationFailed, Sentences.about(t.subject(), what), Impact.Waiting));
    var retryAt = tries == 0 ? t.now() : HookProgress.retryAt(failed, tries);
    if (failed.step() == Step.issue && !isRecorded(failed)) {
      return unfinished(Progress.of(phase(failed.step()), what).against(failure));
    }
    var opening = atOnce ? Optional.of(retryAt) : t.procedure().windows().openFrom(retryAt);
    if (opening.filter(at -> !at.isAfter(t.now())).isPresent()) {
      return start(steps.getFirst(), failed.attempt() + 1, started, failure);
    }
    var next =
        opening
            .map(at -> " The next attempt is at " + at + ".")
            .orElse(" No maintenance window opens again.");
    return unfinished(
        Progress.of(phase(failed.step()), what + next).against(failure).changingAt(opening));
  }

  /// What the hook wrote may be there already, and not be seen yet: the record is rejected then.
  private boolean isRecorded(Failed failed) {
    return recordingSecret.runs().stream()
        .filter(run -> run.job().equals(failed.job()) && run.step() == failed.step())
        .anyMatch(run -> !(run.outcome() instanceof Outcome.Succeeded));
  }

  private Result givenUp(Step step, String what) {
    var advice =
        step == Step.revoke
            ? "set the annotation credence.dev/rotate or credence.dev/abort to a new value to retry."
            : "set the annotation credence.dev/rotate to a new value to retry, or credence.dev/abort to drop the new version.";
    var blocker =
        Blocker.broken(Sentences.about(t.subject(), what + " Fix the hook, then " + advice));
    return new Unfinished(Progress.of(Phase.Blocked, what).against(Optional.of(blocker)), true);
  }

  /// A staged value that was given up is deleted on a new request; a value that is to be revoked
  /// stays the same.
  private boolean isForTheseRequests(HookRun run) {
    return run.step() != Step.revoke || run.asked().isEmpty() || run.asked().equals(t.asked());
  }

  /// Attempts since the last change of the identity and the last request: both are reasons to try
  /// again.
  private int tries(List<Started> started) {
    return (int)
        started.stream()
            .map(Started::run)
            .filter(run -> run.generation() >= t.s().identity().generation())
            .filter(this::isForTheseRequests)
            .map(HookRun::attempt)
            .distinct()
            .count();
  }
}
