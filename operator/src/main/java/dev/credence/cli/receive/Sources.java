// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// The addresses that sent events lately. Each API server of a cluster is one.
final class Sources {
  private static final Duration LATELY = Duration.ofMinutes(10);
  private static final int MOST = 1_000;

  private final Clock clock;
  private final Map<InetAddress, Instant> seen = new HashMap<>();

  Sources(Clock clock) {
    this.clock = clock;
  }

  synchronized void saw(InetAddress address) {
    if (seen.size() < MOST || seen.containsKey(address)) {
      seen.put(address, clock.instant());
    }
  }

  synchronized long count() {
    var since = clock.instant().minus(LATELY);
    seen.values().removeIf(time -> time.isBefore(since));
    return seen.size();
  }
}
