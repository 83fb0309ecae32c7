// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.decide.risk.RiskCondition.Leaf;
import dev.credence.facts.rbac.PolicyRule;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Evaluates one role: which of the simple conditions of the table it meets, and by which rights.
///
/// Many accounts share few roles, so the result is computed once for a role and remembered. It
/// depends on the rules only, so the cache is not observable.
final class RolePowers {
  /// More roles than most clusters have; some MiB.
  private static final int MOST_REMEMBERED = 4096;

  private static final Map<List<PolicyRule>, RolePowers> REMEMBERED = new ConcurrentHashMap<>();

  private final Map<Leaf, Match> matches = new IdentityHashMap<>();
  private final BitSet touched = new BitSet();

  static RolePowers of(List<PolicyRule> rules) {
    var known = REMEMBERED.get(rules);
    if (known != null) {
      return known;
    }
    if (REMEMBERED.size() >= MOST_REMEMBERED) {
      REMEMBERED.clear();
    }
    var powers = new RolePowers(rules);
    REMEMBERED.put(rules, powers);
    return powers;
  }

  private RolePowers(List<PolicyRule> rules) {
    for (var leaf : RiskRules.LEAVES) {
      leaf.of(rules).ifPresent(match -> matches.put(leaf, match));
    }
    for (var number = 0; number < RiskRules.ALL.size(); number++) {
      if (RiskRules.ALL.get(number).leaves().anyMatch(matches::containsKey)) {
        touched.set(number);
      }
    }
  }

  /// The rules of the table, by their numbers, that can find anything in this.
  BitSet touched() {
    return touched;
  }

  Optional<Match> match(Leaf leaf) {
    return Optional.ofNullable(matches.get(leaf));
  }
}
