package dev.credence;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The command line.
@Command(
    name = "credence",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Machine-identity governance for Kubernetes.",
    subcommands = {Run.class, Release.class},
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  /// The exit code where the settings cannot be read.
  static final int WRONG_SETTINGS = 2;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  /// From the environment; empty where something there cannot be read, and then it is said what.
  static Optional<Settings> settings() {
    try {
      return Optional.of(Settings.of(System.getenv()));
    } catch (IllegalArgumentException wrong) {
      System.err.println("credence: " + wrong.getMessage());
      return Optional.empty();
    }
  }

  static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"credence " + version()};
    }
  }
}
