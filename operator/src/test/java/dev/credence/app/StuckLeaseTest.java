// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class StuckLeaseTest {
  private static final String LEASE =
      "/apis/coordination.k8s.io/v1/namespaces/credence-system/leases/credence";
  private static final Duration A_MOMENT = Duration.ofSeconds(2);

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final AtomicLong nanos = new AtomicLong();
  private final StuckLease lease =
      new StuckLease(
          client,
          "credence-system",
          "credence",
          Clock.fixed(Instant.parse("2027-01-01T00:00:00Z"), ZoneOffset.UTC),
          nanos::get);

  /// As long as it may stay as it is.
  private void timePasses() {
    passes(StuckLease.PATIENCE);
  }

  private void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Map<String, ?> version(String version) {
    return Map.of(
        "apiVersion",
        "coordination.k8s.io/v1",
        "kind",
        "Lease",
        "metadata",
        Map.of("name", "credence", "namespace", "credence-system", "resourceVersion", version),
        // Held until the year 3000, and without a time of renewal.
        "spec",
        Map.of("holderIdentity", "nobody", "leaseDurationSeconds", 2_000_000_000));
  }

  private boolean sees(String version) {
    api.answers(version(version));
    return lease.check();
  }

  @Test
  void a_lease_that_is_renewed_is_left_alone() {
    for (var version = 1; version < 100; version++) {
      assertThat(sees(String.valueOf(version))).isTrue();
      passes(A_MOMENT);
    }
    assertThat(api.lines()).containsOnly("GET " + LEASE);
  }

  @Test
  void a_lease_that_nobody_renews_is_freed_whatever_its_times_say() {
    assertThat(sees("7")).isTrue();
    timePasses();
    api.answers(version("7")).writes(8);
    assertThat(lease.check()).isTrue();
    assertThat(api.lines()).containsExactly("GET " + LEASE, "GET " + LEASE, "PATCH " + LEASE);
    var freed = api.last().json();
    assertThat(freed.at("/metadata/resourceVersion").asText()).isEqualTo("7");
    assertThat(freed.at("/spec/holderIdentity").asText()).isEmpty();
    assertThat(freed.at("/spec/leaseDurationSeconds").asInt()).isEqualTo(1);
    assertThat(freed.at("/spec/renewTime").asText()).startsWith("2027-01-01T00:00:00");
  }

  @Test
  void a_lease_that_is_free_and_stays_so_ends_the_process_that_waits_for_it() {
    a_lease_that_nobody_renews_is_freed_whatever_its_times_say();
    passes(A_MOMENT);
    assertThat(sees("8")).as("it may be taken still").isTrue();
    timePasses();
    assertThat(sees("8")).isFalse();
  }

  @Test
  void a_lease_that_nobody_makes_ends_it_too() {
    api.refuses(404, "not found");
    assertThat(lease.check()).isTrue();
    timePasses();
    api.refuses(404, "not found");
    assertThat(lease.check()).isFalse();
  }

  @Test
  void who_was_renewing_when_nobody_was_answered_has_his_time_again() {
    assertThat(sees("7")).isTrue();
    timePasses();
    api.refuses(403, "not now");
    assertThatExceptionOfType(KubernetesClientException.class).isThrownBy(lease::check);
    assertThat(sees("7")).isTrue();
    passes(A_MOMENT);
    assertThat(sees("7")).isTrue();
    assertThat(api.lines()).containsOnly("GET " + LEASE);
  }
}
