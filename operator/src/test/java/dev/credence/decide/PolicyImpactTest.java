// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.observe.read.PolicyReader;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What `credence plan` tells of a policy is what happens once the policy is applied.
class PolicyImpactTest {
  private static final int SEEDS =
      Math.max(
          40,
          Integer.getInteger("credence.seeds", 320)
              / (Boolean.getBoolean("credence.long") ? 8 : 20));
  private static final int STEPS = 12;

  private final AtomicInteger rotated = new AtomicInteger();
  private final AtomicInteger suspended = new AtomicInteger();
  private final AtomicInteger notReady = new AtomicInteger();
  private final AtomicInteger violating = new AtomicInteger();

  @Test
  void a_plan_is_what_happens_when_the_policy_is_applied() {
    LongStream.range(0, SEEDS).parallel().forEach(this::compare);
    assertThat(List.of(rotated.get(), suspended.get(), notReady.get(), violating.get()))
        .as("planned rotations, suspensions, identities that are no longer Ready, violations")
        .allMatch(count -> count > 0);
  }

  private void compare(long seed) {
    var random = new RandomWorld(seed);
    for (var step = 0; step < STEPS; step++) {
      random.timePasses();
      random.somethingHappens();
      random.jobsEnd();
      random.world().catchUp();
      for (var name : RandomWorld.IDENTITIES) {
        random.world().observe(RandomWorld.NAMESPACE, name);
      }
      random.world().catchUp();
      applied(seed, random);
    }
  }

  private void applied(long seed, RandomWorld random) {
    var world = random.world();
    var policy = random.policy();
    var then = PolicyImpact.merged(world.policies(), List.of(PolicyReader.of(policy)));
    var before = decisions(random, world.policies());
    var planned = decisions(random, then);
    world.write("kubectl", policy);
    world.catchUp();
    var actual = decisions(random, world.policies());
    assertThat(actual.keySet()).isEqualTo(planned.keySet());
    for (var name : actual.keySet()) {
      var plan = PolicyImpact.between(before.get(name), planned.get(name));
      assertThat(plan)
          .as("seed %d, identity %s, policy %s", seed, name, policy.getSpec())
          .isEqualTo(PolicyImpact.between(before.get(name), actual.get(name)));
      assertThat(planned.get(name).actions()).isEqualTo(actual.get(name).actions());
      assertThat(planned.get(name).status().map(IdentityStatus::results))
          .isEqualTo(actual.get(name).status().map(IdentityStatus::results));
      count(plan);
    }
  }

  private void count(PolicyImpact plan) {
    rotated.addAndGet(plan.rotated().size());
    suspended.addAndGet(plan.suspended().isPresent() ? 1 : 0);
    notReady.addAndGet(plan.notReady().isPresent() ? 1 : 0);
    violating.addAndGet(plan.violations().size());
  }

  private static Map<String, Decision> decisions(RandomWorld random, List<Policy> policies) {
    var decisions = new HashMap<String, Decision>();
    for (var name : RandomWorld.IDENTITIES) {
      random
          .world()
          .see(RandomWorld.NAMESPACE, name, policies)
          .ifPresent(seen -> decisions.put(name, Decide.next(seen)));
    }
    return decisions;
  }

  @Test
  void policies_of_the_same_name_are_replaced_and_all_others_stay() {
    var world = new RandomWorld(3);
    var a = PolicyReader.of(world.policy());
    var changed = a.with(a.enforces() ? Enforcement.Audit : Enforcement.Enforce);
    assertThat(PolicyImpact.merged(List.of(a), List.of(changed))).containsExactly(changed);
    assertThat(PolicyImpact.merged(List.of(a), List.of())).containsExactly(a);
  }
}
