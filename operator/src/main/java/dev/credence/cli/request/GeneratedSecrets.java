// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.cli.Failed;
import dev.credence.cli.request.AnnotationCommand.Asked;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The credentials that the operator makes for an identity.
final class GeneratedSecrets {

  /// A Secret that it does not make is not rotated by asking.
  static void check(Asked asked, Optional<String> secret) {
    if (secret.isEmpty()) {
      return;
    }
    var known = asked.status().flatMap(status -> credential(status, secret.get()));
    if (known.filter(GeneratedSecrets::isCreated).isEmpty()) {
      throw new Failed(
          "Secret "
              + secret.get()
              + " is not made for "
              + asked.name()
              + ", whose generated Secrets are: "
              + names(asked, Optional.empty()));
    }
  }

  static String names(Asked asked, Optional<String> secret) {
    var names =
        asked.status().stream()
            .flatMap(GeneratedSecrets::credentials)
            .filter(GeneratedSecrets::isCreated)
            .map(CredentialStatus::name)
            .collect(Collectors.joining(", "));
    return secret.orElse(names.isEmpty() ? "(none)" : names);
  }

  static Optional<CredentialStatus> credential(MachineIdentityStatus status, String secret) {
    return credentials(status).filter(credential -> secret.equals(credential.name())).findFirst();
  }

  private static Stream<CredentialStatus> credentials(MachineIdentityStatus status) {
    return Stream.ofNullable(status.credentials()).flatMap(List::stream).filter(Objects::nonNull);
  }

  private static boolean isCreated(CredentialStatus credential) {
    return credential.type() == CredentialType.Generated
        || credential.type() == CredentialType.Token;
  }

  private GeneratedSecrets() {}
}
