// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.FakeCluster;
import dev.credence.observe.KnownIdentities;
import dev.credence.observe.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberEventSourceTest {
  @AutoClose private final FakeCluster cluster = FakeCluster.start();
  private final ClusterCaches caches =
      new ClusterCaches(cluster.client(), cluster.client(), Set.of(), "credence-system", Set.of());
  private final KnownIdentities identities = new KnownIdentities();
  private final List<String> enqueued = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private final List<String> deleted = new ArrayList<>();
  private final MemberEventSource eventSource =
      new MemberEventSource(
          caches,
          identity -> seen.add(identity.getMetadata().getName()),
          identity -> deleted.add(identity.getMetadata().getName()));
  private final MachineIdentity newcomer = Objects.naming("newcomer", "payments-db");

  @BeforeEach
  void start() {
    caches.index(identities);
    identities.add(Objects.naming("payments-api", "payments-db"));
    identities.add(newcomer);
    eventSource.setEventHandler(
        event -> enqueued.add(event.getRelatedCustomResourceID().getName()));
    eventSource.start();
  }

  @AfterEach
  void stop() {
    caches.stop();
  }

  @Test
  void what_the_watches_see_reaches_the_loop() {
    caches.enqueueAll();
    assertThat(enqueued).containsExactlyInAnyOrder("payments-api", "newcomer");
  }

  @Test
  void an_identity_that_comes_matters_to_those_that_want_the_same() {
    eventSource.onResourceCreated(newcomer);
    assertThat(enqueued).containsExactly("payments-api");
  }

  @Test
  void one_that_changes_does_too_before_and_after() {
    var changed = Objects.naming("newcomer", "something-else");
    changed.getMetadata().setGeneration(2L);
    eventSource.onResourceUpdated(changed, newcomer);
    assertThat(enqueued).containsExactly("payments-api");
    assertThat(seen).containsExactly("newcomer");
  }

  @Test
  void a_status_matters_to_nobody() {
    eventSource.onResourceUpdated(newcomer, newcomer);
    assertThat(enqueued).isEmpty();
    assertThat(seen).containsExactly("newcomer");
  }

  @Test
  void one_that_goes_is_told_and_leaves_its_members_to_others() {
    identities.remove(newcomer);
    eventSource.onResourceDeleted(newcomer);
    assertThat(deleted).containsExactly("newcomer");
    assertThat(enqueued).containsExactly("payments-api");
  }

  @Test
  void after_the_end_nobody_is_woken() {
    eventSource.stop();
    caches.enqueueAll();
    eventSource.onResourceCreated(newcomer);
    assertThat(enqueued).isEmpty();
  }
}
