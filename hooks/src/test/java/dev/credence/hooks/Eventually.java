// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/// Waiting with a deadline.
final class Eventually {
  /// So long that a busy machine does not fail a test: who waits in vain is a minute late.
  static ConditionFactory eventually(String what) {
    return Awaitility.await(what).atMost(Duration.ofMinutes(1));
  }

  private Eventually() {}
}
