// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Readme;
import dev.credence.system.Scene;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An operator with the rights of each tier of the chart, and one with fewer rights than it thinks.
/// On a cluster of its own, since they are the rights of the operator's one account.
@OnCluster
class TiersIT {
  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();
  private static final Set<String> STATUS =
      Set.of("machineidentities/status", "credentialpolicies/status");
  private static final Duration RIGHTS_ARE_ASKED_FOR_AGAIN = Duration.ofSeconds(100);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.fresh("tiers");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// What Helm says to it.
  private static String rights(String tier) {
    return cluster.helm(
        "upgrade",
        "credence",
        CHART,
        "--namespace",
        LocalCluster.NAMESPACE,
        "--set",
        "operator.enabled=false,rbac.tier=" + tier);
  }

  private static OperatorProcess operator(String tier) {
    return OperatorProcess.on(cluster)
        .with("CREDENCE_TIER", tier)
        .with("CREDENCE_RESYNC_INTERVAL", "1s")
        .start();
  }

  /// With the operator as a process, in place of the commands that install and upgrade the chart.
  @Test
  void the_commands_of_getting_started_print_what_the_page_says() {
    var page = Readme.of(cluster, "docs/getting-started.md");
    rights("Observe");
    try (var operator = operator("Observe")) {
      page.follow("3. See what exists already");
      page.follow("4. Declare an identity");
    }
    rights("Rotate");
    try (var operator = operator("Rotate")) {
      page.follow("5. Let the operator create and rotate Secrets");
      page.follow("6. Rotate the key");
    }
    rights("Enforce");
    try (var operator = operator("Enforce")) {
      page.follow("7. Suspend and resume the identity");
      page.cleanUp();
    }
  }

  /// As on a cluster that never had the chart: Helm cannot look up kinds that are not there yet.
  @ParameterizedTest
  @ValueSource(strings = {"Observe", "Rotate", "Enforce"})
  void the_chart_is_installed_where_its_kinds_are_not_known(String tier) {
    cluster.helm("uninstall", "credence", "--namespace", LocalCluster.NAMESPACE, "--wait");
    cluster.kubectl("delete", "crd", "machineidentities.credence.dev");
    cluster.kubectl("delete", "crd", "credentialpolicies.credence.dev");
    cluster.kubectl("delete", "crd", "suspensionlists.credence.dev");
    assertThat(
            cluster.helm(
                "install",
                "credence",
                CHART,
                "--namespace",
                LocalCluster.NAMESPACE,
                "--set",
                "operator.enabled=false,rbac.tier=" + tier))
        .contains("STATUS: deployed");
    cluster.awaitSchemas();
  }

