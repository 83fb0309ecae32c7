// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.facts.evidence.AuditEvent;
import dev.credence.facts.evidence.Coverage;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Log;
import dev.credence.facts.evidence.Networks;
import dev.credence.world.Requested;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StoredEvidenceTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");
  private static final EvidenceLimits TIGHT = new EvidenceLimits(3, 4, 3, 2, 2, 5, 3);

  static Stream<Long> seeds() {
    return IntStream.range(0, 200).mapToObj(Long::valueOf);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decoded_parts_merge_to_what_the_merged_parts_decode_to(long seed) throws UnreadableEvidence {
    var limits = seed % 2 == 0 ? TIGHT : EvidenceLimits.STORED;
    var one = events(new Random(seed), 40);
    var other = events(new Random(seed + 1_000), 40);

    var decoded = stored(of(limits, one));
    decoded.addAll(stored(of(limits, other)));
    var merged = of(limits, one);
    merged.addAll(of(limits, other));
    var known = of(limits, one);
    known.addAll(of(limits, other));

    assertThat(decoded).isEqualTo(known);
    assertThat(stored(merged)).isEqualTo(decoded);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void the_parts_of_all_namespaces_are_the_whole(long seed) throws UnreadableEvidence {
    var events = events(new Random(seed), 60);
    var whole = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    for (var part : of(EvidenceLimits.STORED, events).byNamespace().entrySet()) {
      var map = map(part.getKey(), part.getValue());
      assertThat(StoredEvidence.observed(map)).isEqualTo(part.getKey());
      whole.addAll(StoredEvidence.read(map));
    }
    assertThat(whole).isEqualTo(of(EvidenceLimits.STORED, events));
  }

  @Test
  void equal_evidence_has_equal_bytes() {
    var events = events(new Random(7), 60);
    assertThat(map("sales", of(EvidenceLimits.STORED, events.reversed())))
        .isEqualTo(map("sales", of(EvidenceLimits.STORED, events)));
  }

  @Test
  void an_administrator_sees_what_a_config_map_covers() {
    var crm = Requested.by("sales/crm");
    var evidence =
        of(
            EvidenceLimits.STORED,
            List.of(crm.at(NEW_YEAR).event(), crm.at(NEW_YEAR.plusSeconds(90)).event()));
    evidence.covers(NEW_YEAR.minusSeconds(60), NEW_YEAR.plusSeconds(120));
    var parts = evidence.byNamespace();
    var sales = map("sales", Objects.requireNonNull(parts.get("sales")));
    assertThat(sales.getMetadata().getName()).isEqualTo("credence-audit-sales");
    assertThat(sales.getMetadata().getLabels()).containsEntry("credence.dev/evidence", "audit");
    assertThat(sales.getMetadata().getAnnotations())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "credence.dev/observed-namespace", "sales",
                "credence.dev/evidence-begin", "2027-01-01T00:00:00Z",
                "credence.dev/evidence-end", "2027-01-01T00:01:30Z",
                "credence.dev/evidence-written", "2027-02-01T00:00:00Z"));
    var log = map("", Objects.requireNonNull(parts.get("")));
    assertThat(log.getMetadata().getName()).isEqualTo("credence-audit");
    assertThat(log.getMetadata().getAnnotations())
        .containsEntry("credence.dev/evidence-covered-until", "2027-01-01T00:02:00Z");
  }

  /// A namespace whose accounts use far too much: it fits, and what was dropped is marked.
  @Test
  void what_does_not_fit_is_dropped_and_nothing_is_inferred_from_it() throws UnreadableEvidence {
    var random = new Random(1);
    var events =
        IntStream.range(0, 20_000)
            .mapToObj(
                n ->
                    Requested.by("sales/account-" + n % 40)
                        .id(new UUID(random.nextLong(), random.nextLong()).toString())
                        .at(NEW_YEAR.plusSeconds(random.nextInt(8 * 24 * 3600)))
                        .does("get", "kind-" + random.nextInt(400))
                        .named("name-" + random.nextLong())
                        .event())
            .toList();
    var map = map("sales", of(EvidenceLimits.STORED, events));
    var bytes = Base64.getDecoder().decode(map.getBinaryData().get("evidence"));
    assertThat(bytes).hasSizeLessThanOrEqualTo(StoredEvidence.MOST_BYTES);

    var read = StoredEvidence.read(map);
    var whole = of(EvidenceLimits.STORED, events).accounts();
    read.accounts()
        .forEach(
            (name, account) -> {
              var known = Objects.requireNonNull(whole.get(name));
              assertThat(known.span()).isEqualTo(account.span());
              account
                  .used()
                  .sorted()
                  .forEach((right, use) -> assertThat(known.used().get(right)).isNotNull());
              assertThat(account.hasOverflowed())
                  .isEqualTo(account.used().size() < known.used().size());
              assertThat(account.hours().hasOverflowed()).isTrue();
            });
    assertThat(read.hasOverflowed()).isEqualTo(read.accounts().size() < whole.size());

    // What is added later is held to the same limits, and the mark stays.
    read.addAll(of(EvidenceLimits.STORED, events.subList(0, 100)));
    assertThat(StoredEvidence.read(map("sales", read))).isEqualTo(StoredEvidence.read(map));
  }

  @Test
  void the_credentials_that_were_used_last_are_kept() {
    var crm = Requested.by("sales/crm");
    var events =
        IntStream.range(0, 150)
            .mapToObj(n -> crm.token("t" + n).at(NEW_YEAR.plusSeconds(n)).event())
            .toList();
    var credentials =
        Objects.requireNonNull(of(EvidenceLimits.STORED, events).accounts().get("sales/crm"))
            .credentials();
    assertThat(credentials.hasOverflowed()).isTrue();
    assertThat(credentials.sorted())
        .hasSize(100)
        .containsKey("JTI=t149")
        .doesNotContainKey("JTI=t0");
  }

  /// While no receiver runs, events are lost: these times are gaps, except the minute in which
  /// the API server repeats its requests.
  @Test
  void times_without_a_receiver_are_gaps() throws UnreadableEvidence {
    var evidence = of(EvidenceLimits.STORED, List.of());
    evidence.covers(NEW_YEAR, NEW_YEAR.plusSeconds(600));
    evidence.covers(NEW_YEAR.plusSeconds(640), NEW_YEAR.plusSeconds(900));
    var other = of(EvidenceLimits.STORED, List.of());
    other.covers(NEW_YEAR.plusSeconds(800), NEW_YEAR.plusSeconds(1_000));
    other.covers(NEW_YEAR.plusSeconds(2_000), NEW_YEAR.plusSeconds(3_000));
    evidence.addAll(other);
    var log = stored(evidence).log();
    assertThat(log.coverage().intervals())
        .containsExactly(
            new Coverage.Interval(NEW_YEAR, NEW_YEAR.plusSeconds(1_000)),
            new Coverage.Interval(NEW_YEAR.plusSeconds(2_000), NEW_YEAR.plusSeconds(3_000)));
    assertThat(log.gaps())
        .containsExactly(new Log.Gap(NEW_YEAR.plusSeconds(1_000), NEW_YEAR.plusSeconds(2_000)));
  }

  @Test
  void an_account_without_an_event_for_long_is_forgotten() {
    var evidence =
        of(
            EvidenceLimits.STORED,
            List.of(
                Requested.by("sales/old").at(NEW_YEAR).event(),
                Requested.by("sales/crm").at(NEW_YEAR.plus(Duration.ofDays(9))).event()));
    evidence.forget(NEW_YEAR.plus(Duration.ofDays(1)));
    assertThat(evidence.accounts()).containsOnlyKeys("sales/crm");
  }

  @Test
  void a_newer_format_is_refused() {
    assertThatThrownBy(() -> StoredEvidence.read(holding("{\"format\":2,\"evidence\":{}}")))
        .isInstanceOf(UnreadableEvidence.class)
        .hasMessage(
            "ConfigMap credence-system/credence-audit-sales contains no readable evidence. The format 2 is newer than 1. Update Credence.");
  }

  @Test
  void garbage_is_refused_with_its_cause() throws IOException {
    assertThatThrownBy(
            () ->
                StoredEvidence.read(
                    new ConfigMapBuilder(holding("")).withBinaryData(Map.of()).build()))
        .hasMessageContaining("The key evidence of binaryData is missing.");
    assertThatThrownBy(() -> StoredEvidence.read(holding("[]")))
        .hasMessageContaining("The field format is missing.");
    assertThatThrownBy(() -> StoredEvidence.read(holding("{\"format\":1,\"evidence\":{}}")))
        .hasMessageContaining("log is missing");
    var text = unpacked(map("sales", of(EvidenceLimits.STORED, events(new Random(3), 20))));
    for (var wrong :
        List.of(
            text.replaceFirst("\"most\":\\d+", "\"most\":-1"),
            text.replaceFirst("\"keys\":\\[", "\"keys\":[\"one more\","),
            text.replaceFirst("\"span\":\\[\\[\"[^\"]*\"", "\"span\":[[\"no time\""),
            text.replaceFirst("\"span\":\\[\\[", "\"span\":[null,["),
            text.substring(0, text.length() / 2))) {
      assertThat(wrong).isNotEqualTo(text);
      assertThatThrownBy(() -> StoredEvidence.read(holding(wrong)))
          .isInstanceOf(UnreadableEvidence.class)
          .hasMessageContaining("credence-audit-sales");
    }
  }

  @Test
  void a_small_config_map_cannot_become_large() {
    assertThatThrownBy(
            () -> StoredEvidence.read(holding("{\"format\":1," + " ".repeat(40 << 20) + "}")))
        .hasMessageContaining("more than");
  }

  private static Evidence of(EvidenceLimits limits, List<AuditEvent> events) {
    var evidence = new Evidence(limits, Networks.NONE);
    events.forEach(evidence::add);
    return evidence;
  }

  private static Evidence stored(Evidence evidence) throws UnreadableEvidence {
    return StoredEvidence.read(map("sales", evidence));
  }

  private static ConfigMap map(String observed, Evidence evidence) {
    return StoredEvidence.write(
        "credence-system", observed, evidence, Instant.parse("2027-02-01T00:00:00Z"));
  }

  private static ConfigMap holding(String json) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(json.getBytes(UTF_8));
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("credence-system")
        .withName("credence-audit-sales")
        .endMetadata()
        .withBinaryData(Map.of("evidence", Base64.getEncoder().encodeToString(bytes.toByteArray())))
        .build();
  }

  private static String unpacked(ConfigMap map) throws IOException {
    var bytes = Base64.getDecoder().decode(map.getBinaryData().get("evidence"));
    try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static List<AuditEvent> events(Random random, int count) {
    var events = new ArrayList<AuditEvent>();
    for (var i = 0; i < count; i++) {
      events.add(event(random));
    }
    return events;
  }

  private static AuditEvent event(Random random) {
    var home = random.nextInt(3);
    var request =
        Requested.by("namespace-" + home + "/account-" + random.nextInt(4))
            .id("id-" + random.nextInt(1_000))
            .at(NEW_YEAR.plusMillis(random.nextInt(40 * 3_600_000)))
            .does(
                List.of("get", "list", "create", "patch", "delete").get(random.nextInt(5)),
                List.of("pods", "secrets", "apps/replicasets", "rbac.authorization.k8s.io/roles")
                    .get(random.nextInt(4)))
            .in(random.nextInt(5) == 0 ? "" : "namespace-" + random.nextInt(4))
            .named(random.nextBoolean() ? "" : "name-" + random.nextInt(5))
            .answered(List.of(200, 200, 201, 403, 404, 500).get(random.nextInt(6)))
            .from("10." + random.nextInt(4) + ".0.1")
            .with("agent-" + random.nextInt(4) + "/v1")
            .token("token-" + random.nextInt(4));
    return (random.nextInt(10) == 0 ? request.user("anna@example.com") : request).event();
  }
}
