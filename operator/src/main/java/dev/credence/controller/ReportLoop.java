// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.act.ReportWrites;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.discovery.ReportKind;
import dev.credence.metrics.IdentityGauges;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.discovery.Reports;
import dev.credence.plan.Result.Whose;
import dev.credence.plan.Results;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one report in each namespace that has identities, for viewers of policy reports: an
/// OpenReports Report where the API server knows that kind, else a PolicyReport. Where it knows
/// neither, the kinds are looked up again at the interval of the periodic resync.
public final class ReportLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReportLoop.class);

  /// Many changes come together.
  private static final Duration PAUSE = Duration.ofSeconds(10);

  /// Where changes never end, a report is made nevertheless.
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private static final Duration AFTER_SILENCE = Duration.ofSeconds(30);

  private final ClusterCaches caches;
  private final IdentityGauges gauges;
  private final Clock clock;
  private final Duration every;
  private final List<ReportStore> shelves;
  private long seen;
  private @Nullable Instant read;
  private @Nullable Instant changedFirst;
  private @Nullable Instant due;
  private Instant notBefore = Instant.MIN;
  private volatile BooleanSupplier complete = () -> false;
  private final Periodic worker =
      new Periodic("reports", "The reports could not be evaluated, retrying", this::tick);

  public ReportLoop(
      ClusterCaches caches,
      IdentityGauges gauges,
      Reports reports,
      ReportWrites writes,
      Clock clock,
      Duration every) {
    this.caches = caches;
    this.gauges = gauges;
    this.clock = clock;
    this.every = every;
    this.shelves =
        Stream.of(ReportKind.values()).map(kind -> new ReportStore(kind, reports, writes)).toList();
  }

  /// To be called when this process is the one that acts. `complete`: whether the caches hold what
  /// the API server holds. While they do not, nothing is written: a report may not go because its
  /// identities are not known yet.
  public void start(BooleanSupplier complete) {
    this.complete = complete;
    worker.start();
  }

  private void tick() {
    var now = clock.instant();
    try {
      if (complete.getAsBoolean() && !now.isBefore(notBefore)) {
        run(now);
      }
    } catch (KubernetesClientException unanswered) {
      notBefore = now.plus(AFTER_SILENCE);
      read = null;
      LOG.warn("The reports could not be read or written, retrying: {}", unanswered.getMessage());
    } catch (RuntimeException | Error failed) {
      notBefore = now.plus(AFTER_SILENCE);
      throw failed;
    }
  }

  private void run(Instant now) {
    if (Interval.isDue(read, every, now)) {
      shelves.forEach(ReportStore::read);
      read = now;
      due = now;
    }
    notice(now);
    var when = due;
    if (when != null && !now.isBefore(when)) {
      due = null;
      changedFirst = null;
      write(now).ifPresent(again -> due = again);
    }
  }

  private void notice(Instant now) {
    var changes = gauges.changes();
    if (changes == seen) {
      return;
    }
    seen = changes;
    var first = Objects.requireNonNullElse(changedFirst, now);
    changedFirst = first;
    var quiet = now.plus(PAUSE);
    var latest = first.plus(LONGEST_PAUSE);
    due = quiet.isBefore(latest) ? quiet : latest;
  }

  /// When to come back for what was put off.
  private Optional<Instant> write(Instant now) {
    var open = shelves.stream().filter(ReportStore::isOpen).toList();
    if (open.isEmpty()) {
      return Optional.empty();
    }
    var preferred = shelves.stream().filter(ReportStore::isServed).findFirst();
    var identities =
        caches
            .identities()
            .collect(
                Collectors.groupingBy(
                    identity -> identity.getMetadata().getNamespace(),
                    TreeMap::new,
                    Collectors.toList()));
    var again = Stream.<Instant>builder();
    for (var store : open) {
      if (preferred.filter(store::equals).isPresent()) {
        identities.forEach(
            (namespace, all) -> put(store, namespace, all, now).ifPresent(again::add));
        store.namespaces().stream()
            .filter(namespace -> !identities.containsKey(namespace))
            .forEach(namespace -> store.take(namespace, now));
      } else {
        // Viewers would show everything twice.
        store.namespaces().forEach(namespace -> store.take(namespace, now));
      }
    }
    return again.build().min(Comparator.naturalOrder());
  }

  private Optional<Instant> put(
      ReportStore store, String namespace, List<MachineIdentity> all, Instant now) {
    return results(namespace, all)
        .map(results -> ReportWrites.content(store.kind(), namespace, results))
        .flatMap(content -> store.put(namespace, content, now));
  }

  /// Empty before the first reconcile of all of them: an identity that was not evaluated is not in
  /// order.
  private Optional<Results> results(String namespace, List<MachineIdentity> all) {
    var known = all.stream().flatMap(identity -> known(namespace, identity).stream()).toList();
    return known.size() == all.size()
        ? Optional.of(Results.of(namespace, known))
        : Optional.empty();
  }

  private Optional<Results.Of> known(String namespace, MachineIdentity identity) {
    var meta = identity.getMetadata();
    return gauges
        .status(new IdentityGauges.Name(namespace, meta.getName()))
        .map(status -> new Results.Of(new Whose(meta.getName(), meta.getUid()), status));
  }

  @Override
  public void close() {
    worker.close();
  }
}
