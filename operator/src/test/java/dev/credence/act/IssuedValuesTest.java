// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.act.Payments.PAYMENTS_DB;
import static dev.credence.act.Payments.SECRETS;
import static dev.credence.act.Payments.base64;
import static dev.credence.act.Payments.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Fixed;
import dev.credence.facts.credential.Generator.Issued;
import dev.credence.facts.credential.Generator.Password;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.KeySpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A value that another system issues, from its staging to its place in the Secret.
class IssuedValuesTest {
  private static final String PENDING = SECRETS + "/payments-db-pending";

  private static final GeneratedContent GITLAB =
      new GeneratedContent(
          List.of(
              new KeySpec("user", new Fixed("crm")),
              new KeySpec("salt", new Password(32, Characters.AlphaNumeric)),
              new KeySpec("token", new Issued(false)),
              new KeySpec("token-id", new Issued(true)),
              new KeySpec("header", new Template("PRIVATE-TOKEN: {token}")),
              new KeySpec("curl", new Template("--header {header} --user {user}")),
              new KeySpec("greeting", new Template("hello {user}"))));

  @AutoClose private final Acting acting = new Acting();

  @Test
  void it_is_staged_without_the_issued_keys_and_what_refers_to_them() {
    acting.api.echoes();
    acting.perform(Payments.stage(GITLAB));
    assertThat(acting.api.lines()).containsExactly("POST " + SECRETS);
    assertThat(acting.sent().path("data").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("user", "salt", "greeting");
    assertThat(annotation("credence.dev/issued-keys")).isEqualTo("token,token-id");
    assertThat(annotation("credence.dev/keys")).isEqualTo("greeting,salt,user");
  }

  @Test
  void what_the_hook_wrote_is_put_in_place_and_the_templates_are_rendered() {
    acting.api.answers(staged(Map.of())).answers(stored()).echoes();
    acting.perform(Payments.promote(GITLAB));
    assertThat(acting.api.lines())
        .containsExactly("GET " + PENDING, "GET " + PAYMENTS_DB, "PUT " + PAYMENTS_DB);
    assertThat(data())
        .containsEntry("token", "glpat-new")
        .containsEntry("token-id", "8")
        .containsEntry("token.previous", "glpat-old")
        .containsEntry("token-id.previous", "7")
        .containsEntry("header", "PRIVATE-TOKEN: glpat-new")
        .containsEntry("curl", "--header PRIVATE-TOKEN: glpat-new --user crm")
        .doesNotContainKey("theirs");
  }

  @ParameterizedTest
  @CsvSource({
    "token, , did not write key token.",
    "token, '', did not write key token.",
    "token-id, two words, wrote no id into key token-id",
    "token-id, 7, wrote the id of the current value into token-id",
  })
  void what_cannot_be_used_is_not_put_in_place(String key, @Nullable String value, String said) {
    var changed = new HashMap<String, @Nullable String>();
    changed.put(key, value);
    acting.api.answers(staged(changed)).answers(stored());
    assertThat(acting.refused(Payments.promote(GITLAB)))
        .hasMessageContaining(said)
        .hasMessageContaining("Fix the hook")
        .hasMessageNotContaining("glpat");
    assertThat(acting.api.lines()).allMatch(line -> line.startsWith("GET "));
  }

  @Test
  void a_value_that_is_too_long_is_not_put_in_place() {
    acting.api.answers(staged(Map.of("token", "x".repeat(16 * 1024 + 1))));
    assertThat(acting.refused(Payments.promote(GITLAB)))
        .hasMessageContaining("more than 16384 bytes into key token");
  }

  private String annotation(String name) {
    return acting.sent().path("metadata").path("annotations").path(name).asText();
  }

  private Map<String, String> data() {
    var data = new HashMap<String, String>();
    acting
        .sent()
        .path("data")
        .properties()
        .forEach(entry -> data.put(entry.getKey(), text(entry.getValue().asText())));
    return data;
  }

  private static Object staged(Map<String, ? extends @Nullable String> changed) {
    var values =
        new HashMap<String, @Nullable String>(
            Map.of(
                "user", "crm",
                "salt", "the salt",
                "greeting", "hello crm",
                "token", "glpat-new",
                "token-id", "8",
                "theirs", "of somebody"));
    values.putAll(changed);
    var data = new HashMap<String, String>();
    values.forEach(
        (key, value) -> {
          if (value != null) {
            data.put(key, base64(value));
          }
        });
    return Payments.staged()
        .editMetadata()
        .addToAnnotations("credence.dev/issued-keys", "token,token-id")
        .addToAnnotations("credence.dev/keys", "greeting,salt,user")
        .endMetadata()
        .withData(data)
        .build();
  }

  private static Object stored() {
    return Payments.stored()
        .editMetadata()
        .addToAnnotations("credence.dev/keys", "curl,greeting,header,salt,token,token-id,user")
        .endMetadata()
        .withData(
            Map.of(
                "user", base64("crm"),
                "token", base64("glpat-old"),
                "token-id", base64("7")))
        .build();
  }
}
