// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.act.Acting;
import dev.credence.act.Payments;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi.Answer;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriteRefusedTest {
  @AutoClose private final Acting acting = new Acting();

  @ParameterizedTest
  @CsvSource({
    "400, the request is malformed",
    "403, 'secrets is forbidden: exceeded quota: few, requested: secrets=1'",
    "405, no such verb",
    "500, 'failed to convert new object to smd typed: .secrets: element 1: associative list with keys has an element that omits all key fields'",
    "422, 'Secret \"payments-db\" is invalid: data: Forbidden: field is immutable'"
  })
  void a_no_is_told_in_a_sentence(int code, String stated) {
    acting.api.refuses(code, stated);
    var refusal = acting.refused(Payments.issue());
    assertThat(refusal.why()).isEqualTo(Cause.Refused);
    assertThat(refusal.subject()).isEqualTo(Payments.DB);
    assertThat(refusal)
        .hasMessage(
            "Secret payments-db: The API server rejected the request to create it ("
                + code
                + "): "
                + stated);
  }

  @Test
  void each_verb_has_its_word() {
    acting.api.refuses(403, "no").answers(Payments.stored().build()).refuses(403, "no");
    assertThat(acting.refused(Payments.rotate()))
        .hasMessageContaining("rejected the request to read it");
    assertThat(acting.refused(Payments.rotate()))
        .hasMessageContaining("rejected the request to update it");
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 409})
  void what_changed_meanwhile_is_a_race(int code) {
    acting.api.refuses(code, "whatever");
    var refusal = acting.refused(Payments.issue());
    assertThat(refusal.why()).isEqualTo(Cause.Raced);
    assertThat(refusal).hasMessage("Secret payments-db was changed by another writer");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503, 504})
  void a_server_that_cannot_answer_is_nobodys_fault(int code) {
    acting.api.refuses(code, "busy");
    assertThatThrownBy(() -> acting.perform(Payments.issue()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, answer -> assertThat(answer.getCode()).isEqualTo(code))
        .hasMessageContaining("busy");
  }

  @Test
  void a_server_that_is_not_there_is_nobodys_fault() {
    acting.api.close();
    assertThatThrownBy(() -> acting.perform(Payments.issue()))
        .isInstanceOf(KubernetesClientException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void a_message_that_repeats_a_value_is_withheld() {
    acting.api.then(request -> forbidden("webhook saw " + request.json().path("data")));
    assertThat(acting.refused(Payments.issue()))
        .hasMessage(
            "Secret payments-db: The API server rejected the request to create it (403): (message withheld: it repeats a value)");
  }

  @Test
  void a_message_that_repeats_a_value_in_clear_is_withheld() {
    acting.api.then(
        request ->
            forbidden("bad: " + Payments.text(request.json().at("/data/password").asText())));
    assertThat(acting.refused(Payments.issue())).hasMessageEndingWith("it repeats a value)");
  }

  @Test
  void a_message_that_repeats_the_value_before_is_withheld_too() {
    acting
        .api
        .answers(Payments.stored().build())
        .then(request -> forbidden("webhook saw " + request.json().path("data")));
    assertThat(acting.refused(new Action.Retire(Payments.DB, Payments.JUDGED)))
        .hasMessage(
            "Secret payments-db: The API server rejected the request to update it (403): (message withheld: it repeats a value)")
        .hasMessageNotContaining(Payments.base64("the first value"));
  }

  @Test
  void a_text_that_the_recipe_states_is_no_secret() {
    acting.api.refuses(403, "secrets is forbidden in the namespace payments");
    assertThat(acting.refused(Payments.issue()))
        .hasMessageEndingWith("(403): secrets is forbidden in the namespace payments");
  }

  @Test
  void a_message_is_one_line_of_bearable_length() {
    acting.api.refuses(422, "first\nsecond\u001b[31m\u009b\u202e" + "x".repeat(1_000));
    assertThat(acting.refused(Payments.issue()).getMessage())
        .contains("(422): first second [31m  xxx")
        .endsWith("x…")
        .doesNotContain("\n")
        .hasSizeLessThan(500);
  }

  @Test
  void a_refusal_has_no_stack_to_print() {
    acting.api.refuses(403, "no");
    var refusal = acting.refused(Payments.rotate(Optional.empty()));
    assertThat(refusal.getStackTrace()).isEmpty();
    assertThat(refusal).hasNoCause();
  }

  private static Answer forbidden(String message) {
    return new Answer(403, dev.credence.testing.FakeApi.status(403, message));
  }
}
