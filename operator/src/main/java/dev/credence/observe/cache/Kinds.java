// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import dev.credence.api.Api;
import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.raw.ForeignAnnotations;
import dev.credence.raw.Metadata;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Objects that identities have, and by what they are found.
public final class Kinds {
  /// By the identities that an object belongs to by our label, or by its controller.
  public static final String BY_IDENTITY = "identity";

  /// Secrets with a token: by its ServiceAccount.
  public static final String BY_ACCOUNT = "account";

  /// Secrets with a token: by the UID of the identity whose suspension has ended it.
  public static final String BY_SUSPENSION = "suspension";

  /// Secrets of tokens that Credence issued, and their anchors: by the UID of the ServiceAccount.
  public static final String BY_ACCOUNT_UID = "accountUid";

  /// Anchors: by the Secret that they are there for.
  public static final String BY_ANCHORED = "anchored";

  /// Certificates: by the Secret that they write.
  public static final String BY_TARGET = "target";

  public static final WatchedKind<Secret> SECRET =
      WatchedKind.of(Secret.class)
          .indexedBy(BY_IDENTITY, Kinds::identities)
          .indexedBy(BY_ACCOUNT, secret -> annotated(secret, ForeignAnnotations.ACCOUNT_OF_TOKEN))
          .indexedBy(
              BY_SUSPENSION,
              secret ->
                  annotated(secret, Api.SUSPENDED).stream()
                      .map(text -> TokenInvalidation.of(text).uid())
                      .toList())
          .indexedBy(BY_ACCOUNT_UID, secret -> annotated(secret, Api.ACCOUNT_UID))
          .indexedBy(BY_ANCHORED, secret -> annotated(secret, Api.ANCHOR_FOR));

  public static final WatchedKind<ServiceAccount> SERVICE_ACCOUNT =
      WatchedKind.of(ServiceAccount.class).indexedBy(BY_IDENTITY, Kinds::identities);

  public static final WatchedKind<Job> JOB =
      WatchedKind.of(Job.class).labelled(Api.IDENTITY).indexedBy(BY_IDENTITY, Kinds::identities);

  public static final WatchedKind<Certificate> CERTIFICATE =
      WatchedKind.of(Certificate.class)
          .indexedBy(BY_IDENTITY, Kinds::identities)
          .indexedBy(BY_TARGET, Kinds::target);

  public static Stream<String> identityNames(HasMetadata object) {
    var meta = object.getMetadata();
    var byLabel = Stream.ofNullable(Metadata.labels(meta).get(Api.IDENTITY));
    var byController =
        Metadata.controllers(meta)
            .filter(owner -> "MachineIdentity".equals(owner.getKind()))
            .map(owner -> owner.getName());
    return Stream.concat(byLabel, byController).distinct();
  }

  private static List<String> identities(HasMetadata object) {
    return identityNames(object)
        .map(name -> object.getMetadata().getNamespace() + "/" + name)
        .toList();
  }

  private static List<String> annotated(HasMetadata object, String annotation) {
    return Optional.ofNullable(Metadata.annotations(object.getMetadata()).get(annotation)).stream()
        .map(value -> object.getMetadata().getNamespace() + "/" + value)
        .toList();
  }

  private static List<String> target(Certificate certificate) {
    return certificate.getSpec() == null || certificate.getSpec().getSecretName() == null
        ? List.of()
        : List.of(
            certificate.getMetadata().getNamespace() + "/" + certificate.getSpec().getSecretName());
  }

  private Kinds() {}
}
