// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs work in one thread every second while this process leads. The work compares the wall-clock
/// time, which a timer does not follow, and decides whether something is due.
final class Periodic implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Periodic.class);
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Work work;
  private final String failure;
  private final ScheduledExecutorService worker;
  private volatile long lastSuccess;

  interface Work {
    /// Throws where it failed: it is tried again with the next tick.
    void tick();
  }

  /// `failure`: what is logged of a tick that failed.
  Periodic(String name, String failure, Work work) {
    this.work = work;
    this.failure = failure;
    this.worker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name).daemon().factory());
  }

  void start() {
    lastSuccess = System.nanoTime();
    worker.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      work.tick();
    } catch (RuntimeException | Error failed) {
      // An exception that reaches the executor ends the repetition without a message.
      LOG.warn(failure, failed);
      return;
    }
    lastSuccess = System.nanoTime();
  }

  /// Once, between two ticks.
  void execute(Runnable once) {
    worker.execute(once);
  }

  /// The time since the last tick that succeeded.
  Duration sinceSuccess() {
    return Duration.ofNanos(System.nanoTime() - lastSuccess);
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
