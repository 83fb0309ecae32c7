// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.Handled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Ends values at once.
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    header = "End values at once, in an emergency.",
    description = {
      "",
      "Of an identity, or of one Secret, and make new ones. No window, no overlap: who uses the old value is",
      "out until it reads the new one."
    },
    footer = {
      "%nExamples:",
      "  credence revoke crm -n sales --secret crm-db --reason 'leaked in INC-7'",
      "  credence revoke crm -n sales --reason 'laptop stolen' --wait"
    })
public final class Revoke extends AnnotationCommand {
  @Option(
      names = "--secret",
      paramLabel = "NAME",
      description = "Only this Secret of the identity.")
  private @Nullable String secret;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why; it shows in Events.")
  private String reason = "";

  @Override
  Optional<AnnotationRequest> request(Asked asked) {
    GeneratedSecrets.check(asked, Optional.ofNullable(secret));
    // The same value a second time would be no new request.
    var value = reason.strip() + ", " + asked.now();
    return Optional.of(
        new AnnotationRequest(
            Optional.ofNullable(secret),
            Api.REVOKE,
            Optional.of(value),
            "the values of "
                + GeneratedSecrets.names(asked, Optional.ofNullable(secret))
                + " are ended now and replaced",
            status -> Rotate.isDone(status, Optional.ofNullable(secret), Handled::revoke, value)));
  }
}
