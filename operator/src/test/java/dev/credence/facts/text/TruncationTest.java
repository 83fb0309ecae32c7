// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TruncationTest {

  @Test
  void a_text_that_fits_stays_as_it_is() {
    assertThat(Truncation.truncate("payments", 8)).isEqualTo("payments");
    assertThat(Truncation.truncateBytes("日本", 6)).isEqualTo("日本");
  }

  @Test
  void a_cut_text_is_as_long_as_it_may_be_with_its_ellipsis() {
    assertThat(Truncation.truncate("payments-api", 9)).isEqualTo("payments…");
    assertThat(Truncation.truncate("payments", 1)).isEqualTo("…");
  }

  @Test
  void no_cut_leaves_half_of_a_character() {
    for (var most = 1; most < 9; most++) {
      assertThat(read(Truncation.truncate("a😀😀😀😀", most)))
          .isEqualTo(Truncation.truncate("a😀😀😀😀", most))
          .endsWith("…");
      assertThat(Truncation.truncateBytes("a日😀é", most))
          .endsWith("…")
          .doesNotContain("\uFFFD", "?");
    }
  }

  private static String read(String written) {
    return new String(written.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
