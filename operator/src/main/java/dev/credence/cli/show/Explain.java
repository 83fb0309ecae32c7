// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.KubeOptions;
import dev.credence.cli.LiveSnapshot;
import dev.credence.cli.LiveSnapshot.Look;
import dev.credence.cli.OperatorSettings;
import dev.credence.cli.request.AnnotationCommand;
import dev.credence.decide.Decide;
import dev.credence.plan.IdentityStatus;
import dev.credence.report.Entries;
import dev.credence.report.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Tells what the operator makes of an identity, and why.
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    header = "Explain the state of an identity and the next actions of the operator.",
    description = {
      "",
      "Shows the state and its cause, the policies and the sections that each decides, the next",
      "scheduled actions, and the actions that are due now. Reads the cluster and decides as the",
      "operator does, and changes nothing. Without the permission to read all of that, it shows the",
      "status that the operator wrote."
    },
    footer = {"%nExample:", "  credence explain crm -n sales"})
public final class Explain implements Callable<Integer> {
  @Mixin private KubeOptions where = new KubeOptions();

  @Parameters(
      paramLabel = "IDENTITY",
      description = "The MachineIdentity: NAME, or NAMESPACE/NAME.")
  private String identity = "";

  @Override
  public Integer call() {
    return where.in(
        connection -> {
          var name = connection.name(identity);
          var found = connection.identity(name);
          lines(connection, name, found).forEach(AnnotationCommand::report);
          return 0;
        });
  }

  private static List<String> lines(Connection connection, Name name, MachineIdentity identity) {
    var operator = OperatorSettings.of(connection, name.namespace());
    return switch (LiveSnapshot.at(connection, name, identity, operator.settings())) {
      case Look.Seen(var snapshot) -> {
        var decision = Decide.next(snapshot, operator.settings().tier());
        var lines = new ArrayList<>(new Explanation(snapshot, decision).lines());
        decision
            .status()
            .flatMap(status -> difference(status, identity))
            .ifPresent(
                line -> {
                  lines.add("");
                  lines.add(line);
                });
        lines.add("");
        lines.add("Operator");
        operator.about().forEach(line -> lines.add("  " + line));
        yield lines;
      }
      case Look.Unseen(var why) -> {
        var lines = new ArrayList<String>();
        lines.add(
            "This is the status that the operator wrote. The command cannot determine the due"
                + " actions:");
        why.forEach(reason -> lines.add("  " + reason));
        lines.add("");
        lines.addAll(StatusText.lines(Entries.of(identity), Instant.now()));
        yield lines;
      }
    };
  }

  /// The status is older than this decision, or of an operator that does not run.
  private static Optional<String> difference(
      IdentityStatus identityStatus, MachineIdentity identity) {
    var status = Optional.ofNullable(identity.getStatus());
    var seen = status.map(MachineIdentityStatus::observedGeneration);
    if (!Objects.equals(seen.orElse(null), identity.getMetadata().getGeneration())) {
      return Optional.of(
          "The operator has not written a status for this spec yet. Check whether it is running.");
    }
    var state = status.map(MachineIdentityStatus::state).map(Enum::name).orElse(Entry.NOT_SEEN);
    return state.equals(identityStatus.state().name())
        ? Optional.empty()
        : Optional.of("The status still shows the state " + state + ", from the last reconcile.");
  }
}
