// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import dev.credence.decide.policy.Classification;
import java.util.stream.Stream;

/// The rules that classify identities.
final class TypeReference {

  static String markdown() {
    var table = new Table("`status.typeReason`", "`status.type`", "Where");
    Stream.of(Classification.values())
        .forEach(
            rule -> table.row("`" + rule.name() + "`", "`" + rule.type() + "`", rule.meaning()));
    return """
        <!-- Written by `make generate`. -->
        # Types

        If `spec.type` is set, the identity has this type, and `status.typeReason` is absent. Otherwise the first of these
        rules that matches decides. Policies select identities by the result (`types`). If no rule matches, there is no type.

        %s"""
        .formatted(table);
  }

  private TypeReference() {}
}
