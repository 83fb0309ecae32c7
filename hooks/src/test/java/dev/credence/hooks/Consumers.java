// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Two applications that log in all the time, for as long as they are open: one reads the Secret
/// at each login, the other has the value from its start until it is restarted.
final class Consumers implements AutoCloseable {

  /// Whether a value opens the account.
  interface Login {
    boolean with(Map<String, String> value) throws Exception;
  }

  /// Without it, logins at a stub would use a whole processor.
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Credential credential;
  private final Login login;
  private final AtomicInteger logins = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final ReentrantLock running = new ReentrantLock();
  private final List<Thread> threads;
  private volatile boolean isClosed;
  private Map<String, String> started;

  Consumers(Credential credential, Login login) {
    this.credential = credential;
    this.login = login;
    started = credential.current();
    threads =
        List.of(
            Thread.ofPlatform().start(() -> repeat(() -> attempt(credential.current()))),
            Thread.ofPlatform().start(() -> repeat(this::attemptAsStarted)));
  }

  /// The second one gets the current value. Not within a login: a process that is gone cannot fail.
  void restart() {
    running.lock();
    try {
      started = credential.current();
    } finally {
      running.unlock();
    }
  }

  int logins() {
    return logins.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  private Void attemptAsStarted() throws Exception {
    running.lock();
    try {
      return attempt(started);
    } finally {
      running.unlock();
    }
  }

  private Void attempt(Map<String, String> value) throws Exception {
    logins.incrementAndGet();
    if (!login.with(value)) {
      failures.add("login " + logins.get() + " as " + value.get("username"));
    }
    return null;
  }

  private void repeat(Callable<Void> action) {
    while (!isClosed) {
      try {
        action.call();
      } catch (Exception e) {
        failures.add(e.toString());
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  @Override
  public void close() {
    isClosed = true;
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
