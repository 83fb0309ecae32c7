// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.client.Clients;
import dev.credence.facts.policy.Tier;
import dev.credence.settings.EffectiveSettings;
import dev.credence.settings.Settings;
import dev.credence.settings.Version;
import dev.credence.testing.FakeApi;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class OperatorSettingsTest {
  private static final Map<String, String> OWN = Map.of("CREDENCE_TIER", "Rotate");
  private static final Settings OBSERVES =
      Settings.of(
          Map.of("CREDENCE_TIER", "Observe", "CREDENCE_WATCH_NAMESPACES", "sales,payments"));

  @AutoClose private final FakeApi api = FakeApi.startForAnybody();

  @AutoClose
  private final Connection connection =
      new Connection(Clients.of(api.config()), "sales", Optional.empty());

  private OperatorSettings read(String namespace) {
    return OperatorSettings.of(connection, namespace, Settings.of(OWN), OWN);
  }

  private FakeApi publishes(String text) {
    return api.answers(
        Map.of(
            "apiVersion",
            "coordination.k8s.io/v1",
            "kind",
            "Lease",
            "metadata",
            Map.of(
                "name",
                "credence",
                "namespace",
                "credence-system",
                "annotations",
                Map.of("credence.dev/settings", text))));
  }

  @Test
  void they_are_those_that_the_operator_has_published() {
    publishes(EffectiveSettings.text(OBSERVES, Version.current()));
    var operator = read("sales");
    assertThat(operator.settings().tier()).isEqualTo(Tier.Observe);
    assertThat(operator.settings().watchNamespaces()).containsOnly("sales", "payments");
    assertThat(operator.about())
        .containsExactly(
            "Namespace credence-system, version development, tier Observe; settings from Lease"
                + " credence-system/credence.");
    assertThat(api.lines())
        .containsExactly(
            "GET /apis/coordination.k8s.io/v1/namespaces/credence-system/leases/credence");
  }

  @Test
  void another_namespace_and_another_version_are_told() {
    publishes(EffectiveSettings.text(OBSERVES, "9.8.7"));
    assertThat(read("crm").about())
        .contains(
            "It does not watch namespace crm, so it decides nothing here.",
            "This command has version development and may decide differently.")
        .first()
        .asString()
        .contains("version 9.8.7");
  }

  @Test
  void where_none_are_published_the_environment_counts_and_that_is_told() {
    api.refuses(404, "not found");
    var operator = read("sales");
    assertThat(operator.settings()).isEqualTo(Settings.of(OWN));
    assertThat(operator.about())
        .containsExactly(
            "No operator has published its settings on Lease credence-system/credence.",
            "This decision uses the CREDENCE_ variables of your environment, tier Rotate.");
  }

  @Test
  void who_may_not_read_the_lease_is_told_so() {
    api.refuses(403, "leases.coordination.k8s.io \"credence\" is forbidden");
    var operator = read("sales");
    assertThat(operator.settings()).isEqualTo(Settings.of(OWN));
    assertThat(operator.about())
        .first()
        .asString()
        .contains("cannot be read")
        .contains("is forbidden");
  }

  @Test
  void what_cannot_be_understood_counts_for_nothing() {
    publishes("CREDENCE_TIER=\u001b[31mAll\n");
    var operator = read("sales");
    assertThat(operator.settings().tier()).isEqualTo(Tier.Rotate);
    assertThat(operator.about()).noneMatch(line -> line.contains("\u001b"));
  }
}
