// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.cli.show.ToldProblems;
import dev.credence.controller.status.StatusMapper;
import dev.credence.facts.Snapshot;
import dev.credence.metrics.IdentityGauges;
import dev.credence.metrics.MetricsPage;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.State;
import dev.credence.plan.Problem;
import dev.credence.plan.Reason;
import dev.credence.plan.Result;
import dev.credence.plan.Result.Whose;
import dev.credence.plan.Results;
import dev.credence.report.Entries;
import dev.credence.report.Entry;
import dev.credence.report.Inventory;
import dev.credence.report.Inventory.Breach;
import dev.credence.report.Inventory.Origin;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Metrics, reports, `explain` and the status say the same of any identity. A failure names its
/// seed: `-Dcredence.seed=4711` runs that one alone.
class AgreementTest {
  private static final int SEEDS =
      Integer.getInteger("credence.seeds", 300) / (Boolean.getBoolean("credence.long") ? 3 : 6);
  private static final int STEPS = 4;

  /// The status does not say how much a condition weighs, so that only a policy report can tell
  /// those of these reasons that break a rule, where another condition is why the identity stalls.
  private static final Set<String> WEIGHED =
      Set.of(
          Reason.RotationDue.name(),
          Reason.RotationDeferred.name(),
          Reason.ConsumersPending.name());

  private final AtomicInteger problems = new AtomicInteger();
  private final AtomicInteger overdue = new AtomicInteger();
  private final AtomicInteger listed = new AtomicInteger();

  @Test
  void metrics_reports_explain_and_status_agree() {
    var only = Long.getLong("credence.seed");
    var seeds = only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    seeds.parallel().forEach(this::agree);
    if (only == null) {
      assertThat(problems).as("conditions that are problems").hasPositiveValue();
      assertThat(listed).as("problems of metrics").hasPositiveValue();
      assertThat(overdue).as("credentials that are overdue").hasPositiveValue();
    }
  }

  private void agree(long seed) {
    var random = new RandomWorld(seed);
    for (var step = 0; step < STEPS; step++) {
      random.timePasses();
      random.somethingHappens();
      random.world().catchUp();
      for (var name : RandomWorld.IDENTITIES) {
        var resource = random.world().truth("MachineIdentity", RandomWorld.NAMESPACE, name);
        random
            .world()
            .see(RandomWorld.NAMESPACE, name)
            .filter(_ -> resource.isPresent())
            .ifPresent(
                seen -> {
                  try {
                    compare(seen, (MachineIdentity) resource.get());
                  } catch (AssertionError | RuntimeException why) {
                    throw new AssertionError("seed " + seed + ": " + why.getMessage(), why);
                  }
                });
        random.world().observe(RandomWorld.NAMESPACE, name);
      }
    }
  }

  private void compare(Snapshot seen, MachineIdentity resource) {
    var decision = Decide.next(seen);
    if (decision.status().isEmpty()) {
      return;
    }
    var status = decision.status().get();
    var shown = Serialization.clone(resource);
    shown.setStatus(StatusMapper.of(status, resource, seen.now()));
    var entry = Entries.of(shown);
    compareProblems(seen, decision, status, entry);
    compareResults(status, entry, seen.now());
    for (var later : List.of(Duration.ZERO, Duration.ofMinutes(7), Duration.ofDays(40))) {
      compareMetrics(status, entry, seen.now().plus(later));
      compareCommand(status, shown, seen.now().plus(later));
    }
  }

  /// `credence status` reads what the operator wrote, and lists what the metrics show. Of the
  /// conditions that count, a status names those of Ready and Stalled; the others are reported.
  private void compareCommand(IdentityStatus status, MachineIdentity shown, Instant now) {
    var real = Problem.of(status, now).toList();
    var read = Problem.of(Entries.shown(shown).orElseThrow(), now).toList();
    assertThat(of(Problem.OfCredential.class, read))
        .as("faults of credentials at " + now)
        .isEqualTo(of(Problem.OfCredential.class, real));
    var named =
        Stream.of(ConditionType.Ready, ConditionType.Stalled)
            .flatMap(type -> status.result(type).stream())
            .map(sum -> sum.reason().name())
            .collect(toSet());
    assertThat(of(Problem.OfIdentity.class, read))
        .as("conditions")
        .isEqualTo(
            of(Problem.OfIdentity.class, real).stream()
                .filter(problem -> named.contains(problem.reason()))
                .toList());
    assertThat(of(Problem.OfIdentity.class, read).isEmpty())
        .as("no condition is a problem")
        .isEqualTo(of(Problem.OfIdentity.class, real).isEmpty());
    listed.addAndGet(real.size());
    assertThat(ToldProblems.listed(shown, now))
        .as("lines of `credence status` at " + now)
        .containsAll(
            of(Problem.OfCredential.class, real).stream()
                .map(Problem.OfCredential::credential)
                .distinct()
                .toList())
        .matches(lines -> real.isEmpty() || !lines.isEmpty());
  }

  private static <T> List<T> of(Class<T> which, List<Problem> problems) {
    return problems.stream().filter(which::isInstance).map(which::cast).toList();
  }

