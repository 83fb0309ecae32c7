// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Logs in again and again as an application does, and keeps count.
public final class Client implements AutoCloseable {
  private final Database database;
  private final App app;
  private final AtomicLong attempts = new AtomicLong();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Set<Login> used = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final Future<?> repetition;

  public static Client every(Duration period, Database database, App app) {
    return new Client(period, database, app);
  }

  private Client(Duration period, Database database, App app) {
    this.database = database;
    this.app = app;
    repetition =
        thread.scheduleAtFixedRate(this::logInAll, 0, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  public long attempts() {
    return attempts.get();
  }

  /// One line each, without passwords.
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /// What it has logged in with so far.
  public Set<Login> used() {
    return Set.copyOf(used);
  }

  @Override
  public void close() {
    repetition.cancel(false);
    thread.close();
    app.close();
  }

  private void logInAll() {
    try {
      app.logins().entrySet().forEach(this::logIn);
    } catch (RuntimeException e) {
      // The thread would end without a word.
      failures.add(Instant.now() + " " + e);
    }
  }

  private void logIn(Map.Entry<String, Login> process) {
    var login = process.getValue();
    attempts.incrementAndGet();
    used.add(login);
    database
        .refusal(login)
        .filter(why -> app.isRunning(process.getKey()))
        .ifPresent(
            why ->
                failures.add(
                    "%s %s as %s: %s".formatted(Instant.now(), process.getKey(), login, why)));
  }
}
