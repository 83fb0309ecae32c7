// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.LogManager;
import java.util.stream.Collectors;

/// `credence-hook SYSTEM [STEP]`: runs one step and prints one line. Without STEP it runs the one
/// that `CREDENCE_STEP` names, so that one CronJob can serve all hooks of a credential.
public final class Main {
  /// Where Kubernetes reads the message of a container that ended.
  private static final Path MESSAGE = Path.of("/dev/termination-log");

  private final Withheld withheld = new Withheld();
  private final Map<String, String> environment;

  private Main(Map<String, String> environment) {
    this.environment = environment;
  }

  public static void main(String[] words) {
    quiet();
    var status = run(words, System.getenv(), System.out, System.err);
    // Drivers may have left threads. The process does not wait for them.
    Runtime.getRuntime().halt(status);
  }

  /// Drivers log nothing, and do not report that either.
  static void quiet() {
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    LogManager.getLogManager().reset();
  }

  /// Runs a step, and returns the exit code of the process.
  static int run(
      String[] words, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (words.length == 0 || words[0].equals("--help")) {
      out.println(help());
      return words.length == 0 ? Kind.Usage.exitCode() : 0;
    }
    var main = new Main(environment);
    try {
      var done = main.done(words);
      out.println(main.line(words, done));
      out.flush();
      return 0;
    } catch (Exception | LinkageError | StackOverflowError e) {
      var failure = failure(e);
      var line = main.line(words, failure.sentence());
      err.println(line);
      err.flush();
      tell(line);
      return failure.kind().exitCode();
    }
  }

  private String done(String[] words) throws Exception {
    if (words.length > 2) {
      throw new Failure(Kind.Usage, "Give a system and a step: credence-hook SYSTEM [STEP].");
    }
    var driver =
        Systems.find(words[0])
            .orElseThrow(
                () ->
                    new Failure(
                        Kind.Usage,
                        "There is no such system. The systems are " + Systems.names() + "."));
    return driver.run(step(words), new Inputs(environment, withheld));
  }

  /// A Job of the hook `verify` that is told to apply is a mistake in the CronJob.
  private Step step(String[] words) {
    var asked = Optional.ofNullable(environment.get("CREDENCE_STEP")).filter(s -> !s.isEmpty());
    var word =
        words.length == 2
            ? words[1]
            : asked.orElseThrow(
                () ->
                    new Failure(
                        Kind.Usage, "Name a step as the second argument: " + steps() + "."));
    if (asked.isPresent() && !asked.get().equals(word)) {
      throw new Failure(
          Kind.Usage,
          "The identity uses this CronJob as hooks.%s, but its arguments name the step %s."
              .formatted(asked.get(), word));
    }
    return Step.of(word)
        .orElseThrow(
            () -> new Failure(Kind.Usage, "There is no such step. The steps are " + steps() + "."));
  }

  private static Failure failure(Throwable thrown) {
    return switch (thrown) {
      case Failure failure -> failure;
      case UnknownHostException _ ->
          new Failure(Kind.Unavailable, "The name in HOOK_HOST cannot be resolved.");
      case ConnectException _ ->
          new Failure(Kind.Unavailable, "No connection to HOOK_HOST and HOOK_PORT.");
      case SocketTimeoutException _ ->
          new Failure(Kind.Unavailable, "The system did not answer in time (HOOK_TIMEOUT).");
      // By its type alone: its message may repeat what it was given.
      default ->
          new Failure(Kind.Failed, "The step ended with " + thrown.getClass().getName() + ".");
    };
  }

  private String line(String[] words, String sentence) {
    var step = words.length > 1 ? words[1] : environment.getOrDefault("CREDENCE_STEP", "");
    return withheld.clean(words[0] + (step.isEmpty() ? "" : " " + step) + ": " + sentence);
  }

  /// Only inside a container: this file is never created.
  private static void tell(String line) {
    try {
      if (Files.isWritable(MESSAGE)) {
        Files.writeString(
            MESSAGE, line, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
      }
    } catch (IOException e) {
      // The log has the same line.
    }
  }

  private static String steps() {
    return List.of(Step.values()).stream().map(Step::name).collect(Collectors.joining(", "));
  }

  private static String help() {
    return """
    credence-hook SYSTEM [STEP]

    Runs one step of a Credence hook against one system. Without STEP, CREDENCE_STEP names it.

    systems: %s
    steps:   %s

    Values are read from files of mounted Secrets, settings from variables that begin with HOOK_.\
    """
        .formatted(Systems.names(), steps());
  }
}
