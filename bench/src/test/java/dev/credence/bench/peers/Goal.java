// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import dev.credence.bench.peers.Measurement.Task;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What Credence has set itself: a number of a task, and what it may be at most.
///
/// @param most the bound itself, or its ratio to the number of another in the same run
/// @param beside that other one
record Goal(String words, Task task, Number number, double most, Optional<String> beside) {
  static final List<Goal> ALL =
      List.of(
          beside("time until all are ready", Task.CONVERGE, Number.SECONDS, 0.9),
          most("writes for each", Task.CONVERGE, Number.WRITES, 2),
          most("Events for each", Task.CONVERGE, Number.EVENTS, 1),
          most("reads for each", Task.CONVERGE, Number.READS, 0),
          beside("processor time", Task.CONVERGE, Number.CPU, 1.5),
          beside("memory", Task.CONVERGE, Number.PEAK, 1.15),
          beside("time until all are replaced", Task.RENEW, Number.SECONDS, 1),
          beside("processor time", Task.RENEW, Number.CPU, 2),
          most("writes for each", Task.RENEW, Number.WRITES, 2),
          most("writes, all together", Task.RESTART, Number.ALL_WRITES, 0),
          most("single reads, all together", Task.RESTART, Number.ALL_GETS, 0),
          most("seconds until quiet", Task.RESTART, Number.QUIET, 2),
          most("processor seconds a minute", Task.REST, Number.CPU_A_MINUTE, 0.1),
          most("requests about the Lease a minute", Task.REST, Number.LEASES_A_MINUTE, 12),
          most("MiB more", Task.FOREIGN, Number.GROWN, 14),
          most("MiB more", Task.FOREIGN_RESTART, Number.GROWN, 14));

  private static Goal most(String words, Task task, Number number, double most) {
    return new Goal(words, task, number, most, Optional.empty());
  }

  private static Goal beside(String words, Task task, Number number, double factor) {
    return new Goal(words, task, number, factor, Optional.of(ExternalSecrets.TUNED));
  }

  /// The bound, where it can be told: from the number of the one that it is held against.
  Optional<Double> bound(Optional<Double> theirs) {
    return beside.isEmpty() ? Optional.of(most) : theirs.map(number -> number * most);
  }

  /// How a number is taken from a measurement, where it was measured.
  enum Number {
    SECONDS("s", one -> plain(one, "seconds")),
    ASKED("s, asking alone", one -> plain(one, "asked")),
    READY("s until ready", one -> plain(one, "ready")),
    QUIET("s until quiet", one -> plain(one, "quiet")),
    WRITES("writes each", one -> each(one, "writes")),
    EVENTS("Events each", one -> each(one, "events")),
    READS("reads each", one -> sum(each(one, "gets"), each(one, "lists"))),
    ALL_WRITES("writes", one -> plain(one, "writes")),
    ALL_GETS("gets", one -> plain(one, "gets")),
    ALL_LISTS("lists", one -> plain(one, "lists")),
    ALL_WATCHES("watches", one -> plain(one, "watches")),
    REFUSED("refused", one -> plain(one, "refused")),
    CPU("CPU s", one -> plain(one, "cpu")),
    CPU_A_MINUTE("CPU s a minute", one -> aMinute(plain(one, "cpu"), plain(one, "seconds"))),
    LEASES_A_MINUTE("a minute", one -> aMinute(plain(one, "leases"), plain(one, "seconds"))),
    RESIDENT("MiB resident", one -> plain(one, "resident")),
    PEAK("MiB at most", one -> plain(one, "peak")),
    GROWN("MiB more", one -> plain(one, "grown")),
    PER_SECOND("requests a second", one -> plain(one, "persecond"));

    final String unit;
    private final Function<Measurement, Optional<Double>> from;

    Number(String unit, Function<Measurement, Optional<Double>> from) {
      this.unit = unit;
      this.from = from;
    }

    Optional<Double> of(Measurement one) {
      return from.apply(one);
    }

    private static Optional<Double> plain(Measurement one, String number) {
      return Optional.ofNullable(one.numbers().get(number));
    }

    private static Optional<Double> each(Measurement one, String number) {
      return plain(one, number).map(all -> all / one.objects());
    }

    private static Optional<Double> sum(Optional<Double> one, Optional<Double> other) {
      return one.flatMap(a -> other.map(b -> a + b));
    }

    private static Optional<Double> aMinute(Optional<Double> cpu, Optional<Double> seconds) {
      return cpu.flatMap(a -> seconds.map(b -> a * 60 / b));
    }
  }
}
