// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.reports;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.Requests;
import dev.credence.facts.discovery.ReportKind;
import dev.credence.observe.discovery.Reports;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Reports for viewers of policy reports, whose kinds come and go. The tests are the life of one
/// cluster, in order; those of other classes that share it are over.
@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpenReportsIT {
  /// The pause after a change, and the one between two writes.
  private static final Duration TO_WRITE = Duration.ofSeconds(60);

  private static final String REPORTS = "reports.openreports.io";
  private static final String POLICY_REPORTS = "policyreports.wgpolicyk8s.io";

  private static LocalCluster cluster;
  private static OperatorProcess operator;
  private static Scene scene;
  private static Scene others;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
    cluster.forgetIdentities();
    scene = Scene.fresh(cluster, "sales");
    others = Scene.fresh(cluster, "others");
    scene.policy("enforcement: Enforce, owner: {required: true}");
    scene.identity("crm", OWNER);
    scene.identity("nobodys", "purpose: nobody knows");
    operator = operator();
    scene.awaitReady("crm");
    scene.await("nobodys", "Ready", "False OwnerMissing");
  }

  @AfterAll
  static void stop() {
    operator.close();
    cluster.kubectl("delete", "crd", "--ignore-not-found", REPORTS, POLICY_REPORTS);
    cluster.chartAsItIs();
    cluster.forgetIdentities();
    for (var one : List.of(scene, others)) {
      cluster.client().namespaces().withName(one.namespace()).delete();
    }
  }

  private static OperatorProcess operator() {
    return OperatorProcess.on(cluster)
        .with("CREDENCE_REPORTS", "true")
        .with("CREDENCE_RESYNC_INTERVAL", "3s")
        .start();
  }

  @Test
  @Order(1)
  void where_no_kind_of_report_is_known_it_is_asked_for_and_no_more() {
    var audit = cluster.audit();
    Scene.stays(Duration.ofSeconds(8), "the operator lives", operator::isAlive);
    var asked = audit.requests().ofOperator();
    assertThat(aboutReports(asked).count()).isZero();
    assertThat(asked.only(r -> r.resource().isEmpty()).count())
        .as("one question for each kind with each of at most four sweeps")
        .isPositive()
        .isLessThanOrEqualTo(8);
    assertThat(operator.log()).doesNotContain("reports.openreports.io");
  }

  @Test
  @Order(2)
  void without_the_right_it_is_said_once_and_nothing_else_suffers() {
    install("policyreport.yaml");
    eventually("it is said")
        .until(
            () ->
                operator
                    .log()
                    .contains("policyreports.wgpolicyk8s.io cannot be written or listed"));
    Scene.stays(Duration.ofSeconds(7), "the operator is well", operator::isReady);
    assertThat(operator.log().lines().filter(line -> line.contains("(403)"))).hasSize(1);
  }

  @Test
  @Order(3)
  void with_it_a_policy_report_names_what_is_broken() {
    reportsAllowed();
    within(TO_WRITE, "it is there").until(() -> report(ReportKind.PolicyReport).get() != null);
    var report = report(ReportKind.PolicyReport).get();

    assertThat(report.getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/managed-by", "credence");
    assertThat(summary(report)).containsEntry("fail", 1).containsEntry("warn", 0);
    assertThat(results(report))
        .singleElement()
        .satisfies(
            result -> {
              assertThat(result)
                  .containsEntry("policy", "credence")
                  .containsEntry("source", "credence")
                  .containsEntry("rule", "OwnerMissing")
                  .containsEntry("category", "Ownership")
                  .containsEntry("severity", "medium")
                  .containsEntry("result", "fail")
                  .containsEntry("message", scene.message("nobodys", "OwnerAssigned"));
              assertThat(result.get("resources"))
                  .isEqualTo(
                      List.of(
                          Map.of(
                              "apiVersion",
                              "credence.dev/v1alpha1",
                              "kind",
                              "MachineIdentity",
                              "namespace",
                              scene.namespace(),
                              "name",
                              "nobodys",
                              "uid",
                              scene.identity("nobodys").get().getMetadata().getUid())));
            });
  }

  @Test
  @Order(4)
  void where_open_reports_come_they_take_its_place() {
    install("report.yaml");
    within(TO_WRITE, "the one kind is there").until(() -> report(ReportKind.Report).get() != null);
    within(TO_WRITE, "the other is not").until(() -> report(ReportKind.PolicyReport).get() == null);
    var report = report(ReportKind.Report).get();
    assertThat(report.<String>get("source")).isEqualTo("credence");
    assertThat(results(report)).hasSize(1);
  }

  @Test
  @Order(5)
  void what_changes_is_written_once() {
    var audit = cluster.audit();
    scene.patch(scene.identity("nobodys"), "{spec: {%s}}".formatted(OWNER));
    within(TO_WRITE, "nothing is broken any more")
        .until(() -> results(report(ReportKind.Report).get()).isEmpty());
    assertThat(summary(report(ReportKind.Report).get())).containsEntry("fail", 0);
    assertThat(aboutReports(audit.requests()).writes()).hasToString("patch reports: 1");
  }

  @Test
  @Order(6)
  void at_rest_and_after_a_restart_nothing_is_written() {
    var audit = cluster.audit();
    operator.terminate();
    operator = operator();
    scene.awaitReady("nobodys");
    Scene.stays(Duration.ofSeconds(15), "the operator lives", operator::isAlive);

    var asked = aboutReports(audit.requests());
    assertThat(asked.writes()).hasToString("");
    assertThat(asked.count()).isPositive();
  }

  @Test
  @Order(7)
  void what_somebody_else_made_is_left_alone() {
    others.create(
        "{apiVersion: openreports.io/v1alpha1, kind: Report, metadata: {name: credence}, source: mine}");
    var version = report(others, ReportKind.Report).get().getMetadata().getResourceVersion();
    others.identity("erp", "purpose: nobody knows");
    others.await("erp", "OwnerAssigned", "False OwnerMissing");
    eventually("it is said")
        .until(() -> operator.log().contains("exists and is not managed by Credence"));
    Scene.stays(
        Duration.ofSeconds(15),
        "it is as it was",
        () ->
            report(others, ReportKind.Report)
                .get()
                .getMetadata()
                .getResourceVersion()
                .equals(version));
    assertThat(
            operator
                .log()
                .lines()
                .filter(line -> line.contains("exists and is not managed by Credence")))
        .hasSize(1);

    report(others, ReportKind.Report).delete();
    within(TO_WRITE, "ours takes its place")
        .until(
            () ->
                Optional.ofNullable(report(others, ReportKind.Report).get())
                    .filter(report -> "credence".equals(report.get("source")))
                    .isPresent());
    assertThat(results(report(others, ReportKind.Report).get()).getFirst())
        .containsEntry("result", "warn");
  }

  @Test
  @Order(8)
  void what_somebody_changed_or_took_away_comes_back_with_the_sweep() {
    scene.patch(report(ReportKind.Report), "{summary: {fail: 99}}");
    within(TO_WRITE, "it is mended")
        .until(() -> summary(report(ReportKind.Report).get()).get("fail").equals(0));
    report(ReportKind.Report).delete();
    within(TO_WRITE, "it is made again").until(() -> report(ReportKind.Report).get() != null);
  }

  @Test
  @Order(9)
  void with_its_last_identity_a_namespace_loses_its_report() {
    scene.identity("crm").delete();
    scene.identity("nobodys").delete();
    within(TO_WRITE, "it is gone").until(() -> report(ReportKind.Report).get() == null);
  }

  @Test
  @Order(10)
  void kinds_that_go_are_missed_by_nobody() {
    cluster.kubectl("delete", "crd", REPORTS, POLICY_REPORTS);
    scene.identity("late", "purpose: nobody knows");
    scene.await("late", "OwnerAssigned", "False OwnerMissing");
    eventually("it is noticed")
        .until(() -> operator.log().contains("reports.openreports.io are no longer served"));
    Scene.stays(Duration.ofSeconds(5), "the operator is well", operator::isReady);
  }

  /// As `helm upgrade --set reports.enabled=true` gives it.
  private static void reportsAllowed() {
    cluster.chart("reports.enabled=true");
  }

  private static void install(String crd) {
    cluster.kubectl(
        "apply",
        "--server-side",
        "-f",
        Path.of("src/test/resources/open-reports", crd).toAbsolutePath().toString());
  }

  /// Discovery is no request about a resource, and is not counted.
  private static Requests aboutReports(Requests requests) {
    return requests
        .ofOperator()
        .only(r -> r.resource().equals("reports") || r.resource().equals("policyreports"));
  }

  private static Resource<GenericKubernetesResource> report(ReportKind kind) {
    return report(scene, kind);
  }

  private static Resource<GenericKubernetesResource> report(Scene where, ReportKind kind) {
    return where
        .client()
        .genericKubernetesResources(Reports.context(kind))
        .inNamespace(where.namespace())
        .withName("credence");
  }

  private static Map<String, Object> summary(GenericKubernetesResource report) {
    return report.get("summary");
  }

  private static List<Map<String, Object>> results(GenericKubernetesResource report) {
    return report.get("results");
  }
}
