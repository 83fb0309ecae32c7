// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.act.IdentityWrites;
import dev.credence.api.MachineIdentity;
import dev.credence.decide.discovery.Discovery;
import dev.credence.decide.discovery.RegistrationPlan;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.facts.policy.PolicySections;
import dev.credence.metrics.DiscoveryGauges;
import dev.credence.observe.ClusterCaches;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Runs discovery where a policy asks for it: some seconds after a change, and at the interval of
/// the periodic resync.
public final class DiscoveryLoop implements AutoCloseable {

  /// Many changes come together.
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final ClusterCaches caches;
  private final Registrar registrar;
  private final DiscoveryGauges discoveryGauges;
  private final DefaultExclusions excluded;
  private final Clock clock;
  private final Duration every;
  private @Nullable Instant last;
  private long seen;
  private volatile BooleanSupplier complete = () -> false;
  private final Periodic worker =
      new Periodic("discovery", "Discovery failed, retrying", this::tick);

  public DiscoveryLoop(
      ClusterCaches caches,
      IdentityWrites writes,
      DiscoveryGauges discoveryGauges,
      DefaultExclusions excluded,
      Clock clock,
      Duration every) {
    this.caches = caches;
    this.registrar = new Registrar(writes::perform);
    this.discoveryGauges = discoveryGauges;
    this.excluded = excluded;
    this.clock = clock;
    this.every = every;
  }

  /// To be called when this process becomes the leader. `complete`: whether the caches hold what
  /// the API server holds. While they do not, discovery does not run: an identity that is not in
  /// the cache yet might claim what looks unclaimed.
  public void start(BooleanSupplier complete) {
    this.complete = complete;
    worker.start();
  }

  private void tick() {
    if (complete.getAsBoolean()) {
      run();
    }
  }

  private void run() {
    var asked =
        caches.policies().stream()
            .flatMap(policy -> policy.sections().discovery().stream())
            .anyMatch(mode -> mode != PolicySections.Discovery.Disabled);
    if (!asked) {
      discoveryGauges.nothing();
      last = null;
      return;
    }
    var now = clock.instant();
    var state = state();
    if (isDue(now, state)) {
      last = now;
      seen = state;
      take(now);
    }
  }

  private boolean isDue(Instant now, long state) {
    if (Interval.isDue(last, every, now)) {
      return true;
    }
    var isMore = state != seen || caches.isBehind() || registrar.isUnfinished();
    return isMore && Interval.isDue(last, PAUSE, now);
  }

  /// Another number after any change of what discovery rests on.
  private long state() {
    return Objects.hash(
        caches.changes(),
        caches.unhealthy(),
        caches.identities().mapToLong(DiscoveryLoop::version).sum());
  }

  private static long version(MachineIdentity identity) {
    var meta = identity.getMetadata();
    return Objects.hash(meta.getUid(), meta.getResourceVersion());
  }

  private void take(Instant now) {
    var inventory = caches.inventory(excluded);
    var discovery = Discovery.of(inventory);
    var progress = registrar.perform(RegistrationPlan.of(inventory, discovery), now);
    discoveryGauges.found(new DiscoveryGauges.Result(discovery, progress));
  }

  @Override
  public void close() {
    worker.close();
  }
}
