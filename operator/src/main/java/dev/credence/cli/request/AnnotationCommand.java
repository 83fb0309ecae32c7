// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.KubeOptions;
import dev.credence.report.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A request to the operator about one identity: an annotation of a kind of its own, what is told
/// about it, and how one sees that it was carried out.
public abstract class AnnotationCommand implements Callable<Integer> {
  @Mixin private KubeOptions where = new KubeOptions();

  @Parameters(
      paramLabel = "IDENTITY",
      description = "The MachineIdentity: NAME, or NAMESPACE/NAME.")
  private String identity = "";

  @Option(
      names = "--dry-run",
      description = "Validate the request on the API server without changing anything.")
  private boolean dryRun;

  @Option(
      names = "--wait",
      description = "Wait until the operator has carried out the request, and print the progress.")
  private boolean waits;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "How long to wait. Default: ${DEFAULT-VALUE}.")
  private int timeout;

  @Override
  public final Integer call() {
    return where.in(
        connection -> {
          var name = connection.name(identity);
          var seen = connection.identity(name);
          var request = request(new Asked(connection, name, seen, status(seen), now()));
          if (request.isEmpty()) {
            return 0;
          }
          request.get().write(connection, name, seen, dryRun);
          var done = dryRun ? " (dry run: nothing was changed)" : "";
          System.out.println(name + ": " + request.get().reported() + done);
          if (dryRun) {
            return 0;
          }
          var waited =
              waits || isFollowed()
                  ? new Wait(connection, name, status(seen), Duration.ofSeconds(timeout))
                      .until(request.get().isDone())
                  : 0;
          return waited == 0 ? afterwards(connection, name) : waited;
        });
  }

  /// The identity that a command is about.
  record Asked(
      Connection connection,
      Name name,
      MachineIdentity identity,
      Optional<MachineIdentityStatus> status,
      String now) {}

  /// Empty where there is nothing to ask for, after that was told.
  abstract Optional<AnnotationRequest> request(Asked asked);

  /// Whether something follows, so that the request has to be carried out first.
  boolean isFollowed() {
    return false;
  }

  /// Runs after the request; returns the exit code.
  int afterwards(Connection connection, Name name) {
    return 0;
  }

  /// `isDone` of a status that the operator wrote since.
  interface Done extends Predicate<MachineIdentityStatus> {}

  private static Optional<MachineIdentityStatus> status(MachineIdentity identity) {
    return Optional.ofNullable(identity.getStatus());
  }

  /// Another one at each call.
  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  public static void report(String text) {
    System.out.println(PlainText.text(text));
  }
}
