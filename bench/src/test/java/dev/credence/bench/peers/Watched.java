// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import dev.credence.bench.gauge.Feed;
import dev.credence.bench.gauge.Traffic;
import dev.credence.bench.gauge.Vitals;
import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// A contender at work on a control plane, and what each task costs it. A task begins when it has
/// been quiet since the one before, and is given out as numbers:
///
/// - `seconds` until it is done: every Secret there or replaced, every status telling so, or
///   everything gone; of a restart, until its last request; of a rest, how long it was
/// - `asked`: seconds until the last request of the benchmark itself was answered
/// - `ready`: seconds until the process said that it is ready
/// - `quiet`: seconds until its last request but for the renewal of its leadership
/// - `writes`, `events`, `gets`, `lists`, `watches`, `refused`: its requests, by the audit log
/// - `leases`: its requests about its leadership, which count in none of the others
/// - `cpu`: seconds of processor time
/// - `resident` and `peak`: MiB of memory, at the end of the task and the most during it
public final class Watched implements AutoCloseable {
  /// For a task. One worker that is held back by its client needs minutes for a thousand objects.
  static final Duration DEADLINE = Duration.ofHours(1);

  private static final Duration START = Duration.ofMinutes(5);
  private static final double MIB = 1024 * 1024;

  private final LocalCluster cluster;
  private final Contender contender;
  private final Traffic traffic;
  private Running running;

  /// Starts it, and returns when it is ready and quiet.
  public Watched(LocalCluster cluster, Contender contender) throws IOException {
    this.cluster = cluster;
    this.contender = contender;
    traffic = new Traffic(cluster, contender.user());
    running = contender.start(cluster);
    try {
      running.awaitReady(START);
      traffic.untilQuiet(DEADLINE);
    } catch (RuntimeException e) {
      running.close();
      throw e;
    }
  }

  /// @param asking says how long it took to ask
  public Map<String, Double> during(Supplier<Duration> asking, Feed.Wait... done) {
    var vitals = running.vitals();
    traffic.begin();
    vitals.forgetPeak();
    var cpu = vitals.cpu();
    var start = System.nanoTime();
    var asked = asking.get();
    var end = start + asked.toNanos();
    for (var wait : done) {
      end = Math.max(end, wait.await(DEADLINE));
    }
    var quiet = traffic.untilQuiet(DEADLINE);
    var numbers = numbers(vitals, cpu);
    numbers.put("asked", seconds(asked));
    numbers.put("seconds", seconds(Duration.ofNanos(end - start)));
    numbers.put("quiet", seconds(quiet));
    return numbers;
  }

  /// Lets it be.
  public Map<String, Double> rest(Duration time) {
    var vitals = running.vitals();
    traffic.begin();
    vitals.forgetPeak();
    var cpu = vitals.cpu();
    Traffic.letBe(time);
    var numbers = numbers(vitals, cpu);
    numbers.put("seconds", seconds(time));
    return numbers;
  }

  /// Ends it and starts it again: counts from the start.
  public Map<String, Double> restart() throws IOException {
    running.close();
    traffic.begin();
    var start = System.nanoTime();
    running = contender.start(cluster);
    running.awaitReady(START);
    var ready = System.nanoTime();
    var quiet = traffic.untilQuiet(DEADLINE);
    var numbers = numbers(running.vitals(), Duration.ZERO);
    numbers.put("ready", seconds(Duration.ofNanos(ready - start)));
    numbers.put("quiet", seconds(quiet));
    numbers.put("seconds", seconds(quiet));
    return numbers;
  }

  /// What is resident now, in MiB.
  public double resident() {
    return round(running.vitals().resident() / MIB);
  }

  @Override
  public void close() {
    running.close();
  }

  private Map<String, Double> numbers(Vitals vitals, Duration cpuBefore) {
    var cpu = vitals.cpu().minus(cpuBefore);
    var requests = traffic.soFar();
    var numbers = new TreeMap<String, Double>();
    numbers.put("cpu", seconds(cpu));
    numbers.put("resident", round(vitals.resident() / MIB));
    numbers.put("peak", round(vitals.peak() / MIB));
    numbers.put("writes", (double) requests.writes().count());
    numbers.put("events", (double) requests.events().count());
    numbers.put("gets", (double) requests.verb("get").count());
    numbers.put("lists", (double) requests.verb("list").count());
    numbers.put("watches", (double) requests.verb("watch").count());
    numbers.put("leases", (double) traffic.leases());
    numbers.put("refused", (double) requests.failed().count());
    return numbers;
  }

  private static double seconds(Duration duration) {
    return round(duration.toNanos() / 1e9);
  }

  /// To a thousandth.
  static double round(double number) {
    return Math.round(number * 1000) / 1000.0;
  }
}
