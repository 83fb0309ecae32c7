// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.hook;

import dev.credence.decide.hook.HookProgress.Failed;
import dev.credence.decide.hook.HookProgress.Next;
import dev.credence.decide.hook.HookProgress.Passed;
import dev.credence.decide.hook.HookProgress.Started;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Step;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The progress of locking or unlocking the account of one value. The hooks `suspend` and `resume`
/// count their attempts together, and the last one shows whether the account is locked: an attempt
/// to lock it that failed may have locked it all the same, so it is unlocked too.
public sealed interface LockProgress {
  /// The account is as it should be.
  record Done() implements LockProgress {}

  /// The Job of this attempt is to be started. `failure`: that of the attempt before.
  record Start(int attempt, Optional<Failure> failure) implements LockProgress {}

  /// It runs, at the latest until then.
  record Running(String job, Instant until, Optional<Failure> failure) implements LockProgress {}

  /// A Job that does the opposite still runs, and has to go first.
  record Opposed(String job) implements LockProgress {}

  /// The next attempt is at this time.
  record Paused(Failure failure, Instant until) implements LockProgress {}

  /// The last of some attempts in a row that failed. `tries`: those since the identity or the
  /// requests on it changed.
  record Failure(Failed last, int tries) {}

  /// `started`: what was started for the one value. `isOfNow`: whether a run was started for the
  /// identity and the requests as they are now.
  static LockProgress of(
      List<Started> started, Hooks hooks, Step wanted, Predicate<HookRun> isOfNow, Instant now) {
    var order =
        started.stream()
            .sorted(Comparator.comparing((Started one) -> one.run().attempt()).reversed())
            .toList();
    if (order.isEmpty()) {
      return wanted == Step.suspend ? new Start(1, Optional.empty()) : new Done();
    }
    var last = order.getFirst();
    var next = last.run().attempt() + 1;
    if (last.run().step() != wanted) {
      return last.seen() && !last.run().hasEnded()
          ? new Opposed(last.run().job())
          : new Start(next, Optional.empty());
    }
    var attempts = order.stream().takeWhile(one -> one.run().step() == wanted).toList();
    var before = attempts.stream().skip(1).findFirst();
    var progress = HookProgress.of(last, hooks, now);
    if (progress.isEmpty()) {
      return new Done();
    }
    return switch (progress.get()) {
      case HookProgress.Running(_, var job, var until) ->
          new Running(
              job,
              until,
              before.flatMap(
                  one -> failure(one, attempts.subList(1, attempts.size()), hooks, isOfNow, now)));
      case Failed failed -> after(new Failure(failed, tries(attempts, isOfNow)), next, now);
      case Next _, Passed _ -> throw new IllegalStateException("one run is " + progress.get());
    };
  }

  private static LockProgress after(Failure failure, int next, Instant now) {
    if (failure.tries() == 0) {
      return new Start(next, Optional.of(failure));
    }
    var at = HookProgress.retryAt(failure.last(), failure.tries());
    return now.isBefore(at) ? new Paused(failure, at) : new Start(next, Optional.of(failure));
  }

  private static Optional<Failure> failure(
      Started one, List<Started> attempts, Hooks hooks, Predicate<HookRun> isOfNow, Instant now) {
    return HookProgress.of(one, hooks, now)
        .flatMap(
            found ->
                found instanceof Failed failed
                    ? Optional.of(new Failure(failed, tries(attempts, isOfNow)))
                    : Optional.empty());
  }

  private static int tries(List<Started> attempts, Predicate<HookRun> isOfNow) {
    return (int) attempts.stream().map(Started::run).filter(isOfNow).count();
  }
}
