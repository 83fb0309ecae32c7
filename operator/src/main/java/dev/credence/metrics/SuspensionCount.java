// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.facts.identity.SuspensionFacts.Admission;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Gauges of suspended accounts, of the used part of a namespace's limit, and of the enforcing
/// admission policies, counted at each scrape.
public final class SuspensionCount implements MultiCollector {
  private final Supplier<Map<String, Long>> byNamespace;
  private final Supplier<Set<Admission>> enforced;
  private final int most;

  /// `most`: how many accounts of one namespace may be suspended.
  public SuspensionCount(
      Supplier<Map<String, Long>> byNamespace, Supplier<Set<Admission>> enforced, int most) {
    this.byNamespace = byNamespace;
    this.enforced = enforced;
    this.most = most;
  }

  @Override
  public MetricSnapshots collect() {
    var counts = byNamespace.get();
    var all = counts.values().stream().mapToLong(count -> count).sum();
    var largest = counts.values().stream().mapToLong(count -> count).max().orElse(0);
    var policies = gauge(Metric.SuspensionEnforced);
    var holding = enforced.get();
    for (var admission : List.of(Admission.Writes, Admission.Tokens)) {
      policies.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(Labels.of("policy", admission.resource()))
              .value(holding.contains(admission) ? 1 : 0)
              .build());
    }
    return MetricSnapshots.of(
        single(Metric.SuspendedAccounts, all),
        single(Metric.SuspensionShareUsed, (double) largest / most),
        policies.build());
  }

  private static GaugeSnapshot.Builder gauge(Metric metric) {
    return GaugeSnapshot.builder().name(metric.page()).help(metric.help());
  }

  private static GaugeSnapshot single(Metric metric, double value) {
    return gauge(metric).dataPoint(GaugeDataPointSnapshot.builder().value(value).build()).build();
  }
}
