// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.Generate;
import dev.credence.api.Generate.KeyRecipe;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.SecretMember;
import dev.credence.client.SharedFields;
import dev.credence.facts.object.ObjectRef;
import dev.credence.observe.rbac.RbacReader;
import dev.credence.observe.wake.MemberReferences;
import dev.credence.raw.FieldOwners;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What one object may bring into the operator's memory, when somebody makes it as large as the API
/// server takes it.
class BoundsTest {
  private static final int A_LOT = 5_000;
  private static final int KEPT = 100_000;
  private static final ObjectMapper MAPPER =
      new ObjectMapper().addMixIn(ObjectMeta.class, SharedFields.class);

  @Test
  void an_account_keeps_the_names_of_sixty_four_secrets() {
    var account =
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withName("a")
            .withNamespace("sales")
            .endMetadata()
            .withImagePullSecrets(names().map(LocalObjectReference::new).toList())
            .addToImagePullSecrets(0, new LocalObjectReference("x".repeat(1_000_000)))
            .withSecrets(
                names()
                    .map(
                        name ->
                            new ObjectReferenceBuilder()
                                .withName(name)
                                .withFieldPath("y".repeat(100))
                                .build())
                    .toList())
            .build();
    var kept = kept(account);
    assertThat(kept.getImagePullSecrets()).hasSize(64).first().extracting("name").isEqualTo("n-0");
    assertThat(kept.getSecrets()).hasSize(64);
    assertThat(size(kept)).isLessThan(KEPT);
  }

  @Test
  void labels_of_others_have_an_end_and_ours_are_kept() {
    var secret =
        new SecretBuilder()
            .withMetadata(
                new ObjectMetaBuilder()
                    .withName("s")
                    .withNamespace("sales")
                    .withLabels(names().collect(Collectors.toMap(name -> "a/" + name, name -> "v")))
                    .addToLabels("credence.dev/identity", "crm")
                    .addToLabels("kubernetes.io/legacy-token-invalid-since", "2026-01-01")
                    .addToLabels("app.kubernetes.io/managed-by", "Helm")
                    .build())
            .build();
    var kept = kept(secret);
    assertThat(kept.getMetadata().getLabels())
        .containsKeys(
            "credence.dev/identity",
            "kubernetes.io/legacy-token-invalid-since",
            "app.kubernetes.io/managed-by");
    assertThat(size(kept)).isLessThan(KEPT);
  }

  @Test
  void annotations_in_our_name_have_an_end_and_the_short_ones_are_kept() {
    var secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName("s")
            .withNamespace("sales")
            .addToAnnotations("credence.dev/revoke", "leaked")
            .addToAnnotations(
                names()
                    .collect(
                        Collectors.toMap(name -> "credence.dev/" + name, name -> "v".repeat(40))))
            .addToAnnotations("credence.dev/adopt", "x".repeat(200_000))
            .endMetadata()
            .build();
    var kept = kept(secret);
    assertThat(kept.getMetadata().getAnnotations())
        .containsEntry("credence.dev/revoke", "leaked")
        .doesNotContainKey("credence.dev/adopt");
    assertThat(size(kept)).isLessThan(KEPT);
  }

  @Test
  void of_owners_the_controller_is_kept() {
    var owners =
        IntStream.range(0, A_LOT)
            .mapToObj(
                number ->
                    new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName("c-" + number)
                        .withUid("u-" + number)
                        .withController(number == 7)
                        .build())
            .toList();
    var secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName("s")
            .withNamespace("sales")
            .withOwnerReferences(owners)
            .withFinalizers(names().map(name -> "a/" + name).toList())
            .endMetadata()
            .build();
    var kept = kept(secret);
    assertThat(kept.getMetadata().getOwnerReferences()).containsExactly(owners.get(7));
    assertThat(size(kept)).isLessThan(KEPT);
  }

  @Test
  void who_owns_thousands_of_fields_costs_no_more_than_who_owns_some()
      throws JsonProcessingException {
    for (var key : List.of("f:a/", "f:credence.dev/")) {
      var fields =
          names().map(name -> "\"%s%s\": {}".formatted(key, name)).collect(Collectors.joining(","));
      var json =
          "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\",\"namespace\":\"sales\",\"managedFields\":[%s]}}"
              .formatted(
                  IntStream.range(0, 40)
                      .mapToObj(
                          number ->
                              "{\"manager\":\"%s\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:metadata\":{\"f:labels\":{\"f:credence.dev/identity\":{},%s}}}}"
                                  .formatted(number == 39 ? "credence" : "m-" + number, fields))
                      .collect(Collectors.joining(",")));
      var secret = MAPPER.readValue(json, Secret.class);
      var kept = kept(secret);
      assertThat(kept.getMetadata().getManagedFields())
          .hasSizeLessThanOrEqualTo(32)
          .first()
          .extracting("manager")
          .isEqualTo("credence");
      assertThat(FieldOwners.weCreated(kept.getMetadata(), "f:labels", "credence.dev/identity"))
          .isFalse();
      assertThat(size(kept)).as(key).isLessThan(32 * KEPT);
    }
  }

