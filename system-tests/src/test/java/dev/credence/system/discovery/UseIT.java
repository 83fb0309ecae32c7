// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.discovery;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.Api;
import dev.credence.api.CredentialPolicySpec.BehaviorFinding;
import dev.credence.api.MachineIdentityStatus.RightsStatus;
import dev.credence.api.MachineIdentityStatus.UsageSource;
import dev.credence.cluster.ByToken;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.facts.evidence.AuditEvent;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.facts.evidence.Right;
import dev.credence.observe.audit.StoredEvidence;
import dev.credence.system.CommandLine;
import dev.credence.system.Scene;
import dev.credence.world.Requested;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What shows use on a real API server, what becomes of an identity that nobody uses, and who may
/// say that it is needed all the same.
@WithOperator
class UseIT {
  private static LocalCluster cluster;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
  }

  private static LocalDate today() {
    return Instant.now().atZone(ZoneOffset.UTC).toLocalDate();
  }

  @Test
  void what_is_set_up_shows_use_and_so_does_a_token_that_was_used(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.create(
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: crm-web}, spec: {replicas: 0,
          selector: {matchLabels: {app: crm}}, template: {metadata: {labels: {app: crm}},
          spec: {serviceAccountName: crm-sync, containers: [{name: web, image: crm}]}}}}
        """);
    scene.create(
        """
        {apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token,
         metadata: {name: crm-legacy, annotations: {kubernetes.io/service-account.name: crm-sync}}}
        """);
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    scene.await("crm", "InUse", "True Referenced");
    assertThat(scene.message("crm", "InUse")).contains("Deployment crm-web names");
    assertThat(scene.status("crm").usage().source()).isEqualTo(UsageSource.Reference);
    assertThat(scene.status("crm").typeReason()).isEqualTo("RunsAsService");

    eventually("the token is there").until(() -> scene.value("crm-legacy", "token").isPresent());
    eventually("the API server knows the token")
        .until(() -> uses(scene.value("crm-legacy", "token").orElseThrow(), namespace));
    scene.await("crm", "InUse", "True TokenUsed");
    assertThat(scene.status("crm").usage().source()).isEqualTo(UsageSource.TokenLabel);
    assertThat(LocalDate.parse(scene.status("crm").usage().lastUsedTime()))
        .isBetween(today().minusDays(1), today());
  }

  private static boolean uses(String token, TestNamespace namespace) {
    try (var client = ByToken.client(cluster.client(), token)) {
      client.configMaps().inNamespace(namespace.name()).list();
      return true;
    } catch (KubernetesClientException refused) {
      // Who may list nothing is known all the same.
      return refused.getCode() == 403;
    }
  }

  /// As a receiver stores them. What a role that was created a moment ago is used for cannot be
  /// known yet.
  @Test
  void audit_events_show_use_and_the_last_use_of_a_token(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: crm}, rules: [{apiGroups: [''], resources: [configmaps], verbs: [get]}]}");
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: crm}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: crm}, subjects: [{kind: ServiceAccount, name: crm-sync}]}");
    try (var policy = scene.policy("enforcement: Enforce, privileges: {unusedFor: 24h}")) {
      policy.awaitSeen();
      scene.identity(
          "crm",
          OWNER
              + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-ci, token: {serviceAccountName: crm-sync}}]");
      scene.await("crm", "LeastPrivilege", "Unknown EvaluationIncomplete");
      scene.awaitVersion("crm-ci", 1);
      var token = Scene.annotation(scene.secret("crm-ci"), Api.CREDENTIAL_IDS).orElseThrow();
      assertThat(token).matches("1=JTI=[0-9a-f-]{36}");

      var broken = stored(namespace.name(), token.substring("1=".length()));
      broken.setBinaryData(Map.of("evidence", "bm90IGd6aXA="));
      home().resource(broken).create();
      eventually("the broken evidence is reported")
          .until(() -> scene.message("crm", "LeastPrivilege").contains("no readable evidence"));
      home().resource(broken).delete();
      eventually("the broken evidence is forgotten")
          .until(() -> scene.message("crm", "LeastPrivilege").contains("no audit events"));

      var good = stored(namespace.name(), token.substring("1=".length()));
      home().resource(good).create();
      scene.await("crm", "InUse", "True AuditEvent");
      assertThat(scene.status("crm").usage().source()).isEqualTo(UsageSource.AuditEvent);
      assertThat(LocalDate.parse(scene.credential("crm", "crm-ci").lastUsedTime()))
          .isBetween(today().minusDays(1), today());
      assertThat(scene.message("crm", "LeastPrivilege"))
          .contains("The binding or its role was created or changed at");
      assertThat(scene.status("crm").risk().rights())
          .isEqualTo(new RightsStatus(1, null, 1, null, null));
      home().resource(good).delete();
    }
  }

  /// The role and its binding are a week old, and events cover three days.
  @Test
  void a_right_that_audit_events_never_show_is_unused(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: crm}, rules: [{apiGroups: [''], resources: [configmaps], verbs: [get]}]}");
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: crm}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: crm}, subjects: [{kind: ServiceAccount, name: crm-sync}]}");
    var weekAgo = Instant.now().minus(Duration.ofDays(7));
    var rbac = namespace.client().rbac();
    cluster.backdate(rbac.roles().withName("crm").get(), weekAgo);
    cluster.backdate(rbac.roleBindings().withName("crm").get(), weekAgo);
    var evidence = home().resource(stored(namespace.name(), "JTI=any"));
    evidence.create();
    try (var policy = scene.policy("enforcement: Enforce, privileges: {unusedFor: 24h}")) {
      policy.awaitSeen();
      scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
      scene.await("crm", "LeastPrivilege", "False UnusedRights");
      assertThat(scene.result("crm", "Ready")).isEqualTo("False UnusedRights");
      var rights = scene.status("crm").risk().rights();
      assertThat(rights.total()).isEqualTo(1);
      assertThat(rights.unused()).isEqualTo(1);
      assertThat(rights.remove()).containsExactly("RoleBinding/" + namespace.name() + "/crm");

      rbac.roleBindings().withName("crm").delete();
      scene.await("crm", "LeastPrivilege", "True NoFindings");
    } finally {
      evidence.delete();
    }
  }

  /// ConfigMaps in the namespace of the operator.
  private static NonNamespaceOperation<ConfigMap, ConfigMapList, Resource<ConfigMap>> home() {
    return cluster.client().configMaps().inNamespace(LocalCluster.NAMESPACE);
  }

  private static ConfigMap stored(String namespace, String token) {
    var now = Instant.now();
    var from = now.minus(Duration.ofDays(3));
    var evidence = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    evidence.covers(from, now);
    for (var at = from; at.isBefore(now); at = at.plus(Duration.ofHours(1))) {
      evidence.add(event(at, "system:kube-controller-manager", "update", "leases", "", token));
      evidence.add(event(at, "system:kube-controller-manager", "list", "configmaps", "", token));
    }
    var crm = "system:serviceaccount:" + namespace + ":crm-sync";
    evidence.add(event(now, crm, "get", "secrets", namespace, token));
    return StoredEvidence.write(LocalCluster.NAMESPACE, namespace, evidence, now);
  }

  private static AuditEvent event(
      Instant at, String user, String verb, String resource, String namespace, String token) {
    return new AuditEvent(
        at + user + verb,
        at,
        user,
        new Right(verb, "", resource, namespace),
        "",
        200,
        "10.0.0.1",
        "crm/1",
        Optional.of(token),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void pods_that_run_show_use(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.create(
        """
        {apiVersion: v1, kind: Pod, metadata: {name: crm-1},
         spec: {serviceAccountName: crm-sync, containers: [{name: web, image: crm}]}}
        """);
    // Pods are listed when the identity comes, and then at the next resync.
    eventually("the pod runs")
        .until(
            () ->
                "Running"
                    .equals(
                        scene
                            .client()
                            .pods()
                            .inNamespace(scene.namespace())
                            .withName("crm-1")
                            .get()
                            .getStatus()
                            .getPhase()));
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    // A list of all namespaces that another test caused before the pod came serves for 30 s.
    within(Duration.ofSeconds(90), "the running pod shows use")
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              scene.patch(scene.identity("crm"), "{spec: {purpose: 'at " + Instant.now() + "'}}");
              return scene.result("crm", "InUse").equals("True PodRunning");
            });
    assertThat(scene.status("crm").type().name()).isEqualTo("Workload");
  }

  @Test
  void an_idle_identity_is_suspended_and_a_review_resumes_it(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    scene.await("crm", "InUse", "absent");
    // A year goes by.
    scene
        .identity("crm")
        .subresource("status")
        .patch(
            new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).build(),
            "{\"status\": {\"usage\": {\"lastUsedTime\": \"2025-01-01\", \"source\": \"Pod\"}}}");
    try (var policy =
        scene.policy("enforcement: Enforce, idle: {unusedFor: 20s, onIdle: Suspend}")) {
      scene.await("crm", "Suspended", "True Idle");
      assertThat(scene.result("crm", "InUse")).isEqualTo("False Idle");
      assertThat(scene.events("crm")).contains("Warning Idle", "Warning WritesDenied");

      scene.annotate(
          scene.identity("crm"),
          Api.REVIEW,
          whoami() + " " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
      scene.await("crm", "Suspended", "absent");
      assertThat(scene.result("crm", "InUse")).isEqualTo("Unknown NoEvidence");
      assertThat(scene.status("crm").review().reviewedBy()).isEqualTo(whoami());
      eventually("it is told").until(() -> scene.events("crm").contains("Normal Reviewed"));
    }
  }

  @Test
  void a_stolen_token_suspends_its_identity_and_a_review_resumes_it(TestNamespace namespace)
      throws IOException {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    try (var policy =
        scene.policy(
            "enforcement: Enforce, behavior: {learningTime: 24h, networks: [10.0.0.0/8], onOdd: Suspend}")) {
      policy.awaitSeen();
      scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
      eventually("findings count from now on")
          .until(
              () ->
                  scene.status("crm").behavior() != null
                      && scene.status("crm").behavior().suspendsFromTime() != null);
      // What receivers store changes every few minutes, and is read at each reconcile.
      var stolen = Instant.now().plusSeconds(2);
      var maps = cluster.client().configMaps().inNamespace(LocalCluster.NAMESPACE);
      var map = maps.resource(stored(scene, stolen, Instant.now())).create();
      reconciledUntil(scene, "Suspended", "True OddBehavior");
      assertThat(scene.result("crm", "BehaviorChanged")).isEqualTo("True OddBehavior");
      assertThat(scene.status("crm").behavior().findings())
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.type()).isEqualTo(BehaviorFinding.NewPlace);
                assertThat(finding.network()).isEqualTo("203.0.113.0/24");
                assertThat(finding.auditID()).isEqualTo("stolen");
              });
      eventually("it is told").until(() -> scene.events("crm").contains("Warning OddBehavior"));

      // Other requests of the same behavior are written down nowhere.
      var before = versionAtRest(scene);
      maps.resource(stored(scene, stolen, Instant.now())).update();
      scene.annotate(scene.account("crm-sync"), "example.com/touched", "yes");
      stays(Duration.ofSeconds(2), "nothing is written", () -> version(scene).equals(before));

      var report =
          new CommandLine(cluster).inProcess("report", "-n", scene.namespace(), "--format", "json");
      assertThat(report.code()).as(report.err()).isZero();
      var entry = new ObjectMapper().readTree(report.out()).path("identities").path(0);
      assertThat(entry.path("behavior").path(0).path("type").asText()).isEqualTo("NewPlace");
      assertThat(entry.path("permissions").path("since").asText()).isNotEmpty();

      scene.annotate(
          scene.identity("crm"),
          Api.REVIEW,
          whoami() + " " + Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.SECONDS));
      scene.await("crm", "Suspended", "absent");
      assertThat(scene.result("crm", "BehaviorChanged")).isEqualTo("absent");
      maps.resource(map).delete();
    }
  }

  /// Once nothing was written for two seconds: the suspension is reported in several writes.
  private static String versionAtRest(Scene scene) {
    var last = new AtomicReference<>("");
    stays(
        Duration.ofSeconds(2),
        "nothing is left to be written",
        () -> {
          var now = version(scene);
          return now.equals(last.getAndSet(now));
        });
    return last.get();
  }

  private static String version(Scene scene) {
    return scene.identity("crm").get().getMetadata().getResourceVersion();
  }

  /// Two days of an ordinary account, and one request from elsewhere.
  private static ConfigMap stored(Scene scene, Instant stolen, Instant until) {
    var evidence = new Evidence(EvidenceLimits.DEFAULT, Networks.NONE);
    var request =
        Requested.by(scene.namespace() + "/crm-sync").does("get", "configmaps").named("settings");
    for (var at = until.minus(Duration.ofHours(48));
        at.isBefore(until);
        at = at.plus(Duration.ofHours(1))) {
      evidence.add(request.at(at).event());
    }
    evidence.add(request.at(until).event());
    evidence.add(request.at(stolen).from("203.0.113.9").id("stolen").event());
    return StoredEvidence.write(LocalCluster.NAMESPACE, scene.namespace(), evidence, until);
  }

  private static void reconciledUntil(Scene scene, String condition, String result) {
    within(Duration.ofSeconds(60), condition + " is " + result)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              scene.patch(scene.identity("crm"), "{spec: {purpose: 'at " + Instant.now() + "'}}");
              return scene.result("crm", condition).equals(result);
            });
  }

  @Test
  void an_overdue_review_suspends_and_a_review_resumes(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    try (var policy =
        scene.policy("enforcement: Enforce, review: {interval: 15s, onOverdue: Suspend}")) {
      scene.await("crm", "Reviewed", "False ReviewOverdue");
      scene.await("crm", "Suspended", "True ReviewOverdue");
      policy.replace("enforcement: Enforce, review: {interval: 720h, onOverdue: Suspend}");
      scene.await("crm", "Suspended", "absent");
      scene.annotate(
          scene.identity("crm"),
          Api.REVIEW,
          whoami() + " " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
      scene.await("crm", "Reviewed", "True Reviewed");
      // The record is the operator's own.
      scene.patch(scene.identity("crm"), "{metadata: {annotations: {credence.dev/review: null}}}");
      scene.patch(scene.identity("crm"), "{spec: {purpose: CHG-1234}}");
      eventually("it has seen the change")
          .until(
              () ->
                  scene
                      .status("crm")
                      .observedGeneration()
                      .equals(scene.identity("crm").get().getMetadata().getGeneration()));
      assertThat(scene.result("crm", "Reviewed")).isEqualTo("True Reviewed");
    }
  }

  private static String whoami() {
    return cluster.kubectl("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}").strip();
  }
}
