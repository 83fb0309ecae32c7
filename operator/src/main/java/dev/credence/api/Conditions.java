// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import dev.credence.api.Condition.Truth;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The conditions of the previous status by type, to compare with the next ones.
public record Conditions(Map<String, Condition> byType) {

  /// Null where there was no status yet.
  public static Conditions of(List<Condition> before) {
    return new Conditions(
        Stream.ofNullable(before)
            .flatMap(List::stream)
            .collect(Collectors.toMap(Condition::type, Function.identity(), (one, other) -> one)));
  }

  /// Since when a condition is as it is now: unchanged unless its truth changed.
  public Instant since(String type, Truth truth, Instant now) {
    var before = byType.get(type);
    return before != null && before.status() == truth
        ? before.lastTransitionTime()
        : now.truncatedTo(ChronoUnit.SECONDS);
  }
}
