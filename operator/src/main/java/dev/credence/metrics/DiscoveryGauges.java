// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.decide.discovery.Discovery;
import dev.credence.plan.Unclaimed;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Gauges of the last discovery; there are none before the first, and none where no policy asks for
/// discovery.
public final class DiscoveryGauges implements MultiCollector {

  /// `progress`: of the policies that have identities written, by name.
  public record Result(Discovery discovery, Map<String, Progress> progress) {
    public Result {
      progress = Map.copyOf(progress);
    }
  }

  /// `waiting`: how many accounts are still to get an identity; `problem`: why some get none.
  public record Progress(int waiting, Optional<String> problem) {
    public static final Progress NONE = new Progress(0, Optional.empty());
  }

  private final AtomicLong changes = new AtomicLong();
  private volatile Optional<Result> last = Optional.empty();

  public void found(Result result) {
    var now = Optional.of(result);
    if (!now.equals(last)) {
      last = now;
      changes.incrementAndGet();
    }
  }

  /// No policy asks any more.
  public void nothing() {
    if (last.isPresent()) {
      last = Optional.empty();
      changes.incrementAndGet();
    }
  }

  public Optional<Result> last() {
    return last;
  }

  /// Grows whenever something else was found than before.
  public long changes() {
    return changes.get();
  }

  @Override
  public MetricSnapshots collect() {
    var gauge = GaugeSnapshot.builder().name(Metric.Unclaimed.page()).help(Metric.Unclaimed.help());
    last.map(Result::discovery)
        .ifPresent(
            discovery -> {
              for (var kind : Unclaimed.Kind.values()) {
                gauge.dataPoint(
                    GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("kind", kind.name()))
                        .value(discovery.found().stream().filter(one -> one.kind() == kind).count())
                        .build());
              }
            });
    var registered =
        GaugeSnapshot.builder().name(Metric.Discovered.page()).help(Metric.Discovered.help());
    last.map(Result::discovery)
        .map(
            discovery ->
                discovery.tallies().values().stream().mapToInt(Discovery.Tally::discovered).sum())
        .ifPresent(
            sum -> registered.dataPoint(GaugeDataPointSnapshot.builder().value(sum).build()));
    return MetricSnapshots.of(gauge.build(), registered.build());
  }
}
