// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Memory;
import dev.credence.act.request.OwnedMetadata;
import dev.credence.act.request.Patches;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuance.Field;
import dev.credence.facts.object.ObjectRef;
import dev.credence.observe.certmanager.IssueRecord;
import dev.credence.plan.Action;
import dev.credence.plan.Durations;
import dev.credence.raw.ForeignManagers;
import dev.credence.raw.Metadata;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Certificates that cert-manager is to issue for identities.
public final class CertificateWrites {
  private final KubernetesClient client;
  private final KubernetesClient metadata;
  private final Memory memory;

  /// `metadata`: a client that is answered with metadata only.
  CertificateWrites(KubernetesClient client, KubernetesClient metadata, Memory memory) {
    this.client = client;
    this.metadata = metadata;
    this.memory = memory;
  }

  void order(Action.CreateCertificate order, MachineIdentity identity) {
    checkSecret(order, identity.getMetadata().getNamespace());
    var certificate =
        Patches.object(identity.getMetadata().getNamespace(), order.subject())
            .withMetadata(
                OwnedMetadata.of(order.subject(), order.labelling(), identity, order.retained())
                    .addToAnnotations(
                        Api.FIELDS, IssueRecord.text(order.issuance(), List.of(Field.values())))
                    .build())
            .addToAdditionalProperties("spec", spec(order.issuance()))
            .build();
    remember(
        WriteRefused.asked(order.subject(), "create", () -> client.resource(certificate).create()));
  }

  /// cert-manager overwrites a Secret of the name. The watch may not have shown one that another
  /// user has just created, so the API server is asked.
  private void checkSecret(Action.CreateCertificate order, String namespace) {
    var name = order.issuance().secretName();
    var isForeign =
        metadata
            .secrets()
            .inNamespace(namespace)
            .withField("metadata.name", name)
            .list()
            .getItems()
            .stream()
            .map(secret -> Metadata.annotations(secret.getMetadata()))
            .map(annotations -> annotations.get(ForeignManagers.CERT_MANAGER))
            .anyMatch(certificate -> !order.subject().name().equals(certificate));
    if (isForeign) {
      throw WriteRefused.raced(ObjectRef.secret(name));
    }
  }

  /// Sends a merge patch of these fields alone: fields that other users set stay.
  void update(Action.UpdateCertificate update, String namespace) {
    remember(
        Patches.merge(
            client,
            namespace,
            update.subject(),
            Map.of(
                "metadata",
                expected(update),
                "spec",
                tree(update.fields(), field -> written(field, update.issuance()).orElse(null)))));
  }

  /// With the record of what is ours then.
  private static Map<String, Object> expected(Action.UpdateCertificate update) {
    var meta = new HashMap<String, Object>(Patches.expected(update.preconditions()));
    meta.put("annotations", Map.of(Api.FIELDS, IssueRecord.text(update.issuance(), update.ours())));
    return meta;
  }

  /// The watch holds the model of cert-manager's own types.
  private void remember(GenericKubernetesResource answer) {
    memory.wrote(client.getKubernetesSerialization().convertValue(answer, Certificate.class));
  }

  /// The spec of a Certificate, without what is left to cert-manager.
  public static Map<String, Object> spec(Issuance issuance) {
    return tree(
        Arrays.stream(Field.values()).filter(field -> field.of(issuance).isPresent()).toList(),
        field -> written(field, issuance).orElseThrow());
  }

  /// A duration as people write it: the model of cert-manager's types would write nanoseconds.
  private static Optional<Object> written(Field field, Issuance issuance) {
    return field
        .of(issuance)
        .map(value -> value instanceof Duration duration ? Durations.text(duration) : value);
  }

  /// A null in a merge patch takes the field away.
  private static Map<String, @Nullable Object> tree(
      Collection<Field> fields, Function<Field, @Nullable Object> value) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    for (var field : fields) {
      var path = field.path();
      put(tree, path, value.apply(field));
    }
    return tree;
  }

  @SuppressWarnings("unchecked") // it holds nothing but what is put here
  private static void put(
      Map<String, @Nullable Object> tree, List<String> path, @Nullable Object value) {
    if (path.size() == 1) {
      tree.put(path.getFirst(), value);
    } else {
      put(
          (Map<String, @Nullable Object>)
              tree.computeIfAbsent(path.getFirst(), _ -> new HashMap<String, @Nullable Object>()),
          path.subList(1, path.size()),
          value);
    }
  }
}
