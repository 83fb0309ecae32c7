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
    header = "Revoke credentials at once, in an emergency.",
    description = {
      "",
      "Revokes all credentials of an identity, or one Secret, and issues new ones. Ignores maintenance",
      "windows and overlap: consumers fail to authenticate until they read the new value."
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
      description = "The reason, shown in Events.")
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
            "Revocation requested for "
                + GeneratedSecrets.names(asked, Optional.ofNullable(secret))
                + ".",
            status -> Rotate.isDone(status, Optional.ofNullable(secret), Handled::revoke, value)));
  }
}
