// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.policy.Severity;
import java.util.Comparator;
import java.util.Optional;

/// One rule that one identity breaks. `identity` is empty where it is about the report itself.
public record Result(
    Optional<Whose> identity,
    String rule,
    String category,
    Severity severity,
    Outcome outcome,
    String message) {

  static final Comparator<Result> WORST_FIRST =
      Comparator.comparing(Result::severity)
          .reversed()
          .thenComparing(Result::outcome)
          .thenComparing(result -> result.identity().map(Whose::name).orElse(""))
          .thenComparing(Result::rule)
          .thenComparing(Result::message);

  public record Whose(String name, String uid) {}

  /// The graver one first.
  public enum Outcome {
    /// it breaks a policy that enforces
    Fail,
    /// it is to be fixed, and nothing is denied for it
    Warn,
    /// nothing was judged
    Skip
  }
}
