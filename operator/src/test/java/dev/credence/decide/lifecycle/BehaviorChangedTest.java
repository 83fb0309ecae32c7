// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.evidence.OddBehaviourTest;
import dev.credence.decide.evidence.Oddity.Kind;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.facts.identity.RecordedStatus.OddFinding;
import dev.credence.plan.IdentityStatus;
import dev.credence.world.Requested;
import dev.credence.world.World;
import dev.credence.world.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A month of an ordinary identity, and attacks in it, as the operator reads them from the stored
/// form. What is decided is in the folder `behavior` of the decisions.
class BehaviorChangedTest {
  private static final Instant NOW = OddBehaviourTest.ATTACK.plus(Duration.ofMinutes(90));

  private static World world() {
    var world = new World(NOW);
    Yaml.documents(
            """
            apiVersion: credence.dev/v1alpha1
            kind: CredentialPolicy
            metadata: {name: production, generation: 1}
            spec: {enforcement: Enforce, behavior: {networks: [10.0.0.0/8], onOdd: Suspend}}
            ---
            apiVersion: credence.dev/v1alpha1
            kind: MachineIdentity
            metadata: {name: crm, uid: crm-1, creationTimestamp: "2026-06-01T08:00:00Z"}
            spec: {owner: {contact: alice@example.com}, serviceAccounts: [{name: crm}]}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: crm, uid: crm-2}
            """)
        .forEach(document -> world.put(Yaml.object(Yaml.node(document))));
    return world;
  }

  private static void audited(World world, List<Requested> requests) {
    var evidence = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    requests.stream()
        .filter(request -> !request.time().isAfter(world.now()))
        .forEach(request -> evidence.add(request.event()));
    world.audited(evidence);
  }

  private static IdentityStatus reconciled(World world) {
    return world.observe("sales", "crm").orElseThrow().status().orElseThrow();
  }

  @Test
  void a_month_with_rollouts_restarts_and_cron_jobs_has_no_finding() {
    var world = world();
    audited(world, OddBehaviourTest.month());
    assertThat(reconciled(world).behavior().findings()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.credence.decide.evidence.OddBehaviourTest#attacks")
  void an_attack_is_one_finding_and_is_written_once(Kind kind, List<Requested> requests) {
    var all = new ArrayList<>(OddBehaviourTest.month());
    all.addAll(requests);
    var world = world();
    audited(world, all);
    reconciled(world);
    var found = reconciled(world);
    assertThat(found.behavior().findings())
        .extracting(OddFinding::kind)
        .containsExactly(kind.name());
    // It happened before the policy suspends anything.
    assertThat(found.suspension()).isEmpty();

    for (var minute = 1; minute <= 3; minute++) {
      world.moveTo(NOW.plus(Duration.ofMinutes(minute)));
      all.add(Requested.by("sales/crm").does("get", "secrets").named("crm-db").at(world.now()));
      audited(world, all);
      assertThat(reconciled(world)).as("minute %d", minute).isEqualTo(found);
    }
    world.restart();
    assertThat(reconciled(world)).as("after a restart").isEqualTo(found);

    world.moveTo(NOW.plus(Duration.ofDays(2)));
    audited(world, all);
    assertThat(reconciled(world).behavior()).as("two days later").isEqualTo(found.behavior());
  }
}
