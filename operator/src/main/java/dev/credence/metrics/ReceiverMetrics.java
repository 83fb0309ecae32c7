// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Counts what the receiver of audit events reads, answers and writes.
public final class ReceiverMetrics implements MultiCollector {
  private static final String TOTAL = "_total";
  private static final double MILLIS = 1_000.0;
  private static final List<Integer> ANSWERS = List.of(200, 400, 401, 413, 429);

  private final Map<ReceiverMetric, Map<String, LongAdder>> counts =
      new EnumMap<>(ReceiverMetric.class);
  private final Map<ReceiverMetric, LongSupplier> gauges = new EnumMap<>(ReceiverMetric.class);
  private volatile Optional<Instant> lastWrite = Optional.empty();

  /// Counters begin at zero, so that `increase()` sees their first step.
  public ReceiverMetrics() {
    for (var metric : ReceiverMetric.values()) {
      if (metric.kind().equals("counter")) {
        counts.put(metric, new ConcurrentHashMap<>());
      }
    }
    counter(ReceiverMetric.Events, "");
    counter(ReceiverMetric.Dropped, "");
    counter(ReceiverMetric.Skipped, "NoJson");
    counter(ReceiverMetric.Skipped, "NoEvent");
    counter(ReceiverMetric.Writes, "written");
    counter(ReceiverMetric.Writes, "failed");
    ANSWERS.forEach(code -> counter(ReceiverMetric.Requests, String.valueOf(code)));
  }

  private LongAdder counter(ReceiverMetric metric, String label) {
    return counts.getOrDefault(metric, Map.of()).computeIfAbsent(label, _ -> new LongAdder());
  }

  public void read(long events, long noJson, long noEvent) {
    counter(ReceiverMetric.Events, "").add(events);
    counter(ReceiverMetric.Skipped, "NoJson").add(noJson);
    counter(ReceiverMetric.Skipped, "NoEvent").add(noEvent);
  }

  public void answered(int code) {
    counter(ReceiverMetric.Requests, String.valueOf(code)).increment();
  }

  public void dropped() {
    counter(ReceiverMetric.Dropped, "").increment();
  }

  public void wrote(boolean succeeded) {
    counter(ReceiverMetric.Writes, succeeded ? "written" : "failed").increment();
  }

  public void completed(Instant time) {
    lastWrite = Optional.of(time);
  }

  /// Asked at each scrape.
  public void gauge(ReceiverMetric metric, LongSupplier value) {
    gauges.put(metric, value);
  }

  @Override
  public MetricSnapshots collect() {
    var all = new ArrayList<MetricSnapshot>();
    counts.forEach((metric, values) -> all.add(counter(metric, values)));
    gauges.forEach((metric, value) -> all.add(gauge(metric, value.getAsLong())));
    lastWrite.ifPresent(
        time -> all.add(gauge(ReceiverMetric.LastWrite, time.toEpochMilli() / MILLIS)));
    return new MetricSnapshots(all);
  }

  private static MetricSnapshot counter(ReceiverMetric metric, Map<String, LongAdder> values) {
    var page = metric.page();
    var snapshot =
        CounterSnapshot.builder()
            .name(page.substring(0, page.length() - TOTAL.length()))
            .help(metric.help());
    values.forEach(
        (label, value) ->
            snapshot.dataPoint(
                CounterDataPointSnapshot.builder()
                    .labels(
                        metric.labels().isEmpty()
                            ? Labels.EMPTY
                            : Labels.of(metric.labels().getFirst(), label))
                    .value(value.sum())
                    .build()));
    return snapshot.build();
  }

  private static MetricSnapshot gauge(ReceiverMetric metric, double value) {
    return GaugeSnapshot.builder()
        .name(metric.page())
        .help(metric.help())
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }
}
