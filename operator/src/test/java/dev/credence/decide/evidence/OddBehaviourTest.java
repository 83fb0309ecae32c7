// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.evidence.OddBehaviour.Settings;
import dev.credence.decide.evidence.OddBehaviour.Standing;
import dev.credence.decide.evidence.Oddity.Kind;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.world.Audited;
import dev.credence.world.Requested;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A month of an ordinary account, and attacks in it.
public class OddBehaviourTest {
  public static final Instant MONTH = Instant.parse("2027-01-01T00:00:00Z");
  public static final Instant ATTACK = MONTH.plus(Duration.ofDays(25)).plusSeconds(600);
  private static final Requested CRM = Requested.by("sales/crm");
  private static final Requested BAD = CRM.at(ATTACK).id("attack");

  @Test
  void a_month_with_rollouts_restarts_and_cron_jobs_is_not_odd() {
    assertThat(odd(month(), Standing.UNKNOWN)).isEmpty();
  }

  public static Stream<Arguments> attacks() {
    return Stream.of(
        attack(Kind.NewPlace, BAD.does("get", "secrets").named("crm-db").from("203.0.113.9")),
        attack(Kind.NewAgent, BAD.does("get", "secrets").named("crm-db").with("python-requests/2")),
        attack(Kind.NewRight, BAD.does("delete", "configmaps").named("settings")),
        attack(Kind.NewNamespace, BAD.does("get", "secrets").named("pay-db").in("payments")),
        attack(Kind.ForbiddenRequest, BAD.does("get", "nodes").in("").answered(403)),
        attack(
            Kind.TokenRequested, BAD.does("create", "core/serviceaccounts/token").named("night")),
        attack(Kind.UserImpersonated, BAD.does("get", "secrets").as("admin@example.com")),
        attack(Kind.CommandExecuted, BAD.does("create", "core/pods/exec").named("crm-1")),
        attack(Kind.SecretsListed, BAD.does("list", "secrets")),
        attack(Kind.PersonalClient, BAD.does("get", "secrets").named("crm-db").with("kubectl/v1")),
        attack(
            Kind.HighRate,
            IntStream.range(0, 3000)
                .mapToObj(n -> BAD.does("get", "secrets").named("crm-db").id("attack-" + n))
                .toArray(Requested[]::new)));
  }

