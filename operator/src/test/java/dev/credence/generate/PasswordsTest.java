// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.credence.facts.credential.Generator.Characters;
import java.net.URI;
import java.net.URLEncoder;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PasswordsTest {

  @ParameterizedTest
  @EnumSource
  void a_password_has_its_length_and_a_character_of_every_class(Characters characters) {
    SecureRandom random = Seeded.random(1);
    for (int draw = 0; draw < 3_000; draw++) {
      int length = 8 + draw % 40;
      String password = password(length, characters, random);
      assertThat(password).hasSize(length);
      assertThat(Passwords.classes(characters))
          .allMatch(
              wanted -> password.chars().anyMatch(character -> wanted.indexOf(character) >= 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_alphabet_is_used_whole_and_nothing_else_is(Characters characters) {
    Set<Integer> seen = new TreeSet<>();
    SecureRandom random = Seeded.random(2);
    for (int draw = 0; draw < 1_000; draw++) {
      password(64, characters, random).chars().forEach(seen::add);
    }
    assertThat(seen)
        .isEqualTo(
            String.join("", Passwords.classes(characters))
                .chars()
                .boxed()
                .collect(Collectors.toSet()));
  }

  @Test
  void the_classes_are_what_their_names_say() {
    assertThat(Passwords.classes(Characters.Digits)).allMatch(all -> all.matches("[0-9]{10}"));
    assertThat(Passwords.classes(Characters.Letters))
        .satisfiesExactly(
            lower -> assertThat(lower).matches("[a-z]{26}"),
            upper -> assertThat(upper).matches("[A-Z]{26}"));
    assertThat(Passwords.classes(Characters.AlphaNumeric)).hasSize(3);
    assertThat(Passwords.classes(Characters.Symbols)).hasSize(4).endsWith("-._");
  }

  @Test
  void every_password_of_two_letters_is_as_likely_as_any_other() {
    assertThat(counts(2, Characters.Letters, 135_200))
        .satisfies(counts -> Evenness.assertEven(counts, 2 * 26 * 26));
  }

  @Test
  void every_password_of_three_letters_and_digits_is_as_likely_as_any_other() {
    assertThat(counts(3, Characters.AlphaNumeric, 200_000))
        .satisfies(counts -> Evenness.assertEven(counts, 6 * 26 * 26 * 10));
  }

  @Test
  void every_password_of_three_digits_is_as_likely_as_any_other() {
    assertThat(counts(3, Characters.Digits, 100_000))
        .satisfies(counts -> Evenness.assertEven(counts, 1_000));
  }

  /// 5 characters of 4 classes: the pattern of classes is as likely as there are passwords of it.
  @Test
  void a_class_comes_up_as_often_as_its_size_says() {
    int draws = 30_000;
    SecureRandom random = Seeded.random(3);
    Map<String, Integer> patterns = new HashMap<>();
    for (int draw = 0; draw < draws; draw++) {
      patterns.merge(pattern(password(5, Characters.Symbols, random)), 1, Integer::sum);
    }
    Map<String, Long> passwords = passwordsOfEachPattern("");
    double all = passwords.values().stream().mapToLong(count -> count).sum();
    Map<String, Double> expected = new HashMap<>();
    passwords.forEach((pattern, count) -> expected.put(pattern, draws * count / all));
    assertThat(expected).hasSize(240);
    Evenness.assertAsExpected(patterns, expected);
  }

  @Test
  void a_length_without_room_for_every_class_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Passwords.draw(3, Characters.Symbols, Seeded.random(4)))
        .withMessage("a password of Symbols needs at least 4 characters, not 3");
  }

  @Test
  void a_url_takes_any_password_as_it_stands() {
    SecureRandom random = Seeded.random(6);
    for (int draw = 0; draw < 1_000; draw++) {
      String password = password(16, Characters.Symbols, random);
      URI url = URI.create("amqp://crm:%s@mq/%s?p=%s#%s".replace("%s", password));
      assertThat(url.getUserInfo()).isEqualTo("crm:" + password);
      assertThat(URLEncoder.encode(password, US_ASCII)).isEqualTo(password);
    }
  }

  private static Map<String, Long> passwordsOfEachPattern(String begun) {
    if (begun.length() == 5) {
      return begun.chars().distinct().count() == 4 ? Map.of(begun, 1L) : Map.of();
    }
    Map<String, Long> counts = new HashMap<>();
    List<String> classes = Passwords.classes(Characters.Symbols);
    for (int each = 0; each < classes.size(); each++) {
      long ways = classes.get(each).length();
      passwordsOfEachPattern(begun + each)
          .forEach((pattern, count) -> counts.put(pattern, count * ways));
    }
    return counts;
  }

  private static String pattern(String password) {
    List<String> classes = Passwords.classes(Characters.Symbols);
    StringBuilder pattern = new StringBuilder();
    for (int at = 0; at < password.length(); at++) {
      for (int each = 0; each < classes.size(); each++) {
        if (classes.get(each).indexOf(password.charAt(at)) >= 0) {
          pattern.append(each);
        }
      }
    }
    return pattern.toString();
  }

  private static Map<String, Integer> counts(int length, Characters characters, int draws) {
    SecureRandom random = Seeded.random(5);
    Map<String, Integer> counts = new HashMap<>();
    for (int draw = 0; draw < draws; draw++) {
      counts.merge(password(length, characters, random), 1, Integer::sum);
    }
    return counts;
  }

  private static String password(int length, Characters characters, SecureRandom random) {
    return new String(Passwords.draw(length, characters, random), US_ASCII);
  }
}
