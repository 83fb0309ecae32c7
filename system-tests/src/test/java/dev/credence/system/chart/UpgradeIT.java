package dev.credence.system.chart;

import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Crm;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `helm upgrade` from the chart of the version before, and `helm rollback` to it, with identities,
/// values in their overlap and a suspended account in place. On a cluster of its own.
@OnCluster
class UpgradeIT {
  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();
  private static final Path PREVIOUS =
      LocalCluster.TOP.resolve("system-tests/src/test/resources/chart/previous");
  private static final Duration TOKEN_CACHE = Duration.ofSeconds(30);
  private static final Duration SETTLING = Duration.ofSeconds(60);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.fresh("upgrade");
  }

  @AfterAll
  static void stop() {
    cluster.close();
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
    return OperatorProcess.on(cluster).with("CREDENCE_SWEEP_EVERY", "1s").start();
  }

  @Test
  void nothing_is_rotated_restarted_or_frozen_by_an_upgrade_and_a_rollback() throws Exception {
    helm("uninstall", "credence");
    helm(
        "install",
        "credence",
        previous(),
        "--set",
        "operator.enabled=false,settings.neverSuspend={payments}");

    var crm = Crm.of(Scene.fresh(cluster, "upgraded"));
    var scene = crm.scene();
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
          "shop", Scene.OWNER + ", secrets: [" + Scene.password("shop-db", "every: 720h") + "]");
      scene.awaitVersion("shop-db", 1);
      scene.annotate(scene.secret("shop-db"), "credence.dev/rotate", "once!");
      scene.awaitVersion("shop-db", 2);
      assertThat(scene.value("shop-db", "password.previous")).isPresent();
      scene.awaitReady("crm");
      crm.suspend();
      scene.await("crm", "Suspended", "True Requested");
      var legacy = crm.token(Crm.LEGACY);
      within(TOKEN_CACHE, "it is refused").until(() -> !crm.isKnown(legacy));
      within(SETTLING, "nothing is left to be written")
          .until(
              () -> {
                var audit = cluster.audit();
                sweepAgain(operator);
                return audit.requests().ofOperator().writes().count() == 0;
              });
      operator.terminate();

      var before = everything(scene);
      helm("upgrade", "credence", CHART, "--reuse-values");
      assertThat(cluster.helm("get", "values", "credence", "--namespace", LocalCluster.NAMESPACE))
          .contains("payments");
      unchanged(scene, before, "after the upgrade");
      assertThat(crm.isKnown(legacy)).as("nobody is let go").isFalse();

      helm("upgrade", "credence", CHART, "--set", "operator.enabled=false");
      unchanged(scene, before, "after an upgrade with the new values");

      helm("rollback", "credence", "1");
      unchanged(scene, before, "after the rollback");

      helm("upgrade", "credence", CHART, "--reset-then-reuse-values");
      try (var later = operator()) {
        scene.patch(
            scene.identity("crm"), "{metadata: {annotations: {credence.dev/suspend: null}}}");
        scene.await("crm", "Suspended", "False InService");
        within(TOKEN_CACHE, "it is accepted again").until(() -> crm.isKnown(legacy));
      }
    }
  }

  private static List<Resource<? extends HasMetadata>> objects(Scene scene) {
    return List.of(
        scene.identity("crm"),
        scene.identity("shop"),
        scene.secret("shop-db"),
        scene.secret(Crm.LEGACY),
        scene.deployment("web"));
  }

  private static List<String> everything(Scene scene) {
    var all = new ArrayList<>(objects(scene).stream().map(Scene::print).toList());
    // Its labels are the chart's.
    all.add(new Crm(scene).list().toString());
    return all;
  }

  /// The operator looks at everything, and neither it nor Helm has changed anything.
  private static void unchanged(Scene scene, List<String> before, String when) {
    assertThat(everything(scene)).as(when).isEqualTo(before);
    var audit = cluster.audit();
    try (var operator = operator()) {
      sweepAgain(operator);
      assertThat(audit.requests().ofOperator().writes().all()).as(when).isEmpty();
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

  /// Longer than policies take to count their identities anew.
  private static void sweepAgain(OperatorProcess operator) {
    var swept = operator.metric("credence_last_sweep_timestamp_seconds").orElse(0);
    eventually("it has swept for some seconds")
        .until(
            () -> operator.metric("credence_last_sweep_timestamp_seconds").orElse(0) > swept + 4);
  }
}
