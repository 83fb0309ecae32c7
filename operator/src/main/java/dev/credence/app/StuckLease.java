// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Frees a lease that is not renewed, whatever is written in it.
///
/// The client's election trusts the content of a lease: a lease that was renewed by a clock an hour
/// ahead is held for an hour by no replica, one that a user edited to last a year for a year,
/// and a lease without a duration stops the election for good. So a waiting replica also checks
/// whether the lease changes at all, by its own monotonic clock, as Kubernetes' own components do.
final class StuckLease {
  private static final Logger LOG = LoggerFactory.getLogger(StuckLease.class);

  /// The election's own patience is 15 s: it goes first. A leader renews every second.
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String NONE = "none";

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final Clock clock;
  private final LongSupplier nanos;
  private @Nullable String seen;
  private @Nullable String freed;
  private long since;

  /// `nanos`: as of [System#nanoTime()].
  StuckLease(
      KubernetesClient client, String namespace, String name, Clock clock, LongSupplier nanos) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.clock = clock;
    this.nanos = nanos;
  }

  /// To be called every few seconds while this replica waits for the lease. False when the lease is
  /// free and this process does not take it: then its election has stopped.
  boolean check() {
    var version = version();
    if (!version.equals(seen)) {
      seen = version;
      since = nanos.getAsLong();
      return true;
    }
    if (nanos.getAsLong() - since < PATIENCE.toNanos()) {
      return true;
    }
    if (version.equals(freed) || version.equals(NONE)) {
      return false;
    }
    free(version);
    return true;
  }

  private String version() {
    try {
      return Optional.ofNullable(client.leases().inNamespace(namespace).withName(name).get())
          .map(lease -> lease.getMetadata().getResourceVersion())
          .orElse(NONE);
    } catch (KubernetesClientException silence) {
      // The lease cannot be renewed meanwhile: the leader has the full time again.
      seen = null;
      throw silence;
    }
  }

  private void free(String version) {
    var now = clock.instant().atZone(ZoneOffset.UTC);
    var lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .withResourceVersion(version)
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity("")
            .withLeaseDurationSeconds(1)
            .withAcquireTime(now)
            .withRenewTime(now)
            .endSpec()
            .build();
    var written = client.resource(lease).patch(PatchContext.of(PatchType.JSON_MERGE));
    seen = written.getMetadata().getResourceVersion();
    freed = seen;
    since = nanos.getAsLong();
    LOG.warn("the lease was not renewed for {}: it counts as expired", PATIENCE);
  }
}
