// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.act.Payments.PAYMENTS_DB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.act.request.WriteRefused;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.observe.Objects;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is taken over, given back and kept, by its metadata alone.
class AdoptionTest {
  @AutoClose private final Acting acting = new Acting();

  @ParameterizedTest
  @ValueSource(strings = {"Opaque", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth"})
  void a_secret_that_is_given_to_us_is_taken_over_with_its_value(String type) {
    acting.api.answers(Payments.stored().withType(type).build()).answers(Payments.MARKED);
    acting.perform(adopt(Optional.of(Payments.versionInfo(1, Optional.empty()))));
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB, "PATCH " + PAYMENTS_DB);
    assertThatIsMergePatch(
        """
        {"annotations": {
           "credence.dev/held-by": "uid-of-payments-api",
           "credence.dev/version": "1",
           "credence.dev/issued-at": "2027-01-01T00:00:00Z",
           "credence.dev/recipe": "0123456789abcdef",
           "credence.dev/keys": ""},
         "uid": "uid-of-payments-db", "resourceVersion": "41"}
        """);
  }

  @Test
  void a_secret_with_a_key_where_the_previous_value_is_kept_is_not_taken_over() {
    acting.api.answers(
        Payments.stored()
            .withType("Opaque")
            .editMetadata()
            .removeFromAnnotations("credence.dev/keys")
            .endMetadata()
            .addToData("password.previous", Payments.base64("of its holder"))
            .build());
    var adopt = adopt(Optional.of(Payments.versionInfo(1, Optional.empty())));
    var identity = Objects.making("payments-api", "payments-db");
    assertThat(catchThrowableOfType(WriteRefused.class, () -> acting.perform(adopt, identity)))
        .hasMessageContaining("has the key password.previous, which Credence did not write");
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB);
  }

  @Test
  void what_no_identity_had_before_is_marked_as_given() {
    acting.api.answers(Payments.stored().withType(null).build()).answers(Payments.MARKED);
    acting.perform(new Action.Adopt(Payments.DB, Payments.JUDGED, Optional.empty(), true));
    assertThatIsMergePatch(
        """
        {"annotations": {
           "credence.dev/held-by": "uid-of-payments-api",
           "credence.dev/given": "uid-of-payments-api"},
         "uid": "uid-of-payments-db", "resourceVersion": "41"}
        """);
  }

