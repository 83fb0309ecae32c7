// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.facts.policy.Certificates;
import dev.credence.facts.policy.FromPolicy;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.PolicySections;
import dev.credence.facts.policy.PolicySections.Approval;
import dev.credence.facts.policy.PolicySections.Behavior;
import dev.credence.facts.policy.PolicySections.Discovery;
import dev.credence.facts.policy.PolicySections.Idle;
import dev.credence.facts.policy.PolicySections.Lifetime;
import dev.credence.facts.policy.PolicySections.Owner;
import dev.credence.facts.policy.PolicySections.Privileges;
import dev.credence.facts.policy.PolicySections.Review;
import dev.credence.facts.policy.PolicySections.Rotation;
import dev.credence.facts.policy.PolicySections.Safety;
import dev.credence.facts.policy.PolicySections.Tokens;
import dev.credence.facts.policy.Section;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The policies that apply, composed by section: for each section, the first policy that has it
/// decides. A section is never merged with the same section of another policy.
///
/// `isAny`: whether any policy takes part, whatever sections it has.
public record EffectivePolicy(
    boolean isAny,
    Optional<FromPolicy<Owner>> owner,
    Optional<FromPolicy<Approval>> approval,
    Optional<FromPolicy<Lifetime>> lifetime,
    Optional<FromPolicy<Rotation>> rotation,
    Optional<FromPolicy<Tokens>> tokens,
    Optional<FromPolicy<Certificates>> certificates,
    Optional<FromPolicy<Privileges>> privileges,
    Optional<FromPolicy<Idle>> idle,
    Optional<FromPolicy<Behavior>> behavior,
    Optional<FromPolicy<Review>> review,
    Optional<FromPolicy<Discovery>> discovery,
    Optional<FromPolicy<Safety>> safety) {

  public static final EffectivePolicy NONE = of(List.of());

  /// `policies` in the order of their precedence.
  public static EffectivePolicy of(List<Policy> policies) {
    return new EffectivePolicy(
        !policies.isEmpty(),
        first(policies, PolicySections::owner),
        first(policies, PolicySections::approval),
        first(policies, PolicySections::lifetime),
        first(policies, PolicySections::rotation),
        first(policies, PolicySections::tokens),
        first(policies, PolicySections::certificates),
        first(policies, PolicySections::privileges),
        first(policies, PolicySections::idle),
        first(policies, PolicySections::behavior),
        first(policies, PolicySections::review),
        first(policies, PolicySections::discovery),
        first(policies, PolicySections::safety));
  }

  private static <T> Optional<FromPolicy<T>> first(
      List<Policy> policies, Function<PolicySections, Optional<T>> section) {
    return policies.stream()
        .flatMap(
            policy ->
                section.apply(policy.sections()).stream()
                    .map(found -> new FromPolicy<>(found, policy.name())))
        .findFirst();
  }

  /// The name of the policy that decides each section; a section that no policy has is left out.
  public Map<Section, String> deciders() {
    var deciders = new EnumMap<Section, String>(Section.class);
    for (var section : Section.values()) {
      decides(section).ifPresent(name -> deciders.put(section, name));
    }
    return deciders;
  }

  /// The name of the policy that decides the section.
  public Optional<String> decides(Section section) {
    Optional<? extends FromPolicy<?>> found =
        switch (section) {
          case Owner -> owner;
          case Approval -> approval;
          case Lifetime -> lifetime;
          case Rotation -> rotation;
          case Tokens -> tokens;
          case Certificates -> certificates;
          case Privileges -> privileges;
          case Idle -> idle;
          case Behavior -> behavior;
          case Review -> review;
          case Discovery -> discovery;
          case Safety -> safety;
        };
    return found.map(FromPolicy::policy);
  }
}
