// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Suspends an identity until it is resumed.
@Command(
    name = "suspend",
    mixinStandardHelpOptions = true,
    header = "Suspend an identity until it is resumed.",
    description = {
      "",
      "Within seconds its ServiceAccounts cannot write or get new tokens, the API server rejects its",
      "tokens, and the operator rotates nothing. status.suspension.notCovered lists what it can still do.",
      "",
      "Tokens that users requested stay valid until they expire. With --end-tokens, the command deletes and",
      "re-creates each ServiceAccount of the suspended identity, with the same labels, annotations and pull",
      "secrets, and with your permissions. This invalidates all tokens of the ServiceAccount, also those of",
      "running pods, and deletes Secrets with a token that never expires."
    },
    footer = {
      "%nExamples:",
      "  credence suspend crm -n sales --reason INC-7 --wait",
      "  credence suspend crm -n sales --compromised --reason 'posts nonsense'",
      "  credence suspend crm -n sales --compromised --reason INC-7 --end-tokens"
    })
public final class Suspend extends AnnotationCommand {
  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "The reason, stored in the annotation.")
  private String reason = "";

  @Option(
      names = "--compromised",
      description =
          "Report the identity as compromised: the operator also revokes each credential.")
  private boolean compromised;

  @Option(
      names = "--end-tokens",
      description =
          "Delete and re-create its ServiceAccounts, which invalidates all of their tokens.")
  private boolean endTokens;

  @Option(
      names = {"-y", "--yes"},
      description = "With --end-tokens: do not ask for a confirmation.")
  private boolean yes;

  @Override
  boolean isFollowed() {
    return endTokens;
  }

  @Override
  int afterwards(Connection connection, Name name) {
    return endTokens ? Renewal.of(connection, name).run() : 0;
  }

  @Override
  Optional<AnnotationRequest> request(Asked asked) {
    if (endTokens) {
      Renewal.of(asked.connection(), asked.name()).consent(yes);
    }
    var why = reason.isBlank() ? "requested by " + asked.connection().user() : reason.strip();
    return Optional.of(
        AnnotationRequest.on(
            compromised ? Api.COMPROMISED : Api.SUSPEND,
            why,
            "Suspension requested: " + why + ". Undo it with: credence resume " + asked.name(),
            status ->
                status.suspension() != null
                    && (status.state() == LifeState.Suspended
                        || status.state() == LifeState.Decommissioned)));
  }
}
