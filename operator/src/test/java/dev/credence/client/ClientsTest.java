// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.ActorType;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec.Enforcement;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.metrics.Counters;
import dev.credence.metrics.IdentityGauges;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.RecordComponent;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The clients as the operator has them: how they ask, and what they make of answers that a newer
/// version of the schema lets through.
@Isolated("it replaces what the whole JVM shares")
class ClientsTest {
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final Clients clients = clients(api);

  private static final Map<String, String> NOWHERE_ELSE =
      Map.of(
          "kubernetes.auth.tryKubeConfig", "false",
          "kubernetes.auth.tryServiceAccount", "false",
          "kubernetes.tryNamespacePath", "false");

  private static Clients clients(FakeApi api) {
    NOWHERE_ELSE.forEach(System::setProperty);
    System.setProperty("kubernetes.master", api.config().getMasterUrl());
    return Clients.of(new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3")));
  }

  @AfterEach
  void forget() {
    NOWHERE_ELSE.keySet().forEach(System::clearProperty);
    System.clearProperty("kubernetes.master");
  }

  @Test
  void both_say_who_they_are() {
    api.answers(list("SecretList")).answers(list("SecretList"));
    clients.full().secrets().inAnyNamespace().list();
    clients.metadata().secrets().inAnyNamespace().list();
    assertThat(api.asked())
        .hasSize(2)
        .allSatisfy(asked -> assertThat(asked.header("User-Agent")).isEqualTo("credence"));
  }

  @Test
  void one_is_answered_with_metadata_alone() {
    api.answers(list("SecretList")).answers(list("PartialObjectMetadataList"));
    clients.full().secrets().inAnyNamespace().list();
    assertThat(api.last().header("Accept")).doesNotContain("PartialObjectMetadata");
    clients.metadata().secrets().inAnyNamespace().list();
    assertThat(api.last().header("Accept"))
        .isEqualTo("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
  }

  @Test
  void a_list_that_was_left_out_is_not_an_empty_one() {
    api.answers(
        200,
        """
        {"kind": "CredentialPolicyList", "apiVersion": "credence.dev/v1alpha1",
         "metadata": {"resourceVersion": "7"},
         "items": [{"kind": "CredentialPolicy", "apiVersion": "credence.dev/v1alpha1",
                    "metadata": {"name": "a"}, "spec": {"lifetime": {"max": "8760h"}}}]}
        """);
    var policy = clients.full().resources(CredentialPolicy.class).list().getItems().getFirst();
    assertThat(policy.getSpec().lifetime().warnBefore()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]"})
  void a_list_of_nothing_is_empty(String items) {
    api.answers(
        200,
        """
        {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
         "metadata": {"resourceVersion": "7"}, "items": %s}
        """
            .formatted(items));
    assertThat(clients.metadata().secrets().inAnyNamespace().list().getItems()).isEmpty();
  }

  @Test
  void what_managers_own_is_kept_once_and_as_it_was() {
    var managed =
        """
        {"manager": "argocd", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1",
         "fieldsV1": {"f:metadata": {"f:labels": {"f:app": {}},
            "f:ownerReferences": {"k:{\\"uid\\":\\"%1$s\\"}": {}}}, "f:data": {".": {}, "f:a": {}}}},
        {"manager": "credence", "operation": "Apply", "subresource": "status",
         "fieldsV1": {"f:status": {"f:state": {}}}}
        """;
    var items =
        Stream.of("one", "two")
            .map(
                name ->
                    "{\"metadata\": {\"name\": \"%s\", \"managedFields\": [%s]}}"
                        .formatted(name, managed.formatted(name)))
            .collect(Collectors.joining(", "));
    api.answers(200, "{\"kind\": \"SecretList\", \"items\": [%s]}".formatted(items));
    var fields =
        clients.full().secrets().inAnyNamespace().list().getItems().stream()
            .map(secret -> secret.getMetadata().getManagedFields())
            .toList();
    assertThat(fields)
        .allSatisfy(
            entries -> {
              assertThat(entries).hasSize(2);
              assertThat(entries.getLast().getFieldsV1()).as("of the status").isNull();
            });
    var one = fields.getFirst().getFirst().getFieldsV1().getAdditionalProperties();
    var two = fields.getLast().getFirst().getFieldsV1().getAdditionalProperties();
    assertThat(one.get("f:data")).isEqualTo(Map.of(".", Map.of(), "f:a", Map.of()));
    assertThat(one.get("f:data")).isSameAs(two.get("f:data"));
    assertThat(one.toString()).contains("\"uid\":\"one\"");
    assertThat(two.toString()).contains("\"uid\":\"two\"");
  }

  @Test
  void metadata_alone_is_a_secret_without_bytes() {
    api.answers(
        200,
        """
        {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
         "metadata": {"resourceVersion": "7"},
         "items": [{"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
           "metadata": {"namespace": "payments", "name": "payments-db"}}]}
        """);
    assertThat(clients.metadata().secrets().inAnyNamespace().list().getItems())
        .singleElement()
        .satisfies(
            secret -> {
              assertThat(secret.getMetadata().getName()).isEqualTo("payments-db");
              assertThat(secret.getData()).isEmpty();
            });
  }

  @Test
  void fields_and_words_of_a_newer_schema_are_skipped() {
    var identity =
        json()
            .unmarshal(
                """
                {"apiVersion": "credence.dev/v1alpha1", "kind": "MachineIdentity",
                 "metadata": {"name": "payments-api", "namespace": "payments"},
                 "spec": {
                   "type": "Quantum", "colour": "blue", "owner": {"team": "a", "pager": "1"},
                   "secrets": [{"name": "payments-db", "generate": {"keys": [
                     {"name": "a", "hologram": {}},
                     {"name": "b", "password": {"characters": "Runes"}}]}}],
                   "serviceAccounts": null},
                 "status": {"state": "Dreaming", "dreams": 3}}
                """,
                MachineIdentity.class);
    assertThat(identity.getSpec().type()).isNull();
    assertThat(identity.getSpec().owner().team()).isEqualTo("a");
    assertThat(identity.getSpec().secrets().getFirst().generate().keys())
        .extracting(key -> key.name())
        .containsExactly("a", "b");
    assertThat(identity.getSpec().serviceAccounts()).isNullOrEmpty();
    assertThat(identity.getStatus().state()).isNull();
  }

  @Test
  void a_policy_of_a_newer_schema_is_read_too() {
    var policy =
        json()
            .unmarshal(
                """
                {"apiVersion": "credence.dev/v1alpha1", "kind": "CredentialPolicy",
                 "metadata": {"name": "production"},
                 "spec": {"enforcement": "Enforce", "match": {"types": ["CICD", "Quantum"]},
                   "gravity": {"max": "9.81"}, "lifetime": {"warnBefore": null}}}
                """,
                CredentialPolicy.class);
    assertThat(policy.getSpec().enforcement()).isEqualTo(Enforcement.Enforce);
    assertThat(policy.getSpec().match().types()).containsExactly(ActorType.CICD, null);
    assertThat(policy.getSpec().lifetime().warnBefore()).isNullOrEmpty();
  }

  @Test
  void a_spec_of_nothing_but_nulls_is_read() {
    var nulls =
        Arrays.stream(MachineIdentitySpec.class.getRecordComponents())
            .map(RecordComponent::getName)
            .map("\"%s\": null"::formatted)
            .collect(Collectors.joining(", "));
    var identity = json().unmarshal("{\"spec\": {" + nulls + "}}", MachineIdentity.class);
    assertThat(identity.getSpec().owner()).isNull();
    assertThat(identity.getSpec().secrets()).isNullOrEmpty();
  }

  private KubernetesSerialization json() {
    return clients.full().getKubernetesSerialization();
  }

  private static String list(String kind) {
    return "{\"kind\": \"%s\", \"metadata\": {}, \"items\": []}".formatted(kind);
  }
}
