// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.metrics.IdentityGauges.Name;
import dev.credence.plan.IdentityStatus.OwnerFound;
import dev.credence.plan.Problem;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;

/// One series for each problem of an identity or a credential. It exists only while the problem
/// does. Where there are more problems than allowed, the most severe ones have a series. Among
/// equally severe ones each namespace gets one before any gets a second, so that no tenant can
/// push out the problems of the others.
final class ProblemGauges {

  record Found(Name identity, OwnerFound owner, Problem problem) {

    /// Empty without a team. A team that is an e-mail address names a person, and is left out.
    String team() {
      return owner.team().filter(team -> team.indexOf('@') < 0).orElse("");
    }
  }

  /// `found` is in the order of the names.
  static List<GaugeSnapshot> of(Stream<Found> found, int most) {
    var all = inOrder(found);
    var identities = IdentityGauges.gauge(Metric.IdentityProblem);
    var credentials = IdentityGauges.gauge(Metric.CredentialProblem);
    for (var one : all.subList(0, Math.min(most, all.size()))) {
      switch (one.problem()) {
        case Problem.OfIdentity problem ->
            identities.dataPoint(
                point(
                    Metric.IdentityProblem,
                    1,
                    one.identity().namespace(),
                    one.identity().name(),
                    one.team(),
                    problem.condition(),
                    problem.reason()));
        case Problem.OfCredential problem ->
            credentials.dataPoint(
                point(
                    Metric.CredentialProblem,
                    1,
                    one.identity().namespace(),
                    one.identity().name(),
                    problem.credential(),
                    one.team(),
                    problem.type(),
                    problem.fault().name()));
      }
    }
    return List.of(
        identities.build(),
        credentials.build(),
        IdentityGauges.gauge(Metric.ProblemSeriesDropped)
            .dataPoint(point(Metric.ProblemSeriesDropped, Math.max(0, all.size() - most)))
            .build());
  }

  private record Turn(Found found, int number) {}

  private static List<Found> inOrder(Stream<Found> found) {
    var turns = new HashMap<String, Integer>();
    return found
        .distinct()
        .map(
            one ->
                new Turn(
                    one,
                    turns.merge(
                        one.problem().rank() + "/" + one.identity().namespace(), 1, Integer::sum)))
        .sorted(
            Comparator.comparingInt((Turn turn) -> turn.found().problem().rank())
                .thenComparingInt(Turn::number))
        .map(Turn::found)
        .toList();
  }

  private static GaugeDataPointSnapshot point(Metric metric, double value, String... labels) {
    return IdentityGauges.point(Labels.of(metric.labels().toArray(String[]::new), labels), value);
  }

  private ProblemGauges() {}
}
