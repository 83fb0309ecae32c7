// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.hook;

import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.plan.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The progress of the hooks of one value, from their Jobs and from the records of Jobs that were
/// deleted. An attempt goes through all its steps; after a failed one the next begins at the first.
public sealed interface HookProgress {
  /// The Job of this step is to be started.
  record Next(Step step, int attempt) implements HookProgress {}

  /// It runs, at the latest until then.
  record Running(Step step, String job, Instant until) implements HookProgress {}

  record Failed(Step step, int attempt, String job, Instant at, String why)
      implements HookProgress {}

  /// Every step has succeeded.
  record Passed(Step last) implements HookProgress {}

  /// Kubernetes ends a Job at its timeout; one that still runs this long after it is given up.
  Duration GRACE = Duration.ofSeconds(30);

  /// The watch shows a Job that was just started within this time.
  Duration UNSEEN = Duration.ofSeconds(5);

  String GONE =
      "it was deleted, or lost its labels or annotations of credence.dev, before the operator read its result";

  Duration FIRST_PAUSE = Duration.ofSeconds(5);
  Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /// A hook that was started, and whether its Job is still seen.
  record Started(HookRun run, boolean seen) {

    /// Its Job is gone, or is not recognized any more, and its result was not read.
    public boolean isLost() {
      return !seen && !run.hasEnded();
    }
  }

  /// `started` is what was started for the one value.
  static HookProgress of(List<Started> started, Hooks hooks, List<Step> steps, Instant now) {
    var attempt = started.stream().mapToInt(one -> one.run().attempt()).max().orElse(1);
    var runs = started.stream().filter(one -> one.run().attempt() == attempt).toList();
    for (var step : steps) {
      var run = runs.stream().filter(one -> one.run().step() == step).findFirst();
      if (run.isEmpty()) {
        if (isPast(step, runs, steps)) {
          continue;
        }
        return new Next(step, attempt);
      }
      var found = of(run.get(), hooks, now);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return new Passed(steps.getLast());
  }

  /// Whether a later step was started, which nothing but the success of this one leads to.
  private static boolean isPast(Step step, List<Started> runs, List<Step> steps) {
    return steps.stream()
        .skip(steps.indexOf(step) + 1L)
        .anyMatch(later -> runs.stream().anyMatch(one -> one.run().step() == later));
  }

  /// Of one run; empty where it has succeeded.
  static Optional<HookProgress> of(Started started, Hooks hooks, Instant now) {
    var run = started.run();
    return switch (run.outcome()) {
      case Outcome.Succeeded _ -> Optional.empty();
      case Outcome.Failed(var at, var why) ->
          Optional.of(new Failed(run.step(), run.attempt(), run.job(), at, why));
      case Outcome.Running _ -> {
        var timeout = hooks.of(run.step()).map(Hooks.Hook::timeout).orElse(Duration.ZERO);
        var until = run.startedAt().plus(started.seen() ? timeout.plus(GRACE) : UNSEEN);
        yield Optional.of(
            now.isBefore(until)
                ? new Running(run.step(), run.job(), until)
                : new Failed(
                    run.step(),
                    run.attempt(),
                    run.job(),
                    until,
                    started.seen() ? "it did not finish within " + Durations.text(timeout) : GONE));
      }
    };
  }

  /// When the attempt after this one may begin: each time twice as long after.
  static Instant retryAt(Failed failed, int tries) {
    var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(tries - 1, 10));
    return failed.at().plus(Durations.shorter(pause, LONGEST_PAUSE));
  }
}
