// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.act.Payments.PAYMENTS_DB;
import static dev.credence.act.Payments.SECRETS;
import static dev.credence.act.Payments.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class IssueTest {
  /// Without blockOwnerDeletion.
  static final String OWNERS =
      """
      [{"apiVersion": "credence.dev/v1alpha1", "kind": "MachineIdentity", "controller": true,
        "name": "payments-api", "uid": "uid-of-payments-api"}]
      """;

  @AutoClose private final Acting acting = new Acting();

  @Test
  void a_secret_is_created_by_one_plain_post() {
    acting.api.echoes();
    acting.perform(Payments.issue());
    assertThat(acting.api.lines()).containsExactly("POST " + SECRETS);
    assertThat(acting.api.last().query()).isEmpty();
  }

  @Test
  void its_values_are_data_and_never_string_data() {
    acting.api.echoes();
    acting.perform(Payments.issue());
    var sent = acting.sent();
    assertThat(sent.path("type").asText()).isEqualTo("Opaque");
    assertThat(sent.has("stringData")).isFalse();
    assertThat(sent.path("data").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("username", "password");
    assertThat(text(sent.at("/data/username").asText())).isEqualTo("payments");
    assertThat(text(sent.at("/data/password").asText())).matches("[A-Za-z0-9]{32}");
  }

  @Test
  void it_says_whose_it_is_and_which_version_is_in_it() {
    acting.api.echoes();
    acting.perform(Payments.issue());
    var metadata = acting.sent().path("metadata");
    assertThat(metadata.path("name").asText()).isEqualTo("payments-db");
    assertThat(metadata.path("namespace").asText()).isEqualTo("payments");
    assertThat(metadata.path("labels"))
        .hasToString(
            "{\"app.kubernetes.io/managed-by\":\"credence\",\"credence.dev/identity\":\"payments-api\"}");
    assertThat(metadata.path("annotations").properties())
        .extracting(annotation -> annotation.getKey() + "=" + annotation.getValue().asText())
        .containsExactlyInAnyOrder(
            "credence.dev/owner=ada@example.com",
            "credence.dev/team=team-payments",
            "credence.dev/version=1",
            "credence.dev/issued-at=2027-01-01T00:00:00Z",
            "credence.dev/recipe=0123456789abcdef",
            "credence.dev/keys=password,username",
            "credence.dev/written=" + Payments.WRITTEN_ADA);
  }

  @Test
  void it_goes_with_its_identity_which_can_always_be_deleted() {
    acting.api.echoes();
    acting.perform(Payments.issue());
    assertThat(acting.sent().at("/metadata/ownerReferences")).isEqualTo(FakeApi.tree(OWNERS));
  }

  @Test
  void requests_that_it_answers_are_kept_on_it() {
    acting.api.echoes();
    var versionInfo =
        new VersionInfo(
            1,
            Payments.NEW_YEAR,
            Optional.of(Instant.parse("2027-01-02T00:00:00Z")),
            true,
            "0123456789abcdef",
            Optional.of("uid-of-the-account"),
            new Handled(
                Optional.of("monday"),
                Optional.of("leaked"),
                Optional.of("tuesday"),
                Optional.of("wednesday"),
                Optional.of("thursday"),
                Optional.of("lost")));
    acting.perform(
        new Action.Issue(Payments.DB, "Opaque", Payments.RECIPE, Payments.ADA, versionInfo, false));
    assertThat(acting.sent().at("/metadata/annotations").properties())
        .extracting(annotation -> annotation.getKey() + "=" + annotation.getValue().asText())
        .contains(
            "credence.dev/rotated-for-identity=monday",
            "credence.dev/revoked-for-identity=leaked",
            "credence.dev/rotated-for-secret=tuesday",
            "credence.dev/rolled-back-for=wednesday",
            "credence.dev/aborted-for=thursday",
            "credence.dev/revoked-for-secret=lost",
            "credence.dev/account-uid=uid-of-the-account",
            "credence.dev/previous-retires-at=2027-01-02T00:00:00Z");
  }

  @Test
  void what_nobody_said_is_not_written() {
    acting.api.echoes();
    var ownerMissing = new Labelling(Optional.empty(), Optional.empty(), Optional.empty());
    acting.perform(
        new Action.Issue(
            Payments.DB,
            "kubernetes.io/basic-auth",
            Payments.RECIPE,
            ownerMissing,
            Payments.versionInfo(1, Optional.empty()),
            false));
    assertThat(acting.sent().path("type").asText()).isEqualTo("kubernetes.io/basic-auth");
    assertThat(acting.sent().at("/metadata/labels").fieldNames())
        .toIterable()
        .containsExactly("app.kubernetes.io/managed-by");
    assertThat(acting.sent().at("/metadata/annotations").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "credence.dev/version",
            "credence.dev/issued-at",
            "credence.dev/recipe",
            "credence.dev/keys",
            "credence.dev/written");
  }

  @Test
  void what_was_written_is_remembered_without_its_bytes() {
    acting.api.answers(Payments.stored().build());
    acting.perform(Payments.issue());
    assertThat(acting.memory.wrote)
        .singleElement()
        .satisfies(
            secret -> {
              assertThat(secret.getMetadata().getResourceVersion()).isEqualTo("41");
              assertThat(((Secret) secret).getData()).isEmpty();
            });
  }

  @Test
  void a_name_that_is_taken_is_left_alone() {
    acting.api.refuses(409, "secrets \"payments-db\" already exists");
    var refusal = acting.refused(Payments.issue());
    assertThat(refusal.why()).isEqualTo(Cause.Raced);
    assertThat(refusal.subject()).isEqualTo(Payments.DB);
    assertThat(acting.api.lines()).containsExactly("POST " + SECRETS).doesNotContain(PAYMENTS_DB);
    assertThat(acting.memory.wrote).isEmpty();
  }

  @Test
  void what_cannot_be_made_is_refused_before_anybody_is_asked() {
    var impossible = new GeneratedContent(List.of(new KeySpec("url", new Template("{user}"))));
    var refusal =
        acting.refused(
            new Action.Issue(
                Payments.DB,
                "Opaque",
                impossible,
                Payments.ADA,
                Payments.versionInfo(1, Optional.empty()),
                false));
    assertThat(refusal.why()).isEqualTo(Cause.Refused);
    assertThat(refusal)
        .hasMessage("Secret payments-db: template url: {user} is not a key of this Secret");
    assertThat(acting.api.asked()).isEmpty();
  }
}
