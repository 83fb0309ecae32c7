package dev.credence.decide;

import dev.credence.facts.HookJob;
import dev.credence.facts.HookJob.Outcome;
import dev.credence.facts.Hooks;
import dev.credence.facts.Hooks.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How far are the hooks of one value? The Jobs say it: which are there, and how each ended. An
/// attempt goes through all its steps; after a failed one the next begins at the first.
sealed interface Progress {
  /// The Job of this step is to be started.
  record Next(Step step, int attempt) implements Progress {}

  /// It runs, at the latest until then.
  record Running(Step step, String job, Instant until) implements Progress {}

  record Failed(Step step, int attempt, String job, Instant at, String why) implements Progress {}

  /// Every step has succeeded.
  record Passed(Step last) implements Progress {}

  /// Kubernetes ends a Job at its timeout; one that still runs this long after it is given up.
  Duration GRACE = Duration.ofSeconds(30);

  Duration FIRST_PAUSE = Duration.ofSeconds(5);
  Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /// `jobs` are those of the one value.
  static Progress of(List<HookJob> jobs, Hooks hooks, List<Step> steps, Instant now) {
    var attempt = jobs.stream().mapToInt(HookJob::attempt).max().orElse(1);
    for (var step : steps) {
      var job = jobs.stream().filter(j -> j.attempt() == attempt && j.step() == step).findFirst();
      if (job.isEmpty()) {
        return new Next(step, attempt);
      }
      var found = of(job.get(), hooks, now);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return new Passed(steps.getLast());
  }

  private static Optional<Progress> of(HookJob job, Hooks hooks, Instant now) {
    var name = job.subject().name();
    return switch (job.outcome()) {
      case Outcome.Succeeded _ -> Optional.empty();
      case Outcome.Failed(var at, var why) ->
          Optional.of(new Failed(job.step(), job.attempt(), name, at, why));
      case Outcome.Running _ -> {
        var timeout = hooks.of(job.step()).map(Hooks.Hook::timeout).orElse(Duration.ZERO);
        var until = job.createdAt().plus(timeout).plus(GRACE);
        yield Optional.of(
            now.isBefore(until)
                ? new Running(job.step(), name, until)
                : new Failed(
                    job.step(),
                    job.attempt(),
                    name,
                    until,
                    "did not end within " + Durations.text(timeout)));
      }
    };
  }

  /// When the attempt after this one may begin: each time twice as long after.
  static Instant retryAt(Failed failed, int tries) {
    var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(tries - 1, 10));
    return failed.at().plus(Durations.shorter(pause, LONGEST_PAUSE));
  }
}
