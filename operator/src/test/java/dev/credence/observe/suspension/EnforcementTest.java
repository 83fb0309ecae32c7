// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.suspension;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.observe.suspension.Enforcement.Answer;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EnforcementTest {
  private final List<SuspensionList> lists = new CopyOnWriteArrayList<>();
  private final Set<Admission> bound = ConcurrentHashMap.newKeySet();
  private final Map<String, String> used = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger changes = new AtomicInteger();
  private volatile boolean away;

  @AutoClose
  private final Enforcement enforcement =
      new Enforcement(() -> lists, bound::contains, changes::incrementAndGet);

  {
    bound.addAll(EnumSet.of(Admission.Writes, Admission.Tokens));
    enforcement.by(
        (policy, list, revision) -> {
          asked.add(policy + " " + list + " " + revision);
          return away
              ? Answer.Unknown
              : revision.equals(used.get(policy + " " + list)) ? Answer.Refused : Answer.Passed;
        });
  }

  @Test
  void while_nobody_is_listed_nothing_is_asked() {
    enforcement.start();
    assertThat(enforcement.holds(Admission.Writes)).isTrue();
    assertThat(asked).isEmpty();
  }

  @Test
  void a_list_that_the_api_server_uses_is_enforced_and_asked_about_once() {
    listed("suspended-1", "a");
    uses("suspended-1", "a");
    enforcement.start();
    enforcement.await();
    assertThat(enforcement.holds(Admission.Writes)).isTrue();
    assertThat(enforcement.holds(Admission.Tokens)).isTrue();
    assertThat(asked).containsExactly("Writes suspended-1 a", "Tokens suspended-1 a");
  }

  @Test
  void a_copy_that_is_frozen_is_not_taken_for_enforced() {
    listed("suspended-1", "a");
    uses("suspended-1", "a");
    enforcement.start();
    listed("suspended-1", "b");
    enforcement.await();
    assertThat(enforcement.holds(Admission.Writes)).isFalse();
    assertThat(enforcement.holds(Admission.Tokens)).isFalse();
    assertThat(changes).hasPositiveValue();
    uses("suspended-1", "b");
    eventually("it is believed again").until(() -> enforcement.holds(Admission.Writes));
  }

  @Test
  void one_policy_of_two_may_be_the_one_that_is_not_enforced() {
    listed("suspended-1", "a");
    used.put("Writes suspended-1", "a");
    enforcement.start();
    assertThat(enforcement.holds(Admission.Writes)).isTrue();
    assertThat(enforcement.holds(Admission.Tokens)).isFalse();
  }

  @Test
  void every_list_must_be_used() {
    listed("suspended-1", "a");
    listed("suspended-2", "a");
    uses("suspended-1", "a");
    enforcement.start();
    assertThat(enforcement.holds(Admission.Writes)).isFalse();
  }

  @Test
  void a_policy_that_was_taken_away_must_show_it_again() {
    listed("suspended-1", "a");
    uses("suspended-1", "a");
    enforcement.start();
    used.clear();
    bound.clear();
    enforcement.changed();
    bound.addAll(EnumSet.of(Admission.Writes, Admission.Tokens));
    enforcement.changed();
    assertThat(enforcement.holds(Admission.Writes)).isFalse();
  }

  @Test
  void an_api_server_that_cannot_be_asked_says_nothing_new() {
    listed("suspended-1", "a");
    uses("suspended-1", "a");
    enforcement.start();
    away = true;
    listed("suspended-1", "b");
    enforcement.await();
    assertThat(enforcement.holds(Admission.Writes)).isTrue();
  }

  @Test
  void what_was_never_seen_is_not_claimed() {
    away = true;
    listed("suspended-1", "a");
    enforcement.start();
    assertThat(enforcement.holds(Admission.Writes)).isFalse();
  }

  private void listed(String name, String revision) {
    lists.removeIf(list -> list.getMetadata().getName().equals(name));
    var list = new SuspensionList();
    list.setMetadata(new ObjectMetaBuilder().withName(name).withUid(name).build());
    list.setSpec(new SuspensionListSpec(revision, Map.of("sales.crm", "crm"), null));
    lists.add(list);
    enforcement.changed();
  }

  private void uses(String list, String revision) {
    used.put("Writes " + list, revision);
    used.put("Tokens " + list, revision);
  }
}
