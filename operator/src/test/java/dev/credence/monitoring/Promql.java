// SPDX-License-Identifier: Apache-2.0
package dev.credence.monitoring;

import dev.credence.metrics.Metric;
import dev.credence.metrics.ReceiverMetric;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What can be told of an expression by its text. Whether it is one at all is Prometheus' to say.
public final class Promql {
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:job:)?(?:credence|jvm|process)_[a-z0-9_]+(?::[a-z0-9_]+)?");
  private static final Set<String> KNOWN =
      Stream.concat(
              Stream.of(Metric.values()).map(Metric::page),
              Stream.of(ReceiverMetric.values()).map(ReceiverMetric::page))
          .collect(Collectors.toSet());

  /// The metrics that it asks for; labels in quotes are left out.
  public static Stream<String> metrics(String expression) {
    return METRIC
        .matcher(expression.replaceAll("\"[^\"]*\"", "\"\""))
        .results()
        .map(found -> found.group());
  }

  /// Served by the operator, its Java process, or the receiver of audit events.
  static boolean isOurs(String metric) {
    return KNOWN.contains(metric)
        || KNOWN.contains(metric.replaceFirst("_(bucket|count|sum)$", ""))
        || Set.of("jvm_memory_used_bytes", "process_cpu_usage").contains(metric);
  }

  private Promql() {}
}
