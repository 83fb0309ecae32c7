package dev.credence.measure;

import dev.credence.decide.Action;
import dev.credence.decide.Action.Why;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
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
import java.util.concurrent.atomic.AtomicLong;

/// What is counted as it happens.
public final class Meters {
  private final PrometheusRegistry page = new PrometheusRegistry();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, page, Clock.SYSTEM);
  private final AtomicLong leader = new AtomicLong();
  private final AtomicLong lastSweep = new AtomicLong();
  private final Timer reconciles;
  private final Timer lateness;

  public Meters(Fleet fleet) {
    page.register(fleet);
    gauge(Metric.Leader, leader);
    gauge(Metric.LastSweep, lastSweep);
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
  }

  @SuppressWarnings("resource") // lives as long as the process
  private void bindCollections() {
    new JvmGcMetrics().bindTo(registry);
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

  public void reconciled(Duration took) {
    reconciles.record(took);
  }

  /// An action was carried out.
  public void done(Action action, Instant at) {
    switch (action) {
      case Action.Issue issue -> rotation("issued");
      case Action.Rotate rotate -> {
        rotation("rotated");
        if (rotate.why() instanceof Why.OnSchedule(var due)) {
          lateness.record(
              Duration.between(due, at).isNegative() ? Duration.ZERO : Duration.between(due, at));
        }
      }
      case Action.Retire retire -> rotation("retired");
      case Action.Provision provision -> {}
      case Action.Adjust adjust -> {}
      case Action.Mark mark -> {}
      case Action.Relabel relabel -> {}
      case Action.Unmark unmark -> {}
    }
  }

  /// An action was refused.
  public void failed(Action action) {
    switch (action) {
      case Action.Issue issue -> rotation("failed");
      case Action.Rotate rotate -> rotation("failed");
      case Action.Retire retire -> rotation("failed");
      default -> {}
    }
    refused("RequestRefused");
  }

  private void rotation(String result) {
    counter(Metric.Rotations, "kind", "Generated", "result", result).increment();
  }

  public void refused(String reason) {
    counter(Metric.Refusals, "reason", reason).increment();
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
