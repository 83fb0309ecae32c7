// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import dev.credence.app.Run;
import dev.credence.cli.Candidates;
import dev.credence.cli.Completion;
import dev.credence.cli.Failed;
import dev.credence.cli.ReleaseCommand;
import dev.credence.cli.audit.Audit;
import dev.credence.cli.migrate.Migrate;
import dev.credence.cli.notify.Notify;
import dev.credence.cli.recipe.Recipe;
import dev.credence.cli.request.Abort;
import dev.credence.cli.request.Approve;
import dev.credence.cli.request.Resume;
import dev.credence.cli.request.Review;
import dev.credence.cli.request.Revoke;
import dev.credence.cli.request.Rollback;
import dev.credence.cli.request.Rotate;
import dev.credence.cli.request.Suspend;
import dev.credence.cli.show.Explain;
import dev.credence.cli.show.History;
import dev.credence.cli.show.Plan;
import dev.credence.cli.show.Report;
import dev.credence.cli.show.Status;
import dev.credence.report.PlainText;
import dev.credence.settings.Logging;
import dev.credence.settings.Settings;
import dev.credence.settings.Version;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line.
@Command(
    name = "credence",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Machine-identity governance for Kubernetes.",
    subcommands = {
      Status.class,
      Report.class,
      Explain.class,
      History.class,
      Plan.class,
      Audit.class,
      Rotate.class,
      Rollback.class,
      Abort.class,
      Suspend.class,
      Resume.class,
      Approve.class,
      Review.class,
      Revoke.class,
      Notify.class,
      Recipe.class,
      Migrate.class,
      Completion.class,
      Candidates.class,
      Run.class,
      ReleaseCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "%nExit codes: 0 success, 1 failure, 2 invalid usage.",
      "`credence COMMAND --help` shows examples. See also docs/cli.md."
    })
public final class Main implements Runnable {
  private static final int FAILED = 1;
  private static final int WIDTH = 108;
  private static final String USAGE = "Usage: ";

  /// How it was called, as in `kubectl credence`.
  private static final String NAME = System.getProperty("credence.name", "credence");

  private static final Set<Class<?>> NEEDS_ALL = Set.of(Completion.class, Candidates.class);

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  public static void main(String[] arguments) {
    Logging.quiet();
    System.exit(execute(arguments));
  }

  private static int execute(String... arguments) {
    var alone = Stream.of(arguments).findFirst().flatMap(Main::alone);
    return alone.isEmpty()
        ? commandLine().execute(arguments)
        : alone.get().execute(Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  /// A command without the others, whose annotations would take a tenth of the processor time of a
  /// start. Empty for an unknown one, and for completion, which needs them all.
  static Optional<CommandLine> alone(String name) {
    return Stream.of(Main.class.getAnnotation(Command.class).subcommands())
        .filter(type -> !NEEDS_ALL.contains(type))
        .filter(type -> type.getAnnotation(Command.class).name().equals(name))
        .findFirst()
        .map(type -> withHandlers(new CommandLine(type)).setCommandName(NAME + " " + name));
  }

  static CommandLine commandLine() {
    var commands = withHandlers(new CommandLine(new Main())).setCommandName(NAME);
    // Words of the completed command line are no options of the command that completes it.
    Optional.ofNullable(commands.getSubcommands().get("__complete"))
        .ifPresent(complete -> complete.setUnmatchedOptionsArePositionalParams(true));
    return commands;
  }

  private static CommandLine withHandlers(CommandLine commands) {
    commands.setUsageHelpWidth(WIDTH);
    commands.setParameterExceptionHandler((wrong, arguments) -> wrong(wrong));
    commands.setExecutionExceptionHandler((problem, command, parsed) -> failed(problem));
    return commands;
  }

  /// Prints the problem and the usage: the whole help would hide the problem.
  private static int wrong(ParameterException wrong) {
    var command = wrong.getCommandLine();
    var err = command.getErr();
    err.println("credence: " + PlainText.text(String.valueOf(wrong.getMessage())));
    UnmatchedArgumentException.printSuggestions(wrong, err);
    err.print(USAGE + command.getHelp().synopsis(USAGE.length()));
    err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return Settings.WRONG;
  }

  /// One line for what was to be expected; the whole story of what was not.
  private static int failed(Exception problem) throws Exception {
    if (problem instanceof Failed) {
      System.err.println("credence: " + PlainText.text(String.valueOf(problem.getMessage())));
      return FAILED;
    }
    throw problem;
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
