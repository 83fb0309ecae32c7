// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.act.request.WriteRefused;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Writes that failed lately, and the time of the next try: later after each try. Kept in memory
/// alone: a new process tries at once.
final class WriteBackoff {
  private static final Duration FIRST_RACE = Duration.ofMillis(100);
  private static final Duration LONGEST_RACE = Duration.ofSeconds(5);
  private static final Duration LONGEST_FAILURE = Duration.ofSeconds(15);
  private static final Duration FIRST_REFUSAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_REFUSAL = Duration.ofMinutes(5);
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(30);
  private static final int MOST_DOUBLINGS = 12;

  private final Map<String, Map<ObjectRef, Tried>> byIdentity = new ConcurrentHashMap<>();

  private final Map<Failing, Integer> failures = new ConcurrentHashMap<>();

  private record Failing(String uid, ObjectRef subject) {}

  private record Tried(FailedWrite last, int times, long generation) {}

  /// An edited spec is a reason to try at once.
  List<FailedWrite> of(String uid, long generation) {
    return Optional.ofNullable(byIdentity.get(uid)).stream()
        .flatMap(tried -> tried.values().stream())
        .filter(tried -> tried.generation() == generation)
        .map(Tried::last)
        .toList();
  }

  /// Keeps what is still to be tried again and forgets the rest.
  List<FailedWrite> remember(
      String uid, long generation, List<WriteRefused> refusals, Instant now) {
    byIdentity.compute(
        uid,
        (key, known) -> {
          var before = known == null ? Map.<ObjectRef, Tried>of() : known;
          var tried = new HashMap<>(before);
          tried.values().removeIf(last -> !last.last().retryAt().isAfter(now));
          for (var refusal : refusals) {
            var last = Optional.ofNullable(before.get(refusal.subject()));
            var times = last.map(Tried::times).orElse(0);
            tried.put(refusal.subject(), tried(refusal, times, generation, now));
          }
          return tried.isEmpty() ? null : tried;
        });
    return of(uid, generation);
  }

  private static Tried tried(WriteRefused refusal, int times, long generation, Instant now) {
    var raced = refusal.why() == Cause.Raced;
    var first = raced ? FIRST_RACE : FIRST_REFUSAL;
    var longest =
        switch (refusal.why()) {
          case Raced -> LONGEST_RACE;
          case Unanswered -> LONGEST_FAILURE;
          case Held, Limited -> LONGEST_HOLD;
          case Refused -> LONGEST_REFUSAL;
        };
    var wait = first.multipliedBy(1L << Math.min(times, MOST_DOUBLINGS));
    if (refusal.isSoon()) {
      wait = longest;
    }
    var retryAt = now.plus(wait.compareTo(longest) < 0 ? wait : longest);
    return new Tried(
        new FailedWrite(
            refusal.subject(),
            refusal.why(),
            Optional.ofNullable(refusal.getMessage()).orElse(""),
            refusal.until().orElse(retryAt)),
        times + 1,
        generation);
  }

  /// The failures of the API server in a row at actions on this object.
  int failed(String uid, ObjectRef subject) {
    return failures.merge(new Failing(uid, subject), 1, Integer::sum);
  }

  /// The API server did it, or said no.
  void answered(String uid, ObjectRef subject) {
    failures.remove(new Failing(uid, subject));
  }

  /// An action that waited for something is retried at the next reconcile.
  void released(String uid) {
    byIdentity.computeIfPresent(
        uid,
        (_, known) -> {
          var left = new HashMap<>(known);
          left.values().removeIf(tried -> tried.last().cause() == Cause.Held);
          return left.isEmpty() ? null : left;
        });
  }

  void forget() {
    byIdentity.clear();
    failures.clear();
  }

  void forget(String uid) {
    byIdentity.remove(uid);
    failures.keySet().removeIf(failing -> failing.uid().equals(uid));
  }
}
