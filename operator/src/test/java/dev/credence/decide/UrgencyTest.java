// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.Snapshot;
import dev.credence.plan.Action;
import dev.credence.plan.Decision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is carried out before everything else, of every decision that there is an example of.
class UrgencyTest {
  private record Example(Path folder, Snapshot snapshot, Decision decision) {
    List<Action> urgent() {
      return Urgency.of(decision, snapshot);
    }
  }

  @Test
  void it_is_a_part_of_the_decision_in_its_order() throws IOException {
    assertThat(examples())
        .allSatisfy(
            example -> {
              var left = example.decision().actions().stream().iterator();
              assertThat(example.urgent())
                  .allSatisfy(
                      action -> {
                        while (left.hasNext() && !left.next().equals(action)) {
                          // What comes before it is not urgent.
                        }
                      });
              assertThat(example.decision().actions()).containsAll(example.urgent());
            });
  }

  @Test
  void every_account_and_token_of_a_suspension_is_in_it() throws IOException {
    var all = examples();
    assertThat(all.stream().filter(example -> !example.urgent().isEmpty()))
        .as("examples of it")
        .hasSizeGreaterThan(10);
    assertThat(all)
        .filteredOn(example -> example.decision().counted().isEmpty())
        .allSatisfy(
            example ->
                assertThat(example.urgent())
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
  void nothing_is_given_back_or_made_but_for_a_value_that_was_revoked() throws IOException {
    assertThat(examples())
        .allSatisfy(
            example ->
                assertThat(example.urgent())
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
  void what_a_policy_suspends_by_itself_is_not_in_it() throws IOException {
    assertThat(examples())
        .filteredOn(example -> example.decision().counted().isPresent())
        .isNotEmpty()
        .allMatch(example -> example.urgent().isEmpty());
  }

  private static List<Example> examples() throws IOException {
    return DecisionTest.folders().stream().map(UrgencyTest::example).toList();
  }

  private static Example example(Path folder) {
    try {
      var snapshot = DecisionTest.snapshot(Files.readString(folder.resolve("given.yaml")));
      return new Example(folder, snapshot, Decide.next(snapshot));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
