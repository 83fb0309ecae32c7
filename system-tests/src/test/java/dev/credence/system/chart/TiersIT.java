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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
        LocalCluster.UNCHECKED,
        "--set",
        "operator.enabled=false,rbac.tier=" + tier);
  }

  private static OperatorProcess operator(String tier) {
    return OperatorProcess.on(cluster)
        .with("CREDENCE_TIER", tier)
        .with("CREDENCE_RESYNC_INTERVAL", "1s")
        .start();
  }

  /// As on a cluster that never had the chart: Helm cannot look up kinds that are not there yet.
  /// With the tier Enforce, the cluster of this class got the chart like that when it began.
  @Test
  void the_chart_is_installed_where_its_kinds_are_not_known() {
    cluster.helm("uninstall", "credence", "--namespace", LocalCluster.NAMESPACE, "--wait");
    cluster.kubectl(
        "delete",
        "crd",
        "machineidentities.credence.dev",
        "credentialpolicies.credence.dev",
        "suspensionlists.credence.dev");
    assertThat(install("Rotate", "--dry-run=server")).contains("The tier is Rotate");
    assertThat(install("Observe")).contains("STATUS: deployed", "The tier is Observe");
    cluster.awaitSchemas();
  }

  private static String install(String tier, String... more) {
    var words =
        new ArrayList<>(
            List.of("install", "credence", CHART, "--namespace", LocalCluster.NAMESPACE));
    words.addAll(List.of("--set", "operator.enabled=false,rbac.tier=" + tier));
    words.addAll(List.of(more));
    return cluster.helm(words.toArray(String[]::new));
  }

  /// The commands of getting-started.md, with the operator as a process in place of those that
  /// install and upgrade the chart, and beside them what the page does not show: what an operator
  /// of each tier writes.
  @Test
  void from_tier_to_tier_the_operator_does_what_the_page_says_and_no_more() {
    var page = Readme.of(cluster, "docs/getting-started.md");
    var observed = Scene.fresh(cluster, "observed");
    rights("Observe");
    try (var operator = operator("Observe")) {
      oneThatObservesWritesNothingButWhatItSees(
          observed,
          operator,
          () -> {
            page.follow("3. See what exists already");
            page.follow("4. Declare an identity");
          });
    }
    rights("Rotate");
    try (var operator = operator("Rotate")) {
      oneThatRotatesMakesCredentialsAndTouchesNoAccount(
          operator,
          () -> {
            page.follow("5. Let the operator create and rotate Secrets");
            page.follow("6. Rotate the key");
          });
    }
    rights("Enforce");
    try (var operator = operator("Enforce")) {
      page.follow("7. Suspend and resume the identity");
      oneThatEnforcesGoesOn(observed);
      page.cleanUp();
    }
  }

  private static void oneThatObservesWritesNothingButWhatItSees(
      Scene scene, OperatorProcess operator, Runnable page) {
    var audit = cluster.audit();
    scene.createAccount("crm-sync");
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp}}");
    var account = Scene.print(scene.account("crm-sync"));
    var secret = Scene.print(scene.secret("crm-smtp"));
    scene.identity(
        "mail", Scene.OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-smtp}]");
    scene.identity("crm", Scene.OWNER + ", secrets: [" + Scene.password("crm-db") + "]");
    scene.identity("gone", Scene.OWNER);
    page.run();
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
            () -> operator.metric("credence_last_resync_timestamp_seconds").orElse(0) > swept + 2);

    var written = audit.requests().ofOperator().writes();
    assertThat(written.only(request -> !STATUS.contains(request.resource())).all()).isEmpty();
    assertThat(written.in(scene.namespace()).count()).as("at rest nothing is").isLessThan(12);
    assertThat(audit.requests().ofOperator().forbidden().all()).isEmpty();
    assertThat(Scene.print(scene.account("crm-sync"))).isEqualTo(account);
    assertThat(Scene.print(scene.secret("crm-smtp"))).isEqualTo(secret);
    assertThat(scene.secret("crm-db").get()).isNull();
  }

  private static void oneThatEnforcesGoesOn(Scene scene) {
    scene.awaitReady("crm");
    eventually("the account is suspended, now that it may be")
        .until(() -> scene.status("mail").suspension().inForce().size() >= 2);
    assertThat(scene.isMarked(scene.account("crm-sync"), "mail")).isTrue();
    assertThat(rights("Rotate"))
        .contains("These ServiceAccounts are suspended", scene.namespace() + ".crm-sync");
    assertThat(rights("Enforce")).doesNotContain("These ServiceAccounts are suspended");
    scene.patch(scene.identity("mail"), "{metadata: {annotations: {credence.dev/suspend: null}}}");
    scene.await("mail", "Suspended", "absent");
  }

  private static void oneThatRotatesMakesCredentialsAndTouchesNoAccount(
      OperatorProcess operator, Runnable page) {
    var audit = cluster.audit();
    var scene = Scene.fresh(cluster, "rotated");
    scene.createAccount("crm-sync");
    var account = Scene.print(scene.account("crm-sync"));
    scene.identity(
        "crm",
        Scene.OWNER
            + ", serviceAccounts: [{name: crm-sync}, {name: crm-report, provision: {}}], secrets: ["
            + Scene.password("crm-db")
            + ", {name: crm-ci, token: {serviceAccountName: crm-sync, lifetime: 24h}}]");
    page.run();
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
    scene.identity("crm").delete();
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
