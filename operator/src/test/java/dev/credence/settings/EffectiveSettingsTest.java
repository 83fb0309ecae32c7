// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.credence.facts.policy.Tier;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EffectiveSettingsTest {
  private static final Map<String, String> SET =
      Map.of(
          "CREDENCE_TIER", "Rotate",
          "CREDENCE_WATCH_NAMESPACES", "sales, payments",
          "CREDENCE_RESYNC_INTERVAL", "1h30m5s",
          "CREDENCE_NEVER_SUSPEND", "infra,sales/crm",
          "CREDENCE_SUSPENSION_LIMIT", "7",
          "CREDENCE_CLUSTER_RESOURCE_NAMESPACE", "pki",
          "CREDENCE_RISK", "false",
          "CREDENCE_RISK_EXCLUDE", "ClusterRoleBinding/system:all");

  @Test
  void it_is_a_line_for_each_setting() {
    assertThat(EffectiveSettings.text(Settings.of(SET), "0.1.0"))
        .isEqualTo(
            """
            version=0.1.0
            CREDENCE_TIER=Rotate
            CREDENCE_WATCH_NAMESPACES=payments,sales
            CREDENCE_RESYNC_INTERVAL=1h30m5s
            CREDENCE_NEVER_SUSPEND=infra,sales/crm
            CREDENCE_SUSPENSION_LIMIT=7
            CREDENCE_CLUSTER_RESOURCE_NAMESPACE=pki
            CREDENCE_RISK=false
            CREDENCE_RISK_EXCLUDE=ClusterRoleBinding/system:all
            """);
  }

  @Test
  void what_is_published_is_read_again_whatever_the_environment_says() {
    var text = EffectiveSettings.text(Settings.of(SET), "0.1.0");
    var environment = Map.of("CREDENCE_TIER", "Observe", "CREDENCE_NAMESPACE", "ops");
    var expected = new HashMap<>(SET);
    expected.put("CREDENCE_NAMESPACE", "ops");
    assertThat(EffectiveSettings.settings(text, environment)).isEqualTo(Settings.of(expected));
    assertThat(EffectiveSettings.version(text)).contains("0.1.0");
  }

  @Test
  void what_an_older_operator_does_not_publish_has_its_default() {
    var read =
        EffectiveSettings.settings(
            "CREDENCE_TIER=Observe\nCREDENCE_NEW=x\n", Map.of("CREDENCE_RISK", "false"));
    assertThat(read.tier()).isEqualTo(Tier.Observe);
    assertThat(read.risk()).isTrue();
    assertThat(read.resyncInterval()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void what_cannot_be_read_is_refused_and_is_no_version() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EffectiveSettings.settings("CREDENCE_TIER=All\n", Map.of()));
    assertThat(EffectiveSettings.version("version=\u001b[31m\n")).isEmpty();
    assertThat(EffectiveSettings.version("")).isEmpty();
  }
}
