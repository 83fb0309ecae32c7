// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import static dev.credence.system.webfinance.WebFinance.IDENTITY;
import static dev.credence.system.webfinance.WebFinance.NAMESPACE;
import static dev.credence.system.webfinance.WebFinance.SECRETS;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentityStatus.Measure;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Scene;
import dev.credence.system.database.Psql;
import dev.credence.system.kubelet.TestKubelet;
import dev.credence.system.kubelet.TestKubelet.Ran;
import dev.credence.system.security.Canaries;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `examples/webfinance`: one identity with accounts in a real PostgreSQL, in a real directory and
/// on an SSH server, from its first credentials to its end. `make demo-accounts` prints it.
@OnCluster
class WebFinanceIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /// Long enough for a credential that was issued a moment ago, and rotates ten seconds later.
  private static final String OVERLAP = "30s";

  private final DemoOutput demo = new DemoOutput();

  @Test
  void three_accounts_of_one_application(LocalCluster cluster) {
    var kube = cluster.client();
    demo.say(
        "A local Kubernetes cluster is running, with the Helm chart of Credence: API server, etcd and controllers.");
    demo.say(
        "Three systems start on 127.0.0.1: PostgreSQL, a directory (ApacheDS) and an SSH server.");
    try (var finance = WebFinance.start(cluster);
        var canaries = Canaries.in(kube, NAMESPACE);
        var kubelet = TestKubelet.start(kube, NAMESPACE, Psql.folder());
        var operator = OperatorProcess.on(cluster).start()) {
      demo.say(
          "The operator runs. It changes an account by a hook: a Job with the image credence-hooks, which is a local process here.");
      try (var application = Application.start(kube, NAMESPACE, IDENTITY, finance.accounts())) {
        receiveFirstCredentials(finance, cluster);
        rotate(finance, application);
      }
      suspendAndResume(finance);
      decommission(finance, cluster);
      assertThat(kubelet.ran()).extracting(Ran::exitCode).containsOnlyOnce(77);
      assertNoValue(canaries, finance, cluster, operator, kubelet);
      demo.say(
          "No credential is in a log of the operator, a hook or a system, in an Event, or in a status.");
    }
    demo.say("The systems and the operator are stopped, and the namespace finance is deleted.");
  }

  /// The administrator of the database forgot a grant. The status says which.
  private void receiveFirstCredentials(WebFinance finance, LocalCluster cluster) {
    var scene = finance.scene();
    finance.inDatabase("REVOKE ADMIN OPTION FOR webfinance FROM wf_admin");
    finance.applyIdentity();
    shorten(scene);
    demo.say(
        "The MachineIdentity webfinance is created: an owner, an expiration date, and an account in each system.");
    within(DEADLINE, "the missing grant is named")
        .until(() -> scene.message(IDENTITY, "CredentialsFresh").contains("The hook reports: "));
    var message = scene.message(IDENTITY, "CredentialsFresh");
    assertThat(message).contains("Run as a superuser: GRANT \"webfinance\" TO \"wf_admin\"");
    demo.say(
        "The hooks' account in the database lacks a grant. The condition CredentialsFresh names it:");
    demo.quote(message);
    finance.inDatabase("GRANT webfinance TO wf_admin WITH ADMIN OPTION");
    within(DEADLINE, "the identity is ready")
        .until(() -> scene.result(IDENTITY, "Ready").equals("True Compliant"));
    demo.say("The administrator runs that GRANT, and the operator retries. The identity is Ready:");
    showIdentity(cluster, scene);
    assertThat(finance.refusals(finance.values()).values()).allMatch(Optional::isEmpty);
    tell("The application logs in to", finance.refusals(finance.values()));
  }

  /// At once: a credential that was issued less than ten seconds ago rotates last, and the restart
  /// waits for it.
  private void rotate(WebFinance finance, Application application) {
    var scene = finance.scene();
    var old = finance.values();
    within(DEADLINE, "the application logs in").until(() -> application.logins() > 20);
    var revision = revision(scene);
    demo.say("Rotation of all three: kubectl annotate mid webfinance credence.dev/rotate-now=…");
    scene.annotate(scene.identity(IDENTITY), Api.ROTATE_NOW, "now");
    SECRETS.forEach(secret -> scene.awaitVersion(DEADLINE, secret, 2));
    demo.say(
        "Each new credential was set in its system and verified by a login. Then it became active.");
    within(DEADLINE, "the application is restarted").until(() -> revision(scene) > revision);
    demo.say("The application is restarted once for all three (Deployment webfinance).");
    SECRETS.forEach(secret -> awaitStand(scene, secret, "Fresh 2"));
    assertThat(revision(scene)).as("one restart").isEqualTo(revision + 1);
    var logins = application.logins();
    within(DEADLINE, "the application logs in after the overlap")
        .until(() -> application.logins() > logins + 20);
    assertThat(application.failures()).isEmpty();
    demo.say(
        "The overlap of %s is over. The application has logged in %d times, and no login failed.",
        OVERLAP, application.logins());
    assertThat(finance.refusals(finance.values()).values()).allMatch(Optional::isEmpty);
    assertThat(finance.refusals(old).values()).allMatch(Optional::isPresent);
    tell("With the old credential, a login to", finance.refusals(old));
  }

  private void suspendAndResume(WebFinance finance) {
    var scene = finance.scene();
    var values = finance.values();
    demo.say("An incident: kubectl annotate mid webfinance credence.dev/suspend=INC-7");
    scene.annotate(scene.identity(IDENTITY), Api.SUSPEND, "INC-7");
    SECRETS.forEach(secret -> awaitStand(scene, secret, "Locked 2"));
    within(DEADLINE, "the suspension covers the accounts")
        .until(() -> scene.result(IDENTITY, "Suspended").equals("True Requested"));
    assertThat(scene.status(IDENTITY).suspension().inForce()).contains(Measure.AccountsLocked);
    assertThat(finance.refusals(values).values()).allMatch(Optional::isPresent);
    demo.say("One annotation locks all three accounts:");
    demo.quote(scene.message(IDENTITY, "Suspended"));
    tell("With the current credential, a login to", finance.refusals(values));

    demo.say("The annotation is removed: the accounts are unlocked.");
    scene.patch(
        scene.identity(IDENTITY), "{metadata: {annotations: {credence.dev/suspend: null}}}");
    SECRETS.forEach(secret -> awaitStand(scene, secret, "Fresh 2"));
    assertThat(finance.values()).as("the values stay").isEqualTo(values);
    assertThat(finance.refusals(values).values()).allMatch(Optional::isEmpty);
    tell("With the same credential, a login to", finance.refusals(values));
  }

  private void decommission(WebFinance finance, LocalCluster cluster) {
    var scene = finance.scene();
    var values = finance.values();
    demo.say("The application is retired: spec.state is Decommissioned.");
    scene.patch(scene.identity(IDENTITY), "{spec: {state: Decommissioned}}");
    SECRETS.forEach(
        secret ->
            within(DEADLINE, secret + " is gone").until(() -> scene.secret(secret).get() == null));
    assertThat(finance.refusals(values).values()).allMatch(Optional::isPresent);
    assertThat(finance.host().lines()).isEmpty();
    demo.say("The three credentials are revoked in their systems, and their Secrets are deleted:");
    showIdentity(cluster, scene);
    tell("With the last credential, a login to", finance.refusals(values));
  }

  private void showIdentity(LocalCluster cluster, Scene scene) {
    demo.show(
        cluster.kubectl("get", "mid", "-n", NAMESPACE)
            + "\n"
            + scene.status(IDENTITY).credentials().stream()
                .map(
                    one -> "%-16s version %s  %s".formatted(one.name(), one.version(), one.state()))
                .collect(Collectors.joining("\n")));
  }

  /// A day is long for a test.
  private static void shorten(Scene scene) {
    scene.patch(
        scene.client().resources(CredentialPolicy.class).withName("finance-accounts"),
        "{spec: {rotation: {overlap: %s}}}".formatted(OVERLAP));
  }

  private static void awaitStand(Scene scene, String secret, String stand) {
    within(DEADLINE, secret + " is " + stand)
        .until(() -> scene.stand(IDENTITY, secret).equals(stand));
  }

  private static int revision(Scene scene) {
    return Scene.annotation(scene.deployment(IDENTITY), "deployment.kubernetes.io/revision")
        .map(Integer::parseInt)
        .orElse(0);
  }

  private void tell(String what, Map<String, Optional<String>> refusals) {
    demo.show(
        refusals.entrySet().stream()
            .map(
                system ->
                    "%s %s: %s"
                        .formatted(
                            what,
                            system.getKey(),
                            system.getValue().map(why -> "refused, " + why).orElse("succeeded")))
            .collect(Collectors.joining("\n")));
  }

  private static void assertNoValue(
      Canaries canaries,
      WebFinance finance,
      LocalCluster cluster,
      OperatorProcess operator,
      TestKubelet kubelet) {
    assertThat(canaries.count()).isGreaterThan(10);
    assertThat(canaries.foundIn(operator.log())).as("log of the operator").isEmpty();
    assertThat(
            canaries.foundIn(
                kubelet.ran().stream().map(Ran::output).collect(Collectors.joining("\n"))))
        .as("output of the hooks")
        .isEmpty();
    var objects =
        cluster.kubectl("get", "events,pods,jobs,cronjobs,mid", "-n", NAMESPACE, "-o", "json");
    assertThat(canaries.foundIn(objects)).as("Events, pods, Jobs and identities").isEmpty();
    assertThat(canaries.foundIn(String.join("\n", finance.host().lines()))).isEmpty();
    var logs = finance.logs();
    // They speak of the credentials.
    assertThat(logs.get("db.finance")).contains("ALTER ROLE", "SCRAM-SHA-256$");
    assertThat(logs.get("ldap.finance")).contains("Password modified for user uid=wf-green");
    assertThat(logs.get("batch.finance")).contains("publickey");
    logs.forEach(
        (system, log) -> assertThat(canaries.foundIn(log)).as("log of %s", system).isEmpty());
  }
}
