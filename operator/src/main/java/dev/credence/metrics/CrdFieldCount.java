// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.SortedSet;
import java.util.function.Supplier;

/// Gauges of the fields that the installed CRDs do not declare.
public final class CrdFieldCount implements MultiCollector {
  private final Supplier<Map<String, SortedSet<String>>> missing;

  /// `missing`: by kind; without a kind that is unknown.
  public CrdFieldCount(Supplier<Map<String, SortedSet<String>>> missing) {
    this.missing = missing;
  }

  @Override
  public MetricSnapshots collect() {
    var metric = Metric.CrdFieldsMissing;
    var gauge = GaugeSnapshot.builder().name(metric.page()).help(metric.help());
    missing
        .get()
        .forEach(
            (kind, fields) ->
                gauge.dataPoint(
                    GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("kind", kind))
                        .value(fields.size())
                        .build()));
    return MetricSnapshots.of(gauge.build());
  }
}
