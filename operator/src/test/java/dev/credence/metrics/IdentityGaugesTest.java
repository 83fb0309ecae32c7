// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.identity.Identity.Users;
import dev.credence.facts.policy.Section;
import dev.credence.metrics.IdentityGauges.Name;
import dev.credence.metrics.IdentityGauges.SectionTally;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.Reason;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityGaugesTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final Name CRM = new Name("sales", "crm");
  private static final Name PAYMENTS = new Name("payments", "payments-api");

  @Test
  void identities_are_counted_by_state_and_type() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.inOrder());
    gauges.stands(PAYMENTS, Standings.ownerless());
    assertThat(page(gauges).value("credence_identities", "state=Active", "type=Integration"))
        .isEqualTo(2);
    gauges.isGone(CRM);
    assertThat(page(gauges).value("credence_identities", "state=Active", "type=Integration"))
        .isEqualTo(1);
  }

  @Test
  void a_fleet_of_none_has_zeros_and_no_series() {
    var page = page(gauges(10));
    assertThat(page.lines("credence_identities")).isEmpty();
    assertThat(page.lines("credence_identities_not_ready")).isEmpty();
    assertThat(page.value("credence_owner_missing")).isZero();
    assertThat(page.value("credence_rotations_blocked")).isZero();
    assertThat(page.value("credence_overlaps_active")).isZero();
    assertThat(page.value("credence_credentials_expiring", "within=expired")).isZero();
    assertThat(page.lines("credence_next_rotation_timestamp_seconds")).isEmpty();
    assertThat(page.value("credence_identity_series_dropped")).isZero();
  }

  @Test
  void what_is_not_ready_is_counted_by_its_reason() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.enforced(Standings.inOrder()));
    gauges.stands(PAYMENTS, Standings.enforced(Standings.ownerless()));
    var page = page(gauges);
    assertThat(page.value("credence_identities_not_ready", "reason=OwnerMissing")).isEqualTo(1);
    assertThat(page.lines("credence_identities_not_ready")).hasSize(1);
    assertThat(page.value("credence_owner_missing")).isEqualTo(1);
  }

  @Test
  void a_broken_rule_is_counted_whether_or_not_it_is_enforced() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.ownerless());
    gauges.stands(PAYMENTS, Standings.enforced(Standings.ownerless()));
    var page = page(gauges);
    assertThat(page.value("credence_policy_violations", "enforcement=Audit", "reason=OwnerMissing"))
        .isEqualTo(1);
    assertThat(
            page.value("credence_policy_violations", "enforcement=Enforce", "reason=OwnerMissing"))
        .isEqualTo(1);
  }

  @Test
  void findings_are_counted_by_rule_and_severity() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.risky(Standings.inOrder(), Busy.RISK));
    gauges.stands(PAYMENTS, Standings.risky(Standings.inOrder(), Busy.RISK));
    assertThat(
            page(gauges).value("credence_risk_findings", "rule=RBAC-SECRETS-LIST", "severity=High"))
        .isEqualTo(2);
  }

  @Test
  void rights_that_are_not_used_are_added_up() {
    var gauges = gauges(0);
    assertThat(page(gauges).value("credence_unused_rights")).isEqualTo(0);
    gauges.stands(CRM, Standings.unused(Standings.inOrder(), 3));
    gauges.stands(PAYMENTS, Standings.unused(Standings.inOrder(), 4));
    assertThat(page(gauges).value("credence_unused_rights")).isEqualTo(7);
  }

  @Test
  void findings_about_behavior_are_counted_by_their_type() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.odd(Standings.inOrder(), "NewPlace", "SecretsListed"));
    gauges.stands(PAYMENTS, Standings.odd(Standings.inOrder(), "NewPlace"));
    assertThat(page(gauges).value("credence_odd_behavior_findings", "type=NewPlace")).isEqualTo(2);
    assertThat(page(gauges).value("credence_odd_behavior_findings", "type=SecretsListed"))
        .isEqualTo(1);
  }

  @Test
  void a_credential_that_ends_soon_is_in_every_wider_bucket_too() {
    var gauges = gauges(0);
    gauges.stands(
        CRM,
        Standings.inOrder(
            Standings.ending("over", NOW),
            Standings.ending("in-an-hour", NOW.plus(Duration.ofHours(1))),
            Standings.ending("tomorrow", NOW.plus(Duration.ofHours(23))),
            Standings.ending("next-week", NOW.plus(Duration.ofHours(100))),
            Standings.ending("next-month", NOW.plus(Duration.ofHours(720))),
            Standings.ending("next-year", NOW.plus(Duration.ofDays(365))),
            Standings.credential("never")));
    var page = page(gauges);
    assertThat(page.value("credence_credentials_expiring", "within=expired")).isEqualTo(1);
    assertThat(page.value("credence_credentials_expiring", "within=1h")).isEqualTo(1);
    assertThat(page.value("credence_credentials_expiring", "within=24h")).isEqualTo(2);
    assertThat(page.value("credence_credentials_expiring", "within=168h")).isEqualTo(3);
    assertThat(page.value("credence_credentials_expiring", "within=720h")).isEqualTo(4);
  }

  @Test
  void the_earliest_rotation_of_all_is_the_next() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.inOrder(Standings.due("later", NOW.plusSeconds(90))));
    gauges.stands(PAYMENTS, Standings.inOrder(Standings.due("sooner", NOW.plusSeconds(60))));
    assertThat(page(gauges).value("credence_next_rotation_timestamp_seconds"))
        .isEqualTo(NOW.getEpochSecond() + 60);
  }

  @Test
  void a_value_is_overdue_when_it_is_more_than_five_minutes_late() {
    var gauges = gauges(0);
    gauges.stands(
        CRM,
        Standings.inOrder(
            Standings.due("in-time", NOW.minusSeconds(300)),
            Standings.due("late", NOW.minusSeconds(301)),
            Standings.due("to-come", NOW.plusSeconds(60))));
    assertThat(page(gauges).value("credence_rotations_overdue")).isEqualTo(1);
  }

  @Test
  void what_is_out_of_service_or_has_ended_is_never_overdue() {
    var gauges = gauges(0);
    var late = Standings.due("late", NOW.minusSeconds(3_600));
    gauges.stands(CRM, Standings.suspended(Standings.inOrder(late)));
    gauges.stands(PAYMENTS, Standings.endingAt(NOW.minusSeconds(1), late));
    assertThat(page(gauges).value("credence_rotations_overdue")).isZero();
  }

  /// A token of an hour ends within the hour all its life: that is no news while it is renewed.
  @Test
  void what_is_replaced_before_it_ends_does_not_run_out() {
    var gauges = gauges(0);
    var end = NOW.plus(Duration.ofMinutes(30));
    gauges.stands(
        CRM,
        Standings.inOrder(
            Standings.renewed("token", NOW.plusSeconds(600), end),
            Standings.renewed("late", NOW.minusSeconds(301), end),
            Standings.renewed("too-late", end, end),
            Standings.ending("linked", end),
            Standings.ending("over", NOW)));
    var page = page(gauges);
    assertThat(page.value("credence_credentials_expiring", "within=1h")).isEqualTo(4);
    assertThat(page.value("credence_credentials_running_out", "within=1h")).isEqualTo(3);
    assertThat(page.value("credence_credentials_running_out", "within=expired")).isEqualTo(1);
    gauges.stands(CRM, Standings.suspended(Standings.inOrder(Standings.ending("linked", end))));
    assertThat(page(gauges).value("credence_credentials_running_out", "within=1h")).isZero();
  }

  @Test
  void consumers_are_pending_a_day_after_the_new_value() {
    var gauges = gauges(0);
    var issued = NOW.minus(Duration.ofHours(24)).minusSeconds(1);
    gauges.stands(
        CRM,
        Standings.inOrder(
            Standings.used("behind", issued, new Users(3, 2)),
            Standings.used("moved", issued, new Users(3, 3)),
            Standings.used("fresh", issued.plusSeconds(1), new Users(3, 2))));
    assertThat(page(gauges).value("credence_consumers_pending")).isEqualTo(1);
  }

  @Test
  void secrets_are_counted_of_which_a_consumer_was_left_behind() {
    var gauges = gauges(0);
    gauges.stands(
        CRM,
        Standings.inOrder(
            Standings.used("left", NOW, new Users(3, 1, 2)),
            Standings.used("waiting", NOW, new Users(3, 1))));
    assertThat(page(gauges).value("credence_consumers_left_behind")).isEqualTo(1);
  }

  @Test
  void suspensions_that_wait_for_the_limit_of_their_policy_are_counted() {
    var gauges = gauges(0);
    gauges.stands(
        CRM,
        Standings.with(
            Standings.inOrder(),
            Standings.result(
                ConditionType.Suspended, ConditionStatus.False, Reason.SuspensionQueued)));
    gauges.stands(PAYMENTS, Standings.inOrder());
    assertThat(page(gauges).value("credence_suspensions_queued")).isEqualTo(1);
  }

  @Test
  void what_waits_for_a_person_is_counted_by_its_reason() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.inOrder());
    gauges.stands(PAYMENTS, Standings.stalled(Standings.ownerless(), Reason.OwnerMissing));
    var page = page(gauges);
    assertThat(page.value("credence_identities_stalled", "reason=OwnerMissing")).isEqualTo(1);
    assertThat(page.lines("credence_identities_stalled")).hasSize(1);
  }

  @Test
  void overlaps_and_blocked_rotations_are_counted() {
    var gauges = gauges(0);
    gauges.stands(
        CRM,
        Standings.inOrder(
            Standings.overlapping("a", NOW),
            Standings.overlapping("b", NOW),
            Standings.blocked("c"),
            Standings.failing("d")));
    assertThat(page(gauges).value("credence_certificates_failing")).isEqualTo(1);
    assertThat(page(gauges).value("credence_overlaps_active")).isEqualTo(2);
    assertThat(page(gauges).value("credence_rotations_blocked")).isEqualTo(1);
  }

  @Test
  void no_name_of_an_object_is_on_the_page_unless_asked_for() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.inOrder(Standings.credential("crm-db")));
    assertThat(page(gauges).text()).doesNotContain("crm", "sales", "credence_identity_");
  }

  @Test
  void series_of_their_own_are_capped_and_the_rest_is_counted() {
    var gauges = gauges(2);
    gauges.stands(new Name("a", "one"), status());
    gauges.stands(new Name("a", "two"), Standings.ownerless());
    gauges.stands(new Name("b", "three"), status());
    var page = page(gauges);
    assertThat(page.value("credence_identity_ready", "object_namespace=a", "name=one"))
        .isEqualTo(1);
    assertThat(page.value("credence_identity_ready", "object_namespace=a", "name=two")).isZero();
    assertThat(page.lines("credence_identity_ready")).hasSize(2);
    assertThat(
            page.value(
                "credence_identity_expiration_timestamp_seconds", "object_namespace=a", "name=one"))
        .isEqualTo(NOW.getEpochSecond() + 3_600);
    assertThat(
            page.value(
                "credence_identity_next_rotation_timestamp_seconds",
                "object_namespace=a",
                "name=one"))
        .isEqualTo(NOW.getEpochSecond() + 60);
    assertThat(page.value("credence_identity_series_dropped")).isEqualTo(1);
  }

  @Test
  void a_series_is_gone_with_its_object() {
    var gauges = gauges(2);
    gauges.stands(CRM, status());
    assertThat(page(gauges).text()).contains("name=\"crm\"");
    gauges.isGone(CRM);
    assertThat(page(gauges).text()).doesNotContain("crm");
  }

  @Test
  void a_policy_knows_whom_it_decides_about_and_who_breaks_it() {
    var gauges = gauges(0);
    gauges.stands(CRM, Standings.inOrder());
    gauges.stands(PAYMENTS, Standings.ownerless());
    assertThat(gauges.tally("production"))
        .isEqualTo(
            new IdentityGauges.Tally(
                2, 1, List.of(new SectionTally(Section.Owner, 2, 0, List.of()))));
    assertThat(gauges.tally("another")).isEqualTo(new IdentityGauges.Tally(0, 0, List.of()));
    assertThat(gauges.size()).isEqualTo(2);
  }

  private static IdentityStatus status() {
    return Standings.endingAt(
        NOW.plusSeconds(3_600), Standings.due("payments-db", NOW.plusSeconds(60)));
  }

  private static IdentityGauges gauges(int mostSeries) {
    return gauges(mostSeries, 0);
  }

  private static IdentityGauges gauges(int mostSeries, int mostProblems) {
    return new IdentityGauges(Clock.fixed(NOW, ZoneOffset.UTC), mostSeries, mostProblems, "1.2.3");
  }

  private static MetricsPage page(IdentityGauges gauges) {
    var registry = new PrometheusRegistry();
    registry.register(gauges);
    return MetricsPage.of(registry);
  }
}
