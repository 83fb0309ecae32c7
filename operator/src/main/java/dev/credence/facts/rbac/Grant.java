// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The rights that one binding grants to a subject. `to`: the subject of the binding that includes
/// it. Empty `namespace`: everywhere. `rules` empty: the role that it refers to does not exist.
/// `changed`: when the binding or its role was created or changed last, where that is known.
public record Grant(
    String via,
    String namespace,
    Subject to,
    Optional<List<PolicyRule>> rules,
    Optional<Instant> changed) {
  public Grant {
    rules = rules.map(List::copyOf);
  }

  /// One without a date.
  public Grant(String via, String namespace, Subject to, Optional<List<PolicyRule>> rules) {
    this(via, namespace, to, rules, Optional.empty());
  }

  public boolean isEverywhere() {
    return namespace.isEmpty();
  }

  /// Whether it counts for a request there.
  public boolean countsIn(String place) {
    return isEverywhere() || namespace.equals(place);
  }

  /// Whether the binding names this very account or user, not a group that it is in.
  public boolean isDirect() {
    return !(to instanceof Subject.Group);
  }
}
