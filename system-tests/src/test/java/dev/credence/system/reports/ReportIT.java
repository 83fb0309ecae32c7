// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.reports;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.CommandLine;
import dev.credence.system.Scene;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The report of a real cluster, as those see it who may see all of it, and as others do.
@WithOperator
class ReportIT {
  private static final String ROB = "rob@example.com";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void it_shows_what_is_there_and_what_belongs_to_nobody(
      TestNamespace namespace, LocalCluster cluster, @TempDir Path folder) throws IOException {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    scene.createAccount("crm-sync");
    scene.createAccount("forgotten");
    scene.create(
        """
        {apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token,
         metadata: {name: forgotten-token, annotations: {kubernetes.io/service-account.name: forgotten}}}
        """);
    scene.identity(
        "crm",
        OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [" + password("crm-db") + "]");
    scene.identity("orphan", "purpose: nobody knows");
    scene.awaitVersion("crm-db", 1);
    scene.awaitReady("crm");

    var json = json(commands.inProcess("report", "-n", namespace.name(), "--format", "json"));
    assertThat(json.path("schemaVersion").asText()).isEqualTo("1");
    assertThat(json.path("complete").asBoolean()).isTrue();
    assertThat(names(json.path("identities"))).containsExactly("crm", "orphan");
    assertThat(names(json.path("matters").path("withoutOwner"))).containsExactly("orphan");
    assertThat(names(json.path("matters").path("unclaimedAccounts")))
        .containsExactly("forgotten-token", "forgotten");

    var everywhere = json(commands.inProcess("report", "--format", "json"));
    assertThat(names(everywhere.path("identities"))).contains("crm", "orphan");

    var file = folder.resolve("report.html");
    var written =
        commands.inProcess(
            "report", "-n", namespace.name(), "--format", "html", "--output", file.toString());
    assertThat(written.code()).as(written.err()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file)).endsWith("</html>\n");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }

    var none = commands.inProcess("report", "-n", namespace.name(), "-l", "team=none");
    assertThat(none.code()).isZero();
    assertThat(none.out()).contains("0 identities");
  }

  @Test
  void who_may_read_a_part_is_shown_that_part_and_told_what_is_missing(
      TestNamespace namespace, LocalCluster cluster) throws IOException {
    var scene = Scene.in(namespace);
    var commands = new CommandLine(cluster);
    scene.identity("crm", OWNER);
    CommandsIT.role(scene, "readers", "list", ROB);
    eventually("Rob may list")
        .until(() -> commands.inProcess("report", "-n", namespace.name(), "--as", ROB).code() == 0);
    var part =
        commands.inProcess("report", "-n", namespace.name(), "--as", ROB, "--format", "json");
    assertThat(part.err()).contains("no permission to list serviceaccounts");
    var json = json(part);
    assertThat(json.path("complete").asBoolean()).isFalse();
    assertThat(names(json.path("identities"))).containsExactly("crm");
    assertThat(json.path("matters").has("unclaimedAccounts")).isFalse();

    var nothing = commands.inProcess("report", "--as", ROB);
    assertThat(nothing.code()).isEqualTo(1);
    assertThat(nothing.err().lines()).hasSize(1);
    assertThat(nothing.err()).contains("cannot list resource \"machineidentities\"");
  }

  private static JsonNode json(Program.End end) throws IOException {
    assertThat(end.code()).as(end.err()).isZero();
    return JSON.readTree(end.out());
  }

  private static java.util.List<String> names(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(item -> item.path("name").asText())
        .toList();
  }
}
