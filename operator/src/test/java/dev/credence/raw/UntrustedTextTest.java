// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Form;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class UntrustedTextTest {

  /// Each looks like nothing at all, or ends the line, or turns it.
  @ParameterizedTest
  @ValueSource(
      ints = {
        0x00, 0x0a, 0x1b, 0x7f, 0x85, 0xad, 0x34f, 0x600, 0x61c, 0x70f, 0x115f, 0x17b4, 0x180e,
        0x200b, 0x200c, 0x200d, 0x200e, 0x2028, 0x2029, 0x202e, 0x2060, 0x2064, 0x2069, 0x206f,
        0x2800, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xd83d, 0x1d173, 0xe0001, 0xe0061, 0xe01ef
      })
  void what_is_not_seen_has_no_place_in_a_line(int character) {
    var text = "alice" + Character.toString(character) + "@example.com";
    assertThat(UntrustedText.isOneLine(text)).isFalse();
    assertThat(UntrustedText.oneLine(text)).isEqualTo("alice?@example.com");
    assertThat(text.matches(Form.LINE)).as("the schema").isEqualTo(character == 0xd83d);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Zoë O'Hara", "日本語", "العربية", "हिन्दी", "😀", "№ 7 – “x”", "a b"})
  void other_scripts_have(String text) {
    assertThat(UntrustedText.isOneLine(text)).isTrue();
    assertThat(text.matches(Form.LINE)).as("the schema").isTrue();
  }

  @ParameterizedTest
  @CsvSource({"720h, PT720H", "15m, PT15M", "30s, PT30S", "1h30m, PT90M", "1h1m1s, PT1H1M1S"})
  void a_duration_is_written_as_in_go(String text, Duration duration) {
    assertThat(UntrustedText.duration(text)).hasValue(duration);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"30d", "1.5h", "-1h", "h", "1h 30m", "1m1h", "9999999h", "PT1H", " 1h"})
  void anything_else_is_no_duration(String text) {
    assertThat(UntrustedText.duration(text)).isEmpty();
  }

  @Test
  void a_time_is_that_of_rfc_3339() {
    assertThat(UntrustedText.time("2027-01-01T01:00:00+01:00"))
        .hasValue(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(UntrustedText.time("2027-01-01T00:00:00.5Z"))
        .hasValue(Instant.parse("2027-01-01T00:00:00.5Z"));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {
        "2027-01-01",
        "2027-01-01T00:00:00",
        "2027-02-30T00:00:00Z",
        "tomorrow",
        "0000-01-01T00:00:00Z",
        "+12027-01-01T00:00:00Z"
      })
  void anything_else_is_no_time(String text) {
    assertThat(UntrustedText.time(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1000000000000, 1000000000000"})
  void a_version_is_a_number_that_can_be_counted_on(String text, long number) {
    assertThat(UntrustedText.version(text)).hasValue(number);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {"0", "-1", "1.0", "9223372036854775807", "9223372036854775808", "one", " 1"})
  void anything_else_is_no_version(String text) {
    assertThat(UntrustedText.version(text)).isEmpty();
  }

  @Test
  void a_line_has_no_control_characters_and_a_bearable_length() {
    assertThat(UntrustedText.oneLine("a\nb\u001b[2J\u202ec\u2028d")).isEqualTo("a?b?[2J?c?d");
    assertThat(UntrustedText.oneLine("x".repeat(253))).isEqualTo("x".repeat(253));
    assertThat(UntrustedText.oneLine("x".repeat(254))).isEqualTo("x".repeat(252) + "…");
    assertThat(UntrustedText.oneLine("x" + "😀".repeat(200)))
        .isEqualTo("x" + "😀".repeat(125) + "…");
    assertThat(UntrustedText.isOneLine("x".repeat(253))).isTrue();
    assertThat(UntrustedText.isOneLine("x".repeat(254))).isFalse();
    assertThat(UntrustedText.isOneLine("a\nb")).isFalse();
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {" ", "\t"})
  void a_blank_text_is_absent(String text) {
    assertThat(UntrustedText.present(text)).isEmpty();
  }
}
