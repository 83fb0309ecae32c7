// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/// Do counts differ from what is expected no more than chance makes them? (Pearson's chi-square.)
final class Evenness {

  private Evenness() {}

  /// Of `cells` equally likely outcomes, `counts` has those that came up.
  static void assertEven(Map<String, Integer> counts, int cells) {
    double expected = (double) counts.values().stream().mapToInt(count -> count).sum() / cells;
    double chiSquare = (cells - counts.size()) * expected;
    for (int count : counts.values()) {
      chiSquare += square(count - expected) / expected;
    }
    assertChance(chiSquare, cells);
  }

  /// `expected` has a count for each outcome that is possible.
  static void assertAsExpected(Map<String, Integer> counts, Map<String, Double> expected) {
    assertThat(expected.keySet()).containsAll(counts.keySet());
    double chiSquare =
        expected.entrySet().stream()
            .mapToDouble(
                cell ->
                    square(counts.getOrDefault(cell.getKey(), 0) - cell.getValue())
                        / cell.getValue())
            .sum();
    assertChance(chiSquare, expected.size());
  }

  /// Chi-square has the mean `freedom` and the variance `2 * freedom`: four deviations either way.
  private static void assertChance(double chiSquare, int cells) {
    double freedom = cells - 1;
    assertThat(chiSquare)
        .isBetween(freedom - 4 * Math.sqrt(2 * freedom), freedom + 4 * Math.sqrt(2 * freedom));
  }

  private static double square(double number) {
    return number * number;
  }
}
