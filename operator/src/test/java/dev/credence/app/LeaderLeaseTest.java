// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The watch is refused here, so that a waiting replica reads; LeadersIT has a real one.
class LeaderLeaseTest {
  private static final String LEASE =
      "/apis/coordination.k8s.io/v1/namespaces/credence-system/leases/credence";
  private static final String NOW = "2027-01-01T00:00:00Z";
  private static final ZonedDateTime TIME = Instant.parse(NOW).atZone(ZoneOffset.UTC);

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final AtomicLong nanos = new AtomicLong();
  private final LeaderLease lease =
      new LeaderLease(
          "credence-system",
          "credence",
          "us",
          Clock.fixed(Instant.parse(NOW), ZoneOffset.UTC),
          nanos::get);

  private void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Map<String, ?> version(int version, Map<String, ?> spec) {
    return Map.of(
        "apiVersion",
        "coordination.k8s.io/v1",
        "kind",
        "Lease",
        "metadata",
        Map.of(
            "name",
            "credence",
            "namespace",
            "credence-system",
            "resourceVersion",
            String.valueOf(version)),
        "spec",
        spec);
  }

  private static Map<String, ?> heldBy(String holder) {
    return Map.of(
        "holderIdentity",
        holder,
        "leaseDurationSeconds",
        15,
        "renewTime",
        "2027-01-01T00:00:00.000000Z");
  }

  private static LeaderElectionRecord record(String holder) {
    return new LeaderElectionRecord(holder, LeaderLease.DURATION, TIME, TIME, 0);
  }

  /// As the election of the client library decides it.
  private boolean mayBeTaken() {
    var record = lease.get(client);
    return record.getHolderIdentity() == null
        || record.getHolderIdentity().isEmpty()
        || TIME.isAfter(record.getRenewTime().plus(record.getLeaseDuration()));
  }

  private void acquire() {
    api.answers(version(1, Map.of("holderIdentity", "")));
    lease.get(client);
    api.writes(2);
    lease.update(client, record("us"));
  }

  private long count(String line) {
    return api.lines().stream().filter(line::equals).count();
  }

  /// A renewal, the deadline after it and the longest request together.
  @Test
  void a_leader_ends_before_its_lease() {
    assertThat(LeaderLease.RENEWAL.plus(LeaderLease.RENEW_DEADLINE).plus(LeaderLease.TIMEOUT))
        .isLessThan(LeaderLease.DURATION);
  }

  @Test
  void the_leader_renews_every_5_seconds_by_one_patch_and_reads_nothing() {
    acquire();
    var reads = count("GET " + LEASE);
    for (var tick = 0; tick < 200; tick++) {
      passes(LeaderLease.RETRY);
      assertThat(lease.get(client).getHolderIdentity()).isEqualTo("us");
      if (tick % 16 == 0) {
        api.writes(3 + tick);
      }
      lease.update(client, record("us"));
    }
    assertThat(count("PATCH " + LEASE)).as("in a minute").isBetween(11L, 13L);
    assertThat(count("GET " + LEASE)).isEqualTo(reads);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2099-01-01T00:00:00.000000Z", "2026-12-31T23:59:50.000000Z", ""})
  void a_lease_is_free_when_it_has_not_changed_for_18_seconds_whatever_it_says(String renewed) {
    Map<String, ?> spec =
        renewed.isEmpty()
            ? Map.of("holderIdentity", "nobody")
            : Map.of(
                "holderIdentity",
                "nobody",
                "leaseDurationSeconds",
                2_000_000,
                "renewTime",
                renewed);
    for (var second = 0; second < LeaderLease.DURATION.toSeconds(); second++) {
      api.answers(version(7, spec));
      assertThat(mayBeTaken()).isFalse();
      passes(LeaderLease.READ);
    }
    api.answers(version(7, spec));
    assertThat(mayBeTaken()).isTrue();
  }

  @Test
  void a_lease_that_is_renewed_is_left_alone() {
    for (var version = 1; version < 30; version++) {
      api.answers(version(version, heldBy("them")));
      assertThat(mayBeTaken()).isFalse();
      passes(LeaderLease.RENEWAL);
    }
    assertThat(api.lines()).allMatch(line -> line.startsWith("GET "));
  }

  @Test
  void a_lease_that_expired_more_than_a_minute_ago_is_free_at_once() {
    api.answers(
        version(
            7,
            Map.of(
                "holderIdentity",
                "them",
                "leaseDurationSeconds",
                15,
                "renewTime",
                "2026-12-31T23:58:00.000000Z")));
    assertThat(mayBeTaken()).isTrue();
  }

  @Test
  void a_changed_annotation_is_no_loss() {
    acquire();
    passes(LeaderLease.RENEWAL);
    api.refuses(409, "changed").answers(version(9, heldBy("us"))).writes(10);
    lease.update(client, record("us"));
    assertThat(api.last().json().at("/metadata/resourceVersion").asText()).isEqualTo("9");
  }

  @Test
  void a_changed_annotation_does_not_prevent_the_release() {
    acquire();
    api.refuses(409, "changed").answers(version(9, heldBy("us"))).writes(10);
    lease.update(client, new LeaderElectionRecord(null, Duration.ofSeconds(1), TIME, TIME, 0));
    assertThat(api.last().json().at("/metadata/resourceVersion").asText()).isEqualTo("9");
    assertThat(api.last().json().at("/spec/holderIdentity").asText("none")).isEmpty();
  }

  @Test
  void a_leader_that_was_replaced_learns_it_with_the_next_renewal() {
    acquire();
    passes(LeaderLease.RENEWAL);
    api.refuses(409, "changed").answers(version(9, heldBy("them")));
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(() -> lease.update(client, record("us")));
    passes(LeaderLease.READ);
    api.answers(version(9, heldBy("them")));
    assertThat(lease.get(client).getHolderIdentity()).isEqualTo("them");
  }

  @Test
  void a_deleted_lease_is_created_again() {
    acquire();
    passes(LeaderLease.RENEWAL);
    api.refuses(404, "gone").refuses(404, "gone");
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(() -> lease.update(client, record("us")));
    assertThat(lease.get(client)).isNull();
    api.writes(1);
    lease.create(client, record("us"));
    assertThat(lease.get(client).getHolderIdentity()).isEqualTo("us");
  }

  @Test
  void a_released_lease_has_an_empty_holder() {
    acquire();
    api.writes(3);
    lease.update(client, new LeaderElectionRecord(null, Duration.ofSeconds(1), TIME, TIME, 0));
    assertThat(api.last().json().at("/spec/holderIdentity").asText("none")).isEmpty();
  }

  @Test
  void an_election_that_asks_no_more_is_noticed() {
    acquire();
    passes(LeaderLease.SILENCE.minusSeconds(1));
    assertThat(lease.isAsked()).isTrue();
    passes(Duration.ofSeconds(1));
    assertThat(lease.isAsked()).isFalse();
  }
}
