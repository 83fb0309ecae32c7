// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is expected, in a file beside what is given. `make golden` writes it anew: review the
/// difference.
public final class Golden {
  private static final boolean REWRITE = Boolean.getBoolean("credence.golden");

  public static void check(Path expected, String actual) throws IOException {
    if (REWRITE) {
      Files.writeString(expected, actual);
    }
    assertThat(actual)
        .as("%s, which would be:%n%n%s%n", expected, actual)
        .isEqualTo(Files.exists(expected) ? Files.readString(expected) : "");
  }

  private Golden() {}
}
