// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.LifeState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A request about one generated Secret: the operator reads its annotation on the Secret only.
abstract class SecretCommand extends AnnotationCommand {
  @Option(
      names = "--secret",
      paramLabel = "NAME",
      description = "The Secret. Required if the identity has several generated Secrets.")
  private @Nullable String secret;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "The reason. It is stored in the annotation.")
  private String reason = "";

  @Override
  final Optional<AnnotationRequest> request(Asked asked) {
    var credential = GeneratedSecrets.one(asked, Optional.ofNullable(secret));
    return request(asked, credential, value(asked.now(), reason.strip()));
  }

  /// `value`: of the annotation, different at each call.
  abstract Optional<AnnotationRequest> request(
      Asked asked, CredentialStatus credential, String value);

  private static String value(String time, String reason) {
    return reason.isEmpty() ? time : time + " " + reason;
  }

  /// The operator handles no request while the identity is suspended.
  static String whileSuspended(Optional<MachineIdentityStatus> status) {
    return status.map(MachineIdentityStatus::state).filter(LifeState.Suspended::equals).isPresent()
        ? ". The identity is suspended: the operator handles the request after it is resumed"
        : "";
  }
}
