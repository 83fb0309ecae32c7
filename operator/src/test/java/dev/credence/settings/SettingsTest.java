// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.credence.facts.policy.Tier;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final String AUTHORITY =
      "-----BEGIN CERTIFICATE-----\nQUJDRA==\n-----END CERTIFICATE-----";

  @Test
  void nothing_set_is_the_default() {
    assertThat(Settings.of(Map.of()))
        .isEqualTo(
            new Settings(
                "credence-system",
                Set.of(),
                "127.0.0.1",
                8080,
                true,
                Settings.LogFormat.text,
                "INFO",
                Duration.ofMinutes(10),
                0,
                500,
                Set.of(),
                1_000,
                Optional.empty(),
                Optional.empty(),
                false,
                Set.of("kube-system", "kube-public", "kube-node-lease", "*/default"),
                false,
                "cert-manager",
                true,
                Set.of(),
                Tier.Enforce));
  }

  @Test
  void everything_can_be_set() {
    assertThat(
            Settings.of(
                Map.ofEntries(
                    entry("CREDENCE_NAMESPACE", "machine-identities"),
                    entry("CREDENCE_WATCH_NAMESPACES", "sales, payments,"),
                    entry("CREDENCE_ADDRESS", "0.0.0.0"),
                    entry("CREDENCE_PORT", "0"),
                    entry("CREDENCE_LEADER_ELECTION", "false"),
                    entry("CREDENCE_LOG_FORMAT", "json"),
                    entry("CREDENCE_LOG_LEVEL", "TRACE"),
                    entry("CREDENCE_RESYNC_INTERVAL", "1h30m"),
                    entry("CREDENCE_IDENTITY_SERIES", "500"),
                    entry("CREDENCE_PROBLEM_SERIES", "50"),
                    entry("CREDENCE_NEVER_SUSPEND", "payments, argocd/argocd-server"),
                    entry("CREDENCE_SUSPENSION_LIMIT", "250"),
                    entry("CREDENCE_API_SERVER", "https://api.example.com:6443"),
                    entry("CREDENCE_API_SERVER_CA", AUTHORITY + "\n" + AUTHORITY),
                    entry("CREDENCE_DISCOVERY_EXCLUDE", "kube-system, */builder, sales/crm"),
                    entry("CREDENCE_REPORTS", "true"),
                    entry("CREDENCE_CLUSTER_RESOURCE_NAMESPACE", "pki"),
                    entry("CREDENCE_RISK", "false"),
                    entry(
                        "CREDENCE_RISK_EXCLUDE",
                        "ClusterRoleBinding/system:build-strategy-docker-binding, RoleBinding/*/system:image-pullers"),
                    entry("CREDENCE_TIER", "Observe"),
                    entry("SOMETHING_ELSE", "whatever"))))
        .isEqualTo(
            new Settings(
                "machine-identities",
                Set.of("sales", "payments"),
                "0.0.0.0",
                0,
                false,
                Settings.LogFormat.json,
                "TRACE",
                Duration.ofMinutes(90),
                500,
                50,
                Set.of("payments", "argocd/argocd-server"),
                250,
                Optional.of("https://api.example.com:6443"),
                Optional.of(AUTHORITY + "\n" + AUTHORITY + "\n"),
                false,
                Set.of("kube-system", "*/builder", "sales/crm"),
                true,
                "pki",
                false,
                Set.of(
                    "ClusterRoleBinding/system:build-strategy-docker-binding",
                    "RoleBinding/*/system:image-pullers"),
                Tier.Observe));
  }

  @Test
  void a_bundle_and_the_trust_of_the_system_exclude_each_other() {
    assertThat(
            Settings.of(Map.of("CREDENCE_API_SERVER_SYSTEM_TRUST", "true")).apiServerSystemTrust())
        .isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Settings.of(
                    Map.of(
                        "CREDENCE_API_SERVER_SYSTEM_TRUST",
                        "true",
                        "CREDENCE_API_SERVER_CA",
                        AUTHORITY)))
        .withMessageContaining("exclude each other");
  }

  @ParameterizedTest
  @CsvSource({
    "CREDENCE_NAMESPACE, Credence, the name of a namespace",
    "CREDENCE_NAMESPACE, '', the name of a namespace",
    "CREDENCE_SUSPENSION_LIMIT, 0, a number of ServiceAccounts from 1 to 100000",
    "CREDENCE_SUSPENSION_LIMIT, 100001, a number of ServiceAccounts from 1 to 100000",
    "CREDENCE_WATCH_NAMESPACES, 'sales payments', names of namespaces with commas between them",
    "CREDENCE_ADDRESS, ' ', an address of this machine",
    "CREDENCE_PORT, http, a port from 0 to 65535",
    "CREDENCE_PORT, tcp://10.96.0.1:8080, a port from 0 to 65535",
    "CREDENCE_PORT, -1, a port from 0 to 65535",
    "CREDENCE_PORT, 65536, a port from 0 to 65535",
    "CREDENCE_PORT, '', a port from 0 to 65535",
    "CREDENCE_DISCOVERY_EXCLUDE, '*', 'namespaces, ServiceAccounts as namespace/name, or as */name in every namespace, with commas between them'",
    "CREDENCE_RISK_EXCLUDE, self-provisioners, 'bindings as ClusterRoleBinding/name, RoleBinding/namespace/name, or RoleBinding/*/name, with commas between them'",
    "CREDENCE_RISK_EXCLUDE, RoleBinding/crm, 'bindings as ClusterRoleBinding/name, RoleBinding/namespace/name, or RoleBinding/*/name, with commas between them'",
    "CREDENCE_LEADER_ELECTION, yes, true or false",
    "CREDENCE_LEADER_ELECTION, TRUE, true or false",
    "CREDENCE_LOG_FORMAT, xml, text or json",
    "CREDENCE_LOG_LEVEL, verbose, 'ERROR, WARN, INFO, DEBUG or TRACE'",
    "CREDENCE_RESYNC_INTERVAL, 10, a duration of at least 1s like 10m",
    "CREDENCE_RESYNC_INTERVAL, 0s, a duration of at least 1s like 10m",
    "CREDENCE_RESYNC_INTERVAL, 1d, a duration of at least 1s like 10m",
    "CREDENCE_RESYNC_INTERVAL, -1m, a duration of at least 1s like 10m",
    "CREDENCE_RESYNC_INTERVAL, '', a duration of at least 1s like 10m",
    "CREDENCE_IDENTITY_SERIES, -1, 'a number of identities, 0 for none'",
    "CREDENCE_IDENTITY_SERIES, 3000000000, 'a number of identities, 0 for none'",
    "CREDENCE_PROBLEM_SERIES, -1, 'a number of series from 0 to 10000'",
    "CREDENCE_PROBLEM_SERIES, 10001, 'a number of series from 0 to 10000'",
    "CREDENCE_NEVER_SUSPEND, a/b/c, 'namespaces, or ServiceAccounts as namespace/name, with commas between them'",
    "CREDENCE_API_SERVER, api.example.com, 'an address like https://api.example.com:6443, or empty'",
    "CREDENCE_API_SERVER, http://api.example.com, 'an address like https://api.example.com:6443, or empty'",
    "CREDENCE_API_SERVER, https://, 'an address like https://api.example.com:6443, or empty'",
    "CREDENCE_API_SERVER_CA, /etc/ssl/ca.crt, 'certificates in PEM, or empty'",
    "CREDENCE_API_SERVER_CA, '-----BEGIN PRIVATE KEY----- QUJD -----END PRIVATE KEY-----', 'certificates in PEM, or empty'",
    "CREDENCE_RISK, no, true or false",
    "CREDENCE_TIER, observe, 'Observe, Rotate or Enforce'",
    "CREDENCE_API_SERVER, 'https://a b', 'an address like https://api.example.com:6443, or empty'"
  })
  void a_wrong_value_is_refused_in_a_sentence(String variable, String value, String wanted) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.of(Map.of(variable, value)))
        .withMessage(variable + " is '" + value.strip() + "' and must be " + wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1s", "90s", "10m", "2h", "1h1m1s"})
  void durations_are_those_of_go(String text) {
    assertThat(Settings.of(Map.of("CREDENCE_RESYNC_INTERVAL", text)).resyncInterval())
        .isEqualTo(Duration.parse("PT" + text));
  }

  @ParameterizedTest
  @EnumSource
  void a_setting_is_described(Setting setting) {
    assertThat(setting.variable()).matches("CREDENCE_[A-Z_]+");
    assertThat(setting.about()).matches("[A-Z].*[^.]\\.");
    assertThat(setting.wanted()).isNotBlank();
    assertThat(Settings.of(Map.of(setting.variable(), setting.otherwise())))
        .isEqualTo(Settings.of(Map.of()));
  }
}
