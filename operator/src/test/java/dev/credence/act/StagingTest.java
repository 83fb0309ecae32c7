// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.act.Payments.PAYMENTS_DB;
import static dev.credence.act.Payments.SECRETS;
import static dev.credence.act.Payments.base64;
import static dev.credence.act.Payments.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.Cycle;
import dev.credence.facts.credential.Generator.Fixed;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A new value that is tried before anybody sees it, the turn to it, and the way back.
class StagingTest {
  private static final String PENDING = SECRETS + "/payments-db-pending";

  /// Two users that take turns, and what never changes.
  private static final GeneratedContent TURNS =
      new GeneratedContent(
          List.of(
              new KeySpec("username", new Cycle(List.of("payments_a", "payments_b"))),
              new KeySpec("url", new Template("db://{username}@db"))));

  private static final GeneratedContent FIXED =
      new GeneratedContent(
          List.of(
              new KeySpec("username", new Fixed("payments")),
              new KeySpec("password", new Fixed("the first value"))));

  @AutoClose private final Acting acting = new Acting();

  @Test
  void a_value_is_staged_beside_the_secret_which_is_not_even_read() {
    acting.api.echoes();
    acting.perform(Payments.stage(Payments.RECIPE));
    assertThat(acting.api.lines()).containsExactly("POST " + SECRETS);
    assertThat(acting.sent().at("/metadata/name").asText()).isEqualTo("payments-db-pending");
    assertThat(acting.sent().path("type").asText()).isEqualTo("Opaque");
    assertThat(text(acting.sent().at("/data/password").asText())).matches("[A-Za-z0-9]{32}");
  }

  @Test
  void what_is_staged_says_what_it_is_for_and_goes_with_its_identity() {
    acting.api.echoes();
    acting.perform(Payments.stage(Payments.RECIPE));
    assertThat(annotations())
        .containsExactlyInAnyOrder(
            "credence.dev/owner=ada@example.com",
            "credence.dev/team=team-payments",
            "credence.dev/version=2",
            "credence.dev/issued-at=2027-01-01T00:00:00Z",
            "credence.dev/recipe=0123456789abcdef",
            "credence.dev/keys=password,username",
            "credence.dev/written=" + Payments.WRITTEN_ADA,
            "credence.dev/pending-for=payments-db");
    assertThat(acting.sent().at("/metadata/ownerReferences"))
        .isEqualTo(FakeApi.tree(IssueTest.OWNERS));
  }

