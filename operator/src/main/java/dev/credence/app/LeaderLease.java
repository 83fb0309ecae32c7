// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Lease as the election of the client library sees it, for few requests and for a Lease of any
/// content. The election asks several times a second, so that a replica acts within a second of a
/// release; most of its questions are answered without the API server:
///
/// - The leader renews every 5 s by one patch, with the resourceVersion of the renewal before. It
///   reads the Lease only after a conflict.
/// - A waiting replica follows a watch.
///
/// A Lease counts as expired when this replica has seen no change of it for 18 s by its own
/// monotonic clock, as in Kubernetes' own components. Its times are written by another clock, or by
/// a user, so they count only where they passed a minute ago.
final class LeaderLease extends LeaseLock {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderLease.class);

  static final Duration DURATION = Duration.ofSeconds(18);

  /// After so long without an answer the leader ends: it survives an outage of the API server of
  /// this length. The election counts from its last question, so that this, [#RENEWAL] and
  /// [#TIMEOUT] together stay below [#DURATION].
  static final Duration RENEW_DEADLINE = Duration.ofMillis(10_500);

  /// The client waits up to 2.2 times as long between two questions.
  static final Duration RETRY = Duration.ofMillis(300);

  static final Duration RENEWAL = Duration.ofSeconds(5);

  /// How far two clocks may differ.
  static final Duration SKEW = Duration.ofMinutes(1);

  /// Between two reads where the watch is refused.
  static final Duration READ = Duration.ofSeconds(1);

  /// Longer than one question with all its requests.
  static final Duration SILENCE = Duration.ofMinutes(1);

  static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final RequestConfig ONCE =
      new RequestConfigBuilder()
          .withRequestTimeout((int) TIMEOUT.toMillis())
          .withRequestRetryBackoffLimit(0)
          .build();

  private static final Set<Integer> OVERTAKEN =
      Set.of(HttpURLConnection.HTTP_CONFLICT, HttpURLConnection.HTTP_NOT_FOUND);

  private final String namespace;
  private final String name;
  private final Clock clock;
  private final LongSupplier nanos;

  /// What the watch has brought and the election has not seen yet: empty where it was deleted.
  private final AtomicReference<@Nullable Optional<Lease>> news = new AtomicReference<>();

  private volatile long asked;

  private @Nullable Lease known;
  private long knownSince;
  private long written;
  private @Nullable Long read;
  private volatile @Nullable Watch watch;

  /// `nanos`: as of [System#nanoTime()].
  LeaderLease(String namespace, String name, String identity, Clock clock, LongSupplier nanos) {
    super(namespace, name, identity);
    this.namespace = namespace;
    this.name = name;
    this.clock = clock;
    this.nanos = nanos;
    this.asked = nanos.getAsLong();
  }

  /// Whether the election still asks. It stops without a word after an exception that it does not
  /// expect.
  boolean isAsked() {
    return nanos.getAsLong() - asked < SILENCE.toNanos();
  }

  /// Null where there is no Lease. Its times are such that the election goes by what this replica
  /// has observed.
  @Override
  public synchronized @Nullable LeaderElectionRecord get(KubernetesClient client) {
    asked = nanos.getAsLong();
    if (!isOurs()) {
      follow(client);
    }
    return known == null ? null : record(known);
  }

  private boolean isOurs() {
    return known != null
        && known.getSpec() != null
        && identity().equals(known.getSpec().getHolderIdentity());
  }

  private void follow(KubernetesClient client) {
    var brought = news.getAndSet(null);
    if (brought != null) {
      saw(brought.orElse(null));
    }
    if (watch == null && (read == null || nanos.getAsLong() - read >= READ.toNanos())) {
      read(client);
      watch(client);
    }
  }

  private void read(KubernetesClient client) {
    read = nanos.getAsLong();
    saw(once(client, bounded -> lease(bounded).get()));
  }

  private void saw(@Nullable Lease lease) {
    if (known == null || lease == null || !version(lease).equals(version(known))) {
      knownSince = nanos.getAsLong();
    }
    known = lease;
  }

  private static String version(Lease lease) {
    return lease.getMetadata().getResourceVersion();
  }

  private void watch(KubernetesClient client) {
    if (known == null || isOurs()) {
      return;
    }
    news.set(null);
    try {
      watch = lease(client).withResourceVersion(version(known)).watch(new News());
    } catch (KubernetesClientException refused) {
      LOG.debug("the Lease is read once a second, since its watch is refused", refused);
    }
  }

  private final class News implements Watcher<Lease> {
    @Override
    public void eventReceived(Action action, Lease lease) {
      news.set(action == Action.DELETED ? Optional.empty() : Optional.of(lease));
    }

    @Override
    public void onClose(WatcherException lost) {
      watch = null;
    }
  }

  private void unwatch() {
    var open = watch;
    watch = null;
    news.set(null);
    if (open != null) {
      open.close();
    }
  }

  /// The election compares the sum of renewal and duration with the wall-clock time of now.
  private LeaderElectionRecord record(Lease lease) {
    var spec = Optional.ofNullable(lease.getSpec()).orElseGet(LeaseSpec::new);
    var now = clock.instant().atZone(ZoneOffset.UTC);
    var isExpired =
        nanos.getAsLong() - knownSince >= DURATION.toNanos()
            || end(spec).filter(end -> end.isBefore(now.minus(SKEW))).isPresent();
    return new LeaderElectionRecord(
        spec.getHolderIdentity(),
        DURATION,
        Optional.ofNullable(spec.getAcquireTime()).orElse(now),
        isExpired ? now.minus(DURATION).minus(SKEW) : now,
        Optional.ofNullable(spec.getLeaseTransitions()).orElse(0));
  }

  private static Optional<ZonedDateTime> end(LeaseSpec spec) {
    return Optional.ofNullable(spec.getRenewTime())
        .flatMap(
            renewed ->
                Optional.ofNullable(spec.getLeaseDurationSeconds()).map(renewed::plusSeconds));
  }

  @Override
  public synchronized void create(KubernetesClient client, LeaderElectionRecord record) {
    known = once(client, bounded -> bounded.resource(toResource(record, meta(null))).create());
    wrote();
  }

  /// Writes nothing where this replica renewed its Lease less than 5 s ago.
  @Override
  public synchronized void update(KubernetesClient client, LeaderElectionRecord record) {
    var wasOurs = isOurs();
    if (wasOurs
        && identity().equals(record.getHolderIdentity())
        && nanos.getAsLong() - written < RENEWAL.toNanos()) {
      return;
    }
    try {
      write(client, record);
    } catch (KubernetesClientException no) {
      if (!OVERTAKEN.contains(no.getCode())) {
        throw no;
      }
      unwatch();
      read(client);
      if (!wasOurs || !isOurs()) {
        throw no;
      }
      // An annotation has changed.
      write(client, record);
    }
    wrote();
  }

  private void write(KubernetesClient client, LeaderElectionRecord record) {
    var version = known == null ? null : version(known);
    known =
        once(
            client,
            bounded ->
                bounded
                    .resource(toResource(record, meta(version)))
                    .patch(PatchContext.of(PatchType.JSON_MERGE)));
  }

  private void wrote() {
    written = nanos.getAsLong();
    knownSince = written;
    unwatch();
  }

  private ObjectMetaBuilder meta(@Nullable String version) {
    return new ObjectMetaBuilder()
        .withNamespace(namespace)
        .withName(name)
        .withResourceVersion(version);
  }

  /// A merge patch leaves out what is null, so a released Lease has an empty `holderIdentity`.
  @Override
  protected Lease toResource(LeaderElectionRecord record, ObjectMetaBuilder meta) {
    var lease = super.toResource(record, meta);
    if (record.getHolderIdentity() == null) {
      lease.getSpec().setHolderIdentity("");
    }
    return lease;
  }

  /// One request that is not tried again, and ends soon where it gets no answer.
  private static <T> T once(KubernetesClient client, Function<KubernetesClient, T> request) {
    return client
        .adapt(NamespacedKubernetesClient.class)
        .withRequestConfig(ONCE)
        .call(request::apply);
  }

  private Resource<Lease> lease(KubernetesClient client) {
    return client.leases().inNamespace(namespace).withName(name);
  }
}
