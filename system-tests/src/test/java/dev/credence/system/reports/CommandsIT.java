// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.reports;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.CommandLine;
import dev.credence.system.Scene;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people type, on a real API server, and what the operator makes of it.
@WithOperator
class CommandsIT {
  private static final String ROB = "rob@example.com";
  private static final String ANNA = "anna@example.com";

  @Test
  void rotate_waits_until_the_new_values_are_in_force(
      TestNamespace namespace, LocalCluster cluster) {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    scene.identity(
        "crm", OWNER + ", secrets: [" + password("crm-db") + ", " + password("crm-api") + "]");
    scene.awaitVersion("crm-db", 1);
    scene.awaitVersion("crm-api", 1);
    scene.awaitReady("crm");

    var all = commands.inProcess("rotate", "crm", "-n", namespace.name(), "--wait");
    assertThat(all.code()).as(all.err()).isZero();
    assertThat(all.out()).contains("Rotation requested for crm-db, crm-api", "Done.");
    assertThat(scene.version("crm-db")).isEqualTo(2);
    assertThat(scene.version("crm-api")).isEqualTo(2);

    var dry =
        commands.inProcess("rotate", namespace.name() + "/crm", "--secret", "crm-db", "--dry-run");
    assertThat(dry.code()).as(dry.err()).isZero();
    assertThat(dry.out()).contains("dry run: nothing was changed");
    assertThat(Scene.annotation(scene.secret("crm-db"), Api.ROTATE)).isEmpty();

    var one =
        commands.inProcess(
            "rotate",
            "crm",
            "-n",
            namespace.name(),
            "--secret",
            "crm-db",
            "--now",
            "--reason",
            "seen in a log!",
            "--wait");
    assertThat(one.code()).as(one.err()).isZero();
    assertThat(scene.version("crm-db")).isEqualTo(3);
    assertThat(scene.version("crm-api")).isEqualTo(2);
    assertThat(Scene.annotation(scene.secret("crm-db"), Api.ROTATE_NOW).orElseThrow())
        .endsWith(" seen in a log!");

    var revoked =
        commands.inProcess(
            "revoke",
            "crm",
            "-n",
            namespace.name(),
            "--secret",
            "crm-api",
            "--reason",
            "INC-7",
            "--wait");
    assertThat(revoked.code()).as(revoked.err()).isZero();
    assertThat(scene.version("crm-api")).isEqualTo(3);

    isOneLine(
        commands.inProcess("rotate", "crm", "-n", namespace.name(), "--secret", "other"),
        "Secret other is not generated for " + namespace.name() + "/crm");
    isOneLine(
        commands.inProcess("rotate", "cmr", "-n", namespace.name()),
        "MachineIdentity cmr does not exist in namespace " + namespace.name());
  }

  @Test
  void suspend_and_resume(TestNamespace namespace, LocalCluster cluster) {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    scene.createAccount("crm-sync");
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    scene.awaitReady("crm");

    var resumed = commands.inProcess("resume", "crm", "-n", namespace.name());
    assertThat(resumed.out()).contains("The identity is not suspended.");

    var suspended =
        commands.inProcess(
            "suspend",
            "crm",
            "-n",
            namespace.name(),
            "--compromised",
            "--reason",
            "INC-7",
            "--wait");
    assertThat(suspended.code()).as(suspended.err()).isZero();
    assertThat(scene.status("crm").state()).isEqualTo(LifeState.Suspended);
    assertThat(scene.status("crm").suspension().reason()).isEqualTo("Compromised");

    var back = commands.inProcess("resume", "crm", "-n", namespace.name(), "--wait");
    assertThat(back.code()).as(back.err()).isZero();
    assertThat(scene.status("crm").state()).isEqualTo(LifeState.Active);

    scene.patch(scene.identity("crm"), "{spec: {state: Suspended}}");
    scene.await("crm", "Suspended", "True Requested");
    assertThat(commands.inProcess("resume", "crm", "-n", namespace.name()).out())
        .contains("spec.state is Suspended");
  }

