// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.identity.Identity.Users;
import dev.credence.metrics.IdentityGauges.Name;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.Reason;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemGaugesTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final Name CRM = new Name("sales", "crm");
  private static final Name PAYMENTS = new Name("payments", "payments-api");
  private static final String IDENTITY = "credence_identity_problem";
  private static final String CREDENTIAL = "credence_credential_problem";

  @Test
  void an_identity_without_a_problem_has_no_series() {
    var gauges = gauges(500);
    gauges.stands(CRM, Standings.inOrder(Standings.due("crm-db", NOW.plusSeconds(60))));
    assertThat(problems(gauges)).isEmpty();
    assertThat(page(gauges).value("credence_problem_series_dropped")).isZero();
  }

  @Test
  void a_condition_that_counts_against_ready_has_a_series_while_it_does() {
    var gauges = gauges(500);
    gauges.stands(CRM, broken(Reason.NotManaged));
    assertThat(problems(gauges))
        .containsExactly("sales/crm  MembersLinked NotManaged", "sales/crm  Stalled NotManaged");
    gauges.stands(CRM, Standings.inOrder());
    assertThat(problems(gauges)).isEmpty();
  }

  @Test
  void a_series_is_gone_with_its_identity() {
    var gauges = gauges(500);
    gauges.stands(CRM, broken(Reason.NotManaged));
    gauges.isGone(CRM);
    assertThat(problems(gauges)).isEmpty();
  }

  @Test
  void a_violation_is_a_problem_where_a_policy_enforces() {
    var gauges = gauges(500);
    var violated =
        Standings.with(
            Standings.inOrder(),
            new ConditionResult(
                ConditionType.OwnerAssigned,
                ConditionStatus.False,
                Reason.OwnerMissing,
                "",
                Impact.Violation));
    gauges.stands(CRM, violated);
    assertThat(problems(gauges)).isEmpty();
    gauges.stands(CRM, Standings.enforced(violated));
    assertThat(problems(gauges)).containsExactly("sales/crm  OwnerAssigned OwnerMissing");
  }

  @Test
  void a_violation_that_is_only_audited_is_no_problem() {
    var gauges = gauges(500);
    gauges.stands(
        CRM,
        Standings.enforced(
            Standings.with(
                Standings.inOrder(),
                new ConditionResult(
                    ConditionType.OwnerAssigned,
                    ConditionStatus.False,
                    Reason.OwnerMissing,
                    "Audit: no owner",
                    Impact.Audit))));
    assertThat(problems(gauges)).isEmpty();
  }

  /// An evaluation that failed sets Ready and Stalled alone.
  @Test
  void an_identity_that_is_stalled_for_no_condition_is_a_problem() {
    var gauges = gauges(500);
    gauges.stands(
        CRM,
        Standings.stalled(
            Standings.with(
                Standings.inOrder(),
                Standings.result(
                    ConditionType.Ready, ConditionStatus.False, Reason.EvaluationFailed)),
            Reason.EvaluationFailed));
    assertThat(problems(gauges)).containsExactly("sales/crm  Stalled EvaluationFailed");
  }

  @Test
  void each_fault_of_a_credential_has_a_series() {
    var gauges = gauges(500);
    var dayAgo = NOW.minus(Duration.ofHours(24)).minusSeconds(1);
    gauges.stands(
        CRM,
        Standings.inOrder(
            Standings.blocked("a"),
            Standings.failing("b"),
            Standings.due("c", NOW.minusSeconds(301)),
            Standings.used("d", dayAgo, new Users(3, 2)),
            Standings.used("e", NOW, new Users(3, 1, 2)),
            Standings.ending("f", NOW),
            Standings.ending("g", NOW.plus(Duration.ofHours(1))),
            Standings.ending("h", NOW.plus(Duration.ofHours(24))),
            Standings.ending("i", NOW.plus(Duration.ofHours(24)).plusSeconds(1))));
    assertThat(problems(gauges))
        .containsExactly(
            "sales/crm a Generated RotationBlocked",
            "sales/crm b Certificate CertificateFailing",
            "sales/crm c Generated RotationOverdue",
            "sales/crm d Generated ConsumersPending",
            "sales/crm e Generated ConsumersLeftBehind",
            "sales/crm f Generated Expired",
            "sales/crm g Generated ExpiresWithinHour",
            "sales/crm h Generated ExpiresWithinDay");
  }

  @Test
  void a_credential_that_is_renewed_in_time_is_no_problem() {
    var gauges = gauges(500);
    var end = NOW.plus(Duration.ofMinutes(30));
    gauges.stands(CRM, Standings.inOrder(Standings.renewed("crm-ci", NOW.plusSeconds(600), end)));
    assertThat(problems(gauges)).isEmpty();
  }

  @Test
  void credentials_of_a_suspended_identity_do_not_expire() {
    var gauges = gauges(500);
    gauges.stands(
        CRM,
        Standings.suspended(
            Standings.inOrder(
                Standings.ending("f", NOW), Standings.due("c", NOW.minusSeconds(3_600)))));
    assertThat(problems(gauges)).isEmpty();
  }

  @Test
  void a_decommissioned_identity_waits_for_its_credentials_and_for_nothing_else() {
    var gauges = gauges(500);
    gauges.stands(
        CRM,
        Standings.decommissioned(
            Standings.with(
                broken(Reason.NotManaged),
                Standings.blocked("crm-db"),
                Standings.revoked("crm-ftp"))));
    assertThat(problems(gauges)).containsExactly("sales/crm crm-db Generated DecommissionPending");
  }

  @Test
  void the_team_is_a_label_and_an_address_is_not() {
    var gauges = gauges(500);
    gauges.stands(CRM, Standings.of("sales-platform", Standings.inOrder(Standings.blocked("a"))));
    gauges.stands(
        PAYMENTS, Standings.of("alice@example.com", Standings.inOrder(Standings.blocked("b"))));
    assertThat(problems(gauges))
        .containsExactly(
            "payments/payments-api b Generated RotationBlocked",
            "sales/crm sales-platform a Generated RotationBlocked");
    assertThat(page(gauges).text()).doesNotContain("@");
  }

  @Test
  void the_most_severe_problems_have_a_series_where_there_are_too_many() {
    var gauges = gauges(3);
    gauges.stands(new Name("a", "waits"), waiting());
    gauges.stands(new Name("b", "stalled"), broken(Reason.NotManaged));
    gauges.stands(new Name("c", "free"), notEnforced());
    gauges.stands(new Name("d", "over"), Standings.inOrder(Standings.ending("d", NOW)));
    assertThat(problems(gauges))
        .containsExactly(
            "b/stalled  Stalled NotManaged",
            "c/free  Suspended NotEnforced",
            "d/over d Generated Expired");
    assertThat(page(gauges).value("credence_problem_series_dropped")).isEqualTo(2);
  }

  @Test
  void a_namespace_with_many_problems_leaves_room_for_the_others() {
    var gauges = gauges(2);
    for (var name : List.of("one", "two", "three")) {
      gauges.stands(new Name("a", name), Standings.inOrder(Standings.blocked("db")));
    }
    gauges.stands(new Name("b", "four"), Standings.inOrder(Standings.blocked("db")));
    assertThat(problems(gauges))
        .containsExactly(
            "a/one db Generated RotationBlocked", "b/four db Generated RotationBlocked");
  }

  @Test
  void without_series_all_problems_are_counted_as_dropped() {
    var gauges = gauges(0);
    gauges.stands(CRM, broken(Reason.NotManaged));
    assertThat(problems(gauges)).isEmpty();
    assertThat(page(gauges).value("credence_problem_series_dropped")).isEqualTo(2);
  }

  /// Two series with the same labels would break the whole page.
  @Test
  void a_problem_that_is_there_twice_has_one_series() {
    var gauges = gauges(500);
    gauges.stands(CRM, Standings.inOrder(Standings.blocked("a"), Standings.blocked("a")));
    assertThat(problems(gauges)).containsExactly("sales/crm a Generated RotationBlocked");
  }

  private static IdentityStatus broken(Reason reason) {
    return Standings.stalled(
        Standings.with(
            Standings.inOrder(),
            new ConditionResult(
                ConditionType.MembersLinked, ConditionStatus.False, reason, "", Impact.Broken)),
        reason);
  }

  private static IdentityStatus waiting() {
    return Standings.with(
        Standings.inOrder(),
        new ConditionResult(
            ConditionType.MembersLinked,
            ConditionStatus.False,
            Reason.MemberMissing,
            "",
            Impact.Waiting));
  }

  private static IdentityStatus notEnforced() {
    return Standings.with(
        Standings.inOrder(),
        new ConditionResult(
            ConditionType.Suspended, ConditionStatus.True, Reason.NotEnforced, "", Impact.Broken));
  }

  private static IdentityGauges gauges(int mostProblems) {
    return new IdentityGauges(Clock.fixed(NOW, ZoneOffset.UTC), 0, mostProblems, "1.2.3");
  }

  private static MetricsPage page(IdentityGauges gauges) {
    var registry = new PrometheusRegistry();
    registry.register(gauges);
    return MetricsPage.of(registry);
  }

  /// `namespace/identity team [credential] (condition|type) reason`
  private static List<String> problems(IdentityGauges gauges) {
    var page = page(gauges);
    return List.of(IDENTITY, CREDENTIAL).stream()
        .flatMap(metric -> page.lines(metric).stream())
        .peek(sample -> assertThat(sample.value()).isEqualTo(1))
        .map(MetricsPage.Sample::labels)
        .map(
            labels ->
                labels.containsKey("condition")
                    ? String.join(
                        " ",
                        labels.get("object_namespace") + "/" + labels.get("name"),
                        labels.get("team"),
                        labels.get("condition"),
                        labels.get("reason"))
                    : String.join(
                        " ",
                        labels.get("object_namespace")
                            + "/"
                            + labels.get("identity")
                            + (labels.get("team").isEmpty() ? "" : " " + labels.get("team")),
                        labels.get("name"),
                        labels.get("type"),
                        labels.get("reason")))
        .sorted()
        .toList();
  }
}
