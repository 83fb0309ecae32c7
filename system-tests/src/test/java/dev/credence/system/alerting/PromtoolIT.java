// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.Tools;
import dev.credence.monitoring.Rules;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What Prometheus' own tool says of the rules and their tests. It needs no cluster.
class PromtoolIT {
  private static final Path PROMTOOL = Tools.path("promtool");

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
  void an_alert_does_what_its_tests_say(Path test) {
    assertThat(promtool("test", "rules", test.toString()))
        .matches(end -> end.code() == 0, "exit code 0");
  }

  /// A test of promtool fails when what it expects is not so.
  @Test
  void a_wrong_expectation_is_noticed(@TempDir Path folder) throws IOException {
    var test = Files.readString(Rules.TESTS.resolve("CredenceOwnerMissing.test.yaml"));
    var wrong =
        test.replaceFirst("rule_files: .*", "rule_files: ['" + Rules.FILE + "']")
            .replaceFirst("values: 3x90", "values: 0x90");
    assertThat(wrong).isNotEqualTo(test);
    var file = Files.writeString(folder.resolve("wrong.test.yaml"), wrong);
    var end = promtool("test", "rules", file.toString());
    assertThat(end.code()).isNotZero();
    assertThat(end.out() + end.err()).contains("FAILED", "CredenceOwnerMissing fires");
  }

  private static Program.End promtool(String... words) {
    var command = new ArrayList<>(List.of(PROMTOOL.toString()));
    Stream.of(words).forEach(command::add);
    return Program.run(Map.of(), command);
  }
}
