// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import dev.credence.api.Api;
import dev.credence.settings.EffectiveSettings;
import dev.credence.settings.Settings;
import dev.credence.settings.Version;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Publishes the settings of the leader as an annotation on the Lease. The election patches only
/// the spec, so that the annotation stays. Writes only where the annotation differs; compares it at
/// the beginning, and once for each resync, since a deleted Lease comes back without it.
final class PublishedSettings {
  /// After a request that failed.
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final Settings settings;
  private final LongSupplier nanos;
  private final String text;
  private Optional<Long> next = Optional.empty();

  /// `nanos`: as of [System#nanoTime()].
  PublishedSettings(KubernetesClient client, Settings settings, LongSupplier nanos) {
    this.client = client;
    this.settings = settings;
    this.nanos = nanos;
    this.text = EffectiveSettings.text(settings, Version.current());
  }

  /// To be called every few seconds by the replica that leads.
  void keep() {
    var now = nanos.getAsLong();
    if (next.filter(time -> now - time < 0).isPresent()) {
      return;
    }
    next = Optional.of(now + RETRY.toNanos());
    var lease =
        client.leases().inNamespace(settings.namespace()).withName(EffectiveSettings.LEASE).get();
    if (lease == null) {
      return;
    }
    var annotations = lease.getMetadata().getAnnotations();
    if (annotations == null || !text.equals(annotations.get(Api.SETTINGS))) {
      publish();
    }
    next = Optional.of(now + settings.resyncInterval().toNanos());
  }

  private void publish() {
    var lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(settings.namespace())
            .withName(EffectiveSettings.LEASE)
            .withAnnotations(Map.of(Api.SETTINGS, text))
            .endMetadata()
            .build();
    client.resource(lease).patch(PatchContext.of(PatchType.JSON_MERGE));
  }
}
