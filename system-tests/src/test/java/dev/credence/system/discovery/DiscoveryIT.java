// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.discovery;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicyStatus.UnclaimedStatus;
import dev.credence.cluster.ByToken;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Registration;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// What nobody claims is found, registered and adopted, and tokens that nobody uses end, on a real
/// API server.
@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DiscoveryIT {
  private static final String TRACKING = "kube-apiserver-legacy-service-account-token-tracking";

  private static LocalCluster cluster;
  private static @Nullable Registration registration;
  private static @Nullable OperatorProcess operator;
  private static String trackedSince;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
    // As if the API server had been up for years.
    eventually("the API server tracks tokens").until(() -> tracking().get() != null);
    trackedSince = tracking().get().getData().get("since");
    trackSince("2020-01-01");
  }

  @AfterAll
  static void stop() {
    forbid();
    trackSince(trackedSince);
  }

  /// The operator of all tests but one, with the right to register identities.
  private static OperatorProcess allowed() {
    if (operator == null) {
      registration = Registration.allowed(cluster);
      operator = OperatorProcess.on(cluster).start();
    }
    return operator;
  }

  private static void forbid() {
    if (operator != null) {
      operator.close();
      operator = null;
    }
    if (registration != null) {
      registration.close();
      registration = null;
    }
  }

  private static Resource<io.fabric8.kubernetes.api.model.ConfigMap> tracking() {
    return cluster.client().configMaps().inNamespace("kube-system").withName(TRACKING);
  }

  private static void trackSince(String day) {
    tracking()
        .edit(
            found -> {
              found.setData(Map.of("since", day));
              return found;
            });
  }

  private static CredentialPolicy policy(Scene scene) {
    return cluster
        .client()
        .resources(CredentialPolicy.class)
        .withName("for-" + scene.namespace())
        .get();
  }

  private static String versionOfPolicy(Scene scene) {
    return policy(scene).getMetadata().getResourceVersion();
  }

  private static Optional<UnclaimedStatus> unclaimed(Scene scene) {
    return Optional.ofNullable(policy(scene))
        .flatMap(found -> Optional.ofNullable(found.getStatus()))
        .flatMap(status -> Optional.ofNullable(status.unclaimed()));
  }

  private static Optional<Condition> complete(Scene scene) {
    return Stream.ofNullable(policy(scene))
        .flatMap(found -> Stream.ofNullable(found.getStatus()))
        .flatMap(status -> status.conditions().stream())
        .filter(condition -> condition.type().equals("DiscoveryComplete"))
        .findFirst();
  }

  @Test
  void what_nobody_claims_is_counted_and_listed(TestNamespace namespace) {
    var operator = allowed();
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.createAccount("forgotten");
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: feature-flags}}");
    scene.create(
        "{apiVersion: v1, kind: Secret, type: kubernetes.io/basic-auth, metadata: {name: billing-db}, stringData: {username: a, password: b}}");
    scene.create(
        "{apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: vendor-token, labels: {reconcile.external-secrets.io/managed: 'true'}}}");
    scene.create(
        "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: forgotten-legacy, annotations: {kubernetes.io/service-account.name: forgotten}}}");
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    try (var policy = scene.policy("discovery: {mode: Report}")) {
      eventually("all of it is found")
          .until(
              () ->
                  unclaimed(scene)
                      .filter(found -> found.names() != null && found.names().size() == 3)
                      .isPresent());
      var found = unclaimed(scene).orElseThrow();
      assertThat(found.names())
          .containsExactly(
              "ServiceAccount %s/forgotten: can authenticate to the API server"
                  .formatted(namespace),
              "TokenSecret %s/forgotten-legacy: a token of ServiceAccount forgotten that never expires"
                  .formatted(namespace),
              "Secret %s/billing-db: a user name and a password, by its type".formatted(namespace));
      assertThat(
              List.of(
                  found.serviceAccounts(),
                  found.tokenSecrets(),
                  found.secrets(),
                  found.attributed(),
                  found.excluded(),
                  found.discovered()))
          .containsExactly(1, 1, 1, 1, 1, 0);
      // What could not be looked at is said; the cluster may have cert-manager or not.
      assertThat(complete(scene).orElseThrow().reason())
          .isEqualTo(found.partial() == null ? "Complete" : "Partial");
      assertThat(operator.metric("credence_unclaimed{kind=\"ServiceAccount\"}").orElse(0))
          .isGreaterThanOrEqualTo(1);

      Scene.comesToRest(Duration.ofSeconds(10), "nothing is written", () -> versionOfPolicy(scene));

      scene.identity("billing", OWNER + ", secrets: [{name: billing-db}]");
      scene.secret("forgotten-legacy").delete();
      scene.account("forgotten").delete();
      eventually("what is claimed, or gone, is no longer listed")
          .until(() -> unclaimed(scene).filter(now -> now.names() == null).isPresent());
      Scene.comesToRest(
          Duration.ofSeconds(10),
          "with nothing to list nothing is written either",
          () -> versionOfPolicy(scene));
    }
  }

  @Test
  void an_account_is_registered_and_adopted_by_whatever_tool(
      TestNamespace namespace, @TempDir Path folder) throws IOException {
    allowed();
    var scene = Scene.in(namespace);
    for (var account : List.of("by-apply", "by-server", "by-argo", "by-edit", "left")) {
      scene.createAccount(account);
    }
    try (var policy =
        scene.policy(
            "enforcement: Enforce, owner: {required: true}, discovery: {mode: Register}")) {
      for (var account : List.of("by-apply", "by-server", "by-argo", "by-edit", "left")) {
        eventually(account + " has an identity").until(() -> isDiscovered(scene, account));
        scene.await(account, "Ready", "True Compliant");
        assertThat(scene.result(account, "OwnerAssigned")).isEqualTo("False OwnerMissing");
      }
      assertThat(scene.identity("default").get()).isNull();
      eventually("they are counted, and no account is unclaimed")
          .until(
              () ->
                  unclaimed(scene)
                      .filter(now -> now.discovered() == 5 && now.serviceAccounts() == 0)
                      .isPresent());

      var same = file(scene, folder, "by-apply", "");
      cluster.kubectl("apply", "-f", same);
      cluster.kubectl(
          "apply",
          "--server-side",
          "-f",
          file(scene, folder, "by-server", OWNER + ", purpose: CRM to billing sync, "));
      cluster.kubectl(
          "apply",
          "--server-side",
          "--field-manager=argocd-controller",
          "-f",
          file(scene, folder, "by-argo", ""));
      scene.patch(scene.identity("by-edit"), "{spec: {owner: {contact: alice@example.com}}}");

      for (var account : List.of("by-apply", "by-server", "by-argo", "by-edit")) {
        eventually(account + " is adopted, and our label is gone")
            .until(() -> !isDiscovered(scene, account));
      }
      // From now on the policy holds.
      scene.await("by-apply", "Ready", "False OwnerMissing");
      scene.await("by-argo", "Ready", "False OwnerMissing");
      scene.await("by-server", "Ready", "True Compliant");
      scene.await("by-edit", "Ready", "True Compliant");
      assertThat(isDiscovered(scene, "left")).isTrue();

      scene.account("left").delete();
      eventually("what nobody has touched goes with its account")
          .until(() -> scene.identity("left").get() == null);
      scene.account("by-apply").delete();
      scene.await("by-apply", "MembersLinked", "False MemberMissing");
      Scene.stays(
          Duration.ofSeconds(8),
          "what was adopted stays",
          () -> scene.identity("by-apply").get() != null);
    }
  }

  private static boolean isDiscovered(Scene scene, String identity) {
    return Scene.label(scene.identity(identity), Api.DISCOVERED).filter("true"::equals).isPresent();
  }

  private static String file(Scene scene, Path folder, String name, String more)
      throws IOException {
    return Files.writeString(
            folder.resolve(name + ".yaml"),
            "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: %s, namespace: %s}, spec: {%sserviceAccounts: [{name: %s}]}}\n"
                .formatted(name, scene.namespace(), more, name))
        .toString();
  }

  /// First, so that the right is given once.
  @Test
  @Order(1)
  void without_the_right_it_says_so_and_asks_no_more(TestNamespace namespace) {
    forbid();
    var audit = cluster.audit();
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.createAccount("crm-report");
    try (var policy = scene.policy("enforcement: Enforce, discovery: {mode: Register}")) {
      try (var without = OperatorProcess.on(cluster).start()) {
        eventually("it says what is missing")
            .until(
                () -> complete(scene).filter(c -> c.reason().equals("NotRegistered")).isPresent());
        assertThat(complete(scene).orElseThrow().message()).contains("discovery.register");
        eventually("a metric says so too")
            .until(
                () ->
                    without
                        .metric(
                            "credence_permissions_missing{resource=\"machineidentities\",verb=\"create\"}")
                        .isPresent());
        Scene.stays(
            Duration.ofSeconds(8),
            "it is still said",
            () -> complete(scene).filter(c -> c.reason().equals("NotRegistered")).isPresent());
      }
      allowed();
      assertThat(
              audit
                  .requests()
                  .ofOperator()
                  .in(namespace)
                  .on("machineidentities")
                  .verb("create")
                  .failed()
                  .count())
          .as("it was asked for once")
          .isEqualTo(1);
      eventually("with the right it goes on").until(() -> isDiscovered(scene, "crm-report"));
    }
  }

  @Test
  void a_token_that_nobody_uses_ends_and_comes_back(TestNamespace namespace) {
    var operator = allowed();
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.create(legacy("crm-legacy"));
    scene.create(legacy("crm-mounted"));
    scene.create(
        "{apiVersion: v1, kind: Pod, metadata: {name: crm}, spec: {containers: [{name: crm, image: crm:1, volumeMounts: [{name: token, mountPath: /token}]}], volumes: [{name: token, secret: {secretName: crm-mounted}}]}}");
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    eventually("the tokens are there")
        .until(
            () ->
                scene.value("crm-legacy", "token").isPresent()
                    && scene.value("crm-mounted", "token").isPresent());
    try (var policy =
        scene.policy(
            "enforcement: Enforce, tokens: {legacy: {onUnused: Invalidate, unusedFor: 5s}}")) {
      eventually("the one that nobody uses is invalid").until(() -> isInvalid(scene, "crm-legacy"));
      // Were it used before the API server has seen the label, that would be a use.
      Scene.stays(Duration.ofSeconds(5), "it stays invalid", () -> isInvalid(scene, "crm-legacy"));
      var token = scene.value("crm-legacy", "token").orElseThrow();
      within(Duration.ofSeconds(45), "the API server refuses it").until(() -> !isKnown(token));
      scene.await("crm", "CredentialsFresh", "False LegacyTokenUnused");
      assertThat(scene.message("crm", "CredentialsFresh"))
          .contains("crm-mounted", "a pod or a workload of the namespace uses it")
          .doesNotContain("crm-legacy");
      assertThat(isInvalid(scene, "crm-mounted")).isFalse();
      eventually("it is counted")
          .until(() -> operator.metric("credence_legacy_tokens{state=\"Invalid\"}").orElse(0) >= 1);

      policy.replace("enforcement: Enforce, tokens: {legacy: {onUnused: Report, unusedFor: 5s}}");
      eventually("it is given back").until(() -> !isInvalid(scene, "crm-legacy"));
      within(Duration.ofSeconds(45), "the API server accepts it").until(() -> isKnown(token));
    }
  }

  private static String legacy(String name) {
    return "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: %s, annotations: {kubernetes.io/service-account.name: crm-sync}}}"
        .formatted(name);
  }

  private static boolean isInvalid(Scene scene, String secret) {
    return label(scene.secret(secret), Api.INVALID_SINCE);
  }

  private static boolean label(Resource<? extends HasMetadata> resource, String key) {
    return Scene.label(resource, key).isPresent();
  }

  /// Whether a token is believed at all, whatever it may do.
  private static boolean isKnown(String token) {
    try (var client = ByToken.client(cluster.client(), token)) {
      return client.raw("/apis") != null;
    } catch (KubernetesClientException refused) {
      assertThat(refused.getCode()).isEqualTo(401);
      return false;
    }
  }
}
