// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.Policy;
import java.util.List;
import java.util.Optional;

/// The departure of an identity from a policy that suspends by itself. Whoever may write an
/// identity chooses its labels and its type, and may delete and create it again: each leaves such
/// a policy, and is reported.
public final class PolicyLeft {

  /// In a sentence. `before` is the policy that decided at the last reconcile, in the generation of
  /// then: where the policy itself changed, or the labels of the namespace, nobody left it.
  public static Optional<String> byChange(
      Snapshot s, Optional<String> decides, String before, long generation) {
    if (decides.filter(before::equals).isPresent()) {
      return Optional.empty();
    }
    return named(s.policies(), before)
        .filter(left -> left.generation() == generation)
        .filter(left -> left.namespaces().matches(s.home().labels()))
        .filter(left -> !isCovered(left, decides.flatMap(name -> named(s.policies(), name))))
        .map(
            left ->
                suspends(left)
                    + " no longer decides about this identity, and "
                    + decides.map(name -> "policy " + name + " does").orElse("no policy does")
                    + ": its labels or its type were changed, or another policy has precedence. Use `namespaceSelector` in policies that no user of the namespace is to leave");
  }

  /// The same of an identity that was deleted. `before`: the policy that decided about it.
  public static Optional<String> byDeletion(List<Policy> policies, String before) {
    return named(policies, before)
        .filter(left -> !left.suspendsFor().isEmpty())
        .map(
            left ->
                suspends(left)
                    + " decided about this identity, which was deleted: a new identity of the same accounts begins with a new lifetime, review period and idle time");
  }

  private static boolean isCovered(Policy left, Optional<Policy> now) {
    return now.map(policy -> policy.suspendsFor().containsAll(left.suspendsFor()))
        .orElseGet(() -> left.suspendsFor().isEmpty());
  }

  private static String suspends(Policy policy) {
    return "policy "
        + policy.name()
        + ", which suspends for "
        + String.join(" and ", policy.suspendsFor())
        + ",";
  }

  private static Optional<Policy> named(List<Policy> policies, String name) {
    return policies.stream().filter(policy -> policy.name().equals(name)).findFirst();
  }

  private PolicyLeft() {}
}