  private void compareProblems(
      Snapshot seen, Decision decision, IdentityStatus status, Entry entry) {
    assertThat(status.results())
        .as("conditions that count are problems")
        .filteredOn(result -> result.impact() != Impact.None)
        .allMatch(ConditionResult::isProblem);
    var problems =
        status.results().stream()
            .filter(ConditionResult::isProblem)
            .map(result -> result.type() + " " + result.status() + ", " + result.reason())
            .sorted()
            .toList();
    this.problems.addAndGet(problems.size());
    assertThat(ToldProblems.by(seen, decision)).as("explain").isEqualTo(problems);
    assertThat(ToldProblems.by(entry, seen.now())).as("status").isEqualTo(problems);
  }

  private static void compareResults(IdentityStatus status, Entry entry, Instant now) {
    var reported =
        Results.of(
                entry.namespace(), List.of(new Results.Of(new Whose(entry.name(), "uid"), status)))
            .listed()
            .stream()
            .filter(result -> !result.category().equals("Privileges"))
            .map(Result::rule)
            .sorted()
            .toList();
    var listed =
        inventory(entry, now).breaches().stream()
            .filter(breach -> entry.condition(breach.about()).isPresent())
            .map(Breach::rule)
            .sorted()
            .toList();
    assertThat(reported).as("a policy report, and SARIF").containsAll(listed);
    assertThat(reported)
        .as("a policy report, and SARIF")
        .filteredOn(rule -> !listed.contains(rule))
        .allMatch(WEIGHED::contains);
  }

  private void compareMetrics(IdentityStatus status, Entry entry, Instant now) {
    var gauges = new IdentityGauges(Clock.fixed(now, ZoneOffset.UTC), 0, 500, "1.2.3");
    gauges.stands(new IdentityGauges.Name(entry.namespace(), entry.name()), status);
    var registry = new PrometheusRegistry();
    registry.register(gauges);
    var page = MetricsPage.of(registry);
    var inventory = inventory(entry, now);
    overdue.addAndGet(inventory.overdue().size());
    assertThat(page.value("credence_rotations_overdue"))
        .as("overdue at " + now)
        .isEqualTo(inventory.overdue().size());
    if (status.state() != State.Decommissioned) {
      assertThat(page.value("credence_rotations_blocked"))
          .as("blocked")
          .isEqualTo(inventory.held(one -> one.state().equals("Blocked")).size());
      assertThat(page.value("credence_owner_missing"))
          .as("without an owner")
          .isEqualTo(inventory.withoutOwner().size());
    }
    compareSeries(page, status, inventory, now);
  }

  /// The series of problems name what the gauges of the fleet, the report and Ready tell.
  private void compareSeries(
      MetricsPage page, IdentityStatus status, Inventory inventory, Instant now) {
    var living = status.state() != State.Decommissioned;
    assertThat(page.value("credence_problem_series_dropped")).isZero();
    assertThat(page.lines("credence_identity_problem"))
        .as("a problem while it is not Ready")
        .matches(series -> series.isEmpty() == status.ready() || !living && series.isEmpty());
    assertThat(conditions(page, "Stalled").size())
        .as("Stalled")
        .isLessThanOrEqualTo((int) page.lines("credence_identities_stalled").size());
    if (!living) {
      return;
    }
    assertThat(conditions(page, "Stalled"))
        .as("Stalled")
        .isEqualTo(
            page.lines("credence_identities_stalled").stream()
                .map(sample -> sample.labels().get("reason"))
                .toList());
    assertThat(faults(page, "RotationOverdue"))
        .as("overdue at " + now)
        .isEqualTo(names(inventory.overdue()));
    assertThat(faults(page, "RotationBlocked"))
        .as("blocked")
        .isEqualTo(names(inventory.held(one -> one.state().equals("Blocked"))));
    for (var within :
        Map.of(
                "expired", List.of("Expired"),
                "1h", List.of("ExpiresWithinHour"),
                "24h", List.of("ExpiresWithinHour", "ExpiresWithinDay"))
            .entrySet()) {
      assertThat(within.getValue().stream().mapToInt(fault -> faults(page, fault).size()).sum())
          .as("running out within " + within.getKey())
          .isEqualTo(
              (int) page.value("credence_credentials_running_out", "within=" + within.getKey()));
    }
    for (var fault :
        Map.of(
                "ConsumersPending", "credence_consumers_pending",
                "ConsumersLeftBehind", "credence_consumers_left_behind",
                "CertificateFailing", "credence_certificates_failing")
            .entrySet()) {
      assertThat(faults(page, fault.getKey()).size())
          .as(fault.getKey())
          .isEqualTo((int) page.value(fault.getValue()));
    }
  }

  private static List<String> conditions(MetricsPage page, String condition) {
    return page.lines("credence_identity_problem").stream()
        .filter(sample -> sample.labels().get("condition").equals(condition))
        .map(sample -> sample.labels().get("reason"))
        .toList();
  }

  private static List<String> faults(MetricsPage page, String fault) {
    return page.lines("credence_credential_problem").stream()
        .filter(sample -> sample.labels().get("reason").equals(fault))
        .map(sample -> sample.labels().get("name"))
        .sorted()
        .toList();
  }

  private static List<String> names(List<Inventory.Held> held) {
    return held.stream().map(one -> one.credential().name()).sorted().toList();
  }

  private static Inventory inventory(Entry entry, Instant now) {
    return new Inventory(
        new Origin(now, "1.2.3", "test", "all namespaces"),
        List.of(entry),
        Optional.empty(),
        List.of());
  }
}
