// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.decide.risk.RiskRules;
import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.PolicySections.Discovery;
import dev.credence.facts.policy.Section;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import dev.credence.plan.IdentityStatus.PolicyApplied.Hidden;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The policies that match an identity: the highest priority first, then by name. Those that
/// enforce are composed to what is enforced; all of them to what would be, if those that audit
/// enforced.
///
/// `discovered`: the operator wrote the identity for an account that it found, and no user has
/// adopted it. Nothing is enforced on it, so every policy audits.
public record MatchingPolicies(List<Policy> all, boolean discovered) {

  public MatchingPolicies {
    all = List.copyOf(all);
  }

  /// `type`: the one that is declared, or that the identity is classified as.
  public static MatchingPolicies of(Snapshot s, Optional<String> type) {
    var discovered = isDiscovered(s);
    return new MatchingPolicies(
        s.policies().stream()
            .filter(policy -> matches(policy, s, type))
            .sorted(Policy.DECIDES_FIRST)
            .map(policy -> discovered ? audited(policy) : policy)
            .toList(),
        discovered);
  }

  private static boolean matches(Policy policy, Snapshot s, Optional<String> type) {
    return policy.namespaces().matches(s.namespaceFacts().labels())
        && policy.identities().matches(s.identity().labels())
        && (policy.types().isEmpty() || type.filter(policy.types()::contains).isPresent());
  }

  /// Nobody approves an identity that nobody asked for.
  private static Policy audited(Policy policy) {
    return policy.with(Enforcement.Audit).with(policy.sections().without(Section.Approval));
  }

  /// A user may write the same label and the same spec, by the same name of a field manager: that
  /// counts only where a policy asks the operator to do so, so that the user gains nothing.
  private static boolean isDiscovered(Snapshot s) {
    return s.identity().discovered()
        && s.policies().stream()
            .filter(Policy::enforces)
            .filter(policy -> policy.sections().has(Section.Discovery))
            .filter(policy -> policy.namespaces().matches(s.namespaceFacts().labels()))
            .min(Policy.DECIDES_FIRST)
            .flatMap(policy -> policy.sections().discovery())
            .filter(mode -> mode == Discovery.Register)
            .isPresent();
  }

  public EffectivePolicy enforced() {
    return EffectivePolicy.of(all.stream().filter(Policy::enforces).toList());
  }

  /// What would be enforced if the policies that audit enforced; empty where none audits.
  public Optional<EffectivePolicy> audited() {
    return auditing().findAny().isPresent()
        ? Optional.of(EffectivePolicy.of(all))
        : Optional.empty();
  }

  /// Those that audit.
  public Stream<Policy> auditing() {
    return all.stream().filter(policy -> !policy.enforces());
  }

  /// What each decides, and which of its sections another one decides.
  public List<PolicyApplied> applied() {
    var enforced = enforced();
    var audited = audited().orElse(enforced);
    return all.stream()
        .map(policy -> applied(policy, policy.enforces() ? enforced : audited))
        .toList();
  }

  private static PolicyApplied applied(Policy policy, EffectivePolicy among) {
    var deciders = among.deciders();
    var present = policy.sections().present();
    return new PolicyApplied(
        policy.name(),
        policy.generation(),
        policy.enforcement(),
        present.stream().filter(section -> policy.name().equals(deciders.get(section))).toList(),
        present.stream()
            .filter(section -> !policy.name().equals(deciders.get(section)))
            .map(section -> new Hidden(section, deciders.getOrDefault(section, "")))
            .toList());
  }

  /// What in a policy cannot be applied, in sentences.
  public static List<String> problems(Policy policy) {
    return Stream.concat(
            policy.problems().stream(),
            policy.sections().privileges().stream()
                .flatMap(privileges -> RiskRules.problems(privileges).stream()))
        .toList();
  }
}
