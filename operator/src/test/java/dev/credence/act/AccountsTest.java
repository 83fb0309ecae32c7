// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class AccountsTest {
  private static final ObjectRef ACCOUNT = ObjectRef.account("payments-api");
  private static final String ACCOUNTS = "/api/v1/namespaces/payments/serviceaccounts";

  @AutoClose private final Acting acting = new Acting();

  @Test
  void an_account_is_created_by_one_plain_post() {
    acting.api.echoes();
    acting.perform(new Action.CreateServiceAccount(ACCOUNT, false, Payments.ADA, false));
    assertThat(acting.api.lines()).containsExactly("POST " + ACCOUNTS);
    assertThat(acting.sent())
        .isEqualTo(
            FakeApi.tree(
                """
                {"apiVersion": "v1", "kind": "ServiceAccount",
                 "metadata": {
                   "namespace": "payments", "name": "payments-api",
                   "labels": {
                     "app.kubernetes.io/managed-by": "credence",
                     "credence.dev/identity": "payments-api"},
                   "annotations": {
                     "credence.dev/owner": "ada@example.com",
                     "credence.dev/team": "team-payments",
                     "credence.dev/written": "%s"},
                   "ownerReferences": %s},
                 "automountServiceAccountToken": false}
                """
                    .formatted(Payments.WRITTEN_ADA, IssueTest.OWNERS)));
    assertThat(acting.memory.wrote).hasSize(1);
  }

  @Test
  void an_account_of_somebody_else_is_left_alone() {
    acting.api.refuses(409, "serviceaccounts \"payments-api\" already exists");
    assertThat(
            acting
                .refused(new Action.CreateServiceAccount(ACCOUNT, false, Payments.ADA, false))
                .why())
        .isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("POST " + ACCOUNTS);
    assertThat(acting.memory.wrote).isEmpty();
  }

  @Test
  void adjusting_changes_one_field_of_the_account_that_was_judged() {
    acting.api.answers(
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withNamespace("payments")
            .withName("payments-api")
            .withResourceVersion("8")
            .endMetadata()
            .build());
    acting.perform(
        new Action.UpdateServiceAccount(
            ACCOUNT, new Preconditions("uid-of-the-account", "7"), true));
    assertThat(acting.api.lines()).containsExactly("PATCH " + ACCOUNTS + "/payments-api");
    assertThat(acting.api.last().header("Content-Type")).startsWith("application/merge-patch+json");
    assertThat(acting.sent().path("automountServiceAccountToken").asBoolean()).isTrue();
    assertThat(acting.sent().at("/metadata/uid").asText()).isEqualTo("uid-of-the-account");
    assertThat(acting.sent().at("/metadata/resourceVersion").asText()).isEqualTo("7");
    assertThat(acting.sent().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "apiVersion", "kind", "metadata", "automountServiceAccountToken");
    assertThat(acting.memory.wrote).hasSize(1);
  }

  @Test
  void an_account_that_changed_meanwhile_is_not_adjusted() {
    acting.api.refuses(409, "the object has been modified");
    var adjust =
        new Action.UpdateServiceAccount(
            ACCOUNT, new Preconditions("uid-of-the-account", "7"), true);
    assertThat(acting.refused(adjust).why()).isEqualTo(Cause.Raced);
  }
}
