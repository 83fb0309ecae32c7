// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.CredentialPolicy;
import dev.credence.facts.policy.Policy;
import dev.credence.observe.read.PolicyReader;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PolicyCountTest {
  @Test
  void a_policy_with_a_rule_that_cannot_be_applied_is_counted() {
    assertThat(stalled("'[^@ ]+@example.com'", "'[a'")).isEqualTo(1);
    assertThat(stalled("'[^@ ]+@example.com'")).isZero();
    assertThat(stalled()).isZero();
  }

  private static double stalled(String... contactPatterns) {
    var page = new PrometheusRegistry();
    var policies = Stream.of(contactPatterns).map(PolicyCountTest::policy).toList();
    page.register(new PolicyCount(() -> policies));
    return MetricsPage.of(page).value("credence_policies_stalled");
  }

  private static Policy policy(String contactPattern) {
    return PolicyReader.of(
        Serialization.unmarshal(
            "---\n{metadata: {name: production}, spec: {owner: {contactPattern: %s}}}"
                .formatted(contactPattern),
            CredentialPolicy.class));
  }
}
