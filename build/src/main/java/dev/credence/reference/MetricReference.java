// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import dev.credence.metrics.Busy;
import dev.credence.metrics.Metric;
import dev.credence.metrics.MetricsPage;
import dev.credence.metrics.ReceiverMetric;
import java.util.stream.Collectors;

/// The reference of metrics.
final class MetricReference {
  private static final MetricsPage PAGE = MetricsPage.of(Busy.page());

  static String markdown() {
    var table = new Table("Metric", "Kind", "Labels", "Description");
    for (var metric : Metric.values()) {
      table.row(
          "`" + metric.page() + "`",
          kind(metric),
          metric.labels().stream().map("`%s`"::formatted).collect(Collectors.joining(" ")),
          metric.help() + buckets(metric));
    }
    var receiver = new Table("Metric", "Kind", "Labels", "Description");
    for (var metric : ReceiverMetric.values()) {
      receiver.row(
          "`" + metric.page() + "`",
          metric.kind(),
          metric.labels().stream().map("`%s`"::formatted).collect(Collectors.joining(" ")),
          metric.help());
    }
    return """
        <!-- Written by `make generate`. -->
        # Metrics

        The operator serves metrics at `/metrics`, as Prometheus text or as OpenMetrics, by the Accept header. Counters
        start at 0 with each process. Gauges show the state of every identity at its last reconcile, and no longer count a
        deleted identity. The values of `reason` are those of [reasons](reasons.md). Metrics of the Java process (`jvm_…`,
        `process_…`, `system_…`) are on the same page.

        %s
        ## Receiver of audit events

        `credence audit --listen` serves these at `/metrics` of its own pods ([Receive events](../audit.md#receive-events)).

        %s"""
        .formatted(table, receiver);
  }

  private static String kind(Metric metric) {
    return metric.page().endsWith("_info") ? "info" : PAGE.types().get(metric.page());
  }

  private static String buckets(Metric metric) {
    var bounds =
        PAGE.lines(metric.page() + "_bucket").stream()
            .map(sample -> sample.labels().get("le"))
            .filter(bound -> !bound.equals("+Inf"))
            .map(bound -> bound.replaceFirst("\\.0$", ""))
            // Each combination of labels has all of them.
            .distinct()
            .collect(Collectors.joining(", "));
    return bounds.isEmpty() ? "" : " Buckets: " + bounds + " s.";
  }

  private MetricReference() {}
}
