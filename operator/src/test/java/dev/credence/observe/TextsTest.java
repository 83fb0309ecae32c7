package dev.credence.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {

  @ParameterizedTest
  @CsvSource({"720h, PT720H", "15m, PT15M", "30s, PT30S", "1h30m, PT90M", "1h1m1s, PT1H1M1S"})
  void a_duration_is_written_as_in_go(String text, Duration duration) {
    assertThat(Texts.duration(text)).hasValue(duration);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"30d", "1.5h", "-1h", "h", "1h 30m", "1m1h", "9999999h", "PT1H", " 1h"})
  void anything_else_is_no_duration(String text) {
    assertThat(Texts.duration(text)).isEmpty();
  }

  @Test
  void a_time_is_that_of_rfc_3339() {
    assertThat(Texts.time("2027-01-01T01:00:00+01:00"))
        .hasValue(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(Texts.time("2027-01-01T00:00:00.5Z"))
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
    assertThat(Texts.time(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1000000000000, 1000000000000"})
  void a_version_is_a_number_that_can_be_counted_on(String text, long number) {
    assertThat(Texts.version(text)).hasValue(number);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {"0", "-1", "1.0", "9223372036854775807", "9223372036854775808", "one", " 1"})
  void anything_else_is_no_version(String text) {
    assertThat(Texts.version(text)).isEmpty();
  }

  @Test
  void a_line_has_no_control_characters_and_a_bearable_length() {
    assertThat(Texts.oneLine("a\nb\u001b[2J\u202ec\u2028d")).isEqualTo("a?b?[2J?c?d");
    assertThat(Texts.oneLine("x".repeat(253))).isEqualTo("x".repeat(253));
    assertThat(Texts.oneLine("x".repeat(254))).isEqualTo("x".repeat(252) + "…");
    assertThat(Texts.oneLine("x" + "😀".repeat(200))).isEqualTo("x" + "😀".repeat(125) + "…");
    assertThat(Texts.isOneLine("x".repeat(253))).isTrue();
    assertThat(Texts.isOneLine("x".repeat(254))).isFalse();
    assertThat(Texts.isOneLine("a\nb")).isFalse();
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {" ", "\t"})
  void a_blank_text_is_absent(String text) {
    assertThat(Texts.present(text)).isEmpty();
  }
}
