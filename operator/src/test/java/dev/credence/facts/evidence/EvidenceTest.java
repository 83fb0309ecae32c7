// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.credence.world.Requested;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");

  /// So tight that everything overflows now and then.
  private static final EvidenceLimits TIGHT = new EvidenceLimits(3, 4, 3, 2, 2, 5, 3);

  private static final EvidenceLimits WIDE = EvidenceLimits.DEFAULT;

  static Stream<Long> seeds() {
    return IntStream.range(0, 400).mapToObj(Long::valueOf);
  }

  /// Shards, files that overlap, another order, every event twice: the same evidence.
  @ParameterizedTest
  @MethodSource("seeds")
  void neither_order_nor_shards_nor_doubles_change_anything(long seed) {
    var random = new Random(seed);
    var limits = seed % 2 == 0 ? TIGHT : WIDE;
    var events = events(random, 1 + random.nextInt(80));
    var whole = of(limits, events);

    var doubled = new ArrayList<>(events);
    doubled.addAll(events.subList(0, random.nextInt(events.size() + 1)));
    Collections.shuffle(doubled, random);
    assertThat(of(limits, doubled)).isEqualTo(whole);

    var shards = shards(limits, doubled, random);
    Collections.shuffle(shards, random);
    var merged = new Evidence(limits, Networks.NONE);
    shards.forEach(merged::addAll);
    assertThat(merged).isEqualTo(whole);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void merging_is_associative_commutative_and_idempotent(long seed) {
    var random = new Random(seed);
    var limits = seed % 2 == 0 ? TIGHT : WIDE;
    var a = events(random, random.nextInt(30));
    var b = events(random, random.nextInt(30));
    var c = events(random, random.nextInt(30));

    var left = merged(merged(of(limits, a), of(limits, b)), of(limits, c));
    var right = merged(of(limits, a), merged(of(limits, b), of(limits, c)));
    assertThat(left).isEqualTo(right);
    assertThat(merged(of(limits, a), of(limits, b)))
        .isEqualTo(merged(of(limits, b), of(limits, a)));
    assertThat(merged(of(limits, a), of(limits, a))).isEqualTo(of(limits, a));
    assertThat(merged(left, of(limits, b))).isEqualTo(right);
  }

  /// The properties would hold for evidence that forgets everything, too.
  @Test
  void an_event_more_is_evidence_more() {
    var events = events(new Random(1), 20);
    var other = Requested.by("sales/other").at(NEW_YEAR).event();
    var more = new ArrayList<>(events);
    more.add(other);
    assertThat(of(WIDE, more)).isNotEqualTo(of(WIDE, events));
    assertThat(of(WIDE, more).accounts()).containsKey("sales/other");
  }

  @Test
  void what_is_bounded_reports_that_it_dropped_something() {
    var events =
        IntStream.range(0, 5)
            .mapToObj(n -> Requested.by("sales/crm").does("get", "kind" + n).at(NEW_YEAR).event())
            .toList();
    var four = of(TIGHT, events.subList(0, 4)).accounts().get("sales/crm");
    assertThat(four).isNotNull();
    assertThat(four.hasOverflowed()).isFalse();
    var five = of(TIGHT, events).accounts().get("sales/crm");
    assertThat(five.hasOverflowed()).isTrue();
    assertThat(five.used().size()).isEqualTo(4);
  }

  @Test
  void an_error_is_a_signal_and_no_use() {
    var crm = Requested.by("sales/crm").at(NEW_YEAR);
    var evidence =
        account(
            crm.does("get", "secrets").answered(403).event(),
            crm.does("get", "pods").answered(404).event(),
            crm.does("get", "nodes").answered(503).event());
    assertThat(evidence.used().size()).isZero();
    assertThat(evidence.success()).isEmpty();
    assertThat(evidence.forbidden().keys()).extracting(Right::title).containsExactly("get secrets");
    assertThat(evidence.failed().keys()).extracting(Right::title).containsExactly("get pods");
  }

  @Test
  void a_patch_that_creates_also_uses_create() {
    var crm = Requested.by("sales/crm").at(NEW_YEAR).named("cache");
    assertThat(account(crm.does("patch", "configmaps").answered(201).event()).used().keys())
        .extracting(Right::title)
        .containsExactlyInAnyOrder("patch configmaps", "create configmaps");
    assertThat(account(crm.does("patch", "configmaps").answered(200).event()).used().keys())
        .extracting(Right::title)
        .containsExactly("patch configmaps");
  }

  @Test
  void who_impersonates_uses_that_right_and_the_other_uses_nothing() {
    var evidence =
        of(
            WIDE,
            List.of(
                Requested.by("sales/crm")
                    .at(NEW_YEAR)
                    .does("list", "secrets")
                    .as("system:serviceaccount:kube-system:admin")
                    .event()));
    assertThat(evidence.accounts()).containsOnlyKeys("sales/crm");
    assertThat(Objects.requireNonNull(evidence.accounts().get("sales/crm")).used().keys())
        .containsExactly(new Right("impersonate", "", "serviceaccounts", "kube-system"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 60, 1_000, 50_000})
  void requests_are_counted_within_the_stated_error(int count) {
    var random = new Random(count);
    var estimate = new DistinctCount();
    for (var i = 0; i < count; i++) {
      var id = new UUID(random.nextLong(), random.nextLong()).toString();
      estimate.add(id, NEW_YEAR);
      estimate.add(id, NEW_YEAR);
    }
    // Three standard errors.
    assertThat(estimate.estimate()).isCloseTo(count, within(Math.max(1, (long) (count * 0.39))));
  }

  /// The header Audit-ID lets a client choose it.
  @Test
  void requests_with_the_same_audit_id_at_other_times_are_counted() {
    var crm = Requested.by("sales/crm").id("chosen");
    var events =
        IntStream.range(0, 50).mapToObj(n -> crm.at(NEW_YEAR.plusSeconds(n)).event()).toList();
    var counted = account(events.toArray(AuditEvent[]::new)).hours().sorted().values();
    assertThat(counted).singleElement().extracting(DistinctCount::estimate).isNotEqualTo(1L);
  }

  @Test
  void hours_without_any_event_are_gaps() {
    var crm = Requested.by("sales/crm");
    var log =
        of(
                WIDE,
                List.of(
                    crm.at(NEW_YEAR).event(),
                    crm.at(NEW_YEAR.plus(Duration.ofHours(5))).event(),
                    crm.at(NEW_YEAR.plus(Duration.ofHours(30))).event()))
            .log();
    assertThat(log.gaps())
        .containsExactly(
            new Log.Gap(NEW_YEAR.plus(Duration.ofHours(6)), NEW_YEAR.plus(Duration.ofHours(30))));
  }

  private static AccountEvidence account(AuditEvent... events) {
    return Objects.requireNonNull(of(WIDE, List.of(events)).accounts().get("sales/crm"));
  }

  private static Evidence of(EvidenceLimits limits, List<AuditEvent> events) {
    var evidence = new Evidence(limits, Networks.NONE);
    events.forEach(evidence::add);
    return evidence;
  }

  private static Evidence merged(Evidence one, Evidence other) {
    one.addAll(other);
    return one;
  }

  private static List<Evidence> shards(
      EvidenceLimits limits, List<AuditEvent> events, Random random) {
    var shards = new ArrayList<Evidence>();
    for (var i = 0; i < 1 + random.nextInt(4); i++) {
      shards.add(new Evidence(limits, Networks.NONE));
    }
    for (var event : events) {
      shards.get(random.nextInt(shards.size())).add(event);
    }
    return shards;
  }

  private static List<AuditEvent> events(Random random, int count) {
    return IntStream.range(0, count).mapToObj(_ -> event(random)).toList();
  }

  private static AuditEvent event(Random random) {
    var request =
        Requested.by("sales/account-" + random.nextInt(5))
            .id("id-" + random.nextInt(1000))
            .at(NEW_YEAR.plusSeconds(random.nextInt(40 * 3600)))
            .does(
                List.of("get", "list", "create", "patch", "delete").get(random.nextInt(5)),
                List.of("pods", "secrets", "apps/replicasets", "rbac.authorization.k8s.io/roles")
                    .get(random.nextInt(4)))
            .in("namespace-" + random.nextInt(4))
            .named(random.nextBoolean() ? "" : "name-" + random.nextInt(5))
            .answered(List.of(200, 200, 201, 403, 404, 500).get(random.nextInt(6)))
            .from("10." + random.nextInt(4) + ".0.1")
            .with("agent-" + random.nextInt(4) + "/v1")
            .token("token-" + random.nextInt(4));
    return (random.nextInt(10) == 0 ? request.user("anna@example.com") : request).event();
  }
}