  @Test
  void one_that_observes_writes_nothing_but_what_it_sees_and_one_that_enforces_goes_on() {
    rights("Observe");
    var audit = cluster.audit();
    var scene = Scene.fresh(cluster, "observed");
    scene.createAccount("crm-sync");
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp}}");
    var account = Scene.print(scene.account("crm-sync"));
    var secret = Scene.print(scene.secret("crm-smtp"));
    try (var operator = operator("Observe")) {
      scene.identity(
          "mail",
          Scene.OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-smtp}]");
      scene.identity("crm", Scene.OWNER + ", secrets: [" + Scene.password("crm-db") + "]");
      scene.identity("gone", Scene.OWNER);
      scene.awaitReady("mail");
      scene.await("crm", "Ready", "False RotationBlocked");
      assertThat(scene.message("crm", "CredentialsFresh"))
          .contains("needs the tier Rotate", "the operator has the tier Observe");
      assertThat(scene.stand("crm", "crm-db")).isEqualTo("Blocked");
      scene.annotate(scene.identity("mail"), "credence.dev/suspend", "INC-7");
      scene.await("mail", "Suspended", "True NotEnforced");
      assertThat(scene.message("mail", "Suspended")).contains("not in effect");
      scene.identity("gone").delete();
      var swept = operator.metric("credence_last_resync_timestamp_seconds").orElse(0);
      eventually("it has swept since")
          .until(
              () ->
                  operator.metric("credence_last_resync_timestamp_seconds").orElse(0) > swept + 2);

      var written = audit.requests().ofOperator().writes();
      assertThat(written.only(request -> !STATUS.contains(request.resource())).all()).isEmpty();
      assertThat(written.in(scene.namespace()).count()).as("at rest nothing is").isLessThan(12);
      assertThat(audit.requests().ofOperator().forbidden().all()).isEmpty();
      assertThat(Scene.print(scene.account("crm-sync"))).isEqualTo(account);
      assertThat(Scene.print(scene.secret("crm-smtp"))).isEqualTo(secret);
      assertThat(scene.secret("crm-db").get()).isNull();
    }

    rights("Enforce");
    try (var operator = operator("Enforce")) {
      scene.awaitReady("crm");
      eventually("the account is suspended, now that it may be")
          .until(() -> scene.status("mail").suspension().inForce().size() >= 2);
      assertThat(scene.isMarked(scene.account("crm-sync"), "mail")).isTrue();
      assertThat(rights("Rotate"))
          .contains("These ServiceAccounts are suspended", scene.namespace() + ".crm-sync");
      assertThat(rights("Enforce")).doesNotContain("These ServiceAccounts are suspended");
      scene.patch(
          scene.identity("mail"), "{metadata: {annotations: {credence.dev/suspend: null}}}");
      scene.await("mail", "Suspended", "absent");
    }
  }

  @Test
  void one_that_rotates_makes_credentials_and_touches_no_account() {
    rights("Rotate");
    var audit = cluster.audit();
    var scene = Scene.fresh(cluster, "rotated");
    scene.createAccount("crm-sync");
    var account = Scene.print(scene.account("crm-sync"));
    try (var operator = operator("Rotate")) {
      scene.identity(
          "crm",
          Scene.OWNER
              + ", serviceAccounts: [{name: crm-sync}, {name: crm-report, provision: {}}], secrets: ["
              + Scene.password("crm-db")
              + ", {name: crm-ci, token: {serviceAccountName: crm-sync, lifetime: 24h}}]");
      scene.awaitStand("crm", "crm-db", "Fresh 1");
      scene.awaitStand("crm", "crm-ci", "Fresh 1");
      scene.await("crm", "Ready", "False MemberMissing");
      assertThat(scene.message("crm", "Ready")).contains("needs the tier Enforce");
      scene.annotate(scene.secret("crm-db"), "credence.dev/rotate-now", "now");
      scene.awaitVersion("crm-db", 2);
      scene.annotate(scene.identity("crm"), "credence.dev/suspend", "INC-8");
      scene.await("crm", "Suspended", "True NotEnforced");
      eventually("its own token is ended")
          .until(() -> scene.secret("crm-ci-anchor-v1").get() == null);
      assertThat(scene.status("crm").suspension().notCovered())
          .anyMatch(sentence -> sentence.startsWith("ServiceAccount crm-sync can still write"));

      var requests = audit.requests().ofOperator();
      assertThat(requests.forbidden().all()).isEmpty();
      assertThat(requests.writes().on("serviceaccounts").all()).isEmpty();
      assertThat(requests.writes().on("configmaps").all()).isEmpty();
      assertThat(Scene.print(scene.account("crm-sync"))).isEqualTo(account);
      assertThat(operator.isAlive()).isTrue();
    }
  }

  @Test
  void one_with_fewer_rights_than_it_thinks_says_so_and_goes_on_when_they_come() {
    rights("Observe");
    var scene = Scene.fresh(cluster, "refused");
    scene.createAccount("crm-sync");
    try (var operator = operator("Enforce")) {
      scene.identity("linked", Scene.OWNER + ", serviceAccounts: [{name: crm-sync}]");
      scene.identity("crm", Scene.OWNER + ", secrets: [" + Scene.password("crm-db") + "]");
      scene.awaitReady("linked");
      scene.await("crm", "Ready", "False RotationBlocked");
      assertThat(scene.message("crm", "Ready")).contains("(403)", "secrets");
      eventually("it is counted")
          .until(
              () ->
                  operator
                      .metric("credence_permissions_missing{resource=\"secrets\",verb=\"create\"}")
                      .isPresent());
      assertThat(operator.isReady()).isTrue();

      // It waits 1, 2, 4, 8, 16 seconds … between two tries of each of two objects.
      var audit = cluster.audit();
      var swept = operator.metric("credence_last_resync_timestamp_seconds").orElse(0);
      within(Duration.ofSeconds(40), "twelve sweeps are done")
          .until(
              () ->
                  operator.metric("credence_last_resync_timestamp_seconds").orElse(0) > swept + 12);
      assertThat(audit.requests().ofOperator().forbidden().in(scene.namespace()).count())
          .isLessThanOrEqualTo(12);

      rights("Enforce");
      within(RIGHTS_ARE_ASKED_FOR_AGAIN, "it goes on")
          .until(() -> scene.result("crm", "Ready").equals("True Compliant"));
      within(RIGHTS_ARE_ASKED_FOR_AGAIN, "nothing is missing any more")
          .until(() -> !operator.metrics().contains("credence_permissions_missing{"));
      assertThat(scene.isMarked(scene.account("crm-sync"), "linked")).isTrue();
    }
  }
}
