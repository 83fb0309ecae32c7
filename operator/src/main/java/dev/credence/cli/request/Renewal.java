// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.ServiceAccountMember;
import dev.credence.cli.ApiErrors;
import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.Consent;
import dev.credence.cli.Failed;
import dev.credence.observe.read.MemberReader;
import dev.credence.raw.Metadata;
import dev.credence.report.PlainText;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The ServiceAccounts of an identity, deleted and created again: the API server accepts a token no
/// more once its account was deleted, which is the only end of a token that is bound to no object.
///
/// It is done with the rights of the user. What Credence created for the identity is deleted and
/// not created again: the operator does that when the identity is resumed.
record Renewal(
    Connection connection, Name name, MachineIdentity identity, List<ServiceAccount> accounts) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration EVERY = Duration.ofMillis(200);
  private static final int FAILED = 1;
  private static final PatchContext MERGE =
      new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).build();

  /// Annotations that users write; the operator writes its own again.
  private static final Set<String> OF_USERS = Set.of(Api.OWNER, Api.TEAM, Api.ADOPT);

  static Renewal of(Connection connection, Name name) {
    var identity = connection.identity(name);
    var named =
        Optional.ofNullable(identity.getSpec())
            .map(MachineIdentitySpec::serviceAccounts)
            .orElseGet(List::of)
            .stream()
            .map(ServiceAccountMember::name)
            .collect(Collectors.toSet());
    var accounts =
        connection
            .client()
            .serviceAccounts()
            .inNamespace(name.namespace())
            .list()
            .getItems()
            .stream()
            .filter(account -> isIts(name.name(), named, account))
            .toList();
    return new Renewal(connection, name, identity, accounts);
  }

  /// An account that another identity has is not this identity's, although it lists it.
  static boolean isIts(String identity, Set<String> named, ServiceAccount account) {
    var label = Metadata.labels(account.getMetadata()).get(Api.IDENTITY);
    return label == null ? named.contains(account.getMetadata().getName()) : label.equals(identity);
  }

  /// Asks before anything is done, and whether the API server would let it be done.
  void consent(boolean given) {
    if (accounts.isEmpty()) {
      throw new Failed(name + " has no ServiceAccounts, so there are no tokens to invalidate.");
    }
    var missing =
        Stream.of("delete", "create").filter(verb -> !may(verb)).collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new Failed(
          "--end-tokens requires the permission to "
              + missing
              + " serviceaccounts in namespace "
              + name.namespace()
              + ".");
    }
    accounts.forEach(
        account ->
            AnnotationCommand.report(
                "  ServiceAccount "
                    + account.getMetadata().getName()
                    + (isCreated(account)
                        ? " is deleted, and re-created when the identity is resumed."
                        : " is deleted and re-created.")));
    AnnotationCommand.report(
        "This invalidates all of their tokens, also those of running pods, and deletes Secrets with a token that never expires.");
    if (!given && !Consent.to("Invalidate all tokens of " + name + "?", "Check what is deleted")) {
      throw new Failed("Nothing was changed.");
    }
  }

  private boolean may(String verb) {
    var about =
        new ResourceAttributesBuilder()
            .withVerb(verb)
            .withResource("serviceaccounts")
            .withNamespace(name.namespace())
            .build();
    return connection.may(about);
  }

  private boolean isCreated(ServiceAccount account) {
    return MemberReader.isCreatedFor(identity.getMetadata().getUid(), account);
  }

  /// One that fails stops no other.
  int run() {
    return accounts.stream().filter(account -> !isRenewed(account)).toList().isEmpty() ? 0 : FAILED;
  }

  private boolean isRenewed(ServiceAccount account) {
    var what = "ServiceAccount " + account.getMetadata().getName();
    try {
      delete(account);
    } catch (KubernetesClientException refused) {
      return failed(what + " was not deleted: " + refused.getMessage());
    }
    if (!isGone(account)) {
      return failed(
          what
              + " is being deleted and has finalizers. Its tokens become invalid when it is deleted. Re-create it then.");
    }
    if (isCreated(account)) {
      AnnotationCommand.report(
          what + ": Deleted. All of its tokens become invalid within seconds.");
      return true;
    }
    try {
      create(copy(account));
      AnnotationCommand.report(
          what + ": Re-created. All earlier tokens become invalid within seconds.");
      return true;
    } catch (KubernetesClientException refused) {
      System.err.println(Serialization.asYaml(copy(account)));
      return failed(
          what
              + " was deleted and could not be re-created ("
              + refused.getMessage()
              + "). Create it from the YAML above.");
    }
  }

  private static boolean failed(String why) {
    System.err.println("credence: " + PlainText.text(why));
    return false;
  }

  /// The very version that was shown.
  private void delete(ServiceAccount account) {
    connection
        .client()
        .resource(account)
        .lockResourceVersion(current(account).getResourceVersion())
        .delete();
  }

  /// The operator writes its marks all the time; another account of the name is not deleted.
  private ObjectMeta current(ServiceAccount account) {
    return found(account)
        .map(ServiceAccount::getMetadata)
        .filter(meta -> meta.getUid().equals(account.getMetadata().getUid()))
        .orElseGet(account::getMetadata);
  }

  private Optional<ServiceAccount> found(ServiceAccount account) {
    return Optional.ofNullable(
        connection
            .client()
            .serviceAccounts()
            .inNamespace(name.namespace())
            .withName(account.getMetadata().getName())
            .get());
  }

  private boolean isGone(ServiceAccount account) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (found(account)
        .filter(found -> found.getMetadata().getUid().equals(account.getMetadata().getUid()))
        .isPresent()) {
      if (System.nanoTime() > end) {
        return false;
      }
      pause();
    }
    return true;
  }

  private static void pause() {
    try {
      Thread.sleep(EVERY);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Failed("stopped");
    }
  }

  /// Kubernetes itself creates the account `default` again: that one gets what it had.
  private void create(ServiceAccount copy) {
    try {
      connection.client().resource(copy).create();
    } catch (KubernetesClientException taken) {
      if (!ApiErrors.isConflict(taken)) {
        throw taken;
      }
      connection.client().resource(copy).patch(MERGE, Serialization.asJson(copy));
    }
  }

  /// Without the fields that the API server and the operator write: Credence writes its managed
  /// labels and annotations again, and other clients may not write them.
  static ServiceAccount copy(ServiceAccount account) {
    var meta = account.getMetadata();
    return new ServiceAccountBuilder()
        .withMetadata(
            new ObjectMetaBuilder()
                .withName(meta.getName())
                .withNamespace(meta.getNamespace())
                .withLabels(ofUsers(Metadata.labels(meta)))
                .withAnnotations(ofUsers(Metadata.annotations(meta)))
                .withOwnerReferences(meta.getOwnerReferences())
                .build())
        .withImagePullSecrets(account.getImagePullSecrets())
        .withAutomountServiceAccountToken(account.getAutomountServiceAccountToken())
        .build();
  }

  private static Map<String, String> ofUsers(Map<String, String> written) {
    var kept = new HashMap<>(written);
    kept.keySet().removeIf(key -> key.startsWith(Api.GROUP + "/") && !OF_USERS.contains(key));
    return kept;
  }
}
