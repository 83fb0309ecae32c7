// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each folder of `manifests-of-before` has a manifest before and after. Those called like an
/// example are the examples as they were.
class ManifestsTest {
  private static final Path FOLDERS = Path.of("src/test/resources/manifests-of-before");

  static Stream<Path> folders() throws IOException {
    return Files.list(FOLDERS).sorted();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void writesTheNamesOfNow(Path folder) throws IOException {
    var migrated = Manifests.of(Files.readString(folder.resolve("before.yaml"))).text();

    if (Boolean.getBoolean("credence.golden")) {
      Files.writeString(folder.resolve("after.yaml"), migrated);
    }
    assertThat(migrated).isEqualTo(Files.readString(folder.resolve("after.yaml")));
  }

  @ParameterizedTest
  @MethodSource("folders")
  void changesNothingASecondTime(Path folder) throws IOException {
    var once = Manifests.of(Files.readString(folder.resolve("before.yaml"))).text();

    var twice = Manifests.of(once);

    assertThat(twice.text()).isEqualTo(once);
    assertThat(twice.changes()).isEmpty();
  }

  @Test
  void saysWhereATextIsNoYaml() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Manifests.of("spec: {types: [CICD\n"))
        .withMessageContaining("line 2");
  }
}
