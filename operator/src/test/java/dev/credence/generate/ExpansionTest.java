// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.facts.credential.Generator.Fixed;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.Templates;
import dev.credence.facts.text.JsonSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {

  private static final String SECRET = "hunter2-with-{braces}-and-Ünicode";

  @ParameterizedTest
  @CsvSource({
    "'',                      ''",
    "plain,                   plain",
    "pg://{user}@db,          pg://payments@db",
    "{user}{user},            paymentspayments",
    "{{user}},                {user}",
    "{{{user}}},              {payments}",
    "{{{{ }}}},               '{{ }}'",
    "Zürich {user},           Zürich payments",
    "pg://{user|url}@db,      pg://payments@db",
    "{user|url}{user},        paymentspayments"
  })
  void values_stand_where_the_braces_were(String template, String filled) {
    assertThat(fill(new KeySpec("user", new Fixed("payments")), template("url", template)))
        .isEqualTo(filled);
  }

  @Test
  void what_is_for_a_url_is_percent_encoded_and_comes_back_from_one() {
    Random random = new Random(2);
    for (int draw = 0; draw < 500; draw++) {
      String value = text(random, draw % 20) + "/+=@:%?# Ü😀\n";
      String url =
          fill(
              new KeySpec("password", new Fixed(value)),
              template("url", "postgres://crm:{password|url}@db.example.com:5432/crm"));
      java.net.URI read = java.net.URI.create(url);
      assertThat(read.getHost()).isEqualTo("db.example.com");
      assertThat(read.getUserInfo()).isEqualTo("crm:" + value);
      assertThat(url).matches("postgres://crm:([A-Za-z0-9._~-]|%[0-9A-F]{2})*@db[.].*");
    }
  }

  @Test
  void what_is_for_json_comes_back_from_it() throws Exception {
    Random random = new Random(3);
    for (int draw = 0; draw < 500; draw++) {
      String value = text(random, draw % 20) + "\"\\\n\t\u0001\u007f Ü😀";
      String json =
          fill(
              new KeySpec("password", new Fixed(value)),
              template("url", "{{\"password\":\"{password|json}\"}}"));
      assertThat(JsonSyntax.invalidAt(json)).isEmpty();
      assertThat(new ObjectMapper().readTree(json).path("password").asText()).isEqualTo(value);
    }
  }

  @Test
  void a_composed_key_is_encoded_as_base64() {
    assertThat(
            fill(
                template("url", "{auth|base64}"),
                template("auth", "{user}:{password}"),
                new KeySpec("user", new Fixed("crm")),
                new KeySpec("password", new Fixed("s3cret?>"))))
        .isEqualTo("Y3JtOnMzY3JldD8+");
  }

  @Test
  void braces_in_a_value_mean_nothing() {
    assertThat(fill(new KeySpec("password", new Fixed(SECRET)), template("url", "<{password}>")))
        .isEqualTo("<" + SECRET + ">");
  }

  @Test
  void a_template_may_refer_to_templates_whatever_the_order() {
    assertThat(
            fill(
                template("url", "{scheme}://{login}@db"),
                template("login", "{user}:{user}"),
                new KeySpec("user", new Fixed("payments")),
                template("scheme", "pg")))
        .isEqualTo("pg://payments:payments@db");
  }

  @Test
  void any_text_comes_back_from_its_doubled_braces() {
    Random random = new Random(1);
    for (int draw = 0; draw < 2_000; draw++) {
      String text = text(random, draw % 20);
      assertThat(fill(template("url", text.replace("{", "{{").replace("}", "}}")))).isEqualTo(text);
    }
  }

  /// All 9,840 texts of up to eight characters `{`, `}` and `a`, where `a` is a key.
  @Test
  void what_the_check_lets_through_is_made_and_the_rest_is_not() {
    int fine = 0;
    for (String text : texts(8)) {
      List<KeySpec> keys = List.of(new KeySpec("a", new Fixed("x")), template("url", text));
      var problem = Templates.problem(keys);
      if (problem.isEmpty()) {
        fine++;
        new Maker(Seeded.random(1)).make(keys, 1);
      } else {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new Maker(Seeded.random(1)).make(keys, 1))
            .withMessage(problem.get());
      }
    }
    assertThat(fine).isBetween(100, 9_000);
  }

  @Test
  void the_templates_come_to_256_kib_and_no_more() {
    KeySpec long8k = new KeySpec("long", new Fixed("x".repeat(8 * 1024)));
    assertThat(fill(long8k, template("url", "{long}".repeat(32)))).hasSize(256 * 1024);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fill(long8k, template("url", "{long}".repeat(32) + ".")))
        .withMessage("template url: the rendered templates of this Secret exceed 256 KiB with it");
  }

  @Test
  void templates_that_multiply_are_stopped_and_no_value_is_told() {
    List<KeySpec> keys = new ArrayList<>(List.of(new KeySpec("t0", new Fixed(SECRET))));
    for (int step = 1; step < 32; step++) {
      keys.add(template("t" + step, "{t%d}".formatted(step - 1).repeat(32)));
    }
    assertThat(Templates.problem(keys)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Maker(Seeded.random(1)).make(keys, 1))
        .withMessageContaining("256 KiB")
        .withMessageNotContaining("hunter2")
        .withNoCause();
  }

  private static List<String> texts(int longest) {
    return longest == 0
        ? List.of("")
        : Stream.concat(
                Stream.of(""),
                texts(longest - 1).stream()
                    .flatMap(text -> Stream.of("{" + text, "}" + text, "a" + text)))
            .toList();
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < length; at++) {
      text.append("{}{}aä\n".charAt(random.nextInt(7)));
    }
    return text.toString();
  }

  private static String fill(KeySpec... keys) {
    return new String(new Maker(Seeded.random(1)).make(List.of(keys), 1).get("url"), UTF_8);
  }

  private static KeySpec template(String name, String text) {
    return new KeySpec(name, new Template(text));
  }
}
