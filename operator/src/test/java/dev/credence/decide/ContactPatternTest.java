// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.credence.facts.text.ContactPattern;
import dev.credence.facts.text.ContactPattern.Broken;
import dev.credence.facts.text.ContactPattern.Usable;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContactPatternTest {

  @Test
  void the_whole_value_must_match() {
    var pattern = (Usable) ContactPattern.of("[^@ ]+@example\\.com");
    assertThat(pattern.accepts("alice@example.com")).isTrue();
    assertThat(pattern.accepts("alice@example.com ")).isFalse();
    assertThat(pattern.accepts("x alice@example.com")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a-z]{2,63}@([a-z]{2,63}\\.){1,5}[a-z]{2,10}",
        "([a-z]{10}){100}",
        "a{1000}b{1000}",
        "[{1000}]{10}",
        "[]({1000}]{10}",
        "\\(a{999}\\){999}",
        "\\Q((a{1000}){1000}){1000}\\E"
      })
  void repetition_within_reason_is_usable(String regex) {
    assertThat(ContactPattern.of(regex)).isInstanceOf(Usable.class);
  }

  /// Compiled, each of these would need more memory than the operator has.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1000}){1000}){1000}",
        "(((((a{10}){10}){10}){10}){10}){1000}",
        "(x|(y{500,1000}z){1000}){2}",
        "\\Q[\\E((a{1000}){1000}){1000}]",
        "(?:(?:\\pL{1000}){1000}){1000}",
        "(a{1000,}){1000}"
      })
  void repetition_of_repetition_is_refused_before_it_is_compiled(String regex) {
    assertThat(ContactPattern.of(regex)).isInstanceOf(Broken.class);
  }

  /// Each of these takes a backtracking engine longer than anybody lives.
  @ParameterizedTest
  @ValueSource(
      strings = {"(a+)+$", "(a|aa)+$", "(a*)*b", "(.*a){20}", "([a-zA-Z]+)*$", "(a?){30}a{30}"})
  void a_hostile_pattern_answers_about_a_long_contact(String regex) {
    var pattern = (Usable) ContactPattern.of(regex);
    var contact = "a".repeat(256 * 1024) + "!";
    assertTimeoutPreemptively(
        Duration.ofSeconds(60), () -> assertThat(pattern.accepts(contact)).isFalse());
  }

  @Test
  void a_pattern_longer_than_the_schema_allows_is_read_all_the_same() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          assertThat(ContactPattern.of("(".repeat(64 * 1024))).isInstanceOf(Broken.class);
          assertThat(ContactPattern.of("a|".repeat(32 * 1024))).isInstanceOf(Usable.class);
        });
  }
}
