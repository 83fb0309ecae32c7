// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.act.Payments.PAYMENTS_DB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.testing.FakeApi;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class MetadataWritesTest {
  @AutoClose private final Acting acting = new Acting();

  @Test
  void a_member_is_marked_by_an_apply_without_force() {
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.Mark(Payments.DB, Payments.JUDGED, Payments.ADA));
    assertThat(acting.api.lines()).containsExactly("PATCH " + PAYMENTS_DB);
    assertThat(acting.api.last().header("Content-Type")).startsWith("application/apply-patch+yaml");
    assertThat(acting.api.last().query())
        .containsEntry("fieldManager", "credence")
        .containsEntry("force", "false");
    assertThat(acting.sent())
        .isEqualTo(
            FakeApi.tree(
                """
                {"apiVersion": "v1", "kind": "Secret",
                 "metadata": {
                   "namespace": "payments", "name": "payments-db", "uid": "uid-of-payments-db",
                   "labels": {"credence.dev/identity": "payments-api"},
                   "annotations": {
                     "credence.dev/owner": "ada@example.com",
                     "credence.dev/team": "team-payments"}}}
                """));
  }

  @Test
  void the_bytes_of_a_marked_secret_do_not_come_back() {
    acting.api.answers(Payments.MARKED).answers(Payments.MARKED);
    acting.perform(new Action.Mark(Payments.DB, Payments.JUDGED, Payments.ADA));
    acting.perform(new Action.Relabel(Payments.DB, Payments.JUDGED, Payments.ADA));
    assertThat(acting.api.asked())
        .hasSize(2)
        .allSatisfy(asked -> assertThat(asked.header("Accept")).isEqualTo(Payments.AS_METADATA));
  }

  @Test
  void marks_that_are_left_out_are_not_in_the_apply() {
    acting.api.answers(Payments.MARKED);
    acting.perform(
        new Action.Mark(
            Payments.DB,
            Payments.JUDGED,
            new Labelling(Optional.empty(), Optional.of("ada@example.com"), Optional.empty())));
    assertThat(acting.sent().path("metadata"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"namespace": "payments", "name": "payments-db", "uid": "uid-of-payments-db",
                 "annotations": {"credence.dev/owner": "ada@example.com"}}
                """));
  }

  @Test
  void taking_marks_off_is_an_apply_of_nothing() {
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.Unmark(Payments.DB, Payments.JUDGED));
    assertThat(acting.api.last().query()).containsEntry("force", "false");
    assertThat(acting.api.lines()).containsExactly("PATCH " + PAYMENTS_DB);
    assertThat(acting.sent().path("metadata"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"namespace": "payments", "name": "payments-db", "uid": "uid-of-payments-db"}
                """));
  }

  @Test
  void a_mark_from_the_creation_of_an_orphan_goes_by_name() {
    acting.api.answers(
        FakeApi.tree(
            """
            {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata",
             "metadata": {
               "namespace": "payments", "name": "payments-db",
               "uid": "uid-of-payments-db", "resourceVersion": "42",
               "labels": {"credence.dev/identity": "payments-api"},
               "managedFields": [{
                 "manager": "credence", "operation": "Update", "apiVersion": "v1",
                 "fieldsType": "FieldsV1",
                 "fieldsV1": {"f:metadata": {"f:labels": {"f:credence.dev/identity": {}}}}}]}}
            """));
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.Unmark(Payments.DB, Payments.JUDGED));
    assertThat(acting.api.lines()).containsExactly("PATCH " + PAYMENTS_DB, "PATCH " + PAYMENTS_DB);
    assertThat(acting.api.last().header("Content-Type")).startsWith("application/merge-patch+json");
    assertThat(acting.sent().path("metadata"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"uid": "uid-of-payments-db", "resourceVersion": "42",
                 "labels": {"credence.dev/identity": null},
                 "annotations": {
                   "credence.dev/owner": null, "credence.dev/team": null,
                   "credence.dev/written": null}}
                """));
  }

  @Test
  void accounts_and_certificates_are_marked_where_they_live() {
    acting.api.answers(Payments.MARKED).answers(Payments.MARKED);
    acting.perform(
        new Action.Mark(
            ObjectRef.account("payments-api"), new Preconditions("a", "1"), Payments.ADA));
    acting.perform(
        new Action.Mark(
            ObjectRef.certificate("payments-tls"), new Preconditions("c", "1"), Payments.ADA));
    assertThat(acting.api.lines())
        .containsExactly(
            "PATCH /api/v1/namespaces/payments/serviceaccounts/payments-api",
            "PATCH /apis/cert-manager.io/v1/namespaces/payments/certificates/payments-tls");
    assertThat(acting.sent().path("apiVersion").asText()).isEqualTo("cert-manager.io/v1");
    assertThat(acting.sent().path("kind").asText()).isEqualTo("Certificate");
  }

  @Test
  void an_object_of_our_own_is_relabelled_under_the_version_that_was_judged() {
    acting.api.answers(Payments.MARKED);
    acting.perform(new Action.Relabel(Payments.DB, Payments.JUDGED, Payments.ADA));
    assertThat(acting.api.lines()).containsExactly("PATCH " + PAYMENTS_DB);
    assertThat(acting.api.last().header("Content-Type")).startsWith("application/merge-patch+json");
    assertThat(acting.sent())
        .isEqualTo(
            FakeApi.tree(
                """
                {"metadata": {
                   "uid": "uid-of-payments-db", "resourceVersion": "41",
                   "labels": {"credence.dev/identity": "payments-api"},
                   "annotations": {
                     "credence.dev/owner": "ada@example.com",
                     "credence.dev/team": "team-payments",
                     "credence.dev/written": "%s"}}}
                """
                    .formatted(Payments.WRITTEN_ADA)));
  }

  @Test
  void a_null_in_the_patch_takes_a_mark_away() {
    acting.api.answers(Payments.MARKED);
    acting.perform(
        new Action.Relabel(
            Payments.DB,
            Payments.JUDGED,
            new Labelling(Optional.of("payments-api"), Optional.empty(), Optional.empty())));
    assertThat(acting.sent().at("/metadata/annotations"))
        .isEqualTo(
            FakeApi.tree(
                "{\"credence.dev/owner\": null, \"credence.dev/team\": null, \"credence.dev/written\": \"identity:682a1c47a1d34030\"}"));
  }

  @Test
  void what_somebody_else_wrote_is_not_recorded_as_ours() {
    acting.api.answers(Payments.MARKED);
    acting.perform(
        new Action.Relabel(Payments.DB, Payments.JUDGED, Payments.ADA, Payments.NO_MARKS));
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1owner").asText())
        .isEqualTo("ada@example.com");
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1written").isNull()).isTrue();
  }

  @Test
  void what_is_known_of_the_hooks_of_a_value_is_written_on_its_secret() {
    acting.api.answers(Payments.MARKED);
    var run =
        new HookRun(
            Step.apply,
            2,
            1,
            "payments-db-v2-apply-1",
            3,
            "",
            Payments.NEW_YEAR,
            new HookJob.Outcome.Running());
    acting.perform(new Action.Note(Payments.PENDING, Payments.STAGED, List.of(run)));
    assertThat(acting.api.lines())
        .containsExactly("PATCH " + Payments.SECRETS + "/payments-db-pending");
    assertThat(acting.sent().path("metadata"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"uid": "uid-of-the-pending-one", "resourceVersion": "8",
                 "annotations": {"credence.dev/hook-runs":
                   "{\\"uid\\":\\"uid-of-the-pending-one\\",\\"runs\\":[{\\"step\\":\\"apply\\",\\"version\\":2,\\"attempt\\":1,\\"job\\":\\"payments-db-v2-apply-1\\",\\"generation\\":3,\\"asked\\":\\"\\",\\"started\\":\\"2027-01-01T00:00:00Z\\"}]}"}}
                """));
  }

  @Test
  void what_was_marked_and_relabelled_is_remembered() {
    acting.api.answers(Payments.MARKED).answers(Payments.MARKED);
    acting.perform(new Action.Mark(Payments.DB, Payments.JUDGED, Payments.ADA));
    acting.perform(new Action.Relabel(Payments.DB, Payments.JUDGED, Payments.ADA));
    assertThat(acting.memory.marked)
        .hasSize(2)
        .allSatisfy(metadata -> assertThat(metadata.getResourceVersion()).isEqualTo("42"));
  }

  @Test
  void a_mark_that_somebody_else_owns_is_not_taken_over_and_told() {
    acting.api.answers(
        409,
        FakeApi.tree(
            """
            {"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "Conflict",
             "message": "Apply failed with 1 conflict: conflict with \\"argocd\\": .metadata.annotations.credence.dev/owner",
             "code": 409,
             "details": {"causes": [{
               "reason": "FieldManagerConflict", "message": "conflict with \\"argocd\\"",
               "field": ".metadata.annotations.credence.dev/owner"}]}}
            """));
    var refusal = acting.refused(new Action.Mark(Payments.DB, Payments.JUDGED, Payments.ADA));
    assertThat(acting.api.asked()).hasSize(1);
    assertThat(refusal.why()).isEqualTo(Cause.Refused);
    assertThat(refusal)
        .hasMessage(
            "Secret payments-db: The API server rejected the request to patch it (409): Apply failed with 1 conflict: conflict with \"argocd\": .metadata.annotations.credence.dev/owner");
  }

  @Test
  void a_member_that_is_another_object_by_now_is_a_race() {
    acting.api.refuses(409, "Precondition failed: UID in precondition: uid-of-payments-db");
    assertThat(acting.refused(new Action.Mark(Payments.DB, Payments.JUDGED, Payments.ADA)).why())
        .isEqualTo(Cause.Raced);
  }
}
