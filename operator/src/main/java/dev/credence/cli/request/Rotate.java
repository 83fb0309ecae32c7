// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.Handled;
import dev.credence.api.MachineIdentityStatus.LifeState;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Asks for new values now.
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    header = "Request a rotation now.",
    description = {
      "",
      "Rotates all credentials of an identity, or one Secret. The rotation waits for the maintenance",
      "windows of the policy, unless --now is given."
    },
    footer = {
      "%nExamples:",
      "  credence rotate crm -n sales --wait",
      "  credence rotate crm -n sales --secret crm-db --now --reason 'seen in a log'"
    })
public final class Rotate extends AnnotationCommand {
  @Option(
      names = "--secret",
      paramLabel = "NAME",
      description = "Only this Secret of the identity.")
  private @Nullable String secret;

  @Option(
      names = "--now",
      description = "Rotate at once, also outside the maintenance windows of the policy.")
  private boolean now;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "The reason, stored in the annotation.")
  private String reason = "";

  @Override
  Optional<AnnotationRequest> request(Asked asked) {
    GeneratedSecrets.check(asked, Optional.ofNullable(secret));
    var value = value(asked.now());
    return Optional.of(
        new AnnotationRequest(
            Optional.ofNullable(secret),
            now ? Api.ROTATE_NOW : Api.ROTATE,
            Optional.of(value),
            "Rotation requested for "
                + GeneratedSecrets.names(asked, Optional.ofNullable(secret))
                + when(asked.status()),
            status ->
                isDone(
                    status,
                    Optional.ofNullable(secret),
                    now ? Handled::rotateNow : Handled::rotate,
                    value)));
  }

  private String value(String time) {
    var words = reason.strip();
    return time + (words.isEmpty() ? "" : " " + words);
  }

  private String when(Optional<MachineIdentityStatus> status) {
    if (status.filter(found -> found.state() == LifeState.Suspended).isPresent()) {
      return ". The identity is suspended: the operator rotates nothing before it is resumed.";
    }
    return now
        ? ", at once, also outside maintenance windows."
        : ", in the next maintenance window of its policy, or at once without windows.";
  }

  /// The request was acted upon, and no Certificate still has to be issued for it.
  static boolean isDone(
      MachineIdentityStatus status,
      Optional<String> secret,
      Function<Handled, @Nullable String> which,
      String value) {
    var handled =
        secret.isPresent()
            ? GeneratedSecrets.credential(status, secret.get()).map(CredentialStatus::handled)
            : Optional.ofNullable(status.handled());
    return handled.map(which).filter(value::equals).isPresent()
        && (secret.isPresent() || !isAwaited(status));
  }

  private static boolean isAwaited(MachineIdentityStatus status) {
    return Stream.ofNullable(status.credentials())
        .flatMap(List::stream)
        .anyMatch(credential -> credential.renewing() != null);
  }
}
