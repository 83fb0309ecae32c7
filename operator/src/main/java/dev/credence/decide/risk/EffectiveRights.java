// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.facts.rbac.Access;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.PolicyRule;
import java.util.List;
import java.util.stream.Stream;

/// The effective rights of an account: the union of all that is granted, as the API server computes
/// it.
public record EffectiveRights(List<Grant> grants) {
  public EffectiveRights {
    grants = List.copyOf(grants);
  }

  /// Whether the API server's RBAC would let this request through.
  public boolean allow(Access access) {
    return grants.stream()
        .filter(grant -> grant.countsIn(access.namespace()))
        .flatMap(grant -> grant.rules().stream().flatMap(List<PolicyRule>::stream))
        .anyMatch(rule -> rule.allows(access));
  }

  /// The namespaces in which rights are granted in addition to those that are granted everywhere.
  Stream<String> namespaces() {
    return grants.stream()
        .map(Grant::namespace)
        .filter(namespace -> !namespace.isEmpty())
        .distinct()
        .sorted();
  }
}
