// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.plan.Action;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is carried out before everything else, of every decision that there is an example of.
class UrgencyTest {
  @Test
  void it_is_a_part_of_the_decision_in_its_order() {
    assertThat(Example.all())
        .allSatisfy(
            example -> {
              var left = example.decision().actions().stream().iterator();
              assertThat(urgent(example))
                  .allSatisfy(
                      action -> {
                        while (left.hasNext() && !left.next().equals(action)) {
                          // What comes before it is not urgent.
                        }
                      });
              assertThat(example.decision().actions()).containsAll(urgent(example));
            });
  }

  @Test
  void every_account_and_token_of_a_suspension_is_in_it() {
    var all = Example.all();
    assertThat(all.stream().filter(example -> !urgent(example).isEmpty()))
        .as("examples of it")
        .hasSizeGreaterThan(10);
    assertThat(all)
        .filteredOn(example -> example.decision().counted().isEmpty())
        .allSatisfy(
            example ->
                assertThat(urgent(example))
                    .containsAll(
                        example.decision().actions().stream()
                            .filter(
                                action ->
                                    action instanceof Action.DenyWrites
                                        || action instanceof Action.Invalidate)
                            .toList()));
  }

  /// Without knowing who uses it nothing is given back, made or restarted.
  @Test
  void nothing_is_given_back_or_made_but_for_a_value_that_was_revoked() {
    assertThat(Example.all())
        .allSatisfy(
            example ->
                assertThat(urgent(example))
                    .allMatch(
                        action ->
                            Urgency.ends(action)
                                || action instanceof Action.Anchor
                                || action instanceof Action.RunHook
                                || action instanceof Action.Rotate rotate
                                    && rotate.why() instanceof Action.Why.Revoked));
  }

  /// A policy needs to know the use of an identity before it suspends it.
  @Test
  void what_a_policy_suspends_by_itself_is_not_in_it() {
    assertThat(Example.all())
        .filteredOn(example -> example.decision().counted().isPresent())
        .isNotEmpty()
        .allMatch(example -> urgent(example).isEmpty());
  }

  private static List<Action> urgent(Example example) {
    return Urgency.of(example.decision(), example.snapshot());
  }
}
