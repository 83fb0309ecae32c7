// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.SecretContent.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneratedContentTest {
  private static final KeySpec PASSWORD = password("password", 32);
  private static final KeySpec TOKEN = password("token", 20);
  private static final KeySpec HOST = text("host", "db.sales");

  @Test
  void what_is_the_same_has_not_changed_in_any_order() {
    assertThat(since(of(PASSWORD, TOKEN, HOST), of(HOST, TOKEN, PASSWORD)))
        .isEqualTo(Change.Nothing);
  }

  @Test
  void texts_and_keys_that_are_removed_leave_the_secret_values() {
    assertThat(since(of(PASSWORD, HOST), of(PASSWORD, text("host", "db2"))))
        .isEqualTo(Change.Texts);
    assertThat(since(of(PASSWORD, HOST), of(PASSWORD))).isEqualTo(Change.Texts);
    assertThat(since(of(PASSWORD, TOKEN), of(PASSWORD))).isEqualTo(Change.Texts);
  }

  @Test
  void a_key_that_is_added_is_told_by_name() {
    var before = of(PASSWORD, HOST);
    var after = of(PASSWORD, TOKEN, text("host", "db2"));
    assertThat(since(before, after)).isEqualTo(Change.KeyAdded);
    assertThat(after.added(before.digest())).containsExactly(TOKEN);
  }

  @Test
  void another_generator_is_another_value() {
    assertThat(since(of(PASSWORD, TOKEN), of(password("password", 33), TOKEN)))
        .isEqualTo(Change.Generators);
    assertThat(since(of(PASSWORD, HOST), of(password("password", 33), TOKEN)))
        .isEqualTo(Change.Generators);
  }

  @Test
  void a_text_that_becomes_secret_and_the_other_way_round_is_another_value() {
    assertThat(since(of(PASSWORD, HOST), of(PASSWORD, password("host", 8))))
        .isEqualTo(Change.Generators);
    assertThat(since(of(PASSWORD, TOKEN), of(PASSWORD, text("token", "x"))))
        .isEqualTo(Change.Generators);
  }

  @Test
  void a_digest_without_keys_tells_texts_from_generators() {
    var before = of(PASSWORD, HOST).digest().split(" ")[0];
    assertThat(of(PASSWORD, HOST).since(before)).isEqualTo(Change.Nothing);
    assertThat(of(PASSWORD, text("host", "db2")).since(before)).isEqualTo(Change.Texts);
    assertThat(of(PASSWORD, TOKEN, HOST).since(before)).isEqualTo(Change.Generators);
    assertThat(of(PASSWORD, TOKEN, HOST).added(before)).isEmpty();
    assertThat(of(PASSWORD).since("0123456789abcdef of nobody's")).isEqualTo(Change.KeyAdded);
  }

  private static Change since(GeneratedContent before, GeneratedContent after) {
    return after.since(before.digest());
  }

  private static GeneratedContent of(KeySpec... keys) {
    return new GeneratedContent(List.of(keys));
  }

  private static KeySpec password(String name, int length) {
    return new KeySpec(name, new Generator.Password(length, Characters.AlphaNumeric));
  }

  private static KeySpec text(String name, String text) {
    return new KeySpec(name, new Generator.Fixed(text));
  }
}
