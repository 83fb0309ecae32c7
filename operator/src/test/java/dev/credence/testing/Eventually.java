// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/// Waiting with a deadline: what a test says instead of sleeping.
public final class Eventually {
  /// So long that a busy machine does not fail a test: who waits in vain is a minute late.
  public static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final int MOST_MILLIS_BETWEEN_LOOKS = 500;

  /// `eventually("the Secret is there").until(…)`: looks again and again, for a minute.
  public static ConditionFactory eventually(String what) {
    return within(DEADLINE, what);
  }

  public static ConditionFactory within(Duration deadline, String what) {
    return Awaitility.await(what)
        .atMost(deadline)
        .pollDelay(Duration.ZERO)
        .pollInterval((looks, last) -> pause(looks));
  }

  /// Soon after one another at first, and then less often: each look is a request to the API
  /// server.
  private static Duration pause(int looks) {
    return Duration.ofMillis(Math.min(MOST_MILLIS_BETWEEN_LOOKS, 50 + 25L * looks));
  }

  private Eventually() {}
}
