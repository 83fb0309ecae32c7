// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.cli.Failed;
import dev.credence.cli.request.AnnotationCommand.Asked;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Map;
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
              + " is not generated for "
              + asked.name()
              + ". Its generated Secrets are: "
              + names(asked, Optional.empty()));
    }
  }

  /// The Secret with this name, or the only one of the identity.
  static CredentialStatus one(Asked asked, Optional<String> secret) {
    check(asked, secret);
    var generated =
        asked.status().stream()
            .flatMap(GeneratedSecrets::credentials)
            .filter(GeneratedSecrets::isCreated)
            .filter(credential -> secret.isEmpty() || credential.name().equals(secret.get()))
            .toList();
    if (generated.isEmpty()) {
      throw new Failed("MachineIdentity %s has no generated Secret.".formatted(asked.name()));
    }
    if (generated.size() > 1) {
      throw new Failed(
          "MachineIdentity %s has several generated Secrets. Select one with --secret: %s."
              .formatted(asked.name(), names(asked, Optional.empty())));
    }
    return generated.getFirst();
  }

  /// The metadata of a Secret of the namespace: its value is not read. By a list, which the
  /// client asks for as metadata.
  static Optional<ObjectMeta> metadata(Asked asked, String secret) {
    return asked
        .connection()
        .metadata()
        .secrets()
        .inNamespace(asked.name().namespace())
        .list(new ListOptionsBuilder().withFieldSelector("metadata.name=" + secret).build())
        .getItems()
        .stream()
        .map(Secret::getMetadata)
        .findFirst();
  }

  static Optional<Map<String, String>> annotations(Asked asked, String secret) {
    return metadata(asked, secret).map(Metadata::annotations);
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
