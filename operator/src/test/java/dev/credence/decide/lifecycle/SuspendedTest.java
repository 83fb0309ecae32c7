// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.Decide;
import dev.credence.decide.DecisionTest;
import dev.credence.facts.identity.RecordedStatus.EndedToken;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Suspension.Measure;
import dev.credence.plan.Reason;
import dev.credence.world.World;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A suspension belongs to the account: what the decisions of these folders must never do, whatever
/// else they say.
class SuspendedTest {
  private static Decision decided(String folder) {
    return Decide.next(DecisionTest.snapshot(DecisionTest.given(folder)));
  }

  private static Stream<Action> actions(String folder) {
    return decided(folder).actions().stream();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "an-account-that-another-identity-names-stays-suspended",
        "an-account-that-was-given-away-while-suspended-stays-suspended",
        "an-account-that-lost-the-label-of-its-selector-stays-suspended",
        "an-account-that-left-a-suspended-identity-stays-suspended",
        "a-suspended-account-that-was-deleted-stays-on-the-list",
        "an-identity-that-was-created-again-does-not-get-its-suspended-account"
      })
  void nothing_takes_an_account_out_of_its_suspension(String folder) {
    assertThat(actions(folder))
        .noneMatch(
            action -> action instanceof Action.AllowWrites || action instanceof Action.Revalidate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a-claim-on-a-suspended-account-is-refused",
        "a-suspended-account-that-is-given-to-another-identity-is-refused",
        "an-identity-that-was-created-again-does-not-get-its-suspended-account",
        "a-token-that-ended-with-a-suspension-is-not-issued-again"
      })
  void a_claim_on_a_suspended_account_gets_nothing(String folder) {
    var decision = decided(folder);
    assertThat(decision.actions()).isEmpty();
    var linked = decision.status().orElseThrow().always(ConditionType.MembersLinked);
    assertThat(linked.reason()).isEqualTo(Reason.ClaimedWhileSuspended);
    assertThat(decision.status().orElseThrow().ready()).isFalse();
  }

  @Test
  void tokens_of_the_account_end_whichever_identity_asked_for_them() {
    assertThat(
            actions("tokens-that-another-identity-asked-for-end-with-the-suspension")
                .filter(Action.Remove.class::isInstance)
                .map(Action::subject))
        .containsExactlyInAnyOrder(
            ObjectRef.anchorOf("taker-token", 2),
            ObjectRef.anchorOf("taker-token", 3),
            ObjectRef.anchorOf("deleted-token", 1));
  }

  @Test
  void only_the_identity_that_has_an_account_gets_tokens_of_it() {
    var decision = decided("a-token-of-an-account-of-another-identity-is-not-issued");
    assertThat(decision.actions())
        .noneMatch(action -> action instanceof Action.Anchor || action instanceof Action.Issue);
    assertThat(decision.status().orElseThrow().always(ConditionType.CredentialsFresh).message())
        .contains("ServiceAccount crm-sync belongs to MachineIdentity keeper");
  }

  @Test
  void what_is_not_covered_is_listed_the_worst_first() {
    var notCovered =
        decided("what-can-still-write-comes-before-what-people-are-left-to-do")
            .status()
            .orElseThrow()
            .suspension()
            .orElseThrow()
            .notCovered();
    var order =
        List.of(
            "ServiceAccount crm-sync can still write",
            "New tokens are not denied",
            "Tokens that users requested",
            "Running pods can still read",
            "Secret crm-vendor stays");
    assertThat(
            order.stream()
                .map(
                    beginning ->
                        notCovered.stream()
                            .filter(stated -> stated.startsWith(beginning))
                            .findFirst()
                            .map(notCovered::indexOf)
                            .orElse(-1)))
        .doesNotContain(-1)
        .isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "an-account-with-a-name-too-long-for-the-list-is-told-of",
        "without-admission-policies-a-suspension-says-what-is-missing",
        "a-suspension-that-the-api-server-refuses-is-not-in-force",
        "an-operator-that-observes-shows-a-suspension-that-is-not-in-force"
      })
  void an_identity_whose_accounts_can_act_is_not_ready(String folder) {
    var status = status(folder);
    assertThat(status.ready()).isFalse();
    assertThat(status.always(ConditionType.Suspended).status()).isEqualTo(ConditionStatus.True);
    assertThat(status.always(ConditionType.Suspended).reason()).isEqualTo(Reason.NotEnforced);
    assertThat(status.suspension().orElseThrow().inForce()).doesNotContain(Measure.WritesDenied);
  }

  /// Of whatever type: the API server looks for a token in the Secret of its name.
  @ParameterizedTest
  @ValueSource(strings = {"Opaque", "kubernetes.io/basic-auth", "example.com/anything"})
  void an_ended_token_that_comes_back_in_another_secret_is_told_of(String type) {
    var world = suspended();
    assertThat(looked(world).ready()).isTrue();
    world.delete("Secret", "sales", "crm-legacy");
    world.restart();
    assertThat(looked(world).suspension().orElseThrow().inForce())
        .contains(Measure.TokensInvalidated);

    var another = secret(type);
    world.write("bob", another);
    var status = looked(world);
    assertThat(status.ready()).isFalse();
    assertThat(status.always(ConditionType.Suspended).reason()).isEqualTo(Reason.NotEnforced);
    assertThat(status.always(ConditionType.Suspended).message())
        .contains("Its token in Secret crm-legacy may be valid again.");
    assertThat(status.suspension().orElseThrow().inForce())
        .doesNotContain(Measure.TokensInvalidated);
    assertThat(status.suspension().orElseThrow().notCovered())
        .first()
        .asString()
        .startsWith("Secret crm-legacy is not the one whose token of ServiceAccount crm-sync");
    assertThat(world.truth("Secret", "sales", "crm-legacy").orElseThrow().getMetadata())
        .as("nobody but its owner changes it")
        .extracting(ObjectMeta::getLabels, ObjectMeta::getAnnotations)
        .containsExactly(another.getMetadata().getLabels(), another.getMetadata().getAnnotations());

    world.delete("Secret", "sales", "crm-legacy");
    assertThat(looked(world).ready()).isTrue();
  }

  /// What is created later cannot push it out.
  @Test
  void what_was_ended_first_is_remembered_first() {
    var world = suspended();
    looked(world);
    world.delete("Secret", "sales", "crm-legacy");
    for (var number = 0; number < 300; number++) {
      world.put(token("a-%03d".formatted(number)));
    }
    assertThat(looked(world).ended())
        .hasSize(256)
        .first()
        .extracting(EndedToken::secret)
        .isEqualTo("crm-legacy");
  }

  private static World suspended() {
    var world = new World(Instant.parse("2026-03-03T14:00:00Z"));
    world.put(
        object(
            """
            {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity,
             metadata: {name: crm, namespace: sales, uid: crm-323434, annotations: {credence.dev/suspend: left}},
             spec: {owner: {contact: alice@example.com}, serviceAccounts: [{name: crm-sync}]}}
            """));
    world.put(
        object(
            "{apiVersion: v1, kind: ServiceAccount, metadata: {name: crm-sync, namespace: sales,"
                + " uid: crm-sync-1}}"));
    world.put(token("crm-legacy"));
    looked(world);
    return world;
  }

  private static HasMetadata token(String name) {
    return object(
        """
        {apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token,
         metadata: {name: %s, namespace: sales, annotations: {kubernetes.io/service-account.name: crm-sync}}}
        """
            .formatted(name));
  }

  private static HasMetadata secret(String type) {
    return object(
        """
        {apiVersion: v1, kind: Secret, type: %s,
         metadata: {name: crm-legacy, namespace: sales, labels: {app: crm}, annotations: {note: mine}}}
        """
            .formatted(type));
  }

  private static HasMetadata object(String yaml) {
    return Yaml.object(Yaml.node(Yaml.documents(yaml).getFirst()));
  }

  private static IdentityStatus looked(World world) {
    return world.observe("sales", "crm").orElseThrow().status().orElseThrow();
  }

  private static IdentityStatus status(String folder) {
    var given = DecisionTest.given(folder);
    return Decide.next(DecisionTest.snapshot(given), DecisionTest.tier(given))
        .status()
        .orElseThrow();
  }
}
