// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.Requests;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// The leader is elected by a Lease, and Leases can be deleted, edited, or be two: every rotation
/// is done once all the same, and in the end there is a leader. No other test of this JVM runs
/// meanwhile that needs the Lease.
@OnCluster
class LeadersIT {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Duration A_WHILE = Duration.ofSeconds(5);
  private static final List<String> SECRETS =
      IntStream.range(0, 8).mapToObj("crm-db-%d"::formatted).toList();

  @AfterAll
  static void forget(LocalCluster cluster) {
    lease(cluster).delete();
  }

  /// The Lease that they find has a holder that does not run, whose clock was ahead. Later it is
  /// deleted, and then another holder takes it for years without renewing it: the leader that reads
  /// this ends, since another seems to act.
  @Test
  void the_lease_is_meddled_with_and_each_rotation_is_done_once(
      LocalCluster cluster, TestNamespace namespace) {
    var scene = Scene.in(namespace);
    leave(
        cluster,
        "{holderIdentity: nobody, leaseDurationSeconds: 15, renewTime: '2099-01-01T00:00:00.000000Z'}");
    try (var history = new History(scene);
        var one = started(electing(cluster, namespace));
        var other = started(electing(cluster, namespace))) {
      within(DEADLINE, "one leads").until(() -> leads(one) != leads(other));
      begin(scene);
      rotate(scene, "deleted");
      lease(cluster).delete();
      within(DEADLINE, "one of those that are left leads").until(() -> leads(one) || leads(other));
      awaitRotated(scene, 2);

      rotate(scene, "taken");
      new Scene(cluster.client(), LocalCluster.NAMESPACE)
          .patch(
              lease(cluster),
              "{spec: {holderIdentity: somebody, leaseDurationSeconds: 1000000000, renewTime: '2026-01-01T00:00:00.000000Z'}}");
      within(DEADLINE, "who has lost the lease ends")
          .until(() -> !one.isAlive() || !other.isAlive());
      assertThat((one.isAlive() ? other : one).log()).contains("The lease is lost");
      // As a Deployment does: the one before it may have been the last.
      try (var next = started(electing(cluster, namespace))) {
        within(DEADLINE, "one of those that are left leads")
            .until(() -> leads(one) || leads(other) || leads(next));
        awaitRotated(scene, 3);
        history.assertOnce(3);
        assertThat(Stream.of(one, other, next).filter(LeadersIT::leads)).as("leaders").hasSize(1);
      }
    }
  }

  /// Two installations that know nothing of each other, as with two names for the lease.
  @BesideOthers
  void two_that_both_act_rotate_once_and_do_not_quarrel(
      LocalCluster cluster, TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var audit = cluster.audit();
    try (var history = new History(scene);
        var one = started(OperatorProcess.on(cluster).in(namespace));
        var other = started(OperatorProcess.on(cluster).in(namespace))) {
      begin(scene);
      rotate(scene, "now");
      awaitRotated(scene, 2);
      history.assertOnce(2);
      awaitQuiet(() -> audit.requests().in(namespace).ofOperator().writes());
      assertThat(List.of(one.isAlive(), other.isAlive())).containsOnly(true);
    }
  }

  /// The one that comes second writes what it has seen meanwhile, once.
  private static void awaitQuiet(Supplier<Requests> writes) {
    var last = new AtomicReference<>(writes.get());
    within(DEADLINE, "both are quiet")
        .pollInterval(A_WHILE)
        .untilAsserted(
            () -> {
              var now = writes.get();
              assertThat(now).isEqualTo(last.getAndSet(now));
            });
  }

  /// It has neither a duration nor a time.
  @Test
  void a_lease_that_the_election_cannot_read_keeps_nobody_waiting(
      LocalCluster cluster, TestNamespace namespace) {
    leave(cluster, "{holderIdentity: nobody}");
    try (var first = started(electing(cluster, namespace))) {
      within(DEADLINE, "it leads").until(() -> leads(first));
    }
  }

  private static OperatorProcess started(OperatorProcess.Start start) {
    var operator = start.startAnyway();
    operator.awaitReady(DEADLINE);
    return operator;
  }

  private static OperatorProcess.Start electing(LocalCluster cluster, TestNamespace namespace) {
    return OperatorProcess.on(cluster).in(namespace).with("CREDENCE_LEADER_ELECTION", "true");
  }

  private static boolean leads(OperatorProcess operator) {
    return operator.isAlive() && operator.metric("credence_leader").orElse(0) == 1;
  }

  private static Resource<Lease> lease(LocalCluster cluster) {
    return cluster.client().leases().inNamespace(LocalCluster.NAMESPACE).withName("credence");
  }

  /// A Lease without a renewal.
  private static void leave(LocalCluster cluster, String spec) {
    lease(cluster).delete();
    new Scene(cluster.client(), LocalCluster.NAMESPACE)
        .create(
            "{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: credence}, spec: %s}"
                .formatted(spec));
  }

  private static void begin(Scene scene) {
    SECRETS.forEach(
        secret ->
            scene.identity(
                identity(secret),
                OWNER + ", secrets: [" + password(secret, "interval: 720h, overlap: 1h") + "]"));
    awaitRotated(scene, 1);
  }

  private static String identity(String secret) {
    return secret.replace("-db", "");
  }

  private static void rotate(Scene scene, String request) {
    SECRETS.forEach(
        secret -> scene.annotate(scene.identity(identity(secret)), Api.ROTATE, request));
  }

  private static void awaitRotated(Scene scene, long version) {
    within(DEADLINE, "all have version " + version)
        .until(
            () ->
                SECRETS.stream().allMatch(secret -> scene.version(secret) == version)
                    && SECRETS.stream()
                        .allMatch(
                            secret ->
                                scene.result(identity(secret), "Ready").equals("True Compliant")));
  }

  /// The values that each version of each Secret had.
  private static final class History implements AutoCloseable, Watcher<Secret> {
    private final Map<String, Set<String>> values = new ConcurrentHashMap<>();
    private final Watch watch;

    History(Scene scene) {
      watch = scene.client().secrets().inNamespace(scene.namespace()).watch(this);
    }

    @Override
    public void eventReceived(Action action, Secret secret) {
      var annotations = secret.getMetadata().getAnnotations();
      if (annotations != null && annotations.containsKey(Api.SECRET_VERSION)) {
        values
            .computeIfAbsent(
                secret.getMetadata().getName() + " " + annotations.get(Api.SECRET_VERSION),
                key -> new ConcurrentSkipListSet<>())
            .add(secret.getData().get("password"));
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      throw new IllegalStateException(cause);
    }

    void assertOnce(int versions) {
      assertThat(values).hasSize(SECRETS.size() * versions);
      assertThat(values.values()).allSatisfy(seen -> assertThat(seen).hasSize(1));
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
