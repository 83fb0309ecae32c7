// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.api.MachineIdentityStatus.Handled;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.cli.Failed;
import dev.credence.raw.UntrustedText;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Command;

/// Requests the previous version of a generated Secret.
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    header = "Make the previous version of a generated Secret current again.",
    description = {
      "",
      "Only during the overlap, while the Secret still contains the previous version. The operator writes the",
      "previous value as a new version. It runs no hooks, so the target system must still accept that value."
    },
    footer = {
      "%nExamples:",
      "  credence rollback crm -n sales --wait",
      "  credence rollback crm -n sales --secret crm-db --reason 'login fails, INC-7'"
    })
public final class Rollback extends SecretCommand {

  @Override
  Optional<AnnotationRequest> request(Asked asked, CredentialStatus credential, String value) {
    var secret = credential.name();
    if (asked.status().filter(found -> found.state() == LifeState.Decommissioned).isPresent()) {
      throw new Failed(
          "MachineIdentity %s is Decommissioned. Its credentials cannot be rolled back."
              .formatted(asked.name()));
    }
    var annotations =
        GeneratedSecrets.annotations(asked, secret)
            .orElseThrow(
                () ->
                    new Failed(
                        "Secret %s does not exist in namespace %s."
                            .formatted(secret, asked.name().namespace())));
    impossible(credential, annotations)
        .ifPresent(
            why -> {
              throw new Failed(
                  "%s. To replace the current value, run credence rotate %s --secret %s --now."
                      .formatted(why, asked.name(), secret));
            });
    return Optional.of(
        new AnnotationRequest(
            Optional.of(secret),
            Api.ROLLBACK,
            Optional.of(value),
            "Requested the previous version of Secret %s%s"
                .formatted(secret, whileSuspended(asked.status())),
            status -> isDone(status, secret, value, credential.version())));
  }

  /// Why the Secret has no version to return to, by the annotations that the operator decides by.
  static Optional<String> impossible(CredentialStatus credential, Map<String, String> annotations) {
    var secret = "Secret " + credential.name();
    if (credential.type() == CredentialType.Token) {
      return Optional.of(secret + " contains a ServiceAccount token, which cannot be rolled back");
    }
    var state = annotations.getOrDefault(Api.PREVIOUS_IS, "kept");
    if (UntrustedText.time(annotations.get(Api.PREVIOUS_RETIRES_AT)).isEmpty()
        || state.equals("gone")) {
      return Optional.of(
          secret
              + " does not contain a previous version: the overlap is over, or the version is the"
              + " first one");
    }
    return state.equals("ending")
        ? Optional.of(
            "The revoke hook of the previous version of "
                + secret
                + " has started, so the version cannot be restored")
        : Optional.empty();
  }

  /// A request that came too late is handled too, without a new version.
  static boolean isDone(
      MachineIdentityStatus status, String secret, String value, Long versionBefore) {
    var credential = GeneratedSecrets.credential(status, secret);
    var handled =
        credential
            .map(CredentialStatus::handled)
            .map(Handled::rollback)
            .filter(value::equals)
            .isPresent();
    if (handled
        && Objects.equals(credential.map(CredentialStatus::version).orElse(null), versionBefore)) {
      throw new Failed(
          "Secret %s was not rolled back%s"
              .formatted(
                  secret,
                  credential
                      .map(CredentialStatus::message)
                      .map(message -> ". " + message)
                      .orElse(". See the condition CredentialsFresh.")));
    }
    return handled;
  }
}
