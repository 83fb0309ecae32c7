// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/// Limits the writes of the operator for each namespace by a token bucket. It is large enough for
/// everything that a namespace needs at once, and bounds the writes for a namespace whose objects
/// are changed all the time.
final class Rates {
  static final int BURST = 5_000;
  static final int PER_SECOND = 20;
  private static final int MANY = 1_000;

  private final Map<String, Bucket> buckets = new HashMap<>();

  private static final class Bucket {
    private double left = BURST;
    private Instant at;

    private Bucket(Instant at) {
      this.at = at;
    }

    private void fill(Instant now) {
      if (now.isAfter(at)) {
        var seconds = Duration.between(at, now).toMillis() / 1e3;
        left = Math.min(BURST, left + seconds * PER_SECOND);
      }
      at = now;
    }
  }

  /// Whether one more write may be done for the namespace; if so, it is counted.
  synchronized boolean take(String namespace, Instant now) {
    var bucket = bucket(namespace, now);
    if (bucket.left < 1) {
      return false;
    }
    bucket.left--;
    return true;
  }

  /// Counts a write that is done in any case.
  synchronized void spend(String namespace, Instant now) {
    var bucket = bucket(namespace, now);
    bucket.left = Math.max(-BURST, bucket.left - 1);
  }

  /// When writes for the namespace go on, in whole minutes: the same time for all that wait, so
  /// that a status which tells it is written once a minute at most.
  synchronized Instant goesOn(String namespace, Instant now) {
    var missing = Math.max(0, 1 - bucket(namespace, now).left);
    return now.plusSeconds((long) (missing / PER_SECOND))
        .truncatedTo(ChronoUnit.MINUTES)
        .plus(1, ChronoUnit.MINUTES);
  }

  private Bucket bucket(String namespace, Instant now) {
    if (buckets.size() > MANY && !buckets.containsKey(namespace)) {
      buckets.values().forEach(bucket -> bucket.fill(now));
      buckets.values().removeIf(bucket -> bucket.left >= BURST);
    }
    var bucket = buckets.computeIfAbsent(namespace, _ -> new Bucket(now));
    bucket.fill(now);
    return bucket;
  }
}
