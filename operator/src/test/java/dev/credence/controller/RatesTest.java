// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RatesTest {
  private static final Instant NOW = Instant.parse("2026-03-03T00:00:10Z");
  private final Rates rates = new Rates();

  @Test
  void all_that_a_namespace_needs_at_once_is_done_at_once() {
    // 200 identities with five accounts and Secrets each, created and marked.
    assertThat(taken("shop", 200 * 20, NOW)).isEqualTo(200 * 20);
  }

  @Test
  void a_namespace_whose_objects_change_all_the_time_waits_and_no_other_does() {
    assertThat(taken("bulk", 2 * Rates.BURST, NOW)).isEqualTo(Rates.BURST);
    assertThat(rates.take("victim", NOW)).isTrue();
    assertThat(rates.goesOn("bulk", NOW)).isEqualTo("2026-03-03T00:01:00Z");
    var later = rates.goesOn("bulk", NOW);
    assertThat(taken("bulk", 2 * Rates.BURST, later)).isEqualTo(50 * Rates.PER_SECOND);
  }

  @Test
  void what_cannot_wait_is_counted_and_others_of_the_namespace_wait_for_it() {
    IntStream.range(0, 3 * Rates.BURST).forEach(_ -> rates.spend("bulk", NOW));
    assertThat(rates.take("bulk", NOW)).isFalse();
    // It ends.
    assertThat(rates.take("bulk", NOW.plusSeconds(2L * Rates.BURST / Rates.PER_SECOND))).isTrue();
    assertThat(rates.goesOn("bulk", NOW)).isAfter(NOW);
  }

  @Test
  void a_clock_that_goes_back_gives_nothing_and_takes_nothing() {
    taken("bulk", Rates.BURST, NOW);
    assertThat(rates.take("bulk", NOW.minusSeconds(3600))).isFalse();
    assertThat(rates.take("bulk", NOW.minusSeconds(3599))).isTrue();
  }

  @Test
  void namespaces_that_are_quiet_are_forgotten() {
    IntStream.range(0, 5_000).forEach(number -> rates.take("n" + number, NOW.plusSeconds(number)));
    assertThat(rates).extracting("buckets").asInstanceOf(MAP).hasSizeLessThan(1_100);
  }

  private long taken(String namespace, int count, Instant now) {
    return IntStream.range(0, count).filter(_ -> rates.take(namespace, now)).count();
  }
}
