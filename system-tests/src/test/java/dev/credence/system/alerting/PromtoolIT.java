// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.Tools;
import dev.credence.monitoring.Dashboards;
import dev.credence.monitoring.Rules;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What Prometheus' own tool says of the rules and their tests. It needs no cluster.
class PromtoolIT {
  private static final Path PROMTOOL = Tools.path("promtool");
  private static final Pattern SUM =
      Pattern.compile(
          "sum\\(max by \\(cluster, namespace, job\\) \\((credence_[a-z_]+)\\{.*}\\)\\)");

  @BeforeAll
  static void needsTheTool() {
    Tools.require("prometheus", "promtool");
  }

  @Test
  void the_rules_are_valid() {
    assertThat(promtool("check", "rules", "--lint=all", "--lint-fatal", Rules.FILE.toString()))
        .matches(end -> end.code() == 0, "exit code 0");
  }

  static List<Path> tests() throws IOException {
    try (var files = Files.list(Rules.TESTS)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("tests")
  void an_alert_does_what_its_tests_say(Path test, @TempDir Path folder) throws IOException {
    var name = test.getFileName().toString();
    var alert = name.replace(".test.yaml", "");
    var rules = Files.writeString(folder.resolve("rules.yaml"), Rules.alone(alert));
    var file = Files.writeString(folder.resolve(name), of(rules, Files.readString(test)));
    assertThat(promtool("test", "rules", file.toString()))
        .matches(end -> end.code() == 0, "exit code 0");
  }

  /// The test of other rules than those that it names.
  private static String of(Path rules, String test) {
    return test.replaceFirst("rule_files: .*", "rule_files: ['" + rules + "']");
  }

  /// A test of promtool fails when what it expects is not so.
  @Test
  void a_wrong_expectation_is_noticed(@TempDir Path folder) throws IOException {
    var test = Files.readString(Rules.TESTS.resolve("CredenceOwnerMissing.test.yaml"));
    var right = of(Rules.FILE, test);
    var file = Files.writeString(folder.resolve("right.test.yaml"), right);
    assertThat(promtool("test", "rules", file.toString()).code()).isZero();

    Files.writeString(file, right.replaceFirst("values: 1x", "values: _x"));
    var end = promtool("test", "rules", file.toString());
    assertThat(end.code()).isNotZero();
    assertThat(end.out() + end.err()).contains("FAILED", "CredenceOwnerMissing fires");
  }

  /// Two releases in one cluster and one in another, each with a leader and a standby, in one
  /// Prometheus.
  @Test
  void a_panel_adds_up_installations_and_not_replicas(@TempDir Path folder) throws IOException {
    var sums =
        Dashboards.queries().stream()
            .map(Dashboards.Query::expression)
            .map(SUM::matcher)
            .filter(Matcher::matches)
            .toList();
    assertThat(sums).hasSizeGreaterThan(10);
    var text = new StringBuilder("evaluation_interval: 1m\ntests:\n- interval: 1m\n");
    text.append("  input_series:\n");
    sums.stream()
        .map(sum -> sum.group(1))
        .distinct()
        .map(PromtoolIT::replicas)
        .forEach(text::append);
    text.append("  promql_expr_test:\n");
    for (var sum : sums) {
      text.append(asked(sum.group(), ".*", 9)).append(asked(sum.group(), "a", 5));
    }
    var file = Files.writeString(folder.resolve("sums.test.yaml"), text);
    assertThat(promtool("test", "rules", file.toString()))
        .matches(end -> end.code() == 0, "exit code 0");
  }

  private static String replicas(String metric) {
    return Stream.of(
            "cluster=\"a\", namespace=\"one\", instance=\"1\"}'\n    values: 2x10",
            "cluster=\"a\", namespace=\"one\", instance=\"2\"}'\n    values: 0x10",
            "cluster=\"a\", namespace=\"two\", instance=\"3\"}'\n    values: 0x10",
            "cluster=\"a\", namespace=\"two\", instance=\"4\"}'\n    values: 3x10",
            "cluster=\"b\", namespace=\"one\", instance=\"1\"}'\n    values: 4x10",
            "cluster=\"b\", namespace=\"one\", instance=\"2\"}'\n    values: 0x10")
        .map("  - series: '%s{job=\"credence\", within=\"24h\", %%s\n".formatted(metric)::formatted)
        .collect(Collectors.joining());
  }

  /// As Grafana fills it in, and what comes of it.
  private static String asked(String panel, String cluster, int sum) {
    return "  - expr: '%s'\n    eval_time: 5m\n    exp_samples: [{labels: '{}', value: %d}]\n"
        .formatted(
            panel
                .replace("$job", ".+")
                .replace("$instance", ".+")
                .replace("$cluster", cluster)
                .replace("\"expired\"", "\"24h\""),
            sum);
  }

  private static Program.End promtool(String... words) {
    var command = new ArrayList<>(List.of(PROMTOOL.toString()));
    Stream.of(words).forEach(command::add);
    return Program.run(Map.of(), command);
  }
}
