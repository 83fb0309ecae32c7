// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs other programs to their end.
public final class Program {
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  /// For programs that build others.
  public static final Duration LONG = Duration.ofMinutes(40);

  /// What the program printed on its standard output.
  public static String output(Map<String, String> environment, List<String> words) {
    return output(environment, words, DEADLINE);
  }

  /// The same, for a program that may take longer than three minutes.
  public static String output(
      Map<String, String> environment, List<String> words, Duration deadline) {
    var end = run(environment, words, deadline);
    if (end.code() != 0) {
      throw new IllegalStateException(
          "`%s` ended with %d:%n%s%s"
              .formatted(String.join(" ", words), end.code(), end.out(), end.err()));
    }
    return end.out();
  }

  /// How the program ended, and what it printed.
  public static End run(Map<String, String> environment, List<String> words) {
    return run(environment, words, DEADLINE);
  }

  private static End run(Map<String, String> environment, List<String> words, Duration deadline) {
    Path out = null;
    Path err = null;
    try {
      // Files and not pipes: what the program leaves running would keep a pipe open.
      out = Files.createTempFile("program", ".out");
      err = Files.createTempFile("program", ".err");
      var builder =
          new ProcessBuilder(words)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().putAll(environment);
      var process = builder.start();
      if (!process.waitFor(deadline.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "`%s` did not end within %s:%n%s"
                .formatted(String.join(" ", words), deadline, Files.readString(err)));
      }
      return new End(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while `%s` ran".formatted(words), e);
    } finally {
      delete(out);
      delete(err);
    }
  }

  public record End(int code, String out, String err) {}

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Program() {}
}
