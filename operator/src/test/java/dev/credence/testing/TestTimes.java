// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/// Writes one line for each test class and each cluster start to `target/test-times.tsv` of the
/// checkout: what it is, its name, seconds of wall-clock time, of processor time and of waiting
/// (wall-clock time in which not even one core was busy), and the time of day at which it ended.
/// The processor time is that of the test JVM, of its child processes and of the clusters that it
/// uses; classes that run at the same time in one JVM share it.
public final class TestTimes implements TestExecutionListener {
  private static final Path FILE =
      Path.of(System.getProperty("user.dir")).getParent().resolve("target/test-times.tsv");

  private final Map<String, Stopwatch> running = new ConcurrentHashMap<>();

  /// Wall-clock and processor time since it was started.
  public static final class Stopwatch {
    private final long start = System.nanoTime();
    private final Duration processor = ProcessorTime.total();

    /// Appends a line: `cluster`, `issued`.
    public void write(String what, String name) {
      var wall = Duration.ofNanos(System.nanoTime() - start);
      var busy = ProcessorTime.total().minus(processor);
      var waiting = busy.compareTo(wall) < 0 ? wall.minus(busy) : Duration.ZERO;
      append(
          String.format(
              Locale.ROOT,
              "%s\t%s\t%.1f\t%.1f\t%.1f\t%tT%n",
              what,
              name,
              seconds(wall),
              seconds(busy),
              seconds(waiting),
              LocalTime.now()));
    }

    private static double seconds(Duration time) {
      return time.toMillis() / 1000.0;
    }
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (isTopLevelClass(test)) {
      running.put(test.getUniqueId(), new Stopwatch());
    }
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    var watch = running.remove(test.getUniqueId());
    if (watch != null) {
      watch.write("class", test.getDisplayName());
    }
  }

  /// Whether it is a test class that Maven handed out, and neither a method nor a nested class.
  public static boolean isTopLevelClass(TestIdentifier test) {
    return test.getSource().filter(ClassSource.class::isInstance).isPresent()
        && test.getParentIdObject().filter(parent -> parent.getSegments().size() == 1).isPresent();
  }

  /// A line is one write, so that the lines of several JVMs do not mix.
  private static void append(String line) {
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, line, CREATE, APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
