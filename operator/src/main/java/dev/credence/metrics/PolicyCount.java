// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.decide.policy.MatchingPolicies;
import dev.credence.facts.policy.Policy;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;

/// Gauges of the policies, counted at each scrape.
public final class PolicyCount implements MultiCollector {
  private final Supplier<List<Policy>> policies;

  public PolicyCount(Supplier<List<Policy>> policies) {
    this.policies = policies;
  }

  @Override
  public MetricSnapshots collect() {
    var stalled =
        policies.get().stream()
            .filter(policy -> !MatchingPolicies.problems(policy).isEmpty())
            .count();
    return MetricSnapshots.of(
        GaugeSnapshot.builder()
            .name(Metric.PoliciesStalled.page())
            .help(Metric.PoliciesStalled.help())
            .dataPoint(GaugeDataPointSnapshot.builder().value(stalled).build())
            .build());
  }
}
