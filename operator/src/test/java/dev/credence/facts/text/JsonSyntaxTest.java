// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSyntaxTest {
  private static final ObjectMapper JACKSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " { } ",
        "{\"a\":[1,-2.5e+3,0,true,false,null,{},[]],\"b\":\"\\u00e4\\n\"}",
        "{\"a\" : \"Ü\" , \"a\" : 0.1}"
      })
  void an_object_is_valid(String text) {
    assertThat(JsonSyntax.invalidAt(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|0",
        "[]|0",
        "\"x\"|0",
        "{|1",
        "{a:1}|1",
        "{\"a\":1,}|7",
        "{\"a\":01}|6",
        "{\"a\":\"\\x\"}|7",
        "{\"a\":1}}|7",
        "{\"a\":tru}|8",
        "{\"a\":-}|6",
        "{\"a\" 1}|5"
      })
  void what_is_no_object_is_invalid_from_there_on(String text, int at) {
    assertThat(JsonSyntax.invalidAt(text)).hasValue(at);
  }

  @Test
  void a_line_break_ends_a_string() {
    assertThat(JsonSyntax.invalidAt("{\"a\":\"x\n\"}")).hasValue(7);
  }

  @Test
  void what_is_too_deep_is_invalid() {
    assertThat(JsonSyntax.invalidAt("{\"a\":" + "[".repeat(100_000))).isPresent();
  }

  @Test
  void it_agrees_with_jackson_about_any_text() {
    var random = new Random(4);
    var parts =
        "{ } [ ] , : \" \\ 0 1 - . e a true null \"a\" \"a\":1 \n {\"a\":1} \\u00e4".split(" ");
    for (int draw = 0; draw < 20_000; draw++) {
      var text = new StringBuilder("{");
      for (int part = random.nextInt(8); part >= 0; part--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      assertThat(JsonSyntax.invalidAt(text.toString()).isEmpty())
          .as(text.toString())
          .isEqualTo(isObject(text.toString()));
    }
  }

  private static boolean isObject(String text) {
    try {
      return JACKSON.readTree(text).isObject();
    } catch (com.fasterxml.jackson.core.JsonProcessingException invalid) {
      return false;
    }
  }
}
