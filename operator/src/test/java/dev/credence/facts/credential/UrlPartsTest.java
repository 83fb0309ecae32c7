// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Generator.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlPartsTest {
  private static final List<KeySpec> KEYS =
      List.of(
          new KeySpec("base64", new Generator.RandomBytes(32, Encoding.Base64)),
          new KeySpec("raw", new Generator.RandomBytes(32, Encoding.Raw)),
          new KeySpec("hex", new Generator.RandomBytes(32, Encoding.Hex)),
          new KeySpec("base64url", new Generator.RandomBytes(32, Encoding.Base64Url)),
          new KeySpec("symbols", new Generator.Password(32, Characters.Symbols)),
          new KeySpec("uuid", new Generator.Uuid()),
          new KeySpec("mail", new Generator.Fixed("crm@example.com")),
          new KeySpec("user", new Generator.Fixed("crm_app-1")),
          new KeySpec("encoded", new Generator.Fixed("crm%40example.com")),
          new KeySpec("percent", new Generator.Fixed("100%")),
          new KeySpec("host", new Generator.Fixed("db.example.com:5432")),
          new KeySpec("path", new Generator.Fixed("crm/main?sslmode=require")),
          new KeySpec("accounts", new Generator.Cycle(List.of("blue", "green@example.com"))),
          new KeySpec(
              "pair",
              new Generator.KeyPair(
                  Algorithm.Ed25519, Optional.empty(), Format.PKCS8, Optional.of("half"))));

  @ParameterizedTest
  @CsvSource({
    "postgres://crm:{base64}@db/crm, base64",
    "postgres://{mail}:{base64|url}@db/crm, mail",
    "postgres://{accounts}:{hex}@db/crm, accounts",
    "postgres://{percent}@db/crm, percent",
    "jdbc:postgresql://db/crm?user=crm&password={base64}, base64",
    "https://api.example.com/hooks/{base64}, base64",
    "'# one\nurl: \"amqp://crm:{base64}@mq/%2f\"', base64",
    "https://{half}@db, half",
    "{user}://{pair}@db, pair",
    "'mongodb://crm:{base64}@a:1,b:2/crm', base64"
  })
  void a_value_that_can_break_a_url_is_to_be_percent_encoded(String template, String key) {
    assertThat(note(template))
        .contains(
            "template uri: {%s} can contain characters that break a URL, such as `/` or `@`; write {%s|url}"
                .formatted(key, key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://{user}:{base64|url}@db/crm",
        "postgres://{user}:{hex}@db/crm",
        "postgres://{user}:{base64url}@db/crm",
        "postgres://{user}:{symbols}@db/crm",
        "postgres://{uuid}@db",
        "postgres://{encoded}:{raw|url}@db/crm",
        "postgres://{host}/{path}",
        "https://example.com/?contact={mail}",
        "host=db user={mail} password={base64}",
        "{base64}://db",
        "https://db/crm {base64}",
        "{\"url\": \"https://db\", \"password\": \"{base64}\"}",
        "url: https://db\npassword: {base64}"
      })
  void what_cannot_break_one_is_not_remarked_on(String template) {
    assertThat(note(template.replace("{\"", "{{\"").replaceAll("\"}$", "\"}}"))).isEmpty();
  }

  @Test
  void all_of_one_template_are_named() {
    assertThat(note("postgres://{mail}:{base64}@db/{base64}"))
        .hasValueSatisfying(
            stated ->
                assertThat(stated).contains("{base64}, {mail} can", "{base64|url}, {mail|url}"));
  }

  /// The template that holds the reference is to be changed, not the one with the scheme.
  @Test
  void a_template_in_a_template_is_followed() {
    assertThat(note("postgres://{login}@db", "login", "{user}:{base64}"))
        .hasValueSatisfying(
            stated ->
                assertThat(stated)
                    .startsWith("template login: {base64} can")
                    .endsWith("{base64|url}"));
    assertThat(note("postgres://{login}@db", "login", "{user}:{base64|url}")).isEmpty();
    assertThat(note("postgres://{login|url}@db", "login", "{user}:{base64}")).isEmpty();
  }

  @Test
  void templates_that_double_at_each_step_are_judged_in_no_time() {
    var keys = new ArrayList<>(KEYS);
    keys.add(new KeySpec("t0", new Generator.Template("{hex}")));
    for (var step = 1; step < 18; step++) {
      var inner = "{t" + (step - 1) + "}";
      keys.add(new KeySpec("t" + step, new Generator.Template(inner.repeat(32))));
    }
    keys.add(new KeySpec("uri", new Generator.Template("https://{t17}:{base64}@db")));
    assertThat(UrlParts.note(new GeneratedContent(keys))).isPresent();
  }

  @Test
  void a_template_that_cannot_be_filled_in_is_reported_elsewhere() {
    assertThat(note("postgres://{nobody}:{base64}@db")).isEmpty();
    assertThat(note("postgres://{uri}:{base64}@db")).isEmpty();
    assertThat(note("postgres://{raw}@db")).isEmpty();
  }

  private static Optional<String> note(String template) {
    return note(template, "other", "x");
  }

  private static Optional<String> note(String template, String other, String text) {
    var keys = new ArrayList<>(KEYS);
    keys.add(new KeySpec(other, new Generator.Template(text)));
    keys.add(new KeySpec("uri", new Generator.Template(template)));
    return UrlParts.note(new GeneratedContent(keys));
  }
}
