// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.facts.rbac.Grant;
import java.util.Set;
import java.util.TreeSet;

/// That a condition holds: which rights make it so, and what grants them. `named`: only for objects
/// of some names.
record Match(boolean named, Set<String> rights, Set<String> via) {

  static Match of(boolean named, String right) {
    return new Match(named, Set.of(right), Set.of());
  }

  static Match by(Grant grant) {
    return new Match(false, Set.of(), Set.of(grant.via()));
  }

  /// The same, granted by this.
  Match by(String grant) {
    return new Match(named, rights, Set.of(grant));
  }

  /// Both hold, and it takes both.
  Match and(Match other) {
    return joined(named || other.named, other);
  }

  /// Both hold, it takes both, and only what this one is limited to counts.
  Match with(Match other) {
    return joined(named, other);
  }

  /// Both hold, and one is enough: the one that says more, or both.
  Match or(Match other) {
    if (named != other.named) {
      return named ? other : this;
    }
    return joined(named, other);
  }

  private Match joined(boolean isNamed, Match other) {
    return new Match(isNamed, union(rights, other.rights), union(via, other.via));
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    if (one.containsAll(other)) {
      return one;
    }
    var all = new TreeSet<>(one);
    all.addAll(other);
    return all;
  }
}
