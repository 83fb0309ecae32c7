// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import java.util.List;

/// A Role, or, with an empty `namespace`, a ClusterRole. The rules of one that aggregates others
/// are those that the cluster has put together.
public record Role(String namespace, String name, List<PolicyRule> rules) {
  public Role {
    rules = List.copyOf(rules);
  }
}
