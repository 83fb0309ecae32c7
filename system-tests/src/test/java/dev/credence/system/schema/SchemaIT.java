// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.schema;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.schema.Crd;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the API server takes, what it refuses, and what it says then. Every file of
/// `src/test/resources/schema` is tried as `kubectl apply --server-side` would.
@OnCluster
class SchemaIT {
  private static final List<Story> STORIES = Story.all();

  /// Numbers whose bounds a rule knows, since they depend on another field.
  private static final Set<String> BOUND_BY_A_RULE =
      Set.of("spec.secrets[].generate.keys[].keyPair.size");

  /// What the API server answered to each story.
  private static final Map<String, KubernetesClientException> REFUSALS = new ConcurrentHashMap<>();

  private static LocalCluster cluster;
  private static TestNamespace namespace;

  @BeforeAll
  static void start(LocalCluster shared, TestNamespace own) {
    cluster = shared;
    namespace = own;
  }

  static Stream<Story> valid() {
    return STORIES.stream().filter(Story::valid);
  }

  static Stream<Story> invalid() {
    return STORIES.stream().filter(story -> !story.valid());
  }

  @ParameterizedTest
  @MethodSource
  void valid(Story story) {
    assertThatCode(() -> tryOut(story)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource
  void invalid(Story story) {
    assertThat(refusal(story).getStatus().getMessage())
        .contains(story.expected().orElseThrow())
        // a rule that fails instead of answering
        .doesNotContain("evaluating rule");
  }

  @Test
  void every_rule_is_broken_by_a_file() {
    var answers = invalid().flatMap(SchemaIT::causes).toList();
    for (var crd : Crd.all()) {
      assertThat(crd.rules())
          .allSatisfy(rule -> assertThat(answers).anyMatch(answer -> answer.isOf(rule)));
    }
  }

  @Test
  void both_crds_can_be_applied_and_become_established() {
    for (var crd : Crd.all()) {
      // In a group of its own, since a CRD that is there already is judged less strictly.
      var renamed =
          Serialization.unmarshal(
              crd.text().replace("credence.dev", "schema.test"), CustomResourceDefinition.class);
      var resource = cluster.client().resource(renamed);
      try {
        resource.fieldManager("schema-test").serverSideApply();
        eventually(crd.kind() + " is established").until(() -> isEstablished(resource.get()));
      } finally {
        resource.delete();
      }
    }
  }

  @Test
  void an_identity_waits_visibly_for_an_operator_to_look(TestNamespace own) {
    var identity = create(own, "MachineIdentity", "unseen", "{}");
    assertThat(identity.<Integer>get("status", "observedGeneration")).isEqualTo(-1);
    assertThat(identity.<List<Map<String, Object>>>get("status", "conditions"))
        .containsExactly(
            Map.of(
                "type", "Ready",
                "status", "Unknown",
                "reason", "Pending",
                "message", "Waiting for the first reconcile.",
                "lastTransitionTime", "1970-01-01T00:00:00Z"));
    var typed =
        cluster
            .client()
            .resources(MachineIdentity.class)
            .inNamespace(own.name())
            .withName("unseen")
            .get();
    assertThat(typed.getStatus().conditions()).hasSize(1);
  }

  @Test
  void what_is_left_out_is_filled_in(TestNamespace own) {
    var identity =
        create(
            own,
            "MachineIdentity",
            "defaults",
            "{secrets: [{name: crm-db, generate: {keys: [{name: a, password: {}}, {name: b, bytes: {}}, {name: c, keyPair: {algorithm: RSA}}]}}], serviceAccounts: [{name: crm, provision: {}}]}");
    assertThat(Serialization.asJson(identity))
        .contains(
            "\"password\":{\"characters\":\"AlphaNumeric\",\"length\":32}",
            "\"bytes\":{\"encoding\":\"Base64\",\"length\":32}",
            "\"keyPair\":{\"algorithm\":\"RSA\"}",
            "\"provision\":{\"automountServiceAccountToken\":false}",
            "\"deletionPolicy\":\"Delete\"");

    var name = policyNamed(own);
    var policy = create(own, "CredentialPolicy", name, "{rotation: {restart: {}}}");
    try {
      assertThat(Serialization.asJson(policy))
          .contains("\"maxAttempts\":5", "\"restart\":{\"maxParallel\":1,\"strategy\":\"None\"}");
    } finally {
      cluster.client().resources(CredentialPolicy.class).withName(name).delete();
    }
  }

  @Test
  void identities_are_found_by_team_and_by_application(TestNamespace own) {
    create(own, "MachineIdentity", "crm", "{application: crm-suite, owner: {team: sales}}");
    create(own, "MachineIdentity", "till", "{application: shop, owner: {team: sales}}");
    create(own, "MachineIdentity", "ledger", "{application: shop, owner: {team: finance}}");
    assertThat(namesWith(own, "spec.owner.team", "sales")).containsExactly("crm", "till");
    assertThat(namesWith(own, "spec.application", "shop")).containsExactly("ledger", "till");
  }

  @Test
  void kubectl_shows_the_columns_in_the_order_of_the_records(TestNamespace own) {
    create(own, "MachineIdentity", "shown", "{}");
    var narrow = cluster.kubectl("get", "mid", "-n", own.name());
    var wide = cluster.kubectl("get", "machineidentity", "-n", own.name(), "-o", "wide");
    assertThat(header(narrow)).isEqualTo(columns(MachineIdentity.class, 0));
    assertThat(header(wide)).isEqualTo(columns(MachineIdentity.class, 1));

    var policy = policyNamed(own);
    create(own, "CredentialPolicy", policy, "{}");
    try {
      assertThat(header(cluster.kubectl("get", "credpol")))
          .isEqualTo(columns(CredentialPolicy.class, 0));
      assertThat(cluster.kubectl("get", "credence", "-A", "-o", "name"))
          .contains(
              "machineidentity.credence.dev/shown", "credentialpolicy.credence.dev/" + policy);
    } finally {
      cluster.client().resources(CredentialPolicy.class).withName(policy).delete();
    }
  }

  @Test
  void kubectl_explains_every_field() {
    for (var path :
        List.of(
            "mid",
            "mid.spec",
            "mid.spec.owner",
            "mid.spec.secrets",
            "mid.spec.secrets.generate",
            "mid.spec.secrets.generate.keys",
            "mid.spec.secrets.generate.keys.keyPair",
            "mid.spec.secrets.rotation",
            "mid.spec.secrets.hooks",
            "mid.spec.secrets.hooks.apply",
            "mid.spec.secrets.token",
            "mid.status",
            "mid.status.credentials",
            "mid.status.credentials.consumers",
            "credpol.spec",
            "credpol.spec.rotation",
            "credpol.spec.rotation.windows",
            "credpol.spec.rotation.restart",
            "credpol.spec.tokens",
            "credpol.status")) {
      // The server tells of a new CRD a moment after it is established.
      eventually("kubectl explains " + path)
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(cluster.kubectl("explain", path))
                      .contains("DESCRIPTION:", "FIELDS:")
                      .doesNotContain("<no description>"));
    }
    assertThat(cluster.kubectl("explain", "mid.spec.secrets.generate"))
        .contains("The operator generates the secret values");
  }

  @Test
  void every_field_is_described_and_bounded() {
    var complaints = new ArrayList<String>();
    for (var crd : Crd.all()) {
      crd.walk(
          (path, schema) -> {
            var isField = !path.isEmpty() && !path.endsWith("[]");
            if (isField && (schema.getDescription() == null || schema.getDescription().isBlank())) {
              complaints.add(crd.kind() + " " + path + " has no description");
            }
            if (!isBounded(path, schema)) {
              complaints.add(
                  crd.kind() + " " + path + " is a " + schema.getType() + " without a bound");
            }
          });
    }
    assertThat(complaints).isEmpty();
  }

  private static boolean isBounded(String path, JSONSchemaProps schema) {
    return switch (schema.getType()) {
      case "string" ->
          schema.getMaxLength() != null
              || schema.getFormat() != null
              || !schema.getEnum().isEmpty();
      case "array" -> schema.getMaxItems() != null;
      case "integer", "number" ->
          path.startsWith("status")
              || BOUND_BY_A_RULE.contains(path)
              || (schema.getMinimum() != null && schema.getMaximum() != null);
      case "object" ->
          schema.getAdditionalProperties() == null || schema.getMaxProperties() != null;
      default -> true;
    };
  }

  /// What the API server had against a story, point by point.
  private record Cause(String kind, String field, String message) {
    boolean isOf(Crd.Rule rule) {
      // The message begins with the refused value, where it is not a whole object.
      return kind.equals(rule.kind())
          && field.equals(rule.field())
          && message.endsWith(rule.message());
    }
  }

  private static Stream<Cause> causes(Story story) {
    var details = refusal(story).getStatus().getDetails();
    return details == null
        ? Stream.of()
        : details.getCauses().stream()
            .filter(cause -> cause.getField() != null)
            .map(
                cause ->
                    new Cause(
                        story.tried().getKind(),
                        cause.getField().replaceAll("\\[[^\\]]*\\]", "[]"),
                        cause.getMessage()));
  }

  private static KubernetesClientException refusal(Story story) {
    return REFUSALS.computeIfAbsent(
        story.title(),
        title -> {
          var refusal = catchThrowableOfType(KubernetesClientException.class, () -> tryOut(story));
          assertThat(refusal).as("the API server took: " + story).isNotNull();
          assertThat(refusal.getStatus()).as(refusal.getMessage()).isNotNull();
          return refusal;
        });
  }

  private static void tryOut(Story story) {
    if (story.before().isEmpty()) {
      resource(namespace, story.tried()).dryRun().fieldManager("schema-test").serverSideApply();
      return;
    }
    var before = resource(namespace, story.before().get());
    before.fieldManager("schema-test").serverSideApply();
    try {
      resource(namespace, story.tried()).dryRun().fieldManager("schema-test").serverSideApply();
    } finally {
      before.delete();
    }
  }

  private static Resource<GenericKubernetesResource> resource(
      TestNamespace namespace, GenericKubernetesResource resource) {
    var operation = cluster.client().resource(resource);
    return resource.getKind().equals("MachineIdentity")
        ? operation.inNamespace(namespace.name())
        : operation;
  }

  /// Policies have no namespace: a name that no other test uses.
  private static String policyNamed(TestNamespace own) {
    return "schema-" + own.name().replaceAll(".*-", "");
  }

  private static GenericKubernetesResource create(
      TestNamespace own, String kind, String name, String spec) {
    return resource(
            own,
            Serialization.unmarshal(
                "apiVersion: credence.dev/v1alpha1\nkind: %s\nmetadata: {name: %s}\nspec: %s\n"
                    .formatted(kind, name, spec),
                GenericKubernetesResource.class))
        .create();
  }

  private static List<String> namesWith(TestNamespace own, String field, String value) {
    return cluster
        .client()
        .resources(MachineIdentity.class)
        .inNamespace(own.name())
        .withField(field, value)
        .list()
        .getItems()
        .stream()
        .map(identity -> identity.getMetadata().getName())
        .sorted()
        .toList();
  }

  private static boolean isEstablished(CustomResourceDefinition crd) {
    return Optional.ofNullable(crd)
        .map(CustomResourceDefinition::getStatus)
        .map(CustomResourceDefinitionStatus::getConditions)
        .stream()
        .flatMap(List::stream)
        .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  private static List<String> header(String table) {
    return List.of(table.lines().findFirst().orElseThrow().strip().split("\\s{2,}"));
  }

  private static List<String> columns(Class<?> resource, int priority) {
    return Stream.concat(
            Stream.of("NAME"),
            Arrays.stream(resource.getAnnotationsByType(AdditionalPrinterColumn.class))
                .filter(column -> column.priority() <= priority)
                .map(column -> column.name().toUpperCase(Locale.ROOT)))
        .toList();
  }
}
