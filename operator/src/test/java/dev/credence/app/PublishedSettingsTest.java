// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.settings.EffectiveSettings;
import dev.credence.settings.Settings;
import dev.credence.settings.Version;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class PublishedSettingsTest {
  private static final String LEASE =
      "/apis/coordination.k8s.io/v1/namespaces/credence-system/leases/credence";
  private static final Settings SETTINGS = Settings.of(Map.of("CREDENCE_TIER", "Rotate"));
  private static final String TEXT = EffectiveSettings.text(SETTINGS, Version.current());

  /// A clock that begins below zero, as that of the JVM may.
  private final AtomicLong nanos = new AtomicLong(Long.MIN_VALUE / 2);

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final PublishedSettings published = new PublishedSettings(client, SETTINGS, nanos::get);

  private static Map<String, ?> lease(Map<String, String> annotations) {
    return Map.of(
        "apiVersion",
        "coordination.k8s.io/v1",
        "kind",
        "Lease",
        "metadata",
        Map.of("name", "credence", "namespace", "credence-system", "annotations", annotations));
  }

  private void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void the_leader_writes_them_onto_its_lease_and_nothing_else() {
    api.answers(lease(Map.of("example.com/of", "others"))).writes(8);
    published.keep();
    assertThat(api.lines()).containsExactly("GET " + LEASE, "PATCH " + LEASE);
    assertThat(api.last().header("Content-Type")).contains("application/merge-patch+json");
    assertThat(api.last().json().at("/metadata/annotations/credence.dev~1settings").asText())
        .isEqualTo(TEXT)
        .contains("CREDENCE_TIER=Rotate");
    assertThat(api.last().json().has("spec")).isFalse();
    assertThat(api.last().json().at("/metadata").has("resourceVersion")).isFalse();
  }

  @Test
  void what_is_there_already_is_not_written_again() {
    api.answers(lease(Map.of("credence.dev/settings", TEXT)));
    published.keep();
    passes(SETTINGS.resyncInterval().minusSeconds(1));
    published.keep();
    assertThat(api.lines()).containsExactly("GET " + LEASE);
  }

  @Test
  void once_for_each_resync_it_is_compared_again() {
    api.answers(lease(Map.of("credence.dev/settings", TEXT)));
    published.keep();
    passes(SETTINGS.resyncInterval());
    api.answers(lease(Map.of())).writes(9);
    published.keep();
    assertThat(api.lines()).containsExactly("GET " + LEASE, "GET " + LEASE, "PATCH " + LEASE);
  }

  @Test
  void after_a_failed_request_it_is_tried_again_in_half_a_minute() {
    api.refuses(403, "not now");
    assertThatExceptionOfType(KubernetesClientException.class).isThrownBy(published::keep);
    passes(Duration.ofSeconds(29));
    published.keep();
    assertThat(api.lines()).containsExactly("GET " + LEASE);
    passes(Duration.ofSeconds(1));
    api.answers(lease(Map.of())).writes(9);
    published.keep();
    assertThat(api.lines()).last().isEqualTo("PATCH " + LEASE);
  }

  @Test
  void where_there_is_no_lease_there_is_nothing_to_write_on() {
    api.refuses(404, "not found");
    published.keep();
    assertThat(api.lines()).containsExactly("GET " + LEASE);
  }
}
