// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.Handled;
import dev.credence.facts.object.ObjectRef;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Optional;
import picocli.CommandLine.Command;

/// Requests that the operator drops the pending version of a generated Secret.
@Command(
    name = "abort",
    mixinStandardHelpOptions = true,
    header = "Drop the pending version of a generated Secret, and clear Blocked.",
    description = {
      "",
      "The current version stays in effect. The operator deletes the pending version with its hook Jobs, and the",
      "next scheduled rotation counts from now. It retries a revoke hook that failed too often. What the apply",
      "hook already changed in the target system is not undone."
    },
    footer = {
      "%nExamples:",
      "  credence abort crm -n sales --wait",
      "  credence abort crm -n sales --secret crm-db --reason 'hook is broken, INC-7'"
    })
public final class Abort extends SecretCommand {

  @Override
  Optional<AnnotationRequest> request(Asked asked, CredentialStatus credential, String value) {
    var secret = credential.name();
    var pending = pending(asked, secret);
    var nothing = nothing(credential, pending.isPresent());
    if (nothing.isPresent()) {
      report(asked.name() + ": " + nothing.get());
      return Optional.empty();
    }
    var exists = GeneratedSecrets.metadata(asked, secret).isPresent();
    if (!exists && pending.isEmpty()) {
      report(
          "%s: Nothing to abort. Secret %s does not exist. %s"
              .formatted(
                  asked.name(),
                  secret,
                  Optional.ofNullable(credential.message())
                      .orElse("See the status of the MachineIdentity.")));
      return Optional.empty();
    }
    return Optional.of(
        new AnnotationRequest(
            Optional.of(exists ? secret : pending.get().getName()),
            Api.ABORT,
            Optional.of(value),
            requested(secret, pending.isPresent()) + whileSuspended(asked.status()),
            status ->
                exists
                    ? isDone(status, secret, value)
                    : pending(asked, secret)
                        .filter(found -> found.getUid().equals(pending.get().getUid()))
                        .isEmpty()));
  }

  /// The Secret with the version that its hooks have not confirmed yet.
  private static Optional<ObjectMeta> pending(Asked asked, String secret) {
    return GeneratedSecrets.metadata(asked, ObjectRef.pendingOf(secret).name())
        .filter(
            meta ->
                meta.getAnnotations() != null
                    && secret.equals(meta.getAnnotations().get(Api.PENDING_FOR)));
  }

  static Optional<String> nothing(CredentialStatus credential, boolean isPending) {
    return isPending || credential.state() == CredentialState.Blocked
        ? Optional.empty()
        : Optional.of(
            "Nothing to abort. Secret %s has no pending version, and its state is %s."
                .formatted(credential.name(), credential.state()));
  }

  private static String requested(String secret, boolean isPending) {
    return isPending
        ? "Requested to drop the pending version of Secret " + secret
        : "Requested to clear Blocked of Secret " + secret;
  }

  static boolean isDone(MachineIdentityStatus status, String secret, String value) {
    return GeneratedSecrets.credential(status, secret)
        .map(CredentialStatus::handled)
        .map(Handled::abort)
        .filter(value::equals)
        .isPresent();
  }
}
