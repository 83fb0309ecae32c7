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
      "Within seconds its accounts write nothing and get no new tokens, its tokens are refused, and nothing",
      "is rotated. What that does not cover is in status.suspension.notCovered.",
      "",
      "Tokens that somebody requested by hand are accepted until they expire, which --end-tokens changes: once",
      "the identity is suspended, it deletes each of its ServiceAccounts and creates it again with the same",
      "labels, annotations and pull secrets, with your rights and not with those of the operator. All tokens of",
      "the account end, those of running pods included, and Secrets with a token of the old kind are deleted."
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
      description = "Why; it is kept in the annotation.")
  private String reason = "";

  @Option(
      names = "--compromised",
      description = "Its credentials are in the hands of others: each one is revoked as well.")
  private boolean compromised;

  @Option(
      names = "--end-tokens",
      description =
          "Delete its ServiceAccounts and create them again, which ends all of their tokens.")
  private boolean endTokens;

  @Option(
      names = {"-y", "--yes"},
      description = "With --end-tokens: do not ask.")
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
    var why = reason.isBlank() ? "asked for by " + asked.connection().user() : reason.strip();
    return Optional.of(
        AnnotationRequest.on(
            compromised ? Api.COMPROMISED : Api.SUSPEND,
            why,
            "is taken out of service: " + why + ". Take it back: credence resume " + asked.name(),
            status ->
                status.suspension() != null
                    && (status.state() == LifeState.Suspended
                        || status.state() == LifeState.Decommissioned)));
  }
}
