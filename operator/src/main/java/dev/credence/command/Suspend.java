package dev.credence.command;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.LifeState;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Takes an identity out of service until it is resumed.
@Command(
    name = "suspend",
    mixinStandardHelpOptions = true,
    header = "Take an identity out of service, until it is resumed.",
    description = {
      "",
      "Within seconds its accounts write nothing and get no new tokens, its tokens are refused, and nothing",
      "is rotated. What that does not cover is in status.suspension.notCovered."
    },
    footer = {
      "%nExamples:",
      "  credence suspend crm -n sales --reason INC-7 --wait",
      "  credence suspend crm -n sales --reason 'compromised: posts nonsense'"
    })
public final class Suspend extends Verb {
  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why. One that begins with `compromised` shows as the reason Compromised.")
  private String reason = "";

  @Override
  Optional<Request> request(Asked asked) {
    var why = reason.isBlank() ? "asked for by " + asked.connection().user() : reason.strip();
    return Optional.of(
        Request.on(
            Api.SUSPEND,
            why,
            "is taken out of service: " + why + ". Take it back: credence resume " + asked.name(),
            status -> status.state() == LifeState.Suspended && status.suspension() != null));
  }
}
