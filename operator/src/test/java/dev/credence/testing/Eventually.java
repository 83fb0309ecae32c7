package dev.credence.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/// Waiting with a deadline: what a test says instead of sleeping.
public final class Eventually {
  public static final Duration DEADLINE = Duration.ofSeconds(30);

  /// `eventually("the Secret is there").until(…)`: looks ten times a second, for 30 seconds.
  public static ConditionFactory eventually(String what) {
    return within(DEADLINE, what);
  }

  public static ConditionFactory within(Duration deadline, String what) {
    return Awaitility.await(what)
        .atMost(deadline)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(100));
  }

  private Eventually() {}
}
