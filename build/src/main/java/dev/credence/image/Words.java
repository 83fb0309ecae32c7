// SPDX-License-Identifier: Apache-2.0
package dev.credence.image;

import dev.credence.testing.Program;
import java.util.List;
import java.util.Map;

/// Output of other programs in plain English.
final class Words {
  static String of(String... words) {
    return Program.output(Map.of("LC_ALL", "C"), List.of(words));
  }

  private Words() {}
}
