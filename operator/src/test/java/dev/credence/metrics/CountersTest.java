// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.object.ObjectRef;
import dev.credence.metrics.MetricsPage.Sample;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Why;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CountersTest {
  private static final MetricsPage TEXT = MetricsPage.of(Busy.page());
  private static final MetricsPage OPEN = MetricsPage.openMetrics(Busy.page());

  /// In the order of the page that users read.
  private static final List<String> PROMISED =
      List.of(
          "credence_identities",
          "credence_identities_not_ready",
          "credence_owner_missing",
          "credence_rotations_total",
          "credence_rotation_lateness_seconds",
          "credence_consumer_restarts_total",
          "credence_rotations_blocked",
          "credence_overlaps_active",
          "credence_credentials_expiring",
          "credence_next_rotation_timestamp_seconds",
          "credence_refusals_total",
          "credence_kube_requests_total",
          "credence_reconcile_seconds",
          "credence_last_resync_timestamp_seconds",
          "credence_leader",
          "credence_build_info");

  @Test
  void every_promised_name_is_there() {
    assertThat(Stream.of(Metric.values()).map(Metric::page)).containsAll(PROMISED);
  }

  @ParameterizedTest
  @EnumSource
  void a_metric_has_its_name_in_both_formats(Metric metric) {
    for (var page : List.of(TEXT, OPEN)) {
      var name = isHistogram(metric) ? metric.page() + "_count" : metric.page();
      assertThat(page.lines(name)).as(name).isNotEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_metric_has_exactly_the_labels_that_its_description_names(Metric metric) {
    var name = isHistogram(metric) ? metric.page() + "_count" : metric.page();
    assertThat(TEXT.lines(name))
        .allSatisfy(
            sample ->
                assertThat(sample.labels().keySet())
                    .containsExactlyInAnyOrderElementsOf(metric.labels()));
  }

  @ParameterizedTest
  @EnumSource
  void a_metric_is_described_by_a_sentence(Metric metric) {
    assertThat(metric.help()).matches("[A-Z0-9].*[^.]\\.");
    assertThat(TEXT.text()).contains("# HELP " + metric.page() + " " + metric.help() + "\n");
  }

  @Test
  void nothing_of_ours_is_on_the_page_that_is_not_in_the_list() {
    var known = Stream.of(Metric.values()).map(Metric::page).collect(Collectors.toSet());
    var ours =
        TEXT.names().stream()
            .filter(name -> name.startsWith("credence_"))
            .map(name -> name.replaceFirst("_(bucket|count|sum|max)$", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(known).containsAll(ours);
  }

  @Test
  void a_counter_ends_in_total_once() {
    assertThat(Stream.concat(TEXT.names().stream(), OPEN.names().stream()))
        .noneMatch(name -> name.contains("_total_total") || name.contains("_total_seconds"));
    assertThat(TEXT.types())
        .containsEntry("credence_rotations_total", "counter")
        .containsEntry("credence_refusals_total", "counter")
        .containsEntry("credence_kube_requests_total", "counter");
    assertThat(OPEN.types()).containsEntry("credence_rotations", "counter");
  }

  @Test
  void a_histogram_has_seconds_and_buckets() {
    assertThat(TEXT.types())
        .containsEntry("credence_reconcile_seconds", "histogram")
        .containsEntry("credence_rotation_lateness_seconds", "histogram");
    assertThat(TEXT.lines("credence_rotation_lateness_seconds_bucket"))
        .extracting(sample -> sample.labels().get("le"))
        .containsExactly("1.0", "5.0", "30.0", "300.0", "3600.0", "86400.0", "+Inf");
    assertThat(TEXT.value("credence_rotation_lateness_seconds_bucket", "le=5.0")).isEqualTo(1);
    assertThat(TEXT.value("credence_rotation_lateness_seconds_sum")).isEqualTo(3);
    assertThat(TEXT.value("credence_reconcile_seconds_count")).isEqualTo(1);
  }

  @Test
  void the_build_says_its_version() {
    assertThat(TEXT.value("credence_build_info", "version=1.2.3")).isEqualTo(1);
    assertThat(OPEN.types()).containsEntry("credence_build", "info");
  }

  @Test
  void rotations_are_counted_by_their_result() {
    assertThat(happened(TEXT, "credence_rotations_total"))
        .extracting(Sample::labels)
        .containsExactlyInAnyOrder(
            Map.of("kind", "Generated", "result", "issued"),
            Map.of("kind", "Generated", "result", "rotated"),
            Map.of("kind", "Generated", "result", "retired"),
            Map.of("kind", "Generated", "result", "failed"));
    assertThat(TEXT.value("credence_refusals_total", "reason=RequestRefused")).isEqualTo(1);
  }

  @Test
  void only_a_value_on_schedule_can_be_late() {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    counters.done(Busy.rotate(new Why.OnRequest()), Busy.NOW);
    counters.done(Busy.rotate(new Why.OnChange()), Busy.NOW);
    assertThat(MetricsPage.of(counters.page()).value("credence_rotation_lateness_seconds_count"))
        .isZero();
  }

  @Test
  void a_value_ahead_of_its_time_is_not_late() {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    counters.done(Busy.rotate(new Why.OnSchedule(Busy.NOW.plusSeconds(5))), Busy.NOW);
    var page = MetricsPage.of(counters.page());
    assertThat(page.value("credence_rotation_lateness_seconds_sum")).isZero();
    assertThat(page.value("credence_rotation_lateness_seconds_count")).isEqualTo(1);
  }

  @Test
  void a_refused_mark_is_a_refusal_and_no_rotation() {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    counters.failed(new Action.Unmark(Busy.RETIRE.subject(), Busy.RETIRE.preconditions()));
    var page = MetricsPage.of(counters.page());
    assertThat(page.value("credence_refusals_total", "reason=RequestRefused")).isEqualTo(1);
    assertThat(happened(page, "credence_rotations_total")).isEmpty();
  }

  @Test
  void a_token_is_counted_as_one() {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    counters.done(Busy.rotate(Busy.TOKEN, new Why.OnSchedule(Busy.NOW)), Busy.NOW);
    counters.failed(Busy.rotate(Busy.TOKEN, new Why.OnChange()));
    assertThat(happened(MetricsPage.of(counters.page()), "credence_rotations_total"))
        .extracting(Sample::labels)
        .containsExactlyInAnyOrder(
            Map.of("kind", "Token", "result", "rotated"),
            Map.of("kind", "Token", "result", "failed"));
  }

  @ParameterizedTest
  @CsvSource({"true, rotated", "false, issued"})
  void the_turn_to_a_proven_value_is_the_rotation_and_not_its_staging(
      boolean isThere, String result) {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    var promote = Busy.promote(isThere, new Why.OnSchedule(Busy.NOW.minusSeconds(7)));
    counters.done(
        new Action.Stage(
            promote.pending(),
            promote.subject(),
            promote.current(),
            promote.type(),
            promote.generatorSpec(),
            promote.labelling(),
            promote.versionInfo()),
        Busy.NOW);
    counters.done(promote, Busy.NOW);
    var page = MetricsPage.of(counters.page());
    assertThat(happened(page, "credence_rotations_total"))
        .extracting(Sample::labels)
        .containsExactly(Map.of("kind", "Generated", "result", result));
    assertThat(page.value("credence_rotation_lateness_seconds_sum")).isEqualTo(7);
  }

  @Test
  void what_is_asked_of_cert_manager_and_what_is_taken_back_is_counted() {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    counters.done(
        new Action.Renew(
            ObjectRef.certificate("payments-tls"), Busy.RETIRE.preconditions(), 1, Busy.NOW, false),
        Busy.NOW);
    counters.failed(
        new Action.CreateCertificate(
            ObjectRef.certificate("payments-tls"), Busy.ISSUANCE, Busy.NONE, false));
    counters.done(
        new Action.Rollback(
            Busy.RETIRE.subject(), Busy.RETIRE.preconditions(), Busy.ISSUE.versionInfo()),
        Busy.NOW);
    assertThat(happened(MetricsPage.of(counters.page()), "credence_rotations_total"))
        .extracting(Sample::labels)
        .containsExactlyInAnyOrder(
            Map.of("kind", "Certificate", "result", "requested"),
            Map.of("kind", "Certificate", "result", "failed"),
            Map.of("kind", "Generated", "result", "rolled_back"));
  }

  @Test
  void restarts_are_counted_by_kind_and_result() {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    counters.done(Busy.RESTART, Busy.NOW);
    counters.done(Busy.RESTART, Busy.NOW);
    counters.failed(
        new Action.Evict(
            ObjectRef.pod("payments-1"), Busy.RETIRE.preconditions(), Optional.empty()));
    var page = MetricsPage.of(counters.page());
    assertThat(happened(page, "credence_consumer_restarts_total"))
        .extracting(Sample::labels)
        .containsExactlyInAnyOrder(
            Map.of("kind", "Deployment", "result", "started"),
            Map.of("kind", "Pod", "result", "failed"));
    assertThat(page.value("credence_consumer_restarts_total", "kind=Deployment", "result=started"))
        .isEqualTo(2);
    assertThat(happened(page, "credence_rotations_total")).isEmpty();
  }

  @Test
  void leading_and_sweeping_show() {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    assertThat(MetricsPage.of(counters.page()).value("credence_leader")).isZero();
    counters.leads(true);
    counters.swept(Busy.NOW);
    counters.reconciled(Duration.ofSeconds(1));
    var page = MetricsPage.of(counters.page());
    assertThat(page.value("credence_leader")).isEqualTo(1);
    assertThat(page.value("credence_last_resync_timestamp_seconds"))
        .isEqualTo(Busy.NOW.getEpochSecond());
  }

  /// Prometheus sees no step from nothing to 1, so that the first event would be lost.
  @Test
  void what_alerts_are_about_starts_at_zero_and_not_with_its_first_event() {
    var page =
        MetricsPage.of(new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3")).page());
    assertThat(page.value("credence_rotations_total", "kind=Generated", "result=failed")).isZero();
    assertThat(page.value("credence_rotations_total", "kind=Token", "result=failed")).isZero();
    assertThat(page.value("credence_consumer_restarts_total", "kind=Pod", "result=failed"))
        .isZero();
    assertThat(page.value("credence_refusals_total", "reason=NotManaged")).isZero();
    assertThat(page.value("credence_suspensions_total", "reason=Compromised")).isZero();
  }

  @Test
  void dropped_events_and_the_interval_of_the_resync_are_told() {
    var counters = new Counters(new IdentityGauges(Clock.systemUTC(), 0, 0, "1.2.3"));
    assertThat(MetricsPage.of(counters.page()).value("credence_events_dropped_total")).isZero();
    counters.eventsDropped(() -> 7);
    counters.resyncsEvery(Duration.ofMinutes(5));
    var page = MetricsPage.of(counters.page());
    assertThat(page.value("credence_events_dropped_total")).isEqualTo(7);
    assertThat(page.value("credence_resync_interval_seconds")).isEqualTo(300);
  }

  private static List<Sample> happened(MetricsPage page, String counter) {
    return page.lines(counter).stream().filter(sample -> sample.value() > 0).toList();
  }

  private static boolean isHistogram(Metric metric) {
    return Set.of(Metric.Reconciles, Metric.Lateness, Metric.HookDuration).contains(metric);
  }
}