  private static Arguments attack(Kind kind, Requested... requests) {
    return Arguments.of(kind, List.of(requests));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void an_attack_is_found_as_what_it_is_and_as_nothing_else(Kind kind, List<Requested> requests) {
    var all = month();
    all.addAll(requests);
    assertThat(odd(all, Standing.UNKNOWN)).extracting(Oddity::kind).containsExactly(kind);
  }

  /// The stored form has fewer hours, so it is compared at the time of the attack.
  @ParameterizedTest
  @MethodSource("attacks")
  void the_stored_form_shows_the_same(Kind kind, List<Requested> requests) {
    var evidence = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    Stream.concat(month().stream(), requests.stream())
        .filter(request -> request.time().isBefore(ATTACK.plus(Duration.ofHours(3))))
        .forEach(request -> evidence.add(request.event()));
    var found = odd(evidence, Standing.UNKNOWN);
    assertThat(found).extracting(Oddity::kind).containsExactly(kind);
    assertThat(odd(Audited.stored(evidence, ATTACK), Standing.UNKNOWN)).isEqualTo(found);
  }

  @Test
  void a_finding_has_the_event_as_its_example() {
    var all = month();
    all.add(BAD.does("get", "secrets").named("crm-db").from("203.0.113.9"));
    assertThat(odd(all, Standing.UNKNOWN))
        .singleElement()
        .satisfies(
            oddity -> {
              assertThat(oddity.example().auditId()).isEqualTo("attack");
              assertThat(oddity.example().time()).isEqualTo(ATTACK);
              assertThat(oddity.example().place()).isEqualTo("203.0.113.0/24");
              assertThat(oddity.example().agent()).isEqualTo("crm");
            });
  }

  @Test
  void use_after_a_suspension_is_found() {
    var since = MONTH.plus(Duration.ofDays(28));
    assertThat(odd(month(), new Standing(Optional.of(since), Map.of())))
        .extracting(Oddity::kind)
        .containsExactly(Kind.UsedWhileSuspended);
    var later = MONTH.plus(Duration.ofDays(40));
    assertThat(odd(month(), new Standing(Optional.of(later), Map.of()))).isEmpty();
  }

  @Test
  void use_of_a_retired_version_is_found() {
    var all = month();
    all.add(BAD.does("get", "secrets").named("crm-db").token("old"));
    var retired = Map.of("JTI=old", ATTACK.minus(Duration.ofDays(2)));
    assertThat(odd(all, new Standing(Optional.empty(), retired)))
        .extracting(Oddity::kind)
        .containsExactly(Kind.RetiredVersionUsed);
    var overlap = Map.of("JTI=old", ATTACK.plus(Duration.ofDays(1)));
    assertThat(odd(all, new Standing(Optional.empty(), overlap))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"NewPlace", "NewAgent", "NewRight", "NewNamespace", "ForbiddenRequest", "HighRate"})
  void what_comes_within_an_hour_after_a_rollout_is_forgiven(Kind kind) {
    var all = month();
    all.addAll(planted(kind));
    all.add(rollout(ATTACK.minus(Duration.ofMinutes(5))));
    assertThat(odd(all, Standing.UNKNOWN)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {
        "TokenRequested",
        "UserImpersonated",
        "CommandExecuted",
        "SecretsListed",
        "PersonalClient"
      })
  void a_rollout_does_not_forgive_what_gives_access_to_more(Kind kind) {
    var all = month();
    all.addAll(planted(kind));
    all.add(rollout(ATTACK.minus(Duration.ofMinutes(5))));
    assertThat(odd(all, Standing.UNKNOWN)).extracting(Oddity::kind).containsExactly(kind);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void nothing_is_odd_while_credence_learns(Kind kind, List<Requested> requests) {
    var all = month();
    requests.forEach(one -> all.add(one.at(MONTH.plus(Duration.ofDays(3)))));
    assertThat(odd(all, Standing.UNKNOWN)).as(kind.name()).isEmpty();
  }

  @SuppressWarnings("unchecked")
  private static List<Requested> planted(Kind kind) {
    return attacks()
        .filter(one -> one.get()[0] == kind)
        .map(one -> (List<Requested>) one.get()[1])
        .findFirst()
        .orElseThrow();
  }

  @Test
  void what_a_gap_hides_is_learned_after_it() {
    var all =
        List.of(
            CRM.at(MONTH).does("get", "configmaps"),
            CRM.at(MONTH.plus(Duration.ofDays(13))).does("get", "configmaps"),
            CRM.at(MONTH.plus(Duration.ofDays(20))).does("get", "secrets").named("crm-db"),
            CRM.at(MONTH.plus(Duration.ofDays(60))).does("list", "secrets"));
    // Without the gaps the account has behaved for one hour only.
    assertThat(odd(all, Standing.UNKNOWN)).isEmpty();
  }

  @Test
  void where_hours_were_dropped_no_rate_is_judged() {
    var all = month();
    all.addAll(planted(Kind.HighRate));
    var evidence = new Evidence(EvidenceLimits.DEFAULT, Networks.NONE);
    all.forEach(request -> evidence.add(request.event()));
    assertThat(evidence.reduce(0)).isTrue();
    assertThat(odd(evidence, Standing.UNKNOWN)).isEmpty();
  }

  @Test
  void a_request_under_way_is_no_use_after_a_suspension() {
    var last = MONTH.plus(Duration.ofDays(35));
    var all = month();
    all.add(CRM.at(last).does("get", "secrets").named("crm-db"));
    assertThat(odd(all, new Standing(Optional.of(last.minusSeconds(30)), Map.of()))).isEmpty();
    assertThat(odd(all, new Standing(Optional.of(last.minusSeconds(90)), Map.of()))).hasSize(1);
  }

  private static Requested rollout(Instant at) {
    return Requested.by("kube-system/deployment-controller")
        .does("create", "apps/replicasets")
        .in("sales")
        .named("crm-5f7")
        .at(at);
  }

  /// Every hour it does its work, with other versions and other nodes. It is rolled out each week,
  /// restarts at random, and its jobs run at night and on Sundays.
  public static List<Requested> month() {
    var all = new ArrayList<Requested>();
    for (var hour = 0; hour < 30 * 24; hour++) {
      var now = MONTH.plus(Duration.ofHours(hour));
      var crm = CRM.from("10.4." + hour % 250 + ".7").with("crm/v1." + hour / 168);
      work(all, crm, now, hour % 24 > 7 && hour % 24 < 19 ? 40 : 5);
      if (hour % 168 == 100) {
        all.add(rollout(now));
      }
      if (hour % 61 == 0) {
        restart(all, crm, now);
      }
      if (hour % 24 == 2) {
        nightly(all, crm, now);
      }
      if (hour % 168 == 75) {
        sunday(all, crm, now);
      }
    }
    // The third rollout brings a new program that also writes Events.
    all.add(
        CRM.at(MONTH.plus(Duration.ofHours(100 + 336)).plusSeconds(300))
            .does("create", "events")
            .with("crm-exporter/v1"));
    return all;
  }

  private static void work(List<Requested> all, Requested crm, Instant now, int requests) {
    for (var n = 0; n < requests; n++) {
      all.add(crm.at(now.plusSeconds(n * 60L)).does("get", "secrets").named("crm-db"));
    }
    all.add(crm.at(now).does("watch", "configmaps"));
    all.add(crm.at(now).does("update", "coordination.k8s.io/leases").named("crm"));
  }

  private static void restart(List<Requested> all, Requested crm, Instant now) {
    for (var n = 0; n < 60; n++) {
      all.add(crm.at(now.plusSeconds(n)).does("list", "configmaps").id("restart-" + now + n));
    }
  }

  private static void nightly(List<Requested> all, Requested crm, Instant now) {
    for (var n = 0; n < 120; n++) {
      all.add(
          crm.at(now.plusSeconds(n))
              .with("crm-job/v1")
              .does("create", "configmaps")
              .id("j" + now + n));
    }
  }

  private static void sunday(List<Requested> all, Requested crm, Instant now) {
    for (var n = 0; n < 400; n++) {
      all.add(
          crm.at(now.plusSeconds(n))
              .with("crm-job/v1")
              .does("list", "configmaps")
              .id("s" + now + n));
    }
  }

  private static List<Oddity> odd(List<Requested> requests, Standing standing) {
    var evidence = new Evidence(EvidenceLimits.DEFAULT, Networks.NONE);
    requests.forEach(request -> evidence.add(request.event()));
    return odd(evidence, standing);
  }

  private static List<Oddity> odd(Evidence evidence, Standing standing) {
    return new OddBehaviour(evidence.log(), Settings.DEFAULT)
        .of("sales/crm", Objects.requireNonNull(evidence.accounts().get("sales/crm")), standing);
  }
}
