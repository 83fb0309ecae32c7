// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.PolicySections.Safety;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The departure of an identity from a policy that suspends by itself. Whoever may write an
/// identity chooses its labels and its type, and may delete and create it again: each leaves such
/// a policy, and is reported.
public final class PolicyLeft {

  /// A sentence for each policy that was left. `before`: the policies of the last reconcile, in
  /// their generation of then: where a policy itself changed, or the labels of the namespace,
  /// nobody left it.
  public static List<String> byChange(
      Snapshot s, List<PolicyApplied> now, List<PolicyApplied> before) {
    var covered = grounds(s.policies(), now);
    return before.stream()
        .flatMap(
            known ->
                named(s.policies(), known.name())
                    .filter(left -> left.generation() == known.generation())
                    .filter(left -> left.namespaces().matches(s.namespaceFacts().labels()))
                    .map(left -> byChange(left, lost(s, known, covered), now))
                    .stream())
        .flatMap(Optional::stream)
        .toList();
  }

  private static Set<String> lost(Snapshot s, PolicyApplied known, Set<String> covered) {
    var lost = new TreeSet<>(grounds(s.policies(), List.of(known)));
    lost.removeAll(covered);
    return lost;
  }

  private static Optional<String> byChange(Policy left, Set<String> lost, List<PolicyApplied> now) {
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(
            suspends(left, lost)
                + " and no longer applies to this MachineIdentity. "
                + others(left, now)
                + " Its labels or its type were changed, or another policy has precedence. Use `namespaceSelector` in policies that tenants must not leave.");
  }

  private static String others(Policy left, List<PolicyApplied> now) {
    var names =
        now.stream()
            .filter(PolicyApplied::enforces)
            .map(PolicyApplied::name)
            .filter(name -> !name.equals(left.name()))
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? "No policy enforces anything for it now."
        : "It is now under " + names + ".";
  }

  /// The same of an identity that was deleted. `before`: the policies that decided about it.
  public static List<String> byDeletion(List<Policy> policies, List<PolicyApplied> before) {
    return before.stream()
        .flatMap(
            known ->
                named(policies, known.name())
                    .map(left -> byDeletion(left, grounds(policies, List.of(known))))
                    .stream())
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> byDeletion(Policy left, Set<String> grounds) {
    return grounds.isEmpty()
        ? Optional.empty()
        : Optional.of(
            suspends(left, grounds)
                + " and applied to this MachineIdentity, which was deleted. A new one with the same ServiceAccounts starts with a new lifetime, review interval and idle time.");
  }

  /// What these policies suspend the identity for.
  private static Set<String> grounds(List<Policy> policies, List<PolicyApplied> applied) {
    var deciding =
        applied.stream()
            .filter(PolicyApplied::enforces)
            .flatMap(
                one -> named(policies, one.name()).map(policy -> decided(policy, one)).stream())
            .toList();
    return deciding.stream()
            .flatMap(policy -> policy.sections().safety().stream())
            .map(Safety::maxSuspensionsPerHour)
            .anyMatch(most -> most == 0)
        ? Set.of()
        : deciding.stream()
            .flatMap(policy -> policy.sections().suspendsFor().stream())
            .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Policy decided(Policy policy, PolicyApplied applied) {
    return policy.with(policy.sections().only(Set.copyOf(applied.sections())));
  }

  private static String suspends(Policy policy, Set<String> grounds) {
    return "Policy " + policy.name() + " suspends for " + String.join(" and ", grounds);
  }

  private static Optional<Policy> named(List<Policy> policies, String name) {
    return policies.stream().filter(policy -> policy.name().equals(name)).findFirst();
  }

  private PolicyLeft() {}
}
