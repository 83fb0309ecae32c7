// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Generator.Fixed;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.Generator.KeyPair;
import dev.credence.facts.credential.Generator.RandomBytes;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.Templates;
import dev.credence.facts.credential.Templates.Layout;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatesTest {

  private static final KeySpec USERNAME = new KeySpec("username", new Fixed("payments"));
  private static final KeySpec PASSWORD = new KeySpec("password", new Fixed("{not read again}"));
  private static final KeySpec BLOB = new KeySpec("blob", new RandomBytes(32, Encoding.Raw));
  private static final KeySpec ID =
      new KeySpec(
          "id_key",
          new KeyPair(
              Algorithm.Ed25519, Optional.empty(), Format.OpenSSH, Optional.of("id_key.pub")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no reference",
        "postgres://{username}:{password}@db.sales/crm",
        "{{\"user\": \"{username}\"}}",
        "{{{username}}}",
        "{id_key.pub}{id_key}",
        "postgres://{username|url}:{password|url}@db.sales/crm",
        "{blob|url}",
        "{blob|base64}",
        "{{\"user\": \"{username|json}\"}}",
        "}}{{"
      })
  void a_template_of_known_keys_and_doubled_braces_is_fine(String template) {
    assertThat(problem(template)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{username|}",
        "{username|URL}",
        "{username | url}",
        "{username|base32}",
        "{|url}",
        "{username|url|url}",
        "{username|url"
      })
  void there_is_no_other_way_to_encode_a_value(String template) {
    assertThat(problem(template).orElseThrow()).contains("character 1 does not begin a {key}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a{b         | template url: the { at character 2 does not begin a {key}; a brace itself is {{",
        "{username   | template url: the { at character 1 does not begin a {key}; a brace itself is {{",
        "{}          | template url: the { at character 1 does not begin a {key}; a brace itself is {{",
        "{user name} | template url: the { at character 1 does not begin a {key}; a brace itself is {{",
        "{username}} | template url: the } at character 11 does not end a {key}; a brace itself is }}",
        "a}          | template url: the } at character 2 does not end a {key}; a brace itself is }}",
        "{usernam}   | template url: {usernam} is not a key of this Secret",
        "{blob}      | template url: {blob} is raw bytes and not text; encode it as Hex, Base64 or Base64Url",
        "{url}       | template url refers to itself"
      })
  void a_template_that_cannot_be_filled_in_says_why(String template, String sentence) {
    assertThat(problem(template)).contains(sentence);
  }

  @Test
  void raw_bytes_are_no_text_for_json() {
    assertThat(problem("{blob|json}"))
        .contains(
            "template url: {blob} is raw bytes and not text; encode it as Hex, Base64 or Base64Url");
  }

  @Test
  void templates_that_need_one_another_are_a_circle() {
    assertThat(
            Templates.problem(
                List.of(
                    template("outside", "{first}"),
                    template("first", "{second}"),
                    template("second", "{third}"),
                    template("third", "{first}"))))
        .contains("template first refers to itself through second, third");
  }

  @Test
  void thirty_two_references_are_allowed_and_thirty_three_are_not() {
    assertThat(problem("{username}".repeat(32))).isEmpty();
    assertThat(problem("{username}".repeat(33)))
        .contains("template url: 33 references, where 32 is the most");
  }

  @Test
  void a_name_stands_for_one_value() {
    assertThat(Templates.problem(List.of(USERNAME, USERNAME)))
        .contains("key username is defined twice");
    assertThat(Templates.problem(List.of(ID, new KeySpec("id_key.pub", new Fixed("mine")))))
        .contains("key id_key.pub is defined twice");
  }

  @Test
  void a_template_comes_after_those_it_refers_to() {
    List<KeySpec> keys =
        List.of(
            template("last", "{middle}{first}"),
            template("middle", "{first}{username}"),
            template("first", "{username}"),
            USERNAME);
    assertThat(Templates.inOrder(keys))
        .extracting(Layout::key)
        .containsExactly("first", "middle", "last");
  }

  @Test
  void a_long_text_of_braces_is_read_in_a_moment() {
    assertThat(problem("{{".repeat(50_000))).isEmpty();
    assertThat(problem("{{".repeat(50_000) + "{")).isPresent();
    assertThat(problem("{" + "a".repeat(100_000))).isPresent();
  }

  private static Optional<String> problem(String template) {
    return Templates.problem(List.of(USERNAME, PASSWORD, BLOB, ID, template("url", template)));
  }

  private static KeySpec template(String name, String text) {
    return new KeySpec(name, new Template(text));
  }
}
