// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.CommandLine;
import dev.credence.system.Scene;
import dev.credence.system.kubelet.TestKubelet;
import dev.credence.system.kubelet.TestKubelet.Ran;
import dev.credence.world.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The chart `credence-recipes` and the command `recipe`: both write the same objects, the API
/// server accepts them, and they rotate an account of a real PostgreSQL.
@WithOperator
class RecipeIT {
  private static final Path CHART = LocalCluster.TOP.resolve("helm/credence-recipes");
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  @TempDir private Path folder;

  static Stream<Path> values() throws IOException {
    try (var files = Files.list(CHART.resolve("ci"))) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("values")
  void chart_and_command_write_the_same_objects(
      Path values, LocalCluster cluster, TestNamespace namespace) throws IOException {
    var file = values.toString();
    assertThat(cluster.helm("lint", "--strict", CHART.toString(), "--values", file))
        .contains("0 chart(s) failed");
    var ofChart =
        cluster.helm(
            "template", "crm-db", CHART.toString(), "-n", namespace.name(), "--values", file);
    if (values.endsWith("created-admin-secret-values.yaml")) {
      accepts(cluster, ofChart);
      return; // the command prints no password
    }
    var words = new ArrayList<>(List.of("-n", namespace.name(), "--values", file));
    if (!Files.readString(values).contains("secret:\n")) {
      words.addAll(List.of("--secret", "crm-db"));
    }
    words.addFirst("recipe");
    var command = words.toArray(String[]::new);
    var ran = new CommandLine(cluster).inProcess(command);
    assertThat(ran.code()).as(ran.err()).isZero();
    var ofCommand = ran.out();
    assertThat(byName(ofCommand)).isEqualTo(byName(ofChart));
    accepts(cluster, ofChart, ofCommand);
    if (values.endsWith("postgresql-values.yaml")) {
      var program = new CommandLine(cluster).credence(command);
      assertThat(program.code()).as(program.err()).isZero();
      assertThat(program.out()).isEqualTo(ofCommand);
    }
  }

  private static Map<String, JsonNode> byName(String manifests) {
    return Yaml.documents(manifests).stream()
        .map(Yaml::node)
        .filter(object -> object.has("kind"))
        .collect(
            Collectors.toMap(
                object -> object.path("kind").asText() + " " + object.at("/metadata/name").asText(),
                object -> object));
  }

  private void accepts(LocalCluster cluster, String... manifests) throws IOException {
    var words = new ArrayList<>(List.of("apply", "--dry-run=server", "--validate=strict"));
    for (var text : manifests) {
      var file = folder.resolve("manifests-%d.yaml".formatted(words.size()));
      words.addAll(List.of("-f", Files.writeString(file, text).toString()));
    }
    var accepted = cluster.kubectl(words.toArray(String[]::new));
    assertThat(accepted).contains("cronjob.batch/");
    assertThat(accepted.lines())
        .hasSize(Stream.of(manifests).mapToInt(text -> byName(text).size()).sum());
  }

  @Test
  void one_command_leads_from_the_password_of_an_administrator_to_rotations(
      LocalCluster cluster, TestNamespace namespace) throws SQLException {
    var kube = cluster.client();
    var scene = new Scene(kube, namespace.name());
    var admin = UUID.randomUUID().toString();
    try (var database = Database.start();
        var kubelet = TestKubelet.start(kube, namespace.name(), Psql.folder())) {
      prepare(database, admin);
      install(cluster, namespace.name(), database, admin);
      scene.awaitVersion(DEADLINE, "crm-db", 1);
      scene.await("crm", "Ready", "True Compliant");
      var logins = new ArrayList<>(List.of(login(scene)));
      for (var version = 2; version <= 3; version++) {
        scene.annotate(scene.secret("crm-db"), Api.ROTATE_NOW, "rotation " + version);
        scene.awaitVersion(DEADLINE, "crm-db", version);
        scene.awaitStand("crm", "crm-db", "Fresh " + version);
        logins.add(login(scene));
        assertThat(database.refusal(logins.getLast())).isEmpty();
        assertThat(database.refusal(logins.get(version - 2))).as("revoked").isPresent();
      }
      assertThat(logins)
          .extracting(Login::username)
          .containsExactly("crm_blue", "crm_green", "crm_blue");
      assertThat(kubelet.ran()).extracting(Ran::exitCode).containsOnly(0);
      assertThat(kubelet.ran())
          .extracting(Ran::output)
          .noneMatch(text -> text.contains(admin))
          .noneMatch(text -> logins.stream().map(Login::password).anyMatch(text::contains));
      cluster.helm("uninstall", "crm-db", "--namespace", namespace.name(), "--wait");
      assertThat(scene.cronJob("crm-db-hook").get()).isNull();
    }
  }

  @Test
  void discovery_reports_no_account_of_a_recipe_as_unclaimed(
      LocalCluster cluster, TestNamespace namespace) {
    var scene = new Scene(cluster.client(), namespace.name());
    scene.createAccount("forgotten");
    cluster.helm(
        "install",
        "crm-aws",
        CHART.toString(),
        "--namespace",
        namespace.name(),
        "--values",
        CHART.resolve("ci/aws-iam-values.yaml").toString());
    try (var policy = scene.policy("discovery: {mode: Report}")) {
      within(DEADLINE, "the other account alone is unclaimed")
          .until(
              () ->
                  unclaimed(cluster, policy).matches("\\[\"ServiceAccount \\S+/forgotten: [^,]*]"));
    }
  }

  private static String unclaimed(LocalCluster cluster, Scene.Policy policy) {
    return cluster
        .kubectl(
            "get", "credentialpolicies", policy.name(), "-o", "jsonpath={.status.unclaimed.names}")
        .strip();
  }

  private static Login login(Scene scene) {
    return Login.of(scene.secret("crm-db").get()).orElseThrow();
  }

  /// As docs/hooks-image.md describes the roles.
  private static void prepare(Database database, String password) throws SQLException {
    try (var session = database.open(database.superuser());
        var statement = session.createStatement()) {
      statement.execute("CREATE ROLE crm NOLOGIN");
      statement.execute("CREATE ROLE crm_admin LOGIN CREATEROLE PASSWORD '%s'".formatted(password));
      statement.execute("GRANT crm TO crm_admin WITH ADMIN OPTION");
      statement.execute("GRANT pg_signal_backend TO crm_admin");
    }
  }

  private static void install(
      LocalCluster cluster, String namespace, Database database, String password) {
    var server = database.server();
    cluster.helm(
        "install",
        "crm-db",
        CHART.toString(),
        "--namespace",
        namespace,
        "--set",
        "system=postgresql,account.name=crm,identity.name=crm",
        "--set",
        "identity.owner.contact=alice@example.com",
        "--set",
        "settings.HOOK_DATABASE=%s,settings.HOOK_ROLE=crm".formatted(server.get("PGDATABASE")),
        "--set",
        "host=%s,port=%s,tls.enabled=false".formatted(server.get("PGHOST"), server.get("PGPORT")),
        "--set",
        "admin.data.username=crm_admin,admin.data.password=" + password,
        "--set",
        "rotation.overlap=0s,pods.schedulerName=" + TestKubelet.SCHEDULER,
        "--set",
        "image.repository=registry.example.com/platform/credence-hooks");
  }
}
