// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.world.Golden;
import dev.credence.world.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Each file of `stories/` is a script and what the operator makes of it: time jumps from look to
/// look, and what changed is told. `make golden` tells it anew: review the difference.
class StoryTest {
  private static final Path FOLDER = Path.of("src/test/resources/stories");

  @TestFactory
  Stream<DynamicTest> stories() throws IOException {
    try (var found = Files.list(FOLDER)) {
      return found.sorted().toList().stream()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      file.getFileName().toString().replace('-', ' '), () -> check(file)));
    }
  }

  private static void check(Path file) throws IOException {
    assertThat(file.getFileName().toString()).matches("[a-z0-9]+(-[a-z0-9]+)+\\.story");
    var reported = Story.reported(Files.readString(file));
    Golden.check(file, reported);
  }
}
