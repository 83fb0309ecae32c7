// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.observe.FakeCluster;
import dev.credence.world.Requested;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EvidenceCacheTest {
  private static final String HOME = "credence-system";
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");

  @AutoClose private final FakeCluster cluster = FakeCluster.start();
  private final List<String> woken = new CopyOnWriteArrayList<>();
  private final EvidenceCache cache = new EvidenceCache(cluster.client(), HOME, woken::add);

  @BeforeEach
  void start() {
    cache.start().join();
  }

  @AfterEach
  void stop() {
    cache.stop();
  }

  @Test
  void without_a_receiver_nothing_is_known() {
    assertThat(cache.of("sales", Set.of("crm"))).isEqualTo(AuditedUse.NONE);
  }

  @Test
  void the_evidence_of_an_account_comes_with_the_log_of_all() {
    stored("sales", "crm", NEW_YEAR.plusSeconds(60));
    eventually("both are known").until(() -> woken.containsAll(List.of("", "sales")));
    assertThat(cache.of("sales", Set.of("crm", "other")))
        .isInstanceOfSatisfying(
            AuditedUse.Known.class,
            known -> {
              assertThat(known.accounts()).containsOnlyKeys("crm");
              assertThat(known.log().coverage().until())
                  .contains(NEW_YEAR.plus(Duration.ofDays(1)));
              assertThat(known.log().hasWrites()).isTrue();
            });
    assertThat(cache.of("sales", Set.of()).known().orElseThrow().accounts()).isEmpty();
    assertThat(cache.of("payments", Set.of("crm")).known().orElseThrow().accounts()).isEmpty();
  }

  @Test
  void what_comes_later_is_read_and_wakes_nobody() {
    stored("sales", "crm", NEW_YEAR.plusSeconds(60));
    eventually("both are known").until(() -> woken.containsAll(List.of("", "sales")));
    assertThat(lastUse()).isEqualTo(NEW_YEAR.plusSeconds(60));
    woken.clear();
    stored("sales", "crm", NEW_YEAR.plusSeconds(7_200));
    eventually("the later event is known")
        .until(() -> lastUse().equals(NEW_YEAR.plusSeconds(7_200)));
    assertThat(woken).isEmpty();

    cluster.remove(
        StoredEvidence.write(HOME, "sales", evidence("sales", "crm", NEW_YEAR), NEW_YEAR));
    eventually("it is gone").until(() -> woken.contains("sales"));
    assertThat(cache.of("sales", Set.of("crm")).known().orElseThrow().accounts()).isEmpty();
  }

  @Test
  void one_that_is_broken_or_newer_says_so_and_the_others_are_read() {
    stored("sales", "crm", NEW_YEAR.plusSeconds(60));
    broken("payments", "bm8gZ3ppcA==");
    eventually("all are known").until(() -> woken.containsAll(List.of("", "sales", "payments")));
    assertThat(cache.of("payments", Set.of("crm")))
        .isInstanceOfSatisfying(
            AuditedUse.Unreadable.class,
            unreadable ->
                assertThat(unreadable.why())
                    .startsWith("ConfigMap credence-system/credence-audit-payments contains no"));
    assertThat(cache.of("sales", Set.of("crm")).known()).isPresent();
  }

  /// 16 MiB of base64 are kept in all, so that the operator fits into its memory.
  @Test
  void what_is_too_much_for_the_memory_is_not_kept_and_says_so() {
    var half = "A".repeat(9 << 20);
    broken("sales", half);
    eventually("one is known").until(() -> woken.contains("sales"));
    broken("payments", half);
    eventually("the other is known").until(() -> woken.contains("payments"));
    assertThat(cache.of("payments", Set.of()))
        .isEqualTo(
            new AuditedUse.Unreadable(
                "ConfigMap credence-system/credence-audit-payments is not read: the evidence of all namespaces exceeds the limit of the operator."));
    assertThat(cache.of("sales", Set.of()))
        .isInstanceOfSatisfying(
            AuditedUse.Unreadable.class,
            unreadable -> assertThat(unreadable.why()).contains("contains no readable evidence"));
  }

  private Instant lastUse() {
    return cache
        .of("sales", Set.of("crm"))
        .known()
        .flatMap(known -> known.account("crm"))
        .map(account -> account.span().last().time())
        .orElse(Instant.EPOCH);
  }

  private void stored(String namespace, String account, Instant at) {
    evidence(namespace, account, at)
        .byNamespace()
        .forEach((name, part) -> put(StoredEvidence.write(HOME, name, part, at)));
  }

  private static Evidence evidence(String namespace, String account, Instant at) {
    var evidence = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    evidence.covers(NEW_YEAR, NEW_YEAR.plus(Duration.ofDays(1)));
    evidence.add(
        Requested.by(namespace + "/" + account).does("update", "configmaps").at(at).event());
    return evidence;
  }

  private void broken(String namespace, String base64) {
    var good =
        StoredEvidence.write(HOME, namespace, evidence(namespace, "crm", NEW_YEAR), NEW_YEAR);
    put(new ConfigMapBuilder(good).withBinaryData(Map.of(StoredEvidence.KEY, base64)).build());
  }

  private void put(ConfigMap map) {
    cluster.put(map);
  }
}
