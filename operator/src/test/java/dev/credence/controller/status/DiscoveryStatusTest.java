// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Condition;
import dev.credence.api.Condition.Truth;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicyStatus;
import dev.credence.api.CredentialPolicyStatus.UnclaimedStatus;
import dev.credence.decide.discovery.Discovery;
import dev.credence.decide.discovery.Discovery.Tally;
import dev.credence.metrics.DiscoveryGauges;
import dev.credence.metrics.DiscoveryGauges.Progress;
import dev.credence.plan.Unclaimed;
import dev.credence.plan.Unclaimed.Kind;
import dev.credence.world.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiscoveryStatusTest {
  private static final Optional<CredentialPolicyStatus> NO_STATUS = Optional.empty();

  private static CredentialPolicy policy(String discovery) {
    var yaml =
        "{apiVersion: credence.dev/v1alpha1, kind: CredentialPolicy, metadata: {name: production}, spec: {discovery: {mode: %s}}}"
            .formatted(discovery);
    return (CredentialPolicy) Yaml.read(Yaml.node(Yaml.documents(yaml).getFirst()));
  }

  private static Optional<DiscoveryGauges.Result> found(
      int accounts, List<String> gaps, Progress progress) {
    var unclaimed =
        IntStream.range(0, accounts)
            .mapToObj(
                number ->
                    new Unclaimed(
                        Kind.ServiceAccount,
                        "sales",
                        "crm-" + number,
                        "uid",
                        "can authenticate to the API server",
                        "production"))
            .toList();
    var tally = new Tally(Map.of(Kind.ServiceAccount, accounts), 2, 3, 4);
    return Optional.of(
        new DiscoveryGauges.Result(
            new Discovery(unclaimed, Map.of("production", tally), gaps),
            Map.of("production", progress)));
  }

  private static DiscoveryStatus.Says says(DiscoveryStatus findings) {
    return findings.result().orElseThrow();
  }

  @Test
  void a_policy_that_does_not_ask_is_told_nothing() {
    assertThat(
            DiscoveryStatus.of(
                policy("Disabled"), NO_STATUS, found(1, List.of(), Progress.NONE), true))
        .isEqualTo(new DiscoveryStatus(Optional.empty(), Optional.empty()));
  }

  @Test
  void a_handful_is_listed_and_all_are_counted() {
    var findings =
        DiscoveryStatus.of(policy("Report"), NO_STATUS, found(40, List.of(), Progress.NONE), true);
    var unclaimed = findings.unclaimed().orElseThrow();
    assertThat(unclaimed.serviceAccounts()).isEqualTo(40);
    assertThat(unclaimed.names())
        .hasSize(32)
        .startsWith("ServiceAccount sales/crm-0: can authenticate to the API server");
    assertThat(unclaimed.partial()).isNull();
    assertThat(says(findings))
        .isEqualTo(new DiscoveryStatus.Says(Truth.True, "Complete", "Discovery read all objects."));
  }

  @Test
  void what_could_not_be_looked_at_is_said_twice() {
    var gaps = List.of("Certificates are not included: cert-manager is not installed");
    var findings =
        DiscoveryStatus.of(policy("Report"), NO_STATUS, found(0, gaps, Progress.NONE), true);
    assertThat(findings.unclaimed().orElseThrow().partial()).contains("Certificates");
    assertThat(findings.unclaimed().orElseThrow().names()).isNull();
    assertThat(says(findings).status()).isEqualTo(Truth.False);
    assertThat(says(findings).reason()).isEqualTo("Partial");
    assertThat(says(findings).message()).contains("There may be more", "Certificates");
  }

  @Test
  void progress_is_seen() {
    var progress = new Progress(940, Optional.empty());
    var findings =
        DiscoveryStatus.of(policy("Register"), NO_STATUS, found(940, List.of(), progress), true);
    assertThat(says(findings).reason()).isEqualTo("Registering");
    assertThat(says(findings).message()).contains("940 more ServiceAccounts", "60 a minute");
  }

  @Test
  void a_missing_right_goes_before_a_gap_and_both_are_said() {
    var progress = new Progress(0, Optional.of("identities cannot be written"));
    var findings =
        DiscoveryStatus.of(
            policy("Register"), NO_STATUS, found(1, List.of("a gap"), progress), true);
    assertThat(says(findings).reason()).isEqualTo("NotRegistered");
    assertThat(says(findings).message()).contains("cannot be written", "a gap");
  }

  @Test
  void before_the_first_look_the_status_says_what_it_said() {
    var unclaimed = new UnclaimedStatus(1, 2, 3, 4, 5, 6, 7, List.of("one"), null);
    var condition =
        new Condition("DiscoveryComplete", Truth.True, 1L, Instant.EPOCH, "Complete", "all");
    var before = new CredentialPolicyStatus(1L, 0, 0, null, unclaimed, List.of(condition));
    var findings =
        DiscoveryStatus.of(policy("Report"), Optional.of(before), Optional.empty(), true);
    assertThat(findings.unclaimed()).hasValue(unclaimed);
    assertThat(says(findings)).isEqualTo(new DiscoveryStatus.Says(Truth.True, "Complete", "all"));
  }

  @Test
  void an_operator_of_some_namespaces_does_not_speak_for_all() {
    var findings =
        DiscoveryStatus.of(policy("Report"), NO_STATUS, found(1, List.of(), Progress.NONE), false);
    assertThat(findings.unclaimed()).isEmpty();
    assertThat(says(findings).reason()).isEqualTo("SomeNamespacesOnly");
  }
}
