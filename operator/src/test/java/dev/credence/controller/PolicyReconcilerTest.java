// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicySpec.OwnerRule;
import dev.credence.metrics.DiscoveryGauges;
import dev.credence.metrics.IdentityGauges;
import dev.credence.metrics.Standings;
import dev.credence.observe.Poisoned;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class PolicyReconcilerTest {
  private static final IdentityGauges.Name CRM = new IdentityGauges.Name("sales", "crm");

  private final Wall clock = new Wall();
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final IdentityGauges gauges = new IdentityGauges(clock, 0, 0, "1.2.3");
  private final DiscoveryGauges discoveryGauges = new DiscoveryGauges();
  private final AtomicLong identities = new AtomicLong();
  private final PolicyReconciler reconciler =
      new PolicyReconciler(client, gauges, discoveryGauges, identities::get, true, clock);

  private void observe(PolicyReconciler by, CredentialPolicy policy) {
    var again = by.reconcile(policy, Contexts.of(client, null));
    assertThat(again.getScheduleDelay()).as("it looks again by itself").isPresent();
  }

  @Test
  void a_policy_says_whom_it_decides_about_and_that_it_is_applied() {
    gauges.stands(CRM, Standings.enforced(Standings.ownerless()));
    identities.set(1);
    api.writes(2);
    observe(reconciler, policy(null));
    assertThat(api.lines())
        .containsExactly("PATCH /apis/credence.dev/v1alpha1/credentialpolicies/production/status");
    assertThat(api.last().query()).containsEntry("force", "true");
    assertThat(status().path("observedGeneration").asInt()).isEqualTo(3);
    assertThat(status().path("identities").asInt()).isEqualTo(1);
    assertThat(status().path("violations").asInt()).isEqualTo(1);
    assertThat(condition("Ready").path("status").asText()).isEqualTo("True");
    assertThat(condition("Ready").path("reason").asText()).isEqualTo("Applied");
    assertThat(condition("Stalled").isMissingNode()).isTrue();
  }

  @Test
  void one_that_cannot_be_read_is_stalled() {
    var odd = Poisoned.policy(policy(null).getMetadata());
    api.writes(2);
    observe(reconciler, odd);
    assertThat(condition("Ready").path("status").asText()).isEqualTo("False");
    assertThat(condition("Stalled").path("status").asText()).isEqualTo("True");
    assertThat(condition("Stalled").path("message").asText())
        .contains("CredentialPolicy production cannot be read", "a field of tomorrow");
  }

  @Test
  void a_rule_that_cannot_be_applied_stalls_it() {
    api.writes(2);
    observe(reconciler, policy("[a"));
    assertThat(condition("Ready").path("status").asText()).isEqualTo("False");
    assertThat(condition("Stalled").path("status").asText()).isEqualTo("True");
    assertThat(condition("Stalled").path("message").asText()).contains("contactPattern", "[a");
  }

  @Test
  void while_nothing_changes_nothing_is_written() {
    var policy = policy(null);
    api.writesStatusOf(policy, 2);
    observe(reconciler, policy);
    observe(reconciler, policy);
    observe(
        new PolicyReconciler(client, gauges, discoveryGauges, identities::get, true, clock),
        answered(policy));
    assertThat(api.asked()).hasSize(1);
  }

  @Test
  void numbers_follow_the_fleet() {
    var policy = policy(null);
    api.writesStatusOf(policy, 2).writesStatusOf(policy, 3);
    observe(reconciler, policy);
    gauges.stands(CRM, Standings.enforced(Standings.inOrder()));
    identities.set(1);
    observe(reconciler, policy);
    assertThat(api.asked()).hasSize(2);
    assertThat(status().path("identities").asInt()).isEqualTo(1);
  }

  @Test
  void numbers_are_told_when_all_were_looked_at() {
    identities.set(2);
    gauges.stands(CRM, Standings.enforced(Standings.inOrder()));
    api.writes(2);
    observe(reconciler, policy(null));
    assertThat(status().has("identities")).isFalse();
    assertThat(condition("Ready").path("status").asText()).isEqualTo("True");
  }

  @Test
  void a_new_identity_that_takes_long_does_not_hold_up_the_numbers() {
    var policy = policy(null);
    api.writesStatusOf(policy, 2).writesStatusOf(policy, 3);
    identities.set(1);
    gauges.stands(CRM, Standings.enforced(Standings.ownerless()));
    observe(reconciler, policy);
    identities.set(2);
    gauges.stands(CRM, Standings.enforced(Standings.inOrder()));
    observe(reconciler, policy);
    assertThat(status().path("identities").asInt()).isEqualTo(1);
    assertThat(status().path("violations").asInt()).isZero();
    assertThat(api.asked()).hasSize(2);
  }

  @Test
  void who_does_not_see_every_namespace_does_not_count() {
    api.writes(2);
    observe(
        new PolicyReconciler(client, gauges, discoveryGauges, identities::get, false, clock),
        policy(null));
    assertThat(status().has("identities")).isFalse();
  }

  private JsonNode status() {
    return api.last().json().path("status");
  }

  private JsonNode condition(String type) {
    for (var condition : status().path("conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition;
      }
    }
    return status().path("no such condition");
  }

  /// As the watch shows it after our write.
  private CredentialPolicy answered(CredentialPolicy policy) {
    var written =
        client.getKubernetesSerialization().unmarshal(api.last().body(), CredentialPolicy.class);
    written.getMetadata().setGeneration(policy.getMetadata().getGeneration());
    written.getMetadata().setResourceVersion("2");
    written.setSpec(policy.getSpec());
    return written;
  }

  private static CredentialPolicy policy(String contactPattern) {
    var policy = new CredentialPolicy();
    policy.setMetadata(
        new ObjectMetaBuilder()
            .withName("production")
            .withUid("uid-of-production")
            .withResourceVersion("1")
            .withGeneration(3L)
            .build());
    policy.setSpec(
        new CredentialPolicySpec(
            null,
            null,
            null,
            new OwnerRule(null, contactPattern, null),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null));
    return policy;
  }
}
