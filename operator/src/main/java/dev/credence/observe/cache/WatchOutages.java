// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/// Finds the kinds that have not been watched for a while. A watch ends every few minutes and the
/// next one begins at once; a watch that does not come back has lost its permission, or the API
/// server.
public final class WatchOutages {
  private static final long PATIENCE = Duration.ofSeconds(30).toNanos();

  private final Map<String, Long> since = new HashMap<>();

  /// One may soon be long enough to be said.
  public synchronized boolean arePending() {
    return !since.isEmpty();
  }

  public synchronized Stream<String> of(Map<String, KindCache<?>> caches) {
    var now = System.nanoTime();
    caches.forEach(
        (kind, watch) -> {
          if (watch.isHealthy()) {
            since.remove(kind);
          } else {
            since.putIfAbsent(kind, now);
          }
        });
    return since.entrySet().stream()
        .filter(outage -> now - outage.getValue() > PATIENCE)
        .map(
            outage ->
                outage.getKey()
                    + " are not watched at present and may be outdated; check the permission to list and watch them")
        .sorted();
  }
}
