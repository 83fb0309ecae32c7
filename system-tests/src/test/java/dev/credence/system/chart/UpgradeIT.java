// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Crm;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// `helm upgrade` from the chart of the version before, and `helm rollback` to it, with identities,
/// values in their overlap or a suspended account in place. On a cluster of its own. The first test
/// has the chart as the cluster got it; the second must be the first one whose policies read
/// ConfigMaps, see there.
@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpgradeIT {
  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();
  private static final Path PREVIOUS =
      LocalCluster.TOP.resolve("system-tests/src/test/resources/chart/previous");
  private static final Duration SETTLING = Duration.ofSeconds(60);

  private static final String LACKING = "credence_crd_fields_missing{kind=\"MachineIdentity\"}";

  private static LocalCluster cluster;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.fresh("upgrade");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// An operator would go on with those of the test before.
  @AfterEach
  void forget() {
    cluster.forgetIdentities();
  }

  private static String previous() throws IOException {
    try (var charts = Files.list(PREVIOUS)) {
      return charts.findFirst().orElseThrow().toString();
    }
  }

  private static void helm(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--namespace", LocalCluster.NAMESPACE));
    cluster.helm(all.toArray(String[]::new));
    if (!words[0].equals("uninstall")) {
      cluster.awaitSchemas();
    }
  }

  private static OperatorProcess operator() {
    return OperatorProcess.on(cluster).with("CREDENCE_RESYNC_INTERVAL", "1s").start();
  }

  @Test
  @Order(3)
  void nothing_is_rotated_restarted_or_frozen_by_an_upgrade_and_a_rollback() throws Exception {
    helm("uninstall", "credence");
    helm(
        "install",
        "credence",
        previous(),
        "--set",
        "operator.enabled=false,settings.neverSuspend={payments}");

    mayWriteLists();
    crdsOfToday();
    var scene = Scene.fresh(cluster, "upgraded");
    scene.create(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web:1, envFrom: [{secretRef: {name: shop-db}}]}]}}}}");
    // Else a later operator would find another use of it than the first.
    within(SETTLING, "its pod runs")
        .until(
            () ->
                scene.client().pods().inNamespace(scene.namespace()).list().getItems().stream()
                    .anyMatch(pod -> "Running".equals(pod.getStatus().getPhase())));
    var policy =
        scene.policy(
            "enforcement: Enforce, owner: {required: true}, rotation: {overlap: 24h, restart: {strategy: None}}");
    try (policy;
        var operator = operator()) {
      scene.identity(
          "shop", Scene.OWNER + ", secrets: [" + Scene.password("shop-db", "interval: 720h") + "]");
      scene.awaitVersion("shop-db", 1);
      scene.annotate(scene.secret("shop-db"), "credence.dev/rotate-now", "once");
      scene.awaitVersion("shop-db", 2);
      assertThat(scene.value("shop-db", "password.previous")).isPresent();
      awaitRest(operator);
      operator.terminate();

      var before = everything(scene);
      helm("upgrade", "credence", CHART, "--reset-then-reuse-values");
      assertThat(cluster.helm("get", "values", "credence", "--namespace", LocalCluster.NAMESPACE))
          .contains("payments");
      assertThat(everything(scene)).as("after the upgrade").isEqualTo(before);

      helm("upgrade", "credence", CHART, "--set", "operator.enabled=false");
      // The operator is the same after both.
      unchanged(scene, before, "after an upgrade with the new values");

      helm("rollback", "credence", "1");
      crdsOfToday();
      unchanged(scene, before, "after the rollback");
      helm("upgrade", "credence", CHART, "--reset-then-reuse-values");
    }
  }

  /// The version before kept the list of suspended accounts in a ConfigMap. The API server stops
  /// reading ConfigMaps as parameters for good once no policy names them for a moment
  /// (kubernetes/kubernetes#130887), so that no test before may have had policies that do.
  @Test
  @Order(2)
  void who_is_suspended_stays_so_while_the_list_is_taken_over() throws Exception {
    helm("uninstall", "credence");
    helm("install", "credence", previous(), "--set", "operator.enabled=false");
    mayWriteLists();
    crdsOfToday();
    var crm = Crm.of(Scene.fresh(cluster, "taken-over"));
    var scene = crm.scene();
    try (var operator = operator()) {
      scene.awaitReady("crm");
      crm.suspend();
      // The policies of then go by the ConfigMap that the operator of then kept.
      scene.await("crm", "Suspended", "True NotEnforced");
    }
    list(scene);
    within(SETTLING, "it is denied").until(() -> isDenied(scene));

    helm("upgrade", "credence", CHART, "--reset-then-reuse-values");
    within(SETTLING, "it is denied before a newer operator has looked")
        .until(() -> policies().contains("suspended-before.credence.dev") && isDenied(scene));
    try (var operator = operator()) {
      scene.await("crm", "Suspended", "True Requested");
      within(SETTLING, "the ConfigMap is taken over").until(() -> old().get() == null);
      assertThat(crm.isListed()).isTrue();
      assertThat(isDenied(scene)).isTrue();
      helm("upgrade", "credence", CHART, "--reset-then-reuse-values");
      assertThat(policies()).doesNotContain("suspended-before.credence.dev");
      assertThat(isDenied(scene)).isTrue();
      crm.resume();
      scene.await("crm", "Suspended", "absent");
      within(SETTLING, "it writes again").until(() -> !isDenied(scene));
    }
  }

  /// Of the older CRDs the API server would reject a status with a field that they do not declare.
  @Test
  @Order(1)
  void an_operator_that_is_newer_than_its_crds_works_and_reports_it() {
    withoutFields("usage", "credentials/rotation");
    var scene = Scene.fresh(cluster, "skewed");
    try (var operator = operator()) {
      scene.identity(
          "shop", Scene.OWNER + ", secrets: [" + Scene.password("shop-db", "interval: 720h") + "]");
      scene.awaitVersion("shop-db", 1);
      scene.awaitReady("shop");
      assertThat(scene.credential("shop", "shop-db").rotation()).isNull();
      assertThat(operator.metric(LACKING)).hasValue(2);
      assertThat(operator.page("/healthz/ready"))
          .startsWith("ok\nThe CRD of MachineIdentity is older than this operator")
          .contains("status.credentials.rotation, status.usage", "kubectl apply --server-side");
      awaitRest(operator);

      crdsOfToday();
      within(Duration.ofSeconds(120), "the CRDs are current")
          .until(() -> operator.metric(LACKING).orElse(-1) == 0);
      assertThat(operator.page("/healthz/ready")).isEqualTo("ok\n");
      within(SETTLING, "the whole status is written")
          .until(() -> scene.credential("shop", "shop-db").rotation() != null);
    }
  }

  /// Removes fields of the status from the CRD of MachineIdentity.
  private static void withoutFields(String... fields) {
    cluster
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("machineidentities.credence.dev")
        .edit(
            crd -> {
              var status =
                  crd.getSpec()
                      .getVersions()
                      .getFirst()
                      .getSchema()
                      .getOpenAPIV3Schema()
                      .getProperties()
                      .get("status")
                      .getProperties();
              for (var field : fields) {
                var path = field.split("/");
                (path.length == 1
                        ? status
                        : status.get(path[0]).getItems().getSchema().getProperties())
                    .remove(path[path.length - 1]);
              }
              return crd;
            });
    cluster.awaitSchemas();
  }

  /// The chart of then names fields of the spec otherwise, and has no SuspensionLists. Fields of
  /// the status that it does not declare would be left out.
  private static void crdsOfToday() {
    cluster.kubectl(
        "apply",
        "--server-side",
        "--force-conflicts",
        "-f",
        LocalCluster.TOP.resolve("crds").toString());
    cluster.awaitSchemas();
  }

  /// The chart of then gave no right to a kind that it did not know.
  private static void mayWriteLists() {
    var operatorNamespace = new Scene(cluster.client(), LocalCluster.NAMESPACE);
    if (operatorNamespace
            .client()
            .rbac()
            .roles()
            .inNamespace(operatorNamespace.namespace())
            .withName("lists")
            .get()
        != null) {
      return;
    }
    operatorNamespace.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: lists},
         rules: [{apiGroups: [credence.dev], resources: [suspensionlists], verbs: ['*']}]}
        """);
    operatorNamespace.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: lists},
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: lists},
         subjects: [{kind: ServiceAccount, name: credence}]}
        """);
  }

  private static Resource<ConfigMap> old() {
    return cluster
        .client()
        .configMaps()
        .inNamespace(LocalCluster.NAMESPACE)
        .withName("credence-suspended");
  }

  private static void list(Scene scene) {
    var identity = scene.identity("crm").get().getMetadata();
    new Scene(cluster.client(), LocalCluster.NAMESPACE)
        .patch(
            old(),
            "{data: {%s.crm-sync: 'MachineIdentity crm (%s) since 2026-11-22T13:00:00Z: INC-7'}}"
                .formatted(scene.namespace(), identity.getUid()));
  }

  private static List<String> policies() {
    return cluster
        .client()
        .admissionRegistration()
        .v1()
        .validatingAdmissionPolicies()
        .list()
        .getItems()
        .stream()
        .map(policy -> policy.getMetadata().getName())
        .toList();
  }

  private static boolean isDenied(Scene scene) {
    var config =
        new ConfigBuilder(scene.client().getConfiguration())
            .withImpersonateUsername("system:serviceaccount:" + scene.namespace() + ":crm-sync")
            .withImpersonateGroups("system:masters")
            .build();
    var map =
        new ConfigMapBuilder().withNewMetadata().withGenerateName("probe-").endMetadata().build();
    try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
      client.configMaps().inNamespace(scene.namespace()).resource(map).dryRun().create();
      return false;
    } catch (KubernetesClientException refused) {
      return refused.getMessage().contains("is suspended");
    }
  }

  private static List<Resource<? extends HasMetadata>> objects(Scene scene) {
    return List.of(scene.identity("shop"), scene.secret("shop-db"), scene.deployment("web"));
  }

  private static List<String> everything(Scene scene) {
    return objects(scene).stream().map(Scene::print).toList();
  }

  /// The operator looks at everything, and neither it nor Helm has changed anything.
  private static void unchanged(Scene scene, List<String> before, String when) {
    assertThat(everything(scene)).as(when).isEqualTo(before);
    var audit = cluster.audit();
    try (var operator = operator()) {
      sweepAgain(operator);
      // But for the list of suspended accounts of before, which is taken over.
      assertThat(
              audit
                  .requests()
                  .ofOperator()
                  .writes()
                  .only(write -> !write.name().equals("credence-suspended"))
                  .all())
          .as(when)
          .isEmpty();
      assertThat(
              Stream.of("machineidentities.credence.dev", "credentialpolicies.credence.dev")
                  .map(
                      name ->
                          cluster
                              .client()
                              .apiextensions()
                              .v1()
                              .customResourceDefinitions()
                              .withName(name)
                              .get())
                  .allMatch(crd -> crd.getMetadata().getDeletionTimestamp() == null))
          .isTrue();
    }
    assertThat(everything(scene)).as(when).isEqualTo(before);
  }

  /// The first sweeps may still write what the watches brought late; a status that the API server
  /// rejects would be written with each.
  private static void awaitRest(OperatorProcess operator) {
    within(SETTLING, "nothing is left to be written")
        .until(
            () -> {
              var audit = cluster.audit();
              sweepAgain(operator);
              return audit.requests().ofOperator().writes().count() == 0;
            });
  }

  /// Longer than a policy takes to count its identities again.
  private static void sweepAgain(OperatorProcess operator) {
    var swept = operator.metric("credence_last_resync_timestamp_seconds").orElse(0);
    eventually("it has swept for some seconds")
        .until(
            () -> operator.metric("credence_last_resync_timestamp_seconds").orElse(0) > swept + 4);
  }
}
