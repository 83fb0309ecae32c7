// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Generator.Encoding;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedBytesTest {

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 32, 4096})
  void every_encoding_is_of_the_same_bytes(int length) {
    byte[] raw = EncodedBytes.draw(length, Encoding.Raw, Seeded.random(1));
    assertThat(raw).hasSize(length);
    assertThat(text(length, Encoding.Hex)).isEqualTo(HexFormat.of().formatHex(raw));
    assertThat(text(length, Encoding.Base64)).isEqualTo(Base64.getEncoder().encodeToString(raw));
    assertThat(text(length, Encoding.Base64Url))
        .isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(raw));
  }

  @Test
  void hex_is_lower_case() {
    assertThat(text(64, Encoding.Hex)).matches("[0-9a-f]{128}");
  }

  @Test
  void base64_is_padded_and_base64url_is_not() {
    assertThat(text(10, Encoding.Base64)).matches("[A-Za-z0-9+/]{14}==");
    assertThat(text(10, Encoding.Base64Url)).matches("[-_A-Za-z0-9]{14}");
  }

  @Test
  void every_byte_is_as_likely_as_any_other() {
    Map<String, Integer> counts = new HashMap<>();
    for (byte one : EncodedBytes.draw(256 * 400, Encoding.Raw, Seeded.random(2))) {
      counts.merge(Byte.toString(one), 1, Integer::sum);
    }
    Evenness.assertEven(counts, 256);
  }

  private static String text(int length, Encoding encoding) {
    return new String(EncodedBytes.draw(length, encoding, Seeded.random(1)), US_ASCII);
  }
}
