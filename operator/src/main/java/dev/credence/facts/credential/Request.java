// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.util.Optional;

/// A request by an annotation.
public sealed interface Request {
  /// Acted upon once for each new value.
  record Asked(String value) implements Request {}

  /// A value that cannot be kept as an annotation and in the status: too long, or not one line.
  record Unusable(String why) implements Request {}

  /// The value, where it can be acted upon.
  default Optional<String> asked() {
    return switch (this) {
      case Asked(var value) -> Optional.of(value);
      case Unusable _ -> Optional.empty();
    };
  }

  /// Why it is not acted upon.
  default Optional<String> complaint() {
    return switch (this) {
      case Asked _ -> Optional.empty();
      case Unusable(var why) -> Optional.of(why);
    };
  }
}
