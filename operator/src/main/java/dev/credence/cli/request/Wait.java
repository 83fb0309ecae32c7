// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Condition;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Follows an identity until a request to it is done, and tells each change on the way.
final class Wait {
  private static final Duration EVERY = Duration.ofMillis(500);
  private static final int NOT_DONE = 1;

  private final Connection connection;
  private final Name name;
  private final Duration patience;

  /// Credentials that were blocked before, which is not caused by the request.
  private final Set<String> blockedBefore;

  Wait(
      Connection connection, Name name, Optional<MachineIdentityStatus> before, Duration patience) {
    this.connection = connection;
    this.name = name;
    this.patience = patience;
    this.blockedBefore =
        before.stream()
            .flatMap(Wait::credentials)
            .filter(Wait::isBlocked)
            .map(CredentialStatus::name)
            .collect(Collectors.toSet());
  }

  int until(AnnotationCommand.Done isDone) {
    var end = System.nanoTime() + patience.toNanos();
    List<String> reported = List.of();
    while (true) {
      var status = Optional.ofNullable(connection.identity(name).getStatus());
      var news = status.map(Wait::reported).orElse(List.of());
      var known = reported;
      news.stream().filter(line -> !known.contains(line)).forEach(AnnotationCommand::report);
      reported = news;
      if (status.filter(isDone).isPresent()) {
        System.out.println(name + ": Done.");
        return 0;
      }
      status.stream()
          .flatMap(Wait::credentials)
          .filter(Wait::isBlocked)
          .filter(credential -> !blockedBefore.contains(credential.name()))
          .findFirst()
          .ifPresent(
              credential -> {
                throw new Failed(line(credential));
              });
      if (System.nanoTime() > end) {
        System.err.println(
            "credence: "
                + name
                + ": The operator has not carried out the request within "
                + patience.toSeconds()
                + " s. The request stays. "
                + status
                    .flatMap(Wait::ready)
                    .orElse("The operator has not reconciled the identity yet."));
        return NOT_DONE;
      }
      rest();
    }
  }

  private static List<String> reported(MachineIdentityStatus status) {
    var lines = new ArrayList<String>();
    lines.add("  " + status.state());
    credentials(status).map(Wait::line).map(line -> "  " + line).forEach(lines::add);
    return lines;
  }

  private static Stream<CredentialStatus> credentials(MachineIdentityStatus status) {
    return Stream.ofNullable(status.credentials()).flatMap(List::stream).filter(Objects::nonNull);
  }

  private static boolean isBlocked(CredentialStatus credential) {
    return credential.state() == CredentialState.Blocked;
  }

  private static String line(CredentialStatus credential) {
    return credential.name()
        + ": "
        + credential.state()
        + (credential.version() == null ? "" : ", version " + credential.version())
        + (credential.message() == null ? "" : ": " + credential.message());
  }

  private static Optional<String> ready(MachineIdentityStatus status) {
    return Stream.ofNullable(status.conditions())
        .flatMap(List::stream)
        .filter(condition -> "Ready".equals(condition.type()))
        .map(Condition::message)
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static void rest() {
    try {
      Thread.sleep(EVERY);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Failed("Interrupted. The request stays.");
    }
  }
}
