// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentityStatus.PolicyRef;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Scene;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An operator of two namespaces (`settings.watchNamespaces`), with the rights that the chart gives
/// it there and no others: the rights of the one account, so that the chart is installed as it was
/// at the end.
@OnCluster
class NamespacedIT {
  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();

  private static LocalCluster cluster;
  private Scene sales;
  private Scene payments;
  private Scene others;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
  }

  @AfterAll
  static void stop() {
    cluster.chartAsItIs();
  }

  @BeforeEach
  void namespaces() {
    sales = Scene.fresh(cluster, "sales");
    payments = Scene.fresh(cluster, "payments");
    others = Scene.fresh(cluster, "others");
  }

  @AfterEach
  void delete() {
    for (var scene : List.of(sales, payments, others)) {
      cluster.client().namespaces().withName(scene.namespace()).delete();
    }
  }

  private String watched() {
    return sales.namespace() + "," + payments.namespace();
  }

  private void install(String values) {
    cluster.helm(
        "upgrade",
        "credence",
        CHART,
        "--namespace",
        LocalCluster.NAMESPACE,
        "--set",
        "operator.enabled=false,settings.watchNamespaces={" + watched() + "}" + values);
  }

  private OperatorProcess.Start operator() {
    return OperatorProcess.on(cluster)
        .with("CREDENCE_WATCH_NAMESPACES", watched())
        .with("CREDENCE_RESYNC_INTERVAL", "1s");
  }

  @Test
  void its_namespaces_are_looked_after_and_others_are_not_even_asked_about() {
    install("");
    var audit = cluster.audit();
    for (var scene : Stream.of(sales, payments, others).toList()) {
      scene.createAccount("crm-sync");
      scene.identity(
          "crm",
          "owner: {team: sales}, serviceAccounts: [{name: crm-sync}], secrets: ["
              + Scene.password("crm-db")
              + "]");
    }
    others.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: crm-%s},"
                .formatted(sales.namespace())
            + " roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin},"
            + " subjects: [{kind: ServiceAccount, name: crm-sync, namespace: %s}]}"
                .formatted(sales.namespace()));
    try (var policy = sales.policy("enforcement: Enforce, owner: {required: true}");
        var operator = operator().start()) {
      payments.await("crm", "Ready", "True Compliant");
      sales.await("crm", "Ready", "False OwnerMissing");
      assertThat(sales.status("crm").policies())
          .extracting(PolicyRef::name)
          .containsExactly(policy.name());
      assertThat(sales.result("crm", "LeastPrivilege"))
          .as("rights that are given everywhere are seen")
          .isEqualTo("False FindingsPresent");
      payments.annotate(payments.secret("crm-db"), "credence.dev/rotate-now", "now");
      payments.awaitVersion("crm-db", 2);
      payments.annotate(payments.identity("crm"), "credence.dev/suspend", "INC-7");
      payments.await("crm", "Suspended", "True Requested");
      payments.identity("crm").delete();
      eventually("what was marked for it is let go")
          .until(() -> payments.isUnmarked(payments.account("crm-sync")));

      var requests = audit.requests().ofOperator();
      assertThat(requests.forbidden().all()).isEmpty();
      assertThat(requests.in(others.namespace()).all()).isEmpty();
      assertThat(others.secret("crm-db").get()).isNull();
      assertThat(others.isUnmarked(others.account("crm-sync"))).isTrue();
      assertThat(operator.isReady()).isTrue();
    }
  }

  @Test
  void without_the_right_to_read_cluster_roles_only_the_judgement_of_rights_is_missing() {
    install(",risk.enabled=false");
    var audit = cluster.audit();
    sales.createAccount("crm-sync");
    sales.identity(
        "crm",
        Scene.OWNER
            + ", serviceAccounts: [{name: crm-sync}], secrets: ["
            + Scene.password("crm-db")
            + "]");
    try (var operator = operator().with("CREDENCE_RISK", "false").start()) {
      sales.awaitReady("crm");
      assertThat(sales.result("crm", "LeastPrivilege")).isEqualTo("absent");
      assertThat(sales.status("crm").risk()).isNull();
      var requests = audit.requests().ofOperator();
      assertThat(requests.forbidden().all()).isEmpty();
      assertThat(requests.only(one -> one.group().startsWith("rbac.")).all()).isEmpty();
      assertThat(operator.isReady()).isTrue();
    }
  }
}