  @ParameterizedTest
  @CsvSource({"payments_a, payments_b", "payments_b, payments_a", "renamed, payments_b"})
  void what_takes_turns_takes_the_one_after_what_is_there(String now, String next) {
    acting
        .api
        .answers(Payments.stored().withData(Map.of("username", base64(now))).build())
        .echoes();
    acting.perform(Payments.stage(TURNS));
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB, "POST " + SECRETS);
    assertThat(text(acting.sent().at("/data/username").asText())).isEqualTo(next);
    assertThat(text(acting.sent().at("/data/url").asText())).isEqualTo("db://" + next + "@db");
  }

  @Test
  void what_takes_turns_is_staged_for_the_very_secret_that_was_judged() {
    acting.api.answers(
        Payments.stored().editMetadata().withResourceVersion("42").endMetadata().build());
    assertThat(acting.refused(Payments.stage(TURNS)).why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB);
  }

  @Test
  void a_first_value_is_staged_where_there_is_no_secret_yet() {
    acting.api.echoes();
    acting.perform(
        new Action.Stage(
            Payments.PENDING,
            Payments.DB,
            Optional.empty(),
            "Opaque",
            TURNS,
            Payments.ADA,
            Payments.versionInfo(1, Optional.empty())));
    assertThat(acting.api.lines()).containsExactly("POST " + SECRETS);
    assertThat(text(acting.sent().at("/data/username").asText())).isEqualTo("payments_a");
  }

  @Test
  void a_pending_secret_that_is_there_already_is_left_alone() {
    acting.api.refuses(409, "secrets \"payments-db-pending\" already exists");
    var refusal = acting.refused(Payments.stage(Payments.RECIPE));
    assertThat(refusal.why()).isEqualTo(Cause.Raced);
    assertThat(refusal.subject()).isEqualTo(Payments.PENDING);
  }

  @Test
  void the_proven_value_takes_the_place_of_the_current_one() {
    acting.api.answers(staged().build()).answers(Payments.stored().build()).echoes();
    acting.perform(Payments.promote(Payments.RECIPE));
    assertThat(acting.api.lines())
        .containsExactly("GET " + PENDING, "GET " + PAYMENTS_DB, "PUT " + PAYMENTS_DB);
    assertThat(data())
        .containsExactlyInAnyOrder(
            "username=payments",
            "password=the proven value",
            "username.previous=payments",
            "password.previous=the first value");
    assertThat(acting.sent().at("/metadata/resourceVersion").asText()).isEqualTo("41");
  }

  @Test
  void after_the_turn_the_secret_says_nothing_of_its_staging() {
    acting.api.answers(staged().build()).answers(Payments.stored().build()).echoes();
    acting.perform(Payments.promote(Payments.RECIPE));
    assertThat(annotations())
        .containsExactlyInAnyOrder(
            "credence.dev/version=2",
            "credence.dev/issued-at=2027-01-01T00:00:00Z",
            "credence.dev/previous-retires-at=2027-01-02T00:00:00Z",
            "credence.dev/previous=kept",
            "credence.dev/keys=password,password.previous,username,username.previous",
            "credence.dev/recipe=0123456789abcdef");
    assertThat(acting.sent().at("/metadata/name").asText()).isEqualTo("payments-db");
    assertThat(acting.memory.wrote)
        .singleElement()
        .satisfies(secret -> assertThat(((Secret) secret).getData()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true"})
  void a_first_proven_value_creates_the_secret(boolean retained, boolean isOwned) {
    acting.api.answers(staged().build()).echoes();
    acting.perform(
        new Action.Promote(
            Payments.DB,
            Optional.empty(),
            Payments.PENDING,
            Payments.STAGED,
            "kubernetes.io/basic-auth",
            Payments.RECIPE,
            Payments.ADA,
            Payments.versionInfo(1, Optional.empty()),
            retained,
            new Action.Why.OnRequest()));
    assertThat(acting.api.lines()).containsExactly("GET " + PENDING, "POST " + SECRETS);
    assertThat(acting.sent().path("type").asText()).isEqualTo("kubernetes.io/basic-auth");
    assertThat(data()).containsExactlyInAnyOrder("username=payments", "password=the proven value");
    assertThat(acting.sent().path("metadata").has("ownerReferences")).isEqualTo(isOwned);
  }

  @ParameterizedTest
  @CsvSource({"uid-of-another, 8", "uid-of-the-pending-one, 9"})
  void only_the_very_value_that_was_proven_is_turned_to(String uid, String resourceVersion) {
    acting.api.answers(
        staged()
            .editMetadata()
            .withUid(uid)
            .withResourceVersion(resourceVersion)
            .endMetadata()
            .build());
    var refusal = acting.refused(Payments.promote(Payments.RECIPE));
    assertThat(refusal.why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + PENDING);
  }

  @Test
  void a_value_that_is_there_already_has_no_previous_one_to_wait_for() {
    var overlapping =
        Payments.stored()
            .addToData("password.previous", base64("older still"))
            .editMetadata()
            .addToAnnotations("credence.dev/previous-retires-at", "2026-12-31T00:00:00Z")
            .endMetadata();
    acting.api.answers(overlapping.build()).echoes();
    acting.perform(rotate(FIXED, Payments.versionInfo(2, Optional.of(Payments.NEW_YEAR))));
    assertThat(data()).containsExactlyInAnyOrder("username=payments", "password=the first value");
    assertThat(annotations())
        .containsExactlyInAnyOrder(
            "credence.dev/version=2",
            "credence.dev/issued-at=2027-01-01T00:00:00Z",
            "credence.dev/keys=password,username",
            "credence.dev/recipe=0123456789abcdef");
  }

  @Test
  void a_previous_value_may_count_without_staying_in_the_secret() {
    acting.api.answers(Payments.stored().build()).echoes();
    var versionInfo = Payments.versionInfo(2, Optional.of(Payments.NEW_YEAR));
    acting.perform(
        rotate(
            Payments.RECIPE,
            new Action.VersionInfo(
                versionInfo.version(),
                versionInfo.issuedAt(),
                versionInfo.previousRetiresAt(),
                false,
                versionInfo.generatorSpec(),
                versionInfo.account(),
                versionInfo.handled())));
    assertThat(acting.sent().path("data").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("username", "password");
    assertThat(annotations()).contains("credence.dev/previous-retires-at=2027-01-01T00:00:00Z");
  }

  @Test
  void a_rollback_changes_places() {
    var overlapping =
        Payments.stored()
            .addToData("password.previous", base64("the value before"))
            .addToData("ca.crt", base64("put here by somebody"));
    acting.api.answers(overlapping.build()).echoes();
    acting.perform(rollback());
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB, "PUT " + PAYMENTS_DB);
    assertThat(data())
        .containsExactlyInAnyOrder(
            "username=payments",
            "password=the value before",
            "password.previous=the first value",
            "ca.crt=put here by somebody");
    assertThat(annotations())
        .contains(
            "credence.dev/version=3", "credence.dev/previous-retires-at=2027-01-02T00:00:00Z");
  }

  @Test
  void without_a_previous_value_there_is_no_way_back() {
    acting.api.answers(
        Payments.stored().addToData("lonely.previous", base64("a key of somebody")).build());
    var refusal = acting.refused(rollback());
    assertThat(refusal.why()).isEqualTo(Cause.Refused);
    assertThat(refusal)
        .hasMessage("Secret payments-db: The Secret has no previous value for a rollback");
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB);
  }

  @Test
  void an_anchor_is_an_empty_secret_that_says_for_which_token_it_is() {
    acting.api.echoes();
    acting.perform(
        new Action.Anchor(
            ObjectRef.anchorOf("payments-db", 7),
            Payments.DB,
            7,
            Optional.of("uid-of-the-account"),
            Payments.ADA));
    assertThat(acting.api.lines()).containsExactly("POST " + SECRETS);
    assertThat(acting.sent())
        .isEqualTo(
            FakeApi.tree(
                """
                {"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                 "metadata": {
                   "namespace": "payments", "name": "payments-db-anchor-v7",
                   "labels": {
                     "app.kubernetes.io/managed-by": "credence",
                     "credence.dev/identity": "payments-api"},
                   "annotations": {
                     "credence.dev/anchor-for": "payments-db",
                     "credence.dev/version": "7",
                     "credence.dev/account-uid": "uid-of-the-account",
                     "credence.dev/owner": "ada@example.com",
                     "credence.dev/team": "team-payments",
                     "credence.dev/written": "%s"},
                   "ownerReferences": %s}}
                """
                    .formatted(Payments.WRITTEN_ADA, IssueTest.OWNERS)));
  }

  @Test
  void what_outlives_its_identity_says_whose_it_is_and_who_may_have_it() {
    acting.api.echoes();
    acting.perform(
        new Action.Issue(
            Payments.DB,
            "Opaque",
            Payments.RECIPE,
            Payments.ADA,
            Payments.versionInfo(1, Optional.empty()),
            true));
    assertThat(annotations())
        .contains("credence.dev/adopt=payments-api", "credence.dev/held-by=uid-of-payments-api");
    assertThat(acting.sent().path("metadata").has("ownerReferences")).isFalse();
  }

  /// Fault in SecretWrites.put: `expires-at` stays, and RotationTrigger.end takes it for the end of
  /// the new value, which is then due again at once, for ever.
  @Test
  void a_generated_value_does_not_end_with_the_token_before_it() {
    acting
        .api
        .answers(
            Payments.stored()
                .editMetadata()
                .addToAnnotations("credence.dev/expires-at", "2026-12-02T00:00:00Z")
                .addToAnnotations("credence.dev/account-uid", "uid-of-the-account")
                .endMetadata()
                .build())
        .echoes();
    acting.perform(Payments.rotate());
    assertThat(annotations())
        .noneMatch(annotation -> annotation.startsWith("credence.dev/expires-at"))
        .noneMatch(annotation -> annotation.startsWith("credence.dev/account-uid"));
  }

  private static Action.Rotate rotate(
      GeneratedContent generatorSpec, Action.VersionInfo versionInfo) {
    return new Action.Rotate(
        Payments.DB, Payments.JUDGED, generatorSpec, versionInfo, new Action.Why.OnRequest());
  }

  private static Action.Rollback rollback() {
    return new Action.Rollback(
        Payments.DB, Payments.JUDGED, Payments.versionInfo(3, Payments.A_DAY_LATER));
  }

  private static SecretBuilder staged() {
    return Payments.staged();
  }

  private List<String> data() {
    return acting.sent().path("data").properties().stream()
        .map(entry -> entry.getKey() + "=" + text(entry.getValue().asText()))
        .toList();
  }

  private List<String> annotations() {
    JsonNode annotations = acting.sent().at("/metadata/annotations");
    return annotations.properties().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue().asText())
        .toList();
  }
}
