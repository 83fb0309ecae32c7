// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.ActorType;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicySpec.Lifetime;
import dev.credence.api.CredentialPolicySpec.Match;
import dev.credence.api.CredentialPolicySpec.OwnerRule;
import dev.credence.api.CredentialPolicySpec.PolicyRotation;
import dev.credence.api.LabelSelector;
import dev.credence.facts.object.Selector;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.RotationRule;
import dev.credence.facts.text.ContactPattern;
import dev.credence.facts.time.Timing;
import dev.credence.raw.FaultBarrier;
import dev.credence.raw.UntrustedText;
import java.time.Duration;
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
        owner(Optional.empty()),
        false,
        ending(Optional.empty()),
        Policy.MOST_SUSPENSIONS,
        RotationRule.SILENT,
        RotationProcedureReader.of(Optional.empty()),
        Optional.empty(),
        PolicyRulesReader.of(Optional.empty()),
        List.of(problem));
  }

  private static Policy read(CredentialPolicy resource) {
    var spec = Optional.ofNullable(resource.getSpec());
    var match = spec.map(CredentialPolicySpec::match);
    var owner = owner(spec.map(CredentialPolicySpec::owner));
    var rotation = rotation(spec.map(CredentialPolicySpec::rotation));
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
        owner,
        spec.map(CredentialPolicySpec::approval)
            .map(CredentialPolicySpec.Approval::required)
            .orElse(false),
        ending(spec.map(CredentialPolicySpec::lifetime)),
        spec.map(CredentialPolicySpec::safety)
            .map(CredentialPolicySpec.Safety::maxSuspensionsPerHour)
            .orElse(Policy.MOST_SUSPENSIONS),
        rotation,
        RotationProcedureReader.of(spec.map(CredentialPolicySpec::rotation)),
        spec.map(CredentialPolicySpec::tokens)
            .flatMap(tokens -> UntrustedText.duration(tokens.maxLifetime())),
        PolicyRulesReader.of(spec),
        problems(owner, rotation, spec.map(CredentialPolicySpec::rotation)));
  }

  /// A type of a newer version, which comes as null, selects nothing rather than everything.
  private static Set<String> types(Optional<List<ActorType>> types) {
    return types.stream()
        .flatMap(List::stream)
        .map(type -> type == null ? "unknown" : type.name())
        .collect(Collectors.toSet());
  }

  /// An empty list is an answer too: no warnings.
  private static List<Duration> durations(List<String> texts) {
    return texts.stream().flatMap(text -> UntrustedText.duration(text).stream()).toList();
  }

  private static Selector selector(Optional<LabelSelector> selector) {
    return selector
        .map(written -> IdentityReader.selector(written.matchLabels(), written.matchExpressions()))
        .orElse(Selector.EVERYTHING);
  }

  private static Policy.OwnerRule owner(Optional<OwnerRule> rule) {
    return new Policy.OwnerRule(
        rule.map(OwnerRule::required).orElse(false),
        rule.map(OwnerRule::contactPattern).map(ContactPattern::of),
        rule.map(OwnerRule::backupRequired).orElse(false));
  }

  private static Policy.Ending ending(Optional<Lifetime> life) {
    return new Policy.Ending(
        life.flatMap(written -> UntrustedText.duration(written.max())),
        life.map(Lifetime::warnBefore).map(PolicyReader::durations).orElse(Policy.WARN_BEFORE),
        life.map(Lifetime::onExpiry)
            .filter(CredentialPolicySpec.OnExpiry.Suspend::equals)
            .isPresent(),
        life.flatMap(written -> UntrustedText.duration(written.decommissionAfter())));
  }

  private static RotationRule rotation(Optional<PolicyRotation> rule) {
    return new RotationRule(
        rule.flatMap(r -> TimingReader.of(r.interval(), r.schedule(), r.timeZone())),
        rule.flatMap(r -> UntrustedText.duration(r.overlap())),
        rule.flatMap(r -> UntrustedText.duration(r.maxInterval())));
  }

  private static List<String> problems(
      Policy.OwnerRule owner, RotationRule rotation, Optional<PolicyRotation> written) {
    var problems = new ArrayList<String>();
    owner
        .pattern()
        .filter(ContactPattern.Broken.class::isInstance)
        .map(broken -> ((ContactPattern.Broken) broken).problem())
        .ifPresent(problems::add);
    rotation
        .timing()
        .filter(Timing.Unreadable.class::isInstance)
        .map(unreadable -> "`rotation`: " + ((Timing.Unreadable) unreadable).problem())
        .ifPresent(problems::add);
    problems.addAll(RotationProcedureReader.problems(written));
    return problems;
  }

  private PolicyReader() {}
}
