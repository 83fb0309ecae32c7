// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the form of the examples: block style in YAML, and the same parts in each README.
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  /// A mapping or a list in braces or brackets. Templates of Secrets begin with two braces, and a
  /// script has a space after a bracket.
  private static final Pattern FLOW =
      Pattern.compile("(?m)^ *(?:- )*(?:[\\w./-]+: )?(?:\\{[^{}]|\\[[^\\] ]).*$");

  static Stream<Path> manifests() throws IOException {
    try (var files = Files.walk(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void a_manifest_is_in_block_style(Path manifest) throws IOException {
    assertThat(FLOW.matcher(Files.readString(manifest)).results().map(found -> found.group()))
        .isEmpty();
  }

  static Stream<Path> readmes() throws IOException {
    try (var folders = Files.list(EXAMPLES)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.resolve("README.md"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("readmes")
  void a_readme_has_duration_prerequisites_and_clean_up(Path readme) throws IOException {
    var text = Files.readString(readme);
    assertThat(text).contains("- **Duration**: ", "- **Requires**: ", "\n## Clean up\n");
    assertThat(text)
        .as("a fixed text requests nothing the second time")
        .doesNotContainPattern("credence\\.dev/(rotate|rollback|abort)=[^\"]");
    assertThat(Files.readString(EXAMPLES.resolve("README.md")))
        .contains("](" + readme.getParent().getFileName() + ")");
  }
}