  @Test
  void of_a_job_its_end_is_kept() {
    var job =
        new JobBuilder()
            .withNewMetadata()
            .withName("j")
            .withNamespace("sales")
            .endMetadata()
            .withNewSpec()
            .withNewTemplate()
            .withNewSpec()
            .addNewContainer()
            .withImage("i")
            .withArgs("x".repeat(1_000_000))
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .withNewStatus()
            .addNewCondition()
            .withType("Complete")
            .withStatus("True")
            .endCondition()
            .endStatus()
            .build();
    var kept = kept(job);
    assertThat(kept.getStatus().getConditions()).hasSize(1);
    assertThat(size(kept)).isLessThan(KEPT);
  }

  @Test
  void a_role_that_is_too_large_counts_as_one_that_allows_everything() {
    var role =
        new RoleBuilder()
            .withNewMetadata()
            .withName("r")
            .withNamespace("sales")
            .endMetadata()
            .withRules(
                new PolicyRuleBuilder()
                    .withApiGroups("")
                    .withResources("secrets")
                    .withVerbs("get")
                    .withResourceNames(names().map(name -> name + "x".repeat(50)).toList())
                    .build())
            .build();
    assertThat(RbacReader.role(kept(role)).orElseThrow().rules())
        .singleElement()
        .satisfies(rule -> assertThat(rule.verbs()).containsExactly("*"));
    Role small =
        new RoleBuilder(role)
            .withRules(
                new PolicyRuleBuilder()
                    .withApiGroups("")
                    .withResources("secrets")
                    .withVerbs("get")
                    .build())
            .build();
    assertThat(kept(small).getRules()).isEqualTo(small.getRules());
  }

  @Test
  void of_a_certificate_with_thousands_of_names_the_issuer_and_the_secret_are_kept() {
    var certificate =
        new CertificateBuilder()
            .withNewMetadata()
            .withName("c")
            .withNamespace("sales")
            .endMetadata()
            .withNewSpec()
            .withSecretName("tls")
            .withNewIssuerRef()
            .withName("ca")
            .endIssuerRef()
            .withDnsNames(names().map(name -> name + ".example.com").toList())
            .endSpec()
            .build();
    var kept = kept(certificate);
    assertThat(kept.getSpec().getSecretName()).isEqualTo("tls");
    assertThat(kept.getSpec().getDnsNames()).isEmpty();
  }

  @Test
  void identities_of_a_namespace_that_are_too_large_together_lose_their_texts_and_no_others_do() {
    var store = new TrimmedStore<MachineIdentity>();
    for (var number = 0; number < 40; number++) {
      store.put("bulk/i-" + number, identity("bulk", "i-" + number, 250_000));
    }
    store.put("bulk/small", identity("bulk", "small", 100));
    store.put("victim/large", identity("victim", "large", 250_000));
    var whole = store.values().filter(kept -> !TooLarge.is(kept)).toList();
    assertThat(whole).hasSizeBetween(15, 20);
    assertThat(TooLarge.is(store.get("bulk/small"))).isFalse();
    assertThat(TooLarge.is(store.get("victim/large"))).isFalse();
    var stub = store.get("bulk/i-39");
    assertThat(TooLarge.is(stub)).isTrue();
    assertThat(MemberReferences.makes(stub, ObjectRef.secret("db"))).isTrue();
    assertThat(Serialization.asJson(stub.getSpec()).length()).isLessThan(1_000);
    // Room that others leave is used when it changes.
    store.keySet().toList().stream().filter(key -> key.startsWith("bulk/")).forEach(store::remove);
    store.put("bulk/i-39", identity("bulk", "i-39", 250_000));
    assertThat(TooLarge.is(store.get("bulk/i-39"))).isFalse();
  }

  private static MachineIdentity identity(String namespace, String name, int size) {
    var identity = new MachineIdentity();
    identity.setMetadata(
        new ObjectMetaBuilder().withNamespace(namespace).withName(name).withUid(name).build());
    identity.setSpec(
        new MachineIdentitySpec(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(
                new SecretMember(
                    "db",
                    null,
                    null,
                    new Generate(
                        List.of(
                            new KeyRecipe(
                                "a", "x".repeat(size), null, null, null, null, null, null))),
                    null,
                    null,
                    null)),
            null,
            null));
    return identity;
  }

  private static Stream<String> names() {
    return IntStream.range(0, A_LOT).mapToObj(number -> "n-" + number);
  }

  private static <T extends HasMetadata> T kept(T object) {
    var store = new TrimmedStore<T>();
    var key = object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    store.put(key, object);
    return store.get(key);
  }

  private static int size(HasMetadata object) {
    return Serialization.asJson(object).length();
  }
}
