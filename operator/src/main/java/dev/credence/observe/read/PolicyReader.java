// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.ActorType;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicySpec.Match;
import dev.credence.api.CredentialPolicySpec.PolicyRotation;
import dev.credence.api.LabelSelector;
import dev.credence.facts.object.Selector;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.PolicySections;
import dev.credence.facts.text.ContactPattern;
import dev.credence.facts.time.Timing;
import dev.credence.raw.FaultBarrier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A CredentialPolicy as facts.
public final class PolicyReader {

  /// One that cannot be read decides about nothing, and is a problem.
  public static Policy of(CredentialPolicy resource) {
    try {
      return FaultBarrier.named(resource, () -> read(resource));
    } catch (FaultBarrier fault) {
      return unreadable(resource, FaultBarrier.line(fault));
    }
  }

  private static Policy unreadable(CredentialPolicy resource, String problem) {
    var nothing = new Selector(Map.of(), List.of(IdentityReader.NOTHING));
    return new Policy(
        resource.getMetadata().getName(),
        resource.getMetadata().getGeneration() == null ? 0 : resource.getMetadata().getGeneration(),
        0,
        nothing,
        nothing,
        Set.of(),
        Enforcement.Audit,
        PolicySections.NONE,
        List.of(problem));
  }

  private static Policy read(CredentialPolicy resource) {
    var spec = Optional.ofNullable(resource.getSpec());
    var match = spec.map(CredentialPolicySpec::match);
    var sections = PolicySectionsReader.of(spec);
    return new Policy(
        resource.getMetadata().getName(),
        resource.getMetadata().getGeneration() == null ? 0 : resource.getMetadata().getGeneration(),
        spec.map(CredentialPolicySpec::priority).orElse(0),
        selector(match.map(Match::namespaceSelector)),
        selector(match.map(Match::identitySelector)),
        types(match.map(Match::types)),
        spec.map(CredentialPolicySpec::enforcement)
            .map(written -> Enforcement.valueOf(written.name()))
            .orElse(Enforcement.Audit),
        sections,
        problems(sections, spec.map(CredentialPolicySpec::rotation)));
  }

  /// A type of a newer version, which comes as null, selects nothing rather than everything.
  private static Set<String> types(Optional<List<ActorType>> types) {
    return types.stream()
        .flatMap(List::stream)
        .map(type -> type == null ? "unknown" : type.name())
        .collect(Collectors.toSet());
  }

  private static Selector selector(Optional<LabelSelector> selector) {
    return selector
        .map(written -> IdentityReader.selector(written.matchLabels(), written.matchExpressions()))
        .orElse(Selector.EVERYTHING);
  }

  private static List<String> problems(PolicySections sections, Optional<PolicyRotation> written) {
    var problems = new ArrayList<String>();
    sections
        .owner()
        .flatMap(PolicySections.Owner::pattern)
        .filter(ContactPattern.Broken.class::isInstance)
        .map(broken -> ((ContactPattern.Broken) broken).problem())
        .ifPresent(problems::add);
    sections
        .rotation()
        .flatMap(rotation -> rotation.rule().timing())
        .filter(Timing.Unreadable.class::isInstance)
        .map(unreadable -> "`rotation`: " + ((Timing.Unreadable) unreadable).problem())
        .ifPresent(problems::add);
    problems.addAll(RotationProcedureReader.problems(written));
    return problems;
  }

  private PolicyReader() {}
}
