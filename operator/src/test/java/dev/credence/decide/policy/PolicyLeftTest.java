// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.Section;
import dev.credence.observe.Snapshots;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import dev.credence.world.World;
import dev.credence.world.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyLeftTest {
  private static final String WORLD =
      """
      apiVersion: credence.dev/v1alpha1
      kind: CredentialPolicy
      metadata: {name: strict, generation: 3}
      spec:
        enforcement: Enforce
        match:
          namespaceSelector: {matchLabels: {env: prod}}
          identitySelector: {matchExpressions: [{key: stage, operator: DoesNotExist}]}
        lifetime: {onExpiry: Suspend}
      ---
      apiVersion: credence.dev/v1alpha1
      kind: CredentialPolicy
      metadata: {name: lax, generation: 1}
      spec:
        enforcement: Audit
        lifetime: {onExpiry: Suspend}
      ---
      apiVersion: credence.dev/v1alpha1
      kind: CredentialPolicy
      metadata: {name: stricter, generation: 1}
      spec:
        enforcement: Enforce
        lifetime: {onExpiry: Suspend}
        review: {interval: 720h, onOverdue: Suspend}
      ---
      apiVersion: credence.dev/v1alpha1
      kind: CredentialPolicy
      metadata: {name: limited, generation: 1}
      spec:
        enforcement: Enforce
        lifetime: {onExpiry: Suspend}
        safety: {maxSuspensionsPerHour: 0}
      ---
      apiVersion: v1
      kind: Namespace
      metadata: {name: sales, labels: {env: %s}}
      ---
      apiVersion: credence.dev/v1alpha1
      kind: MachineIdentity
      metadata: {name: crm, uid: crm-1, labels: {stage: test}}
      spec: {}
      """;

  private static Snapshot seen(String env) {
    var world = new World(Instant.parse("2026-03-03T14:00:00Z"));
    Yaml.documents(WORLD.formatted(env))
        .forEach(document -> world.put(Yaml.object(Yaml.node(document))));
    var identity = (MachineIdentity) world.truth("MachineIdentity", "sales", "crm").orElseThrow();
    return new Snapshots(world).of(identity, world.now(), List.of(), Map.of());
  }

  /// As the status said it: with all sections that the policy has.
  private static PolicyApplied applied(String name, long generation) {
    return seen("prod").policies().stream()
        .filter(policy -> policy.name().equals(name))
        .findFirst()
        .map(
            policy ->
                new PolicyApplied(
                    name, generation, policy.enforcement(), policy.sections().present(), List.of()))
        .orElseGet(
            () ->
                new PolicyApplied(
                    name, generation, Enforcement.Enforce, List.of(Section.Lifetime), List.of()));
  }

  @Test
  void an_identity_that_no_policy_decides_about_any_more_has_left() {
    assertThat(PolicyLeft.byChange(seen("prod"), List.of(), List.of(applied("strict", 3))))
        .singleElement()
        .satisfies(
            reported ->
                assertThat(reported)
                    .startsWith(
                        "Policy strict suspends for expiration and no longer applies to this MachineIdentity. No policy enforces anything for it now."));
  }

  @ParameterizedTest
  @CsvSource({
    "lax, true",
    "limited, true",
    "stricter, false",
    "strict, false",
  })
  void it_has_left_for_one_that_suspends_for_less(String now, boolean left) {
    assertThat(
            PolicyLeft.byChange(
                seen("prod"), List.of(applied(now, 1)), List.of(applied("strict", 3))))
        .hasSize(left ? 1 : 0);
  }

  @Test
  void another_policy_may_decide_what_a_section_of_it_suspended_for() {
    var before = applied("stricter", 1);
    var now =
        new PolicyApplied("stricter", 1, Enforcement.Enforce, List.of(Section.Lifetime), List.of());
    assertThat(PolicyLeft.byChange(seen("prod"), List.of(now), List.of(before)))
        .singleElement()
        .asString()
        .startsWith("Policy stricter suspends for an overdue review and no longer applies");
  }

  @Test
  void where_the_policy_itself_changed_nobody_left_it() {
    assertThat(PolicyLeft.byChange(seen("prod"), List.of(), List.of(applied("strict", 2))))
        .isEmpty();
    assertThat(PolicyLeft.byChange(seen("prod"), List.of(), List.of(applied("deleted", 3))))
        .isEmpty();
  }

  @Test
  void where_the_namespace_was_labelled_otherwise_nobody_left_it() {
    assertThat(PolicyLeft.byChange(seen("test"), List.of(), List.of(applied("strict", 3))))
        .isEmpty();
  }

  @Test
  void a_policy_that_suspends_nobody_is_left_without_a_word() {
    assertThat(PolicyLeft.byChange(seen("prod"), List.of(), List.of(applied("lax", 1)))).isEmpty();
    assertThat(PolicyLeft.byChange(seen("prod"), List.of(), List.of(applied("limited", 1))))
        .isEmpty();
    assertThat(PolicyLeft.byDeletion(seen("prod").policies(), List.of(applied("lax", 1))))
        .isEmpty();
  }

  @Test
  void a_deletion_leaves_a_policy_too() {
    assertThat(PolicyLeft.byDeletion(seen("prod").policies(), List.of(applied("strict", 3))))
        .hasSize(1);
  }
}
