// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each row of the threat model (docs/security.md) is checked by tests that exist:
/// docs/development/threat-model-tests.md names them.
class ThreatModelTest {
  private static final Path TOP = Path.of(System.getProperty("user.dir")).getParent();
  private static final List<Path> TESTS =
      List.of(
          TOP.resolve("operator/src/test/java"),
          TOP.resolve("build/src/test/java"),
          TOP.resolve("system-tests/src/test/java"));

  /// `Class.method`, or `Class` for all of its methods.
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`");

  private static final Pattern ROW = Pattern.compile("\\| (T\\d\\d) \\|.*");

  private static final Path MODEL = TOP.resolve("docs/security.md");

  static Stream<String> rows() throws IOException {
    return rows(TOP.resolve("docs/development/threat-model-tests.md"));
  }

  private static Stream<String> rows(Path page) throws IOException {
    return Files.readAllLines(page).stream().filter(line -> ROW.matcher(line).matches());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void each_row_names_tests_that_exist(String row) throws IOException {
    var cells = List.of(row.split(" \\| "));
    var tests = TEST.matcher(cells.getLast()).results().toList();
    assertThat(tests).as(row).isNotEmpty();
    for (var test : tests) {
      var source = source(test.group(1));
      assertThat(source).as(test.group(1)).containsPattern("@(Parameterized|Arch)?Test\\b|@Beside");
      if (test.group(2) != null) {
        assertThat(source)
            .as(test.group())
            .containsPattern("  (void|static final ArchRule) " + test.group(2) + "\\b");
      }
    }
  }

  @Test
  void the_tests_that_the_page_of_faults_names_exist() throws IOException {
    var named =
        Pattern.compile("`(\\w+(?:IT|Test))`")
            .matcher(Files.readString(TOP.resolve("docs/development/faults.md")))
            .results()
            .map(match -> match.group(1))
            .distinct()
            .toList();
    assertThat(named).hasSizeGreaterThan(10);
    for (var test : named) {
      assertThat(source(test)).as(test).isNotEmpty();
    }
  }

  @Test
  void each_attempt_has_a_number_of_its_own_and_tests() throws IOException {
    var numbers = rows(MODEL).map(row -> row.substring(2, 5)).toList();
    assertThat(numbers).hasSizeGreaterThan(30).doesNotHaveDuplicates().isSorted();
    assertThat(rows().map(row -> row.substring(2, 5))).containsExactlyElementsOf(numbers);
    var lines = Files.readString(MODEL);
    var attempts =
        lines.substring(lines.indexOf("## Threat model\n"), lines.indexOf("## Permissions\n"));
    assertThat(attempts.lines().filter(line -> line.startsWith("|")).toList())
        .allMatch(
            line ->
                ROW.matcher(line).matches() || line.startsWith("| |") || line.startsWith("|---"));
  }

  private static String source(String name) throws IOException {
    var found = new ArrayList<Path>();
    for (var folder : TESTS) {
      try (var files = Files.walk(folder)) {
        files.filter(file -> file.endsWith(name + ".java")).forEach(found::add);
      }
    }
    assertThat(found).as(name).hasSize(1);
    return Files.readString(found.getFirst());
  }
}
