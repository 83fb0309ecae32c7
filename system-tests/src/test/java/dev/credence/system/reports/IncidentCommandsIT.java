// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.reports;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.CommandLine;
import dev.credence.system.Scene;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.api.model.NamedClusterBuilder;
import io.fabric8.kubernetes.api.model.NamedContextBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands that people type during an incident, on a real API server: the way back, and what
/// is wrong and was done, in one cluster and in several.
@WithOperator
class IncidentCommandsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path CLI = LocalCluster.TOP.resolve("docs/cli.md");

  @Test
  void rollback_makes_the_previous_value_current_again(
      TestNamespace namespace, LocalCluster cluster) {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    scene.identity(
        "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 720h, overlap: 24h") + "]");
    scene.awaitVersion("crm-db", 1);
    scene.awaitReady("crm");
    var first = scene.value("crm-db", "password").orElseThrow();

    var tooEarly = commands.inProcess("rollback", "crm", "-n", namespace.name());
    isOneLine(tooEarly, "Secret crm-db does not contain a previous version");
    assertThat(tooEarly.err()).contains("run credence rotate " + namespace.name() + "/crm");

    succeeds(commands.inProcess("rotate", "crm", "-n", namespace.name(), "--now", "--wait"));
    assertThat(scene.value("crm-db", "password")).isNotEqualTo(Optional.of(first));

    var back =
        succeeds(
            commands.inProcess(
                "rollback", "crm", "-n", namespace.name(), "--reason", "login fails", "--wait"));
    assertThat(back.out()).contains("Requested the previous version of Secret crm-db", "Done.");
    assertThat(scene.version("crm-db")).isEqualTo(3);
    assertThat(scene.value("crm-db", "password")).hasValue(first);
    assertThat(scene.events("crm")).anyMatch(event -> event.contains("RolledBack"));
  }

  @Test
  void abort_drops_the_pending_version(TestNamespace namespace, LocalCluster cluster) {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    scene.createHook("apply");
    scene.identity(
        "crm",
        OWNER
            + ", secrets: [{name: crm-db, generate: {keys: [{name: password, password: {}}]}, rotation: {overlap: 24h}, hooks: {apply: {cronJobName: apply}}}]");
    scene.awaitStand("crm", "crm-db", "Fresh 1");
    var first = scene.value("crm-db", "password").orElseThrow();

    var nothing = succeeds(commands.inProcess("abort", "crm", "-n", namespace.name()));
    assertThat(nothing.out())
        .contains("Nothing to abort. Secret crm-db has no pending version, and its state is");

    scene.holdUp("apply");
    succeeds(commands.inProcess("rotate", "crm", "-n", namespace.name(), "--now"));
    eventually("the next version is staged")
        .until(() -> scene.secret("crm-db-pending").get() != null);
    var aborted =
        succeeds(
            commands.inProcess(
                "abort", "crm", "-n", namespace.name(), "--reason", "hook is broken", "--wait"));
    assertThat(aborted.out())
        .contains("Requested to drop the pending version of Secret crm-db", "Done.");
    scene.awaitStand("crm", "crm-db", "Fresh 1");
    assertThat(scene.secret("crm-db-pending").get()).isNull();
    assertThat(scene.value("crm-db", "password")).hasValue(first);
  }

  /// Samples of the documentation, but for the times.
  @Test
  void history_and_status_print_what_the_documentation_shows(
      TestNamespace namespace, LocalCluster cluster) throws IOException {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, owner: {required: true}, rotation: {interval: 720h, overlap: 24h}")) {
      scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      scene.awaitVersion("crm-db", 1);
      scene.awaitReady("crm");
      succeeds(commands.inProcess("rotate", "crm", "-n", namespace.name(), "--now", "--wait"));
      awaitNextSecond();
      succeeds(commands.inProcess("rollback", "crm", "-n", namespace.name(), "--wait"));
      scene.identity("night", "secrets: [" + password("night-db") + "]");
      scene.await("night", "OwnerAssigned", "False OwnerMissing");
      eventually("the Events are written")
          .until(() -> scene.events("crm").stream().anyMatch(one -> one.contains("RolledBack")));

      var history =
          succeeds(
              commands.inProcess(
                  "history", "secret/crm-db", "-n", namespace.name(), "--since", "2h"));
      assertThat(plain(history.out(), namespace)).isEqualTo(sample("history secret/crm-db"));

      var status = commands.inProcess("status", "-n", namespace.name());
      assertThat(status.code()).as(status.err()).isEqualTo(1);
      assertThat(plain(status.out(), namespace)).isEqualTo(sample("status -n sales"));
    }
  }

  @Test
  void several_clusters_are_read_and_one_that_does_not_answer_is_named(
      TestNamespace namespace, LocalCluster cluster, @TempDir Path folder) throws IOException {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    var kubeconfig = kubeconfig(cluster, folder).toString();
    try (var policy = scene.policy("enforcement: Enforce, owner: {required: true}")) {
      scene.identity("night", "purpose: night jobs");
      scene.await("night", "Ready", "False OwnerMissing");

      var two =
          commands.inProcess(
              "status",
              "-n",
              namespace.name(),
              "--kubeconfig",
              kubeconfig,
              "--context",
              "production,staging");
      assertThat(two.code()).as(two.err()).isEqualTo(1);
      assertThat(two.out().lines().skip(1))
          .hasSize(2)
          .allMatch(line -> line.contains("OwnerMissing"))
          .anyMatch(line -> line.startsWith("production "))
          .anyMatch(line -> line.startsWith("staging "));

      var all =
          commands.inProcess(
              "status", "-n", namespace.name(), "--kubeconfig", kubeconfig, "--contexts", "all");
      assertThat(all.code()).isEqualTo(1);
      assertThat(all.err()).contains("credence: partial: Cluster edge could not be read.");
      assertThat(all.out()).contains("production   MachineIdentity " + namespace.name() + "/night");

      var report = report(commands, namespace, kubeconfig, "--contexts", "all");
      assertThat(report.code()).isEqualTo(1);
      var page = JSON.readTree(report.out());
      assertThat(page.path("complete").asBoolean()).isFalse();
      assertThat(page.path("identities")).hasSize(2);
      assertThat(report.out()).contains("edge");
      merge(commands, namespace, kubeconfig, folder);
    }
  }

  private static void merge(
      CommandLine commands, TestNamespace namespace, String kubeconfig, Path folder)
      throws IOException {
    for (var context : List.of("production", "staging")) {
      succeeds(
          report(
              commands,
              namespace,
              kubeconfig,
              "--context",
              context,
              "--output",
              folder.resolve(context + ".json").toString()));
    }
    var production = folder.resolve("production.json").toString();
    var merged =
        succeeds(
            commands.inProcess(
                "report",
                "merge",
                production,
                folder.resolve("staging.json").toString(),
                "--format",
                "json"));
    assertThat(JSON.readTree(merged.out()).path("identities")).hasSize(2);
    assertThat(JSON.readTree(merged.out()).findValuesAsText("cluster"))
        .contains("production", "staging");
    isOneLine(
        commands.inProcess(
            "report",
            "merge",
            production,
            Files.copy(folder.resolve("production.json"), folder.resolve("again.json")).toString()),
        "is a second report about cluster production");
    isOneLine(
        commands.inProcess("report", "merge", folder.resolve("none.json").toString()),
        "none.json does not exist.");
    isOneLine(
        commands.inProcess(
            "report", "merge", Files.writeString(folder.resolve("x"), "x").toString()),
        "is not JSON.");
  }

  private static Program.End report(
      CommandLine commands, TestNamespace namespace, String kubeconfig, String... more) {
    var words =
        new ArrayList<>(
            List.of(
                "report", "-n", namespace.name(), "--kubeconfig", kubeconfig, "--format", "json"));
    words.addAll(List.of(more));
    return commands.inProcess(words.toArray(String[]::new));
  }

  /// The cluster of the test as two, and one where nothing listens.
  private static Path kubeconfig(LocalCluster cluster, Path folder) throws IOException {
    var config =
        Serialization.unmarshal(
            Files.readString(cluster.kubeconfig()), io.fabric8.kubernetes.api.model.Config.class);
    var real = config.getClusters().getFirst().getCluster();
    var user = config.getUsers().getFirst().getName();
    var clusters =
        List.of(
            new NamedClusterBuilder().withName("production").withCluster(real).build(),
            new NamedClusterBuilder().withName("staging").withCluster(real).build(),
            new NamedClusterBuilder()
                .withName("edge")
                .withNewCluster()
                .withServer("http://127.0.0.1:1")
                .endCluster()
                .build());
    config.setClusters(clusters);
    config.setContexts(
        clusters.stream()
            .map(
                one ->
                    new NamedContextBuilder()
                        .withName(one.getName())
                        .withNewContext()
                        .withCluster(one.getName())
                        .withUser(user)
                        .endContext()
                        .build())
            .toList());
    config.setCurrentContext("production");
    return Files.writeString(folder.resolve("clusters"), Serialization.asYaml(config));
  }

  /// The time of a request is known to the second.
  private static void awaitNextSecond() {
    var second = Instant.now().getEpochSecond();
    eventually("another second has begun").until(() -> Instant.now().getEpochSecond() > second);
  }

  /// What follows the command in the documentation.
  private static String sample(String command) throws IOException {
    var text = Files.readString(CLI);
    var start = text.indexOf("$ kubectl credence " + command);
    assertThat(start).as(command).isPositive();
    var first = text.indexOf('\n', start) + 1;
    return withoutTimes(text.substring(first, text.indexOf("```", first)));
  }

  private static String plain(String output, TestNamespace namespace) {
    return withoutTimes(output.replace(namespace.name(), "sales"));
  }

  private static String withoutTimes(String text) {
    return text.replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z( \\([^)]*\\))?", "TIME")
        .replaceAll("\\d+ (s|minutes|hours|days) ago", "AGO")
        .replaceAll(" {2,}", "  ")
        .strip();
  }

  private static Program.End succeeds(Program.End end) {
    assertThat(end.code()).as(end.out() + end.err()).isZero();
    return end;
  }

  private static void isOneLine(Program.End end, String text) {
    assertThat(end.code()).as(end.out() + end.err()).isEqualTo(1);
    assertThat(end.err().lines()).hasSize(1);
    assertThat(end.err()).startsWith("credence: ").contains(text);
  }
}
