// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.testing.FakeApi;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The program as it is started: in a process of its own, but for what only the command line
/// answers.
@Timeout(300)
class MainTest {
  private record Ended(int code, String out, String err) {}

  @Test
  void help_names_the_commands() throws Exception {
    var help = credence(Map.of(), "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains("Usage: credence", "Machine-identity governance for Kubernetes.", "run");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void without_a_command_it_says_what_there_is() throws Exception {
    var usage = credence(Map.of());
    assertThat(usage.code()).isZero();
    assertThat(usage.out()).contains("Usage: credence", "run");
  }

  @Test
  void a_command_is_the_same_without_the_others() {
    var all = Main.commandLine().getSubcommands();
    assertThat(all).hasSizeGreaterThan(20);
    all.forEach(
        (name, command) ->
            assertThat(Main.alone(name).map(CommandLine::getUsageMessage))
                .as(name)
                .isEqualTo(
                    List.of("completion", "__complete").contains(name)
                        ? Optional.empty()
                        : Optional.of(command.getUsageMessage())));
    assertThat(Main.alone("unknown")).isEmpty();
  }

  @Test
  void version_is_one_line() {
    var version = here("--version");
    assertThat(version.code()).isZero();
    assertThat(version.out().strip()).matches("credence \\S+");
  }

  @Test
  void commands_are_completed_and_hidden_ones_are_not() {
    assertThat(completed("re"))
        .containsExactly("recipe", "release", "report", "resume", "review", "revoke", ":4");
    assertThat(completed("")).doesNotContain("__complete");
    assertThat(completed("report", "--format", ""))
        .containsExactly("csv", "html", "json", "sarif", "table", ":4");
    assertThat(completed("rotate", "--s")).containsExactly("--secret", ":4");
    assertThat(completed("report", "--output", "")).containsExactly(":0");
    assertThat(completed("status", "--output", "")).containsExactly("json", "text", ":4");
    assertThat(completed("history", "secr")).containsExactly("secret/", ":4");
  }

  private static List<String> completed(String... words) {
    var completion =
        here(Stream.concat(Stream.of("__complete"), Stream.of(words)).toArray(String[]::new));
    assertThat(completion.code()).isZero();
    return completion.out().lines().toList();
  }

  /// Without a process of its own.
  private static Ended here(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var commands =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    var code = commands.execute(arguments);
    return new Ended(code, out.toString(), err.toString());
  }

  @Test
  void completion_is_a_script_for_the_shell() throws Exception {
    assertThat(credence(Map.of(), "completion", "bash").out()).contains("complete -o default");
    assertThat(credence(Map.of(), "completion", "zsh").out()).startsWith("#compdef credence");
    assertThat(here("completion", "fish").code()).isEqualTo(2);
  }

  @Test
  void a_format_that_nobody_knows_is_wrong_usage() {
    var unknown = here("report", "--format", "pdf");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("pdf", "table, json, csv, html, sarif");
  }

  @Test
  void no_cluster_is_one_line() throws Exception {
    var ownerMissing = credence(Map.of("KUBECONFIG", "/dev/null"), "report");
    assertThat(ownerMissing.code()).isEqualTo(1);
    assertThat(ownerMissing.err().lines()).hasSize(1);
    assertThat(ownerMissing.err()).contains("does not answer", "--kubeconfig");
  }

  @Test
  void status_asks_several_clusters_and_names_the_one_that_does_not_answer(@TempDir Path folder)
      throws Exception {
    try (var api = FakeApi.startForAnybody()) {
      var list = Map.of("metadata", Map.of(), "items", List.of());
      api.answers(list).answers(list).refuses(404, "not found");
      var kubeconfig =
          Files.writeString(
              folder.resolve("config"),
              """
              apiVersion: v1
              kind: Config
              clusters:
              - {name: east, cluster: {server: "%s"}}
              - {name: west, cluster: {server: "http://127.0.0.1:1"}}
              contexts:
              - {name: east, context: {cluster: east, user: me}}
              - {name: east-again, context: {cluster: east, user: me}}
              - {name: west, context: {cluster: west, user: me}}
              users: [{name: me}]
              current-context: east
              """
                  .formatted(api.config().getMasterUrl()));
      var status =
          credence(
              Map.of("KUBECONFIG", kubeconfig.toString()), "status", "-A", "--contexts", "all");
      assertThat(status.code()).as(status.err()).isEqualTo(1);
      assertThat(status.out()).contains("Nothing is wrong in what could be read.");
      assertThat(status.err().lines())
          .hasSize(2)
          .anyMatch(line -> line.contains("partial: Cluster west could not be read"));
      assertThat(api.lines())
          .containsExactly(
              "GET /apis/credence.dev/v1alpha1/machineidentities",
              "GET /apis/credence.dev/v1alpha1/credentialpolicies",
              "GET /apis/coordination.k8s.io/v1/namespaces/credence-system/leases/credence");
      var unknown =
          credence(
              Map.of("KUBECONFIG", kubeconfig.toString()), "status", "--context", "east,north");
      assertThat(unknown.code()).isEqualTo(2);
      assertThat(unknown.err()).contains("The kubeconfig has no context north");
    }
  }

  @Test
  void reports_that_were_saved_are_merged(@TempDir Path folder) throws Exception {
    var report = "src/test/resources/reports/a-company-with-some-work-to-do/expect.json";
    var other =
        Files.writeString(
            folder.resolve("staging.json"),
            Files.readString(Path.of(report)).replace("\"production at", "\"staging at"));
    var merged = credence(Map.of(), "report", "merge", report, other.toString(), "--format", "csv");
    assertThat(merged.code()).as(merged.err()).isZero();
    assertThat(merged.out()).contains("\"production\",\"sales\"", "\"staging\",\"sales\"");
    var copy = Files.copy(Path.of(report), folder.resolve("copy.json"));
    var twice = credence(Map.of(), "report", "merge", report, copy.toString());
    assertThat(twice.code()).isEqualTo(1);
    assertThat(twice.err()).contains("is a second report about cluster production at");
  }

  @Test
  void help_of_a_command_says_where_its_settings_are() {
    var help = here("run", "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("docs/reference/settings.md");
  }

  @Test
  void a_command_that_nobody_knows_is_wrong_usage() throws Exception {
    var unknown = credence(Map.of(), "frobnicate");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("frobnicate", "Usage: credence");
  }

  @Test
  void a_wrong_setting_ends_it_with_a_sentence() throws Exception {
    var wrong = credence(Map.of("CREDENCE_PORT", "tcp://10.96.0.1:8080"), "run");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err())
        .isEqualToIgnoringNewLines(
            "credence: CREDENCE_PORT is 'tcp://10.96.0.1:8080' and must be a port from 0 to 65535");
    assertThat(wrong.out()).isEmpty();
  }

  private static Ended credence(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("CREDENCE_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    var err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), out, err);
  }
}
