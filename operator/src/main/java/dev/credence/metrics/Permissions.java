// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Gauges of permissions that the operator used and does not have. A denied request (403) alone
/// does not tell: quotas and admission policies answer alike. So the authorizer is asked, and asked
/// again until the permission is granted.
public final class Permissions implements MultiCollector {
  private static final int MOST = 64;
  private static final Duration ASKED_AGAIN = Duration.ofMinutes(1);

  private final Map<Right, Answer> inQuestion = new ConcurrentHashMap<>();

  /// As RBAC names them. `resource` with its subresource: `serviceaccounts/token`; an empty
  /// namespace: all.
  public record Right(String verb, String group, String resource, String namespace) {}

  /// `name`: one of the objects that it was refused for.
  public record Question(Right right, String name) {}

  private record Answer(Question question, boolean missing, Instant askedAt) {}

  /// A request was refused.
  void refused(Question question) {
    if (inQuestion.size() < MOST) {
      inQuestion.putIfAbsent(question.right(), new Answer(question, false, Instant.EPOCH));
    }
  }

  /// To be called every few seconds. `may` asks the authorizer; what it throws puts the question
  /// off. Whether a right is there now that was missing.
  public boolean check(Instant now, Predicate<Question> may) {
    var given = false;
    for (var answer : List.copyOf(inQuestion.values())) {
      if (Duration.between(answer.askedAt(), now).abs().compareTo(ASKED_AGAIN) < 0) {
        continue;
      }
      var right = answer.question().right();
      if (may.test(answer.question())) {
        inQuestion.remove(right);
        given |= answer.missing();
      } else {
        inQuestion.put(right, new Answer(answer.question(), true, now));
      }
    }
    return given;
  }

  @Override
  public MetricSnapshots collect() {
    var metric = Metric.PermissionsMissing;
    var gauge = GaugeSnapshot.builder().name(metric.page()).help(metric.help());
    inQuestion.values().stream()
        .filter(Answer::missing)
        .map(answer -> answer.question().right())
        .map(right -> Labels.of("verb", right.verb(), "resource", right.resource()))
        .distinct()
        .forEach(
            labels ->
                gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(1).build()));
    return MetricSnapshots.of(gauge.build());
  }
}