  /// All that it says was written by its holder.
  @Test
  void no_field_of_a_certificate_that_was_given_is_ours() {
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.Adopt(Payments.TLS, Payments.JUDGED, Optional.empty(), true));
    assertThat(acting.sent().at("/metadata/annotations"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"credence.dev/held-by": "uid-of-payments-api",
                 "credence.dev/given": "uid-of-payments-api",
                 "credence.dev/fields": ""}
                """));
  }

  @Test
  void one_that_says_itself_what_it_holds_keeps_saying_it() {
    acting.api.answers(Payments.stored().withType(null).build()).answers(Payments.MARKED);
    acting.perform(adopt(Optional.empty()));
    assertThatIsMergePatch(
        """
        {"annotations": {"credence.dev/held-by": "uid-of-payments-api"},
         "uid": "uid-of-payments-db", "resourceVersion": "41"}
        """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kubernetes.io/service-account-token",
        "kubernetes.io/tls",
        "kubernetes.io/dockercfg",
        "bootstrap.kubernetes.io/token",
        "helm.sh/release.v1",
        "opaque"
      })
  void a_secret_of_a_type_with_a_meaning_is_not_taken_over(String type) {
    acting.api.answers(Payments.stored().withType(type).build());
    var refusal = acting.refused(adopt(Optional.empty()));
    assertThat(refusal.why()).isEqualTo(Cause.Refused);
    assertThat(refusal)
        .hasMessage(
            "Secret payments-db: The Secret has the type "
                + type
                + ", which cannot be adopted. Allowed are Opaque, kubernetes.io/basic-auth, kubernetes.io/ssh-auth and kubernetes.io/dockerconfigjson.");
    assertThat(acting.api.lines()).containsExactly("GET " + PAYMENTS_DB);
  }

  @Test
  void an_account_is_taken_back_without_being_read() {
    acting.api.answers(Payments.MARKED);
    acting.perform(
        new Action.Adopt(ObjectRef.account("payments-api"), Payments.JUDGED, Optional.empty()));
    assertThat(acting.api.lines())
        .containsExactly("PATCH /api/v1/namespaces/payments/serviceaccounts/payments-api");
  }

  @Test
  void what_changed_after_the_judgement_is_not_taken_over() {
    acting.api.answers(Payments.stored().build()).refuses(409, "the object has been modified");
    assertThat(acting.refused(adopt(Optional.empty())).why()).isEqualTo(Cause.Raced);
    assertThat(acting.memory.marked).isEmpty();
  }

  @Test
  void what_is_given_back_loses_all_that_we_wrote_but_not_the_consent() {
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.Release(Payments.DB, Payments.JUDGED, Payments.NO_MARKS));
    assertThat(acting.api.lines()).containsExactly("PATCH " + PAYMENTS_DB);
    assertThatIsMergePatch(
        """
        {"labels": {"credence.dev/identity": null},
         "annotations": {
           "credence.dev/version": null, "credence.dev/issued-at": null,
           "credence.dev/previous-retires-at": null, "credence.dev/previous": null,
            "credence.dev/evicted": null, "credence.dev/left-behind": null,
            "credence.dev/recipe": null, "credence.dev/keys": null, "credence.dev/metadata": null, "credence.dev/fields": null,
            "credence.dev/hook-runs": null,
           "credence.dev/account-uid": null,
           "credence.dev/credential-ids": null,
           "credence.dev/rotated-for-identity": null, "credence.dev/revoked-for-identity": null,
           "credence.dev/rotated-for-secret": null, "credence.dev/rolled-back-for": null,
           "credence.dev/aborted-for": null, "credence.dev/revoked-for-secret": null,
           "credence.dev/rotated-now-for-identity": null, "credence.dev/rotated-now-for-secret": null,
           "credence.dev/rotation-request-of-identity": null,
           "credence.dev/rotation-request-of-secret": null,
           "credence.dev/aborted-at": null, "credence.dev/aborted-recipe": null,
           "credence.dev/held-by": null, "credence.dev/given": null, "credence.dev/owner": null, "credence.dev/team": null},
         "uid": "uid-of-payments-db", "resourceVersion": "41"}
        """);
  }

  @Test
  void what_is_to_outlive_its_identity_loses_its_owner_and_says_whose_it_is() {
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.SetOwner(Payments.DB, Payments.JUDGED, true));
    assertThatIsMergePatch(
        """
        {"ownerReferences": [],
         "annotations": {
           "credence.dev/adopt": "payments-api", "credence.dev/held-by": "uid-of-payments-api"},
         "uid": "uid-of-payments-db", "resourceVersion": "41"}
        """);
  }

  @Test
  void what_is_to_go_with_its_identity_is_owned_by_it_again() {
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.SetOwner(Payments.DB, Payments.JUDGED, false));
    assertThatIsMergePatch(
        """
        {"ownerReferences": %s,
         "annotations": {"credence.dev/adopt": null, "credence.dev/held-by": null},
         "uid": "uid-of-payments-db", "resourceVersion": "41"}
        """
            .formatted(IssueTest.OWNERS));
  }

  @Test
  void a_request_that_was_answered_is_written_down_and_nothing_else() {
    acting.api.answers(Payments.MARKED);
    acting.perform(
        new Action.Acknowledge(
            Payments.DB,
            Payments.JUDGED,
            Handled.NONE.withAbort(Optional.of("tuesday")),
            Optional.of(new Aborted(Payments.NEW_YEAR, "fedcba9876543210")),
            "the rotation was stopped"));
    assertThatIsMergePatch(
        """
        {"annotations": {
           "credence.dev/aborted-for": "tuesday",
           "credence.dev/aborted-at": "2027-01-01T00:00:00Z",
           "credence.dev/aborted-recipe": "fedcba9876543210"},
         "uid": "uid-of-payments-db", "resourceVersion": "41"}
        """);
  }

  private static Action.Adopt adopt(Optional<Action.VersionInfo> versionInfo) {
    return new Action.Adopt(Payments.DB, Payments.JUDGED, versionInfo);
  }

  /// Of the metadata, whose answer has no bytes in it and is remembered.
  private void assertThatIsMergePatch(String metadata) {
    assertThat(acting.api.last().header("Content-Type")).startsWith("application/merge-patch+json");
    assertThat(acting.api.last().header("Accept")).isEqualTo(Payments.AS_METADATA);
    assertThat(acting.sent().fieldNames()).toIterable().containsExactly("metadata");
    assertThat(acting.sent().path("metadata")).isEqualTo(FakeApi.tree(metadata));
    assertThat(acting.memory.marked)
        .singleElement()
        .satisfies(meta -> assertThat(meta.getResourceVersion()).isEqualTo("42"));
  }
}
