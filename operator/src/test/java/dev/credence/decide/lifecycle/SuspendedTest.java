package dev.credence.decide.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.Decide;
import dev.credence.decide.DecisionTest;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A suspension belongs to the account: what the decisions of these folders must never do, whatever
/// else they say.
class SuspendedTest {
  private static final Path FOLDER = Path.of("src/test/resources/decisions");

  private static Decision decided(String folder) {
    try {
      return Decide.next(
          DecisionTest.snapshot(Files.readString(FOLDER.resolve(folder).resolve("given.yaml"))));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
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
    var linked = decision.standing().orElseThrow().verdict(ConditionType.MembersLinked);
    assertThat(linked.reason()).isEqualTo(Reason.ClaimedWhileSuspended);
    assertThat(decision.standing().orElseThrow().ready()).isFalse();
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
    assertThat(decision.standing().orElseThrow().verdict(ConditionType.CredentialsFresh).message())
        .contains("ServiceAccount crm-sync belongs to MachineIdentity keeper");
  }

  @Test
  void what_is_not_covered_is_listed_the_worst_first() {
    var notCovered =
        decided("what-can-still-write-comes-before-what-people-are-left-to-do")
            .standing()
            .orElseThrow()
            .suspension()
            .orElseThrow()
            .notCovered();
    var order =
        List.of(
            "crm-sync can still write",
            "new tokens are not denied",
            "tokens that somebody requested by hand",
            "pods that run can still read",
            "Secret crm-vendor stays");
    assertThat(
            order.stream()
                .map(
                    beginning ->
                        notCovered.stream()
                            .filter(said -> said.startsWith(beginning))
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
    var standing = standing(folder);
    assertThat(standing.ready()).isFalse();
    assertThat(standing.verdict(ConditionType.Suspended).truth()).isEqualTo(ConditionStatus.True);
    assertThat(standing.verdict(ConditionType.Suspended).reason()).isEqualTo(Reason.NotEnforced);
    assertThat(standing.suspension().orElseThrow().inForce())
        .doesNotContain(IdentityStatus.Suspension.Measure.WritesDenied);
  }

  private static IdentityStatus standing(String folder) {
    try {
      var given = Files.readString(FOLDER.resolve(folder).resolve("given.yaml"));
      return Decide.next(DecisionTest.snapshot(given), DecisionTest.tier(given))
          .standing()
          .orElseThrow();
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }
}
