// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Why;
import dev.credence.plan.ActionMeaning;
import dev.credence.plan.Reason;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Counters of events.
public final class Counters {
  private static final String REQUEST_REFUSED = "RequestRefused";

  private static final Map<String, List<String>> RESULTS =
      Map.of(
          ActionMeaning.GENERATED,
          List.of("issued", "rotated", "rolled_back", "retired", "failed"),
          ActionMeaning.TOKEN,
          List.of("issued", "rotated", "failed"),
          ActionMeaning.CERTIFICATE,
          List.of("requested", "failed"));

  private static final List<Kind> RESTARTED =
      List.of(Kind.Deployment, Kind.StatefulSet, Kind.DaemonSet, Kind.Rollout, Kind.Pod);

  private static final List<Reason> SUSPENDING =
      List.of(
          Reason.Requested,
          Reason.Compromised,
          Reason.Expired,
          Reason.ReviewOverdue,
          Reason.Idle,
          Reason.OddBehavior);
  private static final String BY_CHANGE = "change";
  private static final String BY_DELETION = "deletion";

  private final PrometheusRegistry page = new PrometheusRegistry();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, page, Clock.SYSTEM);
  private final Permissions permissions = new Permissions();
  private final AtomicLong leader = new AtomicLong();
  private final AtomicLong lastSweep = new AtomicLong();
  private final AtomicLong resyncInterval = new AtomicLong();
  private final AtomicLong withoutIdentity = new AtomicLong();
  private volatile LongSupplier eventsDropped = () -> 0;
  private final Timer reconciles;
  private final Timer lateness;

  public Counters(IdentityGauges gauges) {
    page.register(gauges);
    page.register(permissions);
    gauge(Metric.Leader, leader);
    gauge(Metric.LastSweep, lastSweep);
    gauge(Metric.ResyncInterval, resyncInterval);
    gauge(Metric.SuspensionsWithoutIdentity, withoutIdentity);
    reconciles =
        Timer.builder(base(Metric.Reconciles, "_seconds"))
            .description(Metric.Reconciles.help())
            .serviceLevelObjectives(
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(25),
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10))
            .register(registry);
    lateness =
        Timer.builder(base(Metric.Lateness, "_seconds"))
            .description(Metric.Lateness.help())
            .serviceLevelObjectives(
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                Duration.ofHours(24))
            .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    bindCollections();
    bindEvents();
    startAtZero();
  }

  /// A counter that appears with its first event hides that event: `increase()` sees no step from
  /// nothing to 1. What alerts are about is therefore there from the start.
  private void startAtZero() {
    RESULTS.forEach(
        (kind, results) ->
            results.forEach(result -> counter(Metric.Rotations, "kind", kind, "result", result)));
    for (var kind : RESTARTED) {
      for (var result : List.of("started", "failed")) {
        counter(Metric.ConsumerRestarts, "kind", kind.name(), "result", result);
      }
    }
    for (var reason :
        List.of(
            REQUEST_REFUSED,
            Reason.NotManaged.name(),
            Reason.ClaimedByOther.name(),
            Reason.ClaimedWhileSuspended.name())) {
      counter(Metric.Refusals, "reason", reason);
    }
    for (var step : Step.values()) {
      hooks(step, true);
      hooks(step, false);
    }
    for (var by : List.of(BY_CHANGE, BY_DELETION)) {
      counter(Metric.PoliciesLeft, "by", by);
    }
    for (var reason : SUSPENDING) {
      counter(Metric.Suspensions, "reason", reason.name());
    }
  }

  @SuppressWarnings("resource") // lives as long as the process
  private void bindCollections() {
    new JvmGcMetrics().bindTo(registry);
  }

  private void bindEvents() {
    FunctionCounter.builder(
            base(Metric.EventsDropped, "_total"), this, own -> own.eventsDropped.getAsLong())
        .description(Metric.EventsDropped.help())
        .register(registry);
  }

  private void gauge(Metric metric, AtomicLong value) {
    Gauge.builder(metric.page(), value, AtomicLong::doubleValue)
        .description(metric.help())
        .register(registry);
  }

  /// Micrometer adds the unit of a timer and `_total` of a counter by itself.
  private static String base(Metric metric, String ending) {
    return metric.page().substring(0, metric.page().length() - ending.length());
  }

  public PrometheusRegistry page() {
    return page;
  }

  public Permissions permissions() {
    return permissions;
  }

  /// A Job of a hook has ended. Every replica sees it, and the leader counts it.
  public void hookEnded(Step step, boolean isSuccess, Duration took) {
    if (leader.get() == 1) {
      hooks(step, isSuccess).record(took);
    }
  }

  private Timer hooks(Step step, boolean isSuccess) {
    return Timer.builder(base(Metric.HookDuration, "_seconds"))
        .description(Metric.HookDuration.help())
        .tags("step", step.name(), "result", isSuccess ? "succeeded" : "failed")
        .serviceLevelObjectives(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            Duration.ofHours(1))
        .register(registry);
  }

  public void reconciled(Duration took) {
    reconciles.record(took);
  }

  /// An action was carried out.
  public void done(Action action, Instant at) {
    action
        .meaning()
        .counted()
        .ifPresent(counted -> counted.done().ifPresent(done -> count(counted, done)));
    switch (action) {
      case Action.Rotate rotate -> late(rotate.why(), at);
      case Action.Promote promote -> late(promote.why(), at);
      default -> {}
    }
  }

  /// An action was refused.
  public void failed(Action action) {
    action.meaning().counted().ifPresent(counted -> count(counted, "failed"));
    refused(REQUEST_REFUSED);
  }

  private void late(Why why, Instant at) {
    if (why instanceof Why.OnSchedule(var due)) {
      var lateBy = Duration.between(due, at);
      lateness.record(lateBy.isNegative() ? Duration.ZERO : lateBy);
    }
  }

  private void count(ActionMeaning.Count counted, String result) {
    var metric =
        switch (counted.family()) {
          case Rotations -> Metric.Rotations;
          case ConsumerRestarts -> Metric.ConsumerRestarts;
        };
    counter(metric, "kind", counted.kind(), "result", result).increment();
  }

  public void refused(String reason) {
    counter(Metric.Refusals, "reason", reason).increment();
  }

  /// An identity was suspended.
  public void suspended(String reason) {
    counter(Metric.Suspensions, "reason", reason).increment();
  }

  /// An identity left a policy that suspends.
  public void leftPolicy(boolean byDeletion) {
    counter(Metric.PoliciesLeft, "by", byDeletion ? BY_DELETION : BY_CHANGE).increment();
  }

  /// The interval of the periodic resync.
  public void resyncsEvery(Duration interval) {
    resyncInterval.set(interval.toSeconds());
  }

  /// `dropped`: the number of Events that were not written, which only grows.
  public void eventsDropped(LongSupplier dropped) {
    eventsDropped = dropped;
  }

  /// The number of accounts that stay suspended though their identity was deleted.
  public void suspendedWithoutIdentity(long accounts) {
    withoutIdentity.set(accounts);
  }

  public void requested(String verb, String resource, String code) {
    counter(Metric.KubeRequests, "verb", verb, "resource", resource, "code", code).increment();
  }

  private Counter counter(Metric metric, String... tags) {
    return Counter.builder(base(metric, "_total"))
        .description(metric.help())
        .tags(tags)
        .register(registry);
  }

  public void leads(boolean leads) {
    leader.set(leads ? 1 : 0);
  }

  public void swept(Instant at) {
    lastSweep.set(at.getEpochSecond());
  }
}
