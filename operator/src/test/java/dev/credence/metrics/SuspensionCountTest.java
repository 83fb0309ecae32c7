// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.identity.SuspensionFacts.Admission;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuspensionCountTest {

  @Test
  void the_fullest_namespace_says_how_much_of_a_share_is_used() {
    var page = page(Map.of("sales", 250L, "shop", 2L), Set.of(Admission.Writes));
    assertThat(page)
        .contains("credence_suspended_accounts 252.0")
        .contains("credence_suspension_share_used_ratio 0.25")
        .contains("credence_suspension_enforced{policy=\"suspended.credence.dev\"} 1.0")
        .contains("credence_suspension_enforced{policy=\"no-new-tokens.credence.dev\"} 0.0");
  }

  @Test
  void while_nobody_is_suspended_it_is_nothing() {
    assertThat(page(Map.of(), Set.of()))
        .contains("credence_suspended_accounts 0.0")
        .contains("credence_suspension_share_used_ratio 0.0");
  }

  private static String page(Map<String, Long> counts, Set<Admission> enforced) {
    var registry = new PrometheusRegistry();
    registry.register(new SuspensionCount(() -> counts, () -> enforced, 1_000));
    return MetricsPage.of(registry).text();
  }
}