  @Test
  void who_may_not_approve_is_told_so_in_one_line(TestNamespace namespace, LocalCluster cluster) {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    role(scene, "editors", "get, list, patch", ROB);
    role(scene, "approvers", "get, list, patch, approve, review", ANNA);
    try (var policy = scene.policy("enforcement: Enforce, approval: {required: true}")) {
      scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      scene.await("crm", "Approved", "False ApprovalPending");
      eventually("Rob may read")
          .until(
              () ->
                  !commands
                      .inProcess("approve", "crm", "-n", namespace.name(), "--as", ROB)
                      .err()
                      .contains("cannot get"));

      isOneLine(
          commands.inProcess("approve", "crm", "-n", namespace.name(), "--as", ROB, "--yes"),
          ROB + " may not approve crm");
      // Nobody is there to be asked.
      isOneLine(
          commands.inProcess("approve", "crm", "-n", namespace.name(), "--as", ANNA), "add --yes");

      var approved =
          commands.inProcess(
              "approve", "crm", "-n", namespace.name(), "--as", ANNA, "--yes", "--wait");
      assertThat(approved.code()).as(approved.err()).isZero();
      assertThat(approved.out()).contains("crm-db (generated)", "owner", "scope");
      scene.awaitVersion("crm-db", 1);
      assertThat(scene.status("crm").approval().approvedBy()).isEqualTo(ANNA);

      var again = commands.inProcess("approve", "crm", "-n", namespace.name(), "--as", ANNA);
      assertThat(again.code()).isZero();
      assertThat(again.out()).contains("Nothing to approve");

      var review = commands.inProcess("review", "crm", "-n", namespace.name(), "--as", ANNA);
      assertThat(review.code()).as(review.err()).isZero();
      assertThat(Scene.annotation(scene.identity("crm"), "credence.dev/review").orElseThrow())
          .matches(ANNA + " \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }
  }

  @Test
  void explain_says_what_the_status_says_and_changes_nothing(
      TestNamespace namespace, LocalCluster cluster) {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    role(scene, "readers", "get, list", ROB);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, priority: 7, rotation: {interval: 720h, windows: [{schedule: '0 3 1 1 *', duration: 1h}]}, owner: {required: true, contactPattern: '.*@nowhere'}")) {
      scene.identity(
          "crm",
          OWNER
              + ", serviceAccounts: [{name: not-there}], secrets: ["
              + password("crm-db")
              + "], expirationTime: '2031-06-30T00:00:00Z'");
      scene.awaitVersion("crm-db", 1);
      scene.await("crm", "OwnerAssigned", "False OwnerInvalid");
      scene.await("crm", "MembersLinked", "False MemberMissing");
      var before = Scene.print(scene.identity("crm")) + Scene.print(scene.secret("crm-db"));

      var explained = commands.inProcess("explain", "crm", "-n", namespace.name());
      assertThat(explained.code()).as(explained.err()).isZero();
      var status = scene.status("crm");
      assertThat(explained.out())
          .contains(
              status.state().name(),
              policy.name() + " (Enforce, priority 7) decides owner, rotation")
          .contains("crm-db: Generated, Fresh", "Version 1", "2031-06-30T00:00:00Z")
          .contains("The next opens")
          .contains("Actions that are due now")
          .doesNotContain("The status still shows", "Check whether it is running");
      status.conditions().stream()
          .filter(condition -> condition.status() == Condition.Truth.False)
          .filter(condition -> List.of("OwnerAssigned", "MembersLinked").contains(condition.type()))
          .forEach(
              condition ->
                  assertThat(explained.out())
                      .contains(
                          condition.type()
                              + " False, "
                              + condition.reason()
                              + ": "
                              + condition.message()));
      assertThat(explained.out())
          .contains(status.credentials().getFirst().nextRotationTime().toString());
      assertThat(Scene.print(scene.identity("crm")) + Scene.print(scene.secret("crm-db")))
          .isEqualTo(before);

      eventually("Rob, who may look at identities alone, is told what there is")
          .untilAsserted(
              () -> {
                var reported =
                    commands.inProcess("explain", "crm", "-n", namespace.name(), "--as", ROB);
                assertThat(reported.code()).as(reported.err()).isZero();
                assertThat(reported.out())
                    .contains("no permission to list namespaces in the cluster", "MemberMissing");
              });
    }
  }

  @Test
  void plan_says_what_a_policy_does_before_it_is_applied(
      TestNamespace namespace, LocalCluster cluster, @TempDir Path folder) throws IOException {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    scene.identity("crm", "secrets: [" + password("crm-db") + "]");
    scene.awaitReady("crm");
    var file =
        Files.writeString(
                folder.resolve("policy.yaml"),
                """
                apiVersion: credence.dev/v1alpha1
                kind: CredentialPolicy
                metadata: {name: for-%1$s}
                spec:
                  match:
                    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
                  enforcement: Enforce
                  owner: {required: true}
                """
                    .formatted(namespace.name()))
            .toString();

    var planned = commands.inProcess("plan", "-f", file, "-n", namespace.name());
    assertThat(planned.code()).as(planned.err()).isZero();
    assertThat(planned.out())
        .contains("(Enforce): New", "1 of 1 identities affected", "1 no longer Ready")
        .contains("MachineIdentity " + namespace.name() + "/crm", "No longer Ready: OwnerMissing");
    scene.awaitReady("crm");

    try (var policy = scene.policy("enforcement: Enforce, owner: {required: true}")) {
      scene.await("crm", "Ready", "False OwnerMissing");
      var again = commands.inProcess("plan", "-f", file, "-n", namespace.name(), "-o", "json");
      assertThat(again.code()).as(again.err()).isZero();
      assertThat(again.out()).contains("\"Unchanged\"", "\"affected\" : [ ]");
    }
  }

  @Test
  void kubectl_finds_it_as_a_plugin(TestNamespace namespace, LocalCluster cluster) {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    scene.identity("crm", OWNER);
    scene.awaitReady("crm");

    var explained = commands.kubectl("credence", "explain", "crm", "-n", namespace.name());
    assertThat(explained.code()).as(explained.err()).isZero();
    assertThat(explained.out()).contains("MachineIdentity " + namespace.name() + "/crm: Active");
    assertThat(commands.kubectl("credence", "--help").out()).contains("Usage: kubectl credence");

    assertThat(commands.kubectl("__complete", "credence", "ro").out()).contains("rotate");
    assertThat(
            commands
                .kubectl("__complete", "credence", "explain", "-n", namespace.name(), "c")
                .out()
                .lines())
        .contains("crm");
  }

  @Test
  void a_cluster_that_does_not_answer_is_one_line(@TempDir Path folder, LocalCluster cluster)
      throws IOException {
    var kubeconfig = folder.resolve("nobody");
    Files.writeString(
        kubeconfig,
        """
        ---
        {apiVersion: v1, kind: Config, current-context: nobody,
         contexts: [{name: nobody, context: {cluster: nobody, user: nobody}}],
         clusters: [{name: nobody, cluster: {server: 'http://127.0.0.1:1'}}],
         users: [{name: nobody, user: {}}]}
        """);
    var commands = new CommandLine(cluster);
    isOneLine(
        commands.credence("report", "--kubeconfig", kubeconfig.toString()),
        "The API server at http://127.0.0.1:1/ does not answer");
    Files.writeString(kubeconfig, "{no kubeconfig");
    isOneLine(
        commands.inProcess("report", "--kubeconfig", kubeconfig.toString()),
        "The kubeconfig cannot be read");
    var wrong = commands.inProcess("report", "--context", "elsewhere");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("has no context elsewhere");
  }

  private static void isOneLine(Program.End end, String text) {
    assertThat(end.code()).as(end.out() + end.err()).isEqualTo(1);
    assertThat(end.err().lines()).hasSize(1);
    assertThat(end.err()).startsWith("credence: ").contains(text);
  }

  static void role(Scene scene, String name, String verbs, String user) {
    scene.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: %s}, rules: [
         {apiGroups: [credence.dev], resources: [machineidentities], verbs: [%s]}]}
        """
            .formatted(name, verbs));
    scene.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: %1$s},
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s},
         subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: %2$s}]}
        """
            .formatted(name, user));
  }
}
