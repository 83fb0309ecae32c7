// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cli.Failed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class AuditTest {
  private static final Path FIXTURES = Path.of("src/test/resources/audit");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path output;
  private String error = "";

  @BeforeEach
  void begin() {
    output = folder.resolve("result");
  }

  @Test
  void files_that_overlap_count_once() throws IOException {
    var logs = Files.createDirectory(folder.resolve("logs"));
    var fixture = Files.readAllBytes(FIXTURES.resolve("k8s.jsonl"));
    Files.write(logs.resolve("audit.log"), fixture);
    try (var out =
        new GZIPOutputStream(Files.newOutputStream(logs.resolve("audit-2027-01-01.log.gz")))) {
      out.write(fixture);
    }
    run("--from", logs.toString(), "--format", "json");
    var twice = result();
    run("--from", FIXTURES.resolve("k8s.jsonl").toString(), "--format", "json");
    assertThat(result().replaceAll("(?m)^ *\"(generated|source)\".*$", ""))
        .isEqualTo(twice.replaceAll("(?m)^ *\"(generated|source)\".*$", ""));
    assertThat(json().path("accounts").path(0).path("account").asText()).isEqualTo("sales/crm");
  }

  @Test
  void a_right_is_used_unused_or_unknown() throws IOException {
    run(
        "--from",
        FIXTURES.resolve("k8s.jsonl").toString(),
        "--rbac",
        FIXTURES.resolve("rbac.yaml").toString(),
        "--format",
        "json");
    var answers = new ArrayList<String>();
    json()
        .path("accounts")
        .path(0)
        .path("granted")
        .forEach(
            right ->
                answers.add(
                    right.path("verb").asText()
                        + " "
                        + right.path("resource").asText()
                        + " "
                        + right.path("use").asText()));
    assertThat(answers)
        .containsExactlyInAnyOrder(
            "get secrets Used",
            "delete secrets Unused",
            "list configmaps Unknown",
            "get namespaces Unknown",
            "create pods/exec Unused");
    assertThat(json().path("accounts").path(0).path("identity").asText()).isEqualTo("sales/crm");
  }

  @ParameterizedTest
  @CsvSource({
    "Suspended, 2027-01-01T09:00:00Z, 1",
    "Decommissioned, 2027-01-01T09:00:00Z, 1",
    "Decommissioned, 2027-01-01T10:00:00Z, 0",
    "Active, 2027-01-01T09:00:00Z, 0"
  })
  void use_after_a_suspension_or_decommissioning_is_odd(String state, String since, int findings)
      throws IOException {
    var manifests = Files.createDirectory(folder.resolve("manifests"));
    Files.copy(FIXTURES.resolve("rbac.yaml"), manifests.resolve("rbac.yaml"));
    Files.writeString(
        manifests.resolve("identity.yaml"),
        """
        apiVersion: credence.dev/v1alpha1
        kind: MachineIdentity
        metadata: {name: crm, namespace: sales}
        spec: {serviceAccounts: [{name: crm}]}
        status: {state: %s, history: [{time: "%s", from: Active, to: %s, reason: Requested}]}
        """
            .formatted(state, since, state));
    run(
        "--from",
        FIXTURES.resolve("k8s.jsonl").toString(),
        "--rbac",
        manifests.toString(),
        "-o",
        "json");
    assertThat(json().path("accounts").path(0).path("odd"))
        .hasSize(findings)
        .allSatisfy(
            odd -> assertThat(odd.path("finding").asText()).isEqualTo("UsedWhileSuspended"));
  }

  @ParameterizedTest
  @CsvSource({"table", "json", "csv", "html", "sarif"})
  void every_format_names_the_account_and_the_binding(String format) throws IOException {
    run(
        "--from",
        FIXTURES.resolve("k8s.jsonl").toString(),
        "--rbac",
        FIXTURES.resolve("rbac.yaml").toString(),
        "-o",
        format);
    assertThat(result()).contains("sales/crm", "RoleBinding/sales/crm-old");
  }

  @Test
  void the_suggested_role_allows_what_was_used() throws IOException {
    run("--from", FIXTURES.resolve("k8s.jsonl").toString(), "--suggest");
    assertThat(result())
        .contains(
            "# ServiceAccount sales/crm: requests from 2027-01-01T10:00:01Z to 2027-01-01T10:00:05Z.",
            "# Not included, answered with 404 only: get namespaces in namespace sales",
            "kind: \"Role\"",
            "kind: \"ClusterRoleBinding\"",
            "deployments/scale")
        .doesNotContain("pods/exec");
  }

  @Test
  void a_log_that_is_shorter_than_asked_is_reported() throws IOException {
    run(
        "--from",
        FIXTURES.resolve("k8s.jsonl").toString(),
        "--since",
        "2026-10-01T00:00:00Z",
        "--rbac",
        FIXTURES.resolve("rbac.yaml").toString(),
        "--format",
        "csv");
    assertThat(result()).contains("after the requested time").doesNotContain("\"Unused\"");
    assertThat(error).contains("The log begins after 2026-10-01T00:00:00Z: no right is unused.");
  }

  @Test
  void a_folder_without_events_is_a_failure_and_no_empty_report() throws IOException {
    Files.writeString(folder.resolve("empty.log"), "{\"kind\":\"Pod\"}\n");
    assertThat(failure("--from", folder.resolve("empty.log").toString()))
        .isEqualTo(
            "The input contains no audit event (format auto). Skipped: 0 lines that are no JSON, 1 values that are no audit event. 0 inputs end in the middle.");
    assertThat(failure("--from", folder.resolve("missing").toString()))
        .endsWith("missing does not exist or is no file and no folder.");
  }

  @ParameterizedTest
  @CsvSource({
    "--since, yesterday, --since: yesterday is not a time such as 90d or 2160h",
    "--network, home, --network: home is not a network such as 10.20.0.0/16",
    "--rbac, nowhere, --rbac: nowhere does not exist",
    "--learning, x, --learning: x is not a time such as 90d or 2160h"
  })
  void invalid_options_are_rejected(String option, String value, String message) {
    assertThat(usage("--from", FIXTURES.resolve("k8s.jsonl").toString(), option, value))
        .contains(message);
  }

  @Test
  void suggest_excludes_a_format() {
    assertThat(usage("--from", FIXTURES.resolve("k8s.jsonl").toString(), "--suggest", "-o", "csv"))
        .contains("--suggest prints YAML: it excludes --format");
  }

  @Test
  void standard_input_is_read() throws IOException {
    var before = System.in;
    System.setIn(new ByteArrayInputStream(Files.readAllBytes(FIXTURES.resolve("k8s.jsonl"))));
    try {
      run("--from", "-", "--format", "csv");
    } finally {
      System.setIn(before);
    }
    assertThat(result()).contains("\"sales/crm\"");
  }

  private void run(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--output", output.toString()));
    var standardError = System.err;
    var caught = new java.io.ByteArrayOutputStream();
    System.setErr(new java.io.PrintStream(caught, true, UTF_8));
    try {
      assertThat(commandLine().execute(all.toArray(String[]::new))).isZero();
    } finally {
      System.setErr(standardError);
    }
    error = caught.toString(UTF_8);
  }

  private static String failure(String... words) {
    var message = new ArrayList<String>();
    commandLine()
        .setExecutionExceptionHandler(
            (problem, _, _) -> {
              assertThat(problem).isInstanceOf(Failed.class);
              message.add(problem.getMessage());
              return 1;
            })
        .execute(words);
    return message.getFirst();
  }

  private static String usage(String... words) {
    var err = new StringWriter();
    assertThat(commandLine().setErr(new PrintWriter(err)).execute(words)).isEqualTo(2);
    return err.toString();
  }

  private static CommandLine commandLine() {
    return new CommandLine(new Audit());
  }

  private String result() throws IOException {
    return Files.readString(output);
  }

  private JsonNode json() throws IOException {
    return JSON.readTree(result());
  }
}
