// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import dev.credence.api.Generate;
import dev.credence.api.LabelMatch;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.EndedFor;
import dev.credence.api.MachineIdentityStatus.EndedToken;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.SuspensionStatus;
import dev.credence.api.MemberSelector;
import dev.credence.api.SecretMember;
import dev.credence.api.ServiceAccountMember;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Identities and Secrets of the namespace `payments` for tests.
public final class Objects {

  /// An identity that names these Secrets.
  public static MachineIdentity naming(String name, String... secrets) {
    return identity(
        name,
        List.of(new ServiceAccountMember(name, null)),
        Arrays.stream(secrets)
            .map(secret -> new SecretMember(secret, null, null, null, null, null, null))
            .toList(),
        null);
  }

  /// An identity for which this Secret is made, with a password in it.
  public static MachineIdentity making(String name, String secret) {
    var password =
        new Generate.KeyRecipe(
            "password", null, new Generate.Password(32, null), null, null, null, null, null);
    var generate = new Generate(List.of(password));
    return identity(
        name,
        null,
        List.of(new SecretMember(secret, null, null, generate, null, null, null)),
        null);
  }

  /// An identity that selects by a label.
  public static MachineIdentity selecting(String name, String label, String value) {
    return identity(
        name, null, null, new MemberSelector(Map.of(label, value), List.<LabelMatch>of()));
  }

  /// The status of a suspended identity that ended the token in this Secret.
  public static MachineIdentityStatus remembering(String secret) {
    var ended = List.of(new EndedToken(secret, "payments-api", "account-1", EndedFor.Suspended));
    return new MachineIdentityStatus(
        1L,
        LifeState.Suspended,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        new SuspensionStatus(Instant.EPOCH, "Requested", null, null),
        ended,
        null,
        null,
        null,
        null);
  }

  private static MachineIdentity identity(
      String name,
      @Nullable List<ServiceAccountMember> accounts,
      @Nullable List<SecretMember> secrets,
      @Nullable MemberSelector selector) {
    var identity = new MachineIdentity();
    identity.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("payments")
            .withName(name)
            .withUid("uid-of-" + name)
            .withResourceVersion("1")
            .withGeneration(1L)
            .withCreationTimestamp("2026-01-01T00:00:00Z")
            .build());
    identity.setSpec(
        new MachineIdentitySpec(
            null, null, null, null, null, null, null, accounts, secrets, null, selector));
    return identity;
  }

  public static SecretBuilder secret(String name) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("payments")
        .withName(name)
        .endMetadata();
  }

  /// A Secret with our label, as we would have put it there.
  public static SecretBuilder marked(String name, String identity) {
    return secret(name)
        .editMetadata()
        .addToLabels("credence.dev/identity", identity)
        .withManagedFields(owns("credence", "f:labels", "credence.dev/identity"))
        .endMetadata();
  }

  /// That a manager owns a label or an annotation.
  public static ManagedFieldsEntry owns(String manager, String where, String... keys) {
    var fields = new FieldsV1();
    fields.setAdditionalProperty(
        "f:metadata",
        Map.of(
            where,
            Arrays.stream(keys).collect(Collectors.toMap(key -> "f:" + key, key -> Map.of()))));
    return new ManagedFieldsEntryBuilder()
        .withManager(manager)
        .withOperation("Apply")
        .withFieldsV1(fields)
        .build();
  }

  public static OwnerReference controlledBy(String identity) {
    return new OwnerReferenceBuilder()
        .withApiVersion("credence.dev/v1alpha1")
        .withKind("MachineIdentity")
        .withName(identity)
        .withUid("uid-of-" + identity)
        .withController(true)
        .build();
  }

  private Objects() {}
}
