// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.decide.risk.RiskRules;
import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.PolicyRules;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which policy decides? Of all that select the identity the one with the highest priority, then
/// the first by name.
public final class PolicyMatched {

  /// `type`: the one that is declared, or that the identity is classified as. What was found and
  /// nobody has adopted is only shown as it is.
  public static Optional<Policy> of(Snapshot s, Optional<String> type) {
    return all(s, type).stream()
        .findFirst()
        .map(policy -> isDiscovered(s) ? policy.auditing() : policy);
  }

  /// Whether the operator wrote the identity for an account that it found, and nobody adopted it. A
  /// user may write the same label and the same spec, by the same name of a field manager: that
  /// counts only where a policy asks the operator to do so, so that it gains nothing.
  private static boolean isDiscovered(Snapshot s) {
    return s.identity().discovered()
        && s.policies().stream()
            .filter(policy -> policy.oversight().discovery() != PolicyRules.Discovery.Disabled)
            .filter(policy -> policy.namespaces().matches(s.home().labels()))
            .min(Policy.DECIDES_FIRST)
            .filter(policy -> policy.oversight().discovery() == PolicyRules.Discovery.Register)
            .isPresent();
  }

  /// Those that select the identity: the one that decides, then those that would without it.
  public static List<Policy> all(Snapshot s, Optional<String> type) {
    return s.policies().stream()
        .filter(policy -> selects(policy, s, type))
        .sorted(Policy.DECIDES_FIRST)
        .toList();
  }

  private static boolean selects(Policy policy, Snapshot s, Optional<String> type) {
    return policy.namespaces().matches(s.home().labels())
        && policy.identities().matches(s.identity().labels())
        && (policy.types().isEmpty() || type.filter(policy.types()::contains).isPresent());
  }

  public static ConditionResult verdict(Snapshot s, Optional<Policy> policy) {
    return policy
        .map(
            chosen ->
                ConditionResult.fine(
                    ConditionType.PolicyMatched,
                    ConditionStatus.True,
                    Reason.Matched,
                    "policy "
                        + chosen.name()
                        + " ("
                        + chosen.enforcement()
                        + ") decides"
                        + (isDiscovered(s)
                            ? "; the identity was discovered, so that nothing is enforced until somebody adopts it by applying YAML of its name"
                            : "")
                        + problems(chosen).stream()
                            .findFirst()
                            .map(problem -> "; not applied: " + problem)
                            .orElse("")))
        .orElseGet(
            () ->
                ConditionResult.fine(
                    ConditionType.PolicyMatched,
                    ConditionStatus.False,
                    Reason.NoPolicy,
                    "no CredentialPolicy selects this identity: built-in defaults apply, and they enforce nothing"));
  }

  /// What in the policy cannot be applied, in sentences.
  public static List<String> problems(Policy policy) {
    return Stream.concat(
            policy.problems().stream(),
            RiskRules.problems(policy.oversight().privileges()).stream())
        .toList();
  }

  private PolicyMatched() {}
}
