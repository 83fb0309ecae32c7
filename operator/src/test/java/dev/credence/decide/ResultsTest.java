// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.plan.Result;
import dev.credence.plan.Result.Outcome;
import dev.credence.plan.Result.Whose;
import dev.credence.plan.Results;
import dev.credence.world.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The identities of the decisions as one namespace, and what a report says of it. `make golden`
/// writes `results.txt` anew: review the difference.
class ResultsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/results.txt");

  @Test
  void a_report_tells_what_is_broken_the_worst_first() throws IOException {
    var actual = reported(Results.of("sales", identities()));
    Golden.check(GOLDEN, actual);
  }

  @Test
  void the_same_identities_in_another_order_make_the_same_report() {
    assertThat(Results.of("sales", identities().reversed()))
        .isEqualTo(Results.of("sales", identities()));
  }

  @Test
  void each_rule_is_told_once_of_each_identity() {
    assertThat(Results.of("sales", identities()).listed())
        .extracting(result -> result.identity() + " " + result.rule())
        .doesNotHaveDuplicates();
  }

  @Test
  void no_message_is_longer_than_a_viewer_can_show() {
    assertThat(Results.of("sales", identities()).listed())
        .allSatisfy(result -> assertThat(result.message()).isNotBlank().hasSizeLessThan(513));
  }

  @Test
  void too_many_results_end_with_a_note_and_are_counted_all_the_same() {
    var some = identities();
    var many =
        IntStream.range(0, 10)
            .boxed()
            .flatMap(
                copy ->
                    some.stream()
                        .map(
                            one ->
                                new Results.Of(
                                    new Whose(one.identity().name() + "-" + copy, "uid-" + copy),
                                    one.status())))
            .toList();
    var few = Results.of("sales", some);
    var results = Results.of("sales", many);

    assertThat(results.fails()).isEqualTo(10 * few.fails());
    assertThat(results.warns()).isEqualTo(10 * few.warns());
    assertThat(results.skips()).isEqualTo(1);
    assertThat(results.listed()).hasSize(Results.MOST);
    var note = results.listed().getLast();
    assertThat(note.outcome()).isEqualTo(Outcome.Skip);
    assertThat(note.identity()).isEmpty();
    assertThat(note.message())
        .isEqualTo(
            "%d more results of lower severity are not listed. `credence report -n sales` lists them."
                .formatted(10 * (few.fails() + few.warns()) - Results.MOST + 1));
    assertThat(results.listed().subList(0, Results.MOST - 1))
        .isSortedAccordingTo((one, other) -> other.severity().compareTo(one.severity()));
  }

  @Test
  void a_namespace_in_order_has_a_report_without_results() {
    assertThat(Results.of("sales", List.of())).isEqualTo(new Results(List.of(), 0, 0, 0));
  }

  /// One for each decision, with the name of its folder.
  private static List<Results.Of> identities() {
    return Example.all().stream().flatMap(example -> identity(example).stream()).toList();
  }

  private static Optional<Results.Of> identity(Example example) {
    return example
        .decision()
        .status()
        .map(
            status ->
                new Results.Of(new Whose(example.name(), "uid-of-" + example.name()), status));
  }

  private static String reported(Results results) {
    return Stream.concat(
            Stream.of(
                "fail: %d, warn: %d, skip: %d"
                    .formatted(results.fails(), results.warns(), results.skips())),
            results.listed().stream().map(ResultsTest::reported))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String reported(Result result) {
    return "%s %s %s [%s] %s: %s"
        .formatted(
            result.severity(),
            result.outcome(),
            result.rule(),
            result.category(),
            result.identity().map(Whose::name).orElse("-"),
            result.message());
  }
}
