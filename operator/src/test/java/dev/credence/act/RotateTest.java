// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.act.Payments.PAYMENTS_DB;
import static dev.credence.act.Payments.base64;
import static dev.credence.act.Payments.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.plan.Action;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotateTest {
  @AutoClose private final Acting acting = new Acting();

  @Test
  void the_secret_is_read_and_put_back_under_its_version() {
    acting.api.answers(Payments.stored().build()).echoes();
    acting.perform(Payments.rotate());
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB, "PUT " + PAYMENTS_DB);
    assertThat(acting.sent().at("/metadata/resourceVersion").asText()).isEqualTo("41");
    assertThat(acting.sent().at("/metadata/uid").asText()).isEqualTo("uid-of-payments-db");
    assertThat(acting.sent().path("type").asText()).isEqualTo("Opaque");
  }

  @Test
  void the_value_before_stays_beside_the_new_one() {
    acting.api.answers(Payments.stored().build()).echoes();
    acting.perform(Payments.rotate());
    var data = acting.sent().path("data");
    assertThat(names(data))
        .containsExactlyInAnyOrder(
            "username", "password", "username.previous", "password.previous");
    assertThat(text(data.path("password.previous").asText())).isEqualTo("the first value");
    assertThat(text(data.path("password").asText())).matches("[A-Za-z0-9]{32}");
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1previous-retires-at").asText())
        .isEqualTo("2027-01-02T00:00:00Z");
  }

  @Test
  void without_an_overlap_the_value_before_goes_at_once() {
    acting.api.answers(Payments.stored().build()).echoes();
    acting.perform(Payments.rotate(Optional.empty()));
    assertThat(names(acting.sent().path("data"))).containsExactlyInAnyOrder("username", "password");
    assertThat(annotations()).doesNotContain("credence.dev/previous-retires-at");
  }

  @Test
  void the_value_before_the_last_one_does_not_stay() {
    acting.api.answers(storedWith("password.previous", "older still").build()).echoes();
    acting.perform(Payments.rotate());
    assertThat(text(acting.sent().at("/data/password.previous").asText()))
        .isEqualTo("the first value");
    assertThat(acting.api.last().body()).doesNotContain(base64("older still"));
  }

  @Test
  void a_value_that_waited_to_be_retired_goes_where_no_overlap_is_asked() {
    var waiting =
        storedWith("password.previous", "older still")
            .editMetadata()
            .addToAnnotations("credence.dev/previous-retires-at", "2026-12-31T00:00:00Z")
            .endMetadata();
    acting.api.answers(waiting.build()).echoes();
    acting.perform(Payments.rotate(Optional.empty()));
    assertThat(names(acting.sent().path("data"))).containsExactlyInAnyOrder("username", "password");
    assertThat(annotations()).doesNotContain("credence.dev/previous-retires-at");
  }

  @Test
  void keys_labels_and_annotations_of_others_stay() {
    var extended =
        storedWith("ca.crt", "put here by somebody")
            .editMetadata()
            .addToLabels("reloader", "yes")
            .addToAnnotations("example.com/note", "ours too")
            .endMetadata();
    acting.api.answers(extended.build()).echoes();
    acting.perform(Payments.rotate());
    assertThat(text(acting.sent().at("/data/ca.crt").asText())).isEqualTo("put here by somebody");
    assertThat(acting.sent().path("data").has("ca.crt.previous")).isFalse();
    assertThat(acting.sent().at("/metadata/labels/reloader").asText()).isEqualTo("yes");
    assertThat(annotations()).contains("example.com/note");
  }

  @Test
  void a_key_that_we_no_longer_make_goes_as_the_others_do() {
    var shrunk =
        storedWith("token", "made by an earlier recipe")
            .addToData("ca.crt", base64("put here by somebody"))
            .editMetadata()
            .withManagedFields(ourData("username", "password", "token"))
            .endMetadata();
    acting.api.answers(shrunk.build()).echoes();
    acting.perform(Payments.rotate());
    assertThat(names(acting.sent().path("data")))
        .containsExactlyInAnyOrder(
            "username",
            "password",
            "username.previous",
            "password.previous",
            "token.previous",
            "ca.crt");

    acting.api.answers(shrunk.build()).echoes();
    acting.perform(Payments.rotate(Optional.empty()));
    assertThat(names(acting.sent().path("data")))
        .containsExactlyInAnyOrder("username", "password", "ca.crt");
  }

  /// As it is after the adoption: nothing of its data was written by us.
  private static SecretBuilder adopted() {
    return Payments.stored()
        .addToData("webhook", base64("of its holder"))
        .addToData("webhook.previous", base64("of its holder, of yesterday"))
        .editMetadata()
        .addToAnnotations("credence.dev/keys", "")
        .endMetadata();
  }

  private void assertThatTheHoldersKeysAreAsTheyWere() {
    var data = acting.sent().path("data");
    assertThat(text(data.path("webhook").asText())).isEqualTo("of its holder");
    assertThat(text(data.path("webhook.previous").asText()))
        .isEqualTo("of its holder, of yesterday");
    assertThat(data.has("webhook.previous.previous")).isFalse();
  }

  @Test
  void the_keys_of_the_holder_of_an_adopted_secret_stay_through_a_whole_rotation() {
    acting.api.answers(adopted().build()).echoes();
    acting.perform(Payments.rotate());
    assertThatTheHoldersKeysAreAsTheyWere();
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1keys").asText())
        .isEqualTo("password,password.previous,username,username.previous");

    acting.api.answers(asSent()).echoes();
    acting.perform(
        new Action.Rollback(
            Payments.DB, Payments.JUDGED, Payments.versionInfo(3, Payments.A_DAY_LATER)));
    assertThatTheHoldersKeysAreAsTheyWere();
    assertThat(text(acting.sent().at("/data/password").asText())).isEqualTo("the first value");

    acting.api.answers(asSent()).echoes();
    acting.perform(new Action.Retire(Payments.DB, Payments.JUDGED));
    assertThatTheHoldersKeysAreAsTheyWere();
    assertThat(names(acting.sent().path("data")))
        .containsExactlyInAnyOrder("username", "password", "webhook", "webhook.previous");
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1keys").asText())
        .isEqualTo("password,username");
  }

  private JsonNode asSent() {
    return acting.sent().deepCopy();
  }

  /// Without the record, as somebody left it who takes annotations off, and with field owners that
  /// say nothing.
  @Test
  void without_any_record_the_recipe_alone_says_what_is_ours() {
    var bare = adopted().editMetadata().removeFromAnnotations("credence.dev/keys").endMetadata();
    acting.api.answers(bare.build()).echoes();
    acting.perform(Payments.rotate());
    assertThatTheHoldersKeysAreAsTheyWere();
  }

  @Test
  void a_key_that_the_recipe_gains_later_does_not_take_the_place_of_a_holders_key() {
    var wider =
        new GeneratedContent(
            List.of(
                new KeySpec("password", new Generator.Uuid()),
                new KeySpec("webhook", new Generator.Uuid())));
    acting.api.answers(adopted().build());
    var refusal =
        acting.refused(
            new Action.Rotate(
                Payments.DB,
                Payments.JUDGED,
                wider,
                Payments.versionInfo(2, Payments.A_DAY_LATER),
                new Action.Why.OnChange()));
    assertThat(refusal.why()).isEqualTo(Cause.Refused);
    assertThat(refusal)
        .hasMessage(
            "Secret payments-db: Key webhook.previous exists and was not written by Credence. The operator stores the previous value under this key. Rename or delete the key, or set `rotation.overlap: 0s`.");
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB);
  }

  @Test
  void without_an_overlap_nothing_takes_the_place_of_a_holders_key() {
    var own = storedWith("password.previous", "of its holder").editMetadata();
    acting
        .api
        .answers(own.addToAnnotations("credence.dev/keys", "").endMetadata().build())
        .echoes();
    acting.perform(Payments.rotate(Optional.empty()));
    assertThat(text(acting.sent().at("/data/password.previous").asText()))
        .isEqualTo("of its holder");
  }

  @Test
  void the_record_is_believed_where_the_field_owners_were_merged() {
    var merged =
        storedWith("legacy", "made by an earlier recipe")
            .addToData("legacy.previous", base64("older"))
            .editMetadata()
            .addToAnnotations("credence.dev/keys", "legacy,legacy.previous,password,username")
            .endMetadata();
    acting.api.answers(merged.build()).echoes();
    acting.perform(Payments.rotate(Optional.empty()));
    assertThat(names(acting.sent().path("data"))).containsExactlyInAnyOrder("username", "password");
  }

  @Test
  void a_previous_of_somebody_else_is_left_alone() {
    var beside =
        storedWith("ca.crt", "of somebody")
            .addToData("ca.crt.previous", base64("of somebody too"))
            .addToData("password.previous", base64("ours"))
            .editMetadata()
            .withManagedFields(ourData("username", "password", "password.previous"))
            .endMetadata();
    acting.api.answers(beside.build()).echoes();
    acting.perform(new Action.Retire(Payments.DB, Payments.JUDGED));
    assertThat(names(acting.sent().path("data")))
        .containsExactlyInAnyOrder("username", "password", "ca.crt", "ca.crt.previous");
  }

  private static ManagedFieldsEntry ourData(String... keys) {
    var fields = new FieldsV1();
    fields.setAdditionalProperty(
        "f:data",
        Arrays.stream(keys).collect(Collectors.toMap(key -> "f:" + key, key -> Map.of())));
    return new ManagedFieldsEntryBuilder()
        .withManager("credence")
        .withOperation("Update")
        .withFieldsV1(fields)
        .build();
  }

  @Test
  void the_new_version_is_told_and_the_old_one_forgotten() {
    acting.api.answers(Payments.stored().build()).echoes();
    acting.perform(Payments.rotate());
    assertThat(acting.sent().at("/metadata/annotations").properties())
        .extracting(annotation -> annotation.getKey() + "=" + annotation.getValue().asText())
        .containsExactlyInAnyOrder(
            "credence.dev/version=2",
            "credence.dev/issued-at=2027-01-01T00:00:00Z",
            "credence.dev/previous-retires-at=2027-01-02T00:00:00Z",
            "credence.dev/previous=kept",
            "credence.dev/keys=password,password.previous,username,username.previous",
            "credence.dev/recipe=0123456789abcdef");
  }

  @Test
  void a_secret_that_somebody_emptied_is_filled_again() {
    acting.api.answers(Payments.stored().withData(null).build()).echoes();
    acting.perform(Payments.rotate());
    assertThat(names(acting.sent().path("data"))).containsExactlyInAnyOrder("username", "password");
  }

  @Test
  void retiring_takes_the_value_before_and_nothing_else() {
    var overlapping =
        storedWith("password.previous", "older")
            .addToData("ca.crt", base64("put here by somebody"))
            .addToData("lonely.previous", base64("a key of somebody"))
            .editMetadata()
            .addToAnnotations("credence.dev/previous-retires-at", "2027-01-01T00:00:00Z")
            .addToAnnotations("credence.dev/keys", "password,password.previous,username")
            .addToAnnotations("credence.dev/hook-runs", "{}")
            .endMetadata();
    acting.api.answers(overlapping.build()).echoes();
    acting.perform(new Action.Retire(Payments.DB, Payments.JUDGED));
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB, "PUT " + PAYMENTS_DB);
    assertThat(names(acting.sent().path("data")))
        .containsExactlyInAnyOrder("username", "password", "ca.crt", "lonely.previous");
    assertThat(text(acting.sent().at("/data/password").asText())).isEqualTo("the first value");
    assertThat(annotations())
        .containsExactlyInAnyOrder(
            "credence.dev/version", "credence.dev/issued-at", "credence.dev/keys");
  }

  @Test
  void retiring_remembers_who_is_left_behind_and_whose_pods_were_evicted() {
    var overlapping =
        storedWith("password.previous", "older")
            .editMetadata()
            .addToAnnotations("credence.dev/previous-retires-at", "2027-01-01T00:00:00Z")
            .addToAnnotations("credence.dev/evicted", "uid-1=3/3@2027-01-01T00:00:00Z")
            .endMetadata();
    acting.api.answers(overlapping.build()).echoes();
    acting.perform(
        new Action.Retire(
            Payments.DB, Payments.JUDGED, Optional.of(Instant.parse("2026-12-31T00:00:00Z"))));
    assertThat(acting.sent().at("/metadata/annotations").path("credence.dev/left-behind").asText())
        .isEqualTo("2026-12-31T00:00:00Z");
    assertThat(annotations())
        .containsExactlyInAnyOrder(
            "credence.dev/version",
            "credence.dev/issued-at",
            "credence.dev/keys",
            "credence.dev/left-behind",
            "credence.dev/evicted");
  }

  @Test
  void when_all_have_moved_nothing_of_it_is_remembered() {
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.CaughtUp(Payments.DB, Payments.JUDGED));
    assertThat(acting.api.last().body())
        .contains("\"credence.dev/left-behind\":null", "\"credence.dev/evicted\":null");
  }

  @ParameterizedTest
  @CsvSource({"uid-of-another, 41", "uid-of-payments-db, 42"})
  void only_the_very_object_that_was_judged_is_written(String uid, String resourceVersion) {
    var other =
        Payments.stored()
            .editMetadata()
            .withUid(uid)
            .withResourceVersion(resourceVersion)
            .endMetadata()
            .build();
    acting.api.answers(other).answers(other);
    assertThat(acting.refused(Payments.rotate()).why()).isEqualTo(Cause.Raced);
    assertThat(acting.refused(new Action.Retire(Payments.DB, Payments.JUDGED)).why())
        .isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB, "GET " + PAYMENTS_DB);
  }

  @Test
  void a_secret_that_is_gone_is_not_created_anew() {
    acting.api.refuses(404, "secrets \"payments-db\" not found");
    assertThat(acting.refused(Payments.rotate()).why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB);
  }

  @Test
  void a_secret_that_changed_between_the_two_is_a_race() {
    acting
        .api
        .answers(Payments.stored().build())
        .refuses(409, "the object has been modified; please apply your changes");
    var refusal = acting.refused(Payments.rotate());
    assertThat(refusal.why()).isEqualTo(Cause.Raced);
    assertThat(refusal).hasMessage("Secret payments-db was changed by another writer");
    assertThat(acting.api.asked()).hasSize(2);
    assertThat(acting.memory.wrote).isEmpty();
  }

  @Test
  void what_was_written_is_remembered_without_its_bytes() {
    acting.api.answers(Payments.stored().build()).echoes();
    acting.perform(Payments.rotate());
    assertThat(acting.memory.wrote)
        .singleElement()
        .satisfies(secret -> assertThat(((Secret) secret).getData()).isEmpty());
  }

  private static SecretBuilder storedWith(String key, String value) {
    return Payments.stored().addToData(Map.of(key, base64(value)));
  }

  private Iterable<String> annotations() {
    return names(acting.sent().at("/metadata/annotations"));
  }

  private static Iterable<String> names(JsonNode object) {
    return () -> object.fieldNames();
  }
}
