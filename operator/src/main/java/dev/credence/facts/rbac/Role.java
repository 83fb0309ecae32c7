// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A Role, or, with an empty `namespace`, a ClusterRole. The rules of one that aggregates others
/// are those that the cluster has put together. `changed`: when it was created or changed last.
public record Role(
    String namespace, String name, List<PolicyRule> rules, Optional<Instant> changed) {
  public Role {
    rules = List.copyOf(rules);
  }

  /// One without a date.
  public Role(String namespace, String name, List<PolicyRule> rules) {
    this(namespace, name, rules, Optional.empty());
  }
}
