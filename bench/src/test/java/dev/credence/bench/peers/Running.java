// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import dev.credence.bench.gauge.Vitals;
import java.time.Duration;

/// A contender at work. Closing it asks it to end, and waits until it has.
public interface Running extends AutoCloseable {
  Vitals vitals();

  /// Waits until it says of itself that it is ready.
  void awaitReady(Duration deadline);

  @Override
  void close();
}
