// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The formatter tears a `///` line that is too long, and the rest of its sentence becomes a `//`
/// line, which is no documentation (google-java-format#1193).
class SourcesTest {
  private static final Path TOP = Path.of("..");
  private static final Pattern DOCUMENTATION = Pattern.compile("\\s*///.*");
  private static final Pattern TORN = Pattern.compile("\\s*// \\S.*");

  static Stream<Path> modules() {
    return Stream.of("operator", "hooks", "build", "system-tests", "bench")
        .map(module -> TOP.resolve(module).resolve("src"));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void no_documentation_is_torn(Path sources) throws IOException {
    try (var files = Files.walk(sources)) {
      assertThat(
              files
                  .filter(file -> file.toString().endsWith(".java"))
                  .flatMap(file -> torn(file).stream()))
          .isEmpty();
    }
  }

  private static List<String> torn(Path file) {
    try {
      var lines = Files.readAllLines(file);
      return IntStream.range(1, lines.size())
          .filter(
              at ->
                  TORN.matcher(lines.get(at)).matches()
                      && DOCUMENTATION.matcher(lines.get(at - 1)).matches())
          .mapToObj(at -> file + ":" + (at + 1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
