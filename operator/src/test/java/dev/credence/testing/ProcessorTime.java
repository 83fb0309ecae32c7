// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// Processor time of this JVM and of what it started, from `/proc`; zero where there is none.
public final class ProcessorTime {
  /// What a clock tick of `/proc` is on Linux.
  private static final Duration TICK = Duration.ofMillis(10);

  private static final List<Supplier<Duration>> OTHERS = new CopyOnWriteArrayList<>();

  /// Counts the time of processes that are not children of this JVM as well.
  public static void count(Supplier<Duration> others) {
    OTHERS.add(others);
  }

  /// Of this JVM, its children (those that ended included) and the others so far.
  public static Duration total() {
    var own = ofTree(ProcessHandle.current().pid());
    return OTHERS.stream().map(Supplier::get).reduce(own, Duration::plus);
  }

  /// Of a process that runs and of its children that have ended; zero where it has ended itself.
  public static Duration of(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      // The name of the program is in brackets and may have spaces in it.
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      var ticks = LongStream.of(11, 12, 13, 14).map(at -> Long.parseLong(fields[(int) at])).sum();
      return TICK.multipliedBy(ticks);
    } catch (IOException e) {
      return Duration.ZERO;
    }
  }

  private static Duration ofTree(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(process -> process.descendants())
        .map(process -> of(process.pid()))
        .reduce(of(pid), Duration::plus);
  }

  private ProcessorTime() {}
}
