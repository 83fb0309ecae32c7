// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import dev.credence.decide.policy.Classification;
import java.util.stream.Stream;

/// By which rules an identity is classified.
final class TypeReference {

  static String markdown() {
    var table = new Table("`status.typeReason`", "`status.type`", "Where");
    Stream.of(Classification.values())
        .forEach(
            rule -> table.row("`" + rule.name() + "`", "`" + rule.type() + "`", rule.meaning()));
    return """
        <!-- Written by `make generate`. -->
        # Types

        Where `spec.type` says what kind of actor an identity is, that counts: `status.typeReason` is `Declared`. Else the first of
        these rules that holds decides. Policies select by the outcome (`types`); where none holds there is no type.

        %s"""
        .formatted(table);
  }

  private TypeReference() {}
}
