package dev.credence.decide;

import dev.credence.decide.Action.Value;
import dev.credence.decide.Progress.Failed;
import dev.credence.decide.Progress.Next;
import dev.credence.decide.Progress.Passed;
import dev.credence.decide.Progress.Running;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.HookJob;
import dev.credence.facts.Hooks.Step;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is to be done about the hooks of one value? Start the next one, wait for it, try again
/// after a while, or give up: the value in force stays.
record HookRuns(Target t, long version, Value about, List<Step> steps) {

  /// How far the end of a value is where it is checked; windows do not count for that. The value is
  /// under its keys with this suffix in the Secret.
  static Answer ending(Target t, StoredSecret secret, long version, String suffix) {
    var value = new Value(t.name(), secret.thing().guard().uid(), suffix);
    return new HookRuns(t, version, value, List.of(Step.revoke)).answer(true);
  }

  /// `passed`: the value went through all of them; `givenUp`: it will not by itself. `step`: where
  /// it is.
  record Answer(
      boolean passed,
      Step step,
      List<Action> actions,
      Optional<Obstacle> obstacle,
      Optional<Instant> changesAt,
      Optional<String> message,
      boolean givenUp) {

    /// Given up, or not let to begin.
    boolean blocked() {
      return givenUp
          || obstacle.filter(found -> found.reason() == Reason.RotationBlocked).isPresent();
    }
  }

  /// `atOnce`: windows do not count.
  Answer answer(boolean atOnce) {
    var jobs = jobs();
    return switch (Progress.of(jobs, t.hooks(), steps, t.now())) {
      case Passed(var step) ->
          late(jobs).map(job -> without(step, job)).orElseGet(() -> passed(step));
      case Next(var step, var attempt) -> start(step, attempt, Optional.empty());
      case Running(var step, var job, var until) ->
          underWay(step, List.of(), Optional.empty(), Optional.of(until), waitingFor(job));
      case Failed failed -> afterFailure(failed, jobs, atOnce);
    };
  }

  private static Answer passed(Step step) {
    return new Answer(
        true, step, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }

  /// One that was given up and runs all the same. It reads its value when it begins, and would take
  /// the next one for it.
  private static Optional<HookJob> late(List<HookJob> jobs) {
    return jobs.stream().filter(job -> job.endedAt().isEmpty()).findFirst();
  }

  /// It goes, with its pods, before the value counts as settled.
  private Answer without(Step step, HookJob late) {
    var why = "another attempt has succeeded";
    return underWay(
        step,
        Tidying.removing(List.of(late), why),
        Obstacle.refusal(t.s(), late.subject()),
        Optional.empty(),
        "version %d: %s; waiting for Job %s to be gone"
            .formatted(version, why, late.subject().name()));
  }

  /// The Jobs that are about the very value.
  private List<HookJob> jobs() {
    return t.jobs().stream()
        .filter(job -> job.valueUid().equals(about.uid()) && job.version() == version)
        .toList();
  }

  private static Answer underWay(
      Step step,
      List<Action> actions,
      Optional<Obstacle> obstacle,
      Optional<Instant> changesAt,
      String message) {
    return new Answer(false, step, actions, obstacle, changesAt, Optional.of(message), false);
  }

  private String waitingFor(String job) {
    return "version " + version + ": waiting for Job " + job;
  }

  private Answer start(Step step, int attempt, Optional<Obstacle> failure) {
    var job = Subject.job(HookJob.name(t.name(), version, step, attempt));
    var hook = t.hooks().of(step).orElseThrow();
    var refusal = Obstacle.refusal(t.s(), job);
    // One of that name about an earlier value goes first.
    var isTaken = t.jobs().stream().anyMatch(other -> other.subject().equals(job));
    return underWay(
        step,
        refusal.isPresent() || isTaken
            ? List.of()
            : List.of(
                new Action.RunHook(
                    job, t.subject(), step, hook, version, attempt, about, t.asked())),
        refusal.or(() -> failure),
        Optional.empty(),
        refusal.map(Obstacle::message).orElseGet(() -> waitingFor(job.name())));
  }

  private Answer afterFailure(Failed failed, List<HookJob> jobs, boolean atOnce) {
    var most = t.conduct().maxAttempts();
    var tries = tries(jobs);
    var what =
        "attempt %d of %d to %s version %d failed: Job %s: %s"
            .formatted(
                Math.max(1, tries), most, failed.step(), version, failed.job(), failed.why());
    if (tries >= most) {
      return new Answer(
          false,
          failed.step(),
          List.of(),
          Optional.of(
              Obstacle.broken(
                  t.name()
                      + ": "
                      + what
                      + "; given up. Mend the hook, then "
                      + (failed.step() == Step.revoke
                          ? "set a new value of credence.dev/rotate or credence.dev/abort to have it tried again"
                          : "set a new value of credence.dev/rotate, or of credence.dev/abort to drop the new value"))),
          Optional.empty(),
          Optional.of(what + "; given up"),
          true);
    }
    var failure =
        Optional.of(
            new Obstacle(Reason.VerificationFailed, t.name() + ": " + what, Weight.Waiting));
    var retryAt = tries == 0 ? t.now() : Progress.retryAt(failed, tries);
    var opening = atOnce ? Optional.of(retryAt) : t.conduct().windows().openFrom(retryAt);
    if (opening.filter(at -> !at.isAfter(t.now())).isPresent()) {
      return start(steps.getFirst(), failed.attempt() + 1, failure);
    }
    return underWay(
        failed.step(),
        List.of(),
        failure,
        opening,
        what + opening.map(at -> "; tried again at " + at).orElse("; no window opens again"));
  }

  /// A staged value that was given up goes when somebody asks anew; what is to be ended stays the
  /// same.
  private boolean isForTheseRequests(HookJob job) {
    return job.step() != Step.revoke || job.asked().isEmpty() || job.asked().equals(t.asked());
  }

  /// Attempts since the identity was last changed and somebody last asked for something: both are
  /// reasons to try anew.
  private int tries(List<HookJob> jobs) {
    return (int)
        jobs.stream()
            .filter(job -> job.generation() >= t.s().identity().generation())
            .filter(this::isForTheseRequests)
            .map(HookJob::attempt)
            .distinct()
            .count();
  }
}
