// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.act.Payments.PAYMENTS_DB;
import static dev.credence.act.Payments.base64;
import static dev.credence.act.Payments.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Fixed;
import dev.credence.facts.credential.Generator.Password;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.KeySpec;
import dev.credence.plan.Action;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Fixed texts and templates are brought up to date beside the secret values.
class RewordTest {
  private static final GeneratedContent RECIPE =
      new GeneratedContent(
          List.of(
              new KeySpec("username", new Fixed("payments")),
              new KeySpec("host", new Fixed("db.sales")),
              new KeySpec("password", new Password(32, Characters.AlphaNumeric)),
              new KeySpec("uri", new Template("pg://{username}:{password|url}@{host}/crm"))));

  @AutoClose private final Acting acting = new Acting();

  @Test
  void the_secret_value_stays_and_the_texts_follow() {
    var stored =
        Payments.stored()
            .addToData("password.previous", base64("the value before"))
            .addToData("of-somebody-else", base64("stays"))
            .editMetadata()
            .addToAnnotations("credence.dev/previous-retires-at", "2027-01-02T00:00:00Z")
            .endMetadata();
    acting.api.answers(stored.build()).echoes();
    acting.perform(reword());
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB, "PUT " + PAYMENTS_DB);
    var data = acting.sent().path("data");
    assertThat(text(data.path("password").asText())).isEqualTo("the first value");
    assertThat(text(data.path("password.previous").asText())).isEqualTo("the value before");
    assertThat(text(data.path("of-somebody-else").asText())).isEqualTo("stays");
    assertThat(text(data.path("host").asText())).isEqualTo("db.sales");
    assertThat(text(data.path("uri").asText()))
        .isEqualTo("pg://payments:the%20first%20value@db.sales/crm");
    var annotations = acting.sent().at("/metadata/annotations");
    assertThat(annotations.path("credence.dev/recipe").asText()).isEqualTo(RECIPE.digest());
    assertThat(annotations.path("credence.dev/previous-retires-at").asText())
        .isEqualTo("2027-01-02T00:00:00Z");
  }

  @Test
  void a_key_that_was_added_gets_a_value_and_the_others_stay() {
    var added = new KeySpec("token", new Password(20, Characters.Digits));
    var theirs = new KeySpec("of-somebody-else", new Password(20, Characters.Digits));
    var keys = new ArrayList<>(RECIPE.keys());
    keys.add(added);
    keys.add(theirs);
    keys.add(new KeySpec("header", new Template("Bearer {token}")));
    var generatorSpec = new GeneratedContent(keys);
    var stored =
        Payments.stored()
            .addToData("of-somebody-else", base64("stays"))
            .editMetadata()
            .addToAnnotations("credence.dev/keys", "host,password,uri,username")
            .endMetadata();
    acting.api.answers(stored.build());
    acting.api.echoes();
    acting.perform(
        new Action.Reword(Payments.DB, Payments.JUDGED, generatorSpec, 7, List.of(added, theirs)));
    var data = acting.sent().path("data");
    assertThat(text(data.path("password").asText())).isEqualTo("the first value");
    assertThat(text(data.path("of-somebody-else").asText())).isEqualTo("stays");
    assertThat(text(data.path("token").asText())).matches("[0-9]{20}");
    assertThat(text(data.path("header").asText()))
        .isEqualTo("Bearer " + text(data.path("token").asText()));
    var annotations = acting.sent().at("/metadata/annotations");
    assertThat(annotations.path("credence.dev/keys").asText().split(","))
        .contains("token", "header", "password")
        .doesNotContain("of-somebody-else");
    assertThat(annotations.path("credence.dev/recipe").asText()).isEqualTo(generatorSpec.digest());
  }

  private static Action.Reword reword() {
    return new Action.Reword(Payments.DB, Payments.JUDGED, RECIPE, 7, List.of());
  }

  @Test
  void where_a_value_is_missing_that_a_template_needs_nothing_is_written() {
    var stored = Payments.stored().removeFromData("password");
    acting.api.answers(stored.build());
    var refusal = acting.refused(reword());
    assertThat(refusal).hasMessageContaining("The key password is missing");
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB);
  }

  @Test
  void one_that_changed_meanwhile_is_left_for_the_next_look() {
    var stored = Payments.stored().editMetadata().withResourceVersion("77").endMetadata();
    acting.api.answers(stored.build());
    acting.refused(reword());
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB);
  }
}
