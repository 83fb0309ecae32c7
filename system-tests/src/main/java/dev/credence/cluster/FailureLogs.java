// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.credence.testing.TestTimes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/// Keeps the logs of operators and clusters for test classes that failed, in
/// `target/failures/<class>`, and writes the paths into `target/failures/index.txt`, which `make
/// test` prints last. Logs of classes that passed are deleted.
public final class FailureLogs implements TestExecutionListener {
  private static final Path FOLDER = LocalCluster.TOP.resolve("target/failures");
  private static final List<Path> OF_THIS_CLASS = new CopyOnWriteArrayList<>();

  private volatile boolean failed;

  /// A log that the running test class has made, to be kept or deleted with its result.
  static void add(Path log) {
    OF_THIS_CLASS.add(log);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    failed |= result.getStatus() == TestExecutionResult.Status.FAILED;
    if (TestTimes.isTopLevelClass(test)) {
      if (failed) {
        keep(test.getDisplayName());
      } else {
        OF_THIS_CLASS.forEach(FailureLogs::delete);
      }
      OF_THIS_CLASS.clear();
      failed = false;
    }
  }

  private static void keep(String name) {
    var folder = FOLDER.resolve(name);
    try {
      Files.createDirectories(folder);
      var kept =
          Stream.concat(OF_THIS_CLASS.stream(), LocalCluster.logsOfRunning())
              .filter(Files::exists)
              .map(log -> copy(log, folder))
              .toList();
      var text = new StringBuilder(name + " failed. Its logs:\n");
      kept.forEach(log -> text.append("  ").append(log).append('\n'));
      Files.writeString(FOLDER.resolve("index.txt"), text, CREATE, APPEND);
      System.err.print(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path copy(Path log, Path folder) {
    var parent = log.getParent().getFileName().toString();
    var name = log.getFileName().toString();
    var to = folder.resolve(parent.equals("operators") ? name : parent + "-" + name);
    try {
      return Files.copy(log, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path log) {
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
