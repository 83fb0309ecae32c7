// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.act.Act;
import dev.credence.act.EventRecorder;
import dev.credence.act.request.Memory;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Tier;
import dev.credence.facts.rbac.Exclusions;
import dev.credence.generate.Maker;
import dev.credence.metrics.Counters;
import dev.credence.metrics.IdentityGauges;
import dev.credence.metrics.MetricsPage;
import dev.credence.observe.ClusterCaches;
import dev.credence.observe.FakeCluster;
import dev.credence.observe.KnownIdentities;
import dev.credence.observe.Objects;
import dev.credence.observe.Poisoned;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One look after the other at an identity for which a Secret is made.
class IdentityReconcilerTest {
  private static final String SECRETS = "POST /api/v1/namespaces/payments/secrets";
  private static final String IDENTITIES =
      "GET /apis/credence.dev/v1alpha1/namespaces/payments/machineidentities";
  private static final String STATUS =
      "PATCH /apis/credence.dev/v1alpha1/namespaces/payments/machineidentities/payments-api/status";

  private final Wall clock = new Wall();
  @AutoClose private final FakeCluster cluster = FakeCluster.start();
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final FakeApi events = FakeApi.start();
  @AutoClose private final KubernetesClient writer = api.client();
  @AutoClose private final KubernetesClient teller = events.client();
  private final KnownIdentities identities = new KnownIdentities();
  private final ClusterCaches caches =
      new ClusterCaches(
          cluster.client(),
          cluster.client(),
          Set.of(),
          "credence-system",
          Set.of(),
          "cert-manager",
          true,
          Exclusions.NONE,
          () -> 0);
  private final IdentityGauges gauges = new IdentityGauges(clock, 10, 0, "1.2.3");
  private final Counters counters = new Counters(gauges);
  private final EventRecorder recorder = new EventRecorder(teller, clock, "credence-0");
  private final List<String> deleted = new ArrayList<>();
  private final MachineIdentity identity = Objects.making("payments-api", "payments-db");
  private final IdentityReconciler reconciler =
      new IdentityReconciler(
          caches,
          writer,
          Tier.Enforce,
          new Act(
              writer,
              writer,
              new Maker(new SecureRandom()),
              "https://api",
              "credence-system",
              new Remembering(),
              InstantSource.fixed(Instant.EPOCH)),
          recorder,
          gauges,
          counters,
          clock,
          left -> deleted.add(left.getMetadata().getName()));

  /// What goes wrong, once, when a Secret was written.
  private Optional<Error> fault = Optional.empty();
  private Optional<RuntimeException> mishap = Optional.empty();

  private final class Remembering implements Memory {
    @Override
    public void wrote(HasMetadata object) {
      var now = fault;
      fault = Optional.empty();
      now.ifPresent(
          error -> {
            throw error;
          });
      var then = mishap;
      mishap = Optional.empty();
      then.ifPresent(
          unexpected -> {
            throw unexpected;
          });
      caches.wrote(object);
    }

    @Override
    public void marked(String namespace, ObjectRef subject, ObjectMeta metadata) {
      caches.marked(namespace, subject, metadata);
    }

    @Override
    public void restarted(String namespace) {
      caches.consumersChanged(namespace);
    }
  }

  @BeforeEach
  void start() throws InterruptedException {
    cluster.put(
        new NamespaceBuilder().withNewMetadata().withName("payments").endMetadata().build());
    caches.index(identities);
    caches.start();
    identities.add(identity);
  }

  @AfterEach
  void stop() {
    caches.stop();
  }

  private Optional<Duration> reconcile() {
    return reconciler
        .reconcile(identity, Contexts.of(writer, identities))
        .getScheduleDelay()
        .map(Duration::ofMillis);
  }

  @Test
  void the_first_look_makes_the_secret_and_writes_the_status_once() {
    api.writes(100).writesStatusOf(identity, 101);
    reconcile();
    assertThat(api.lines()).containsExactly(SECRETS, STATUS);
    var status = api.last();
    assertThat(status.query())
        .containsEntry("fieldManager", "credence")
        .containsEntry("force", "true");
    assertThat(status.header("Content-Type")).startsWith("application/apply-patch+yaml");
    assertThat(status.json().has("spec")).isFalse();
    assertThat(status.json().at("/metadata/uid").asText()).isEqualTo("uid-of-payments-api");
    assertThat(status.json().at("/status/credentials/0/state").asText()).isEqualTo("Fresh");
    assertThat(status.json().at("/status/credentials/0/version").asInt()).isEqualTo(1);
  }

  @Test
  void the_next_look_does_nothing_though_no_watch_has_shown_anything_yet() {
    api.writes(100).writesStatusOf(identity, 101);
    reconcile();
    reconcile();
    clock.goes(Duration.ofSeconds(30));
    reconcile();
    assertThat(api.asked()).hasSize(2);
  }

  @Test
  void a_look_that_ends_in_an_error_is_tried_again_as_one_that_failed() {
    fault = Optional.of(new NoClassDefFoundError("of half an upgrade"));
    api.writes(100);
    assertThatThrownBy(this::reconcile)
        .isInstanceOf(Exception.class)
        .hasMessageContaining("payments-api")
        .hasCauseInstanceOf(NoClassDefFoundError.class);
    api.writes(100).writesStatusOf(identity, 101);
    reconcile();
    assertThat(api.lines()).endsWith(SECRETS, STATUS);
  }

  @Test
  void an_identity_that_cannot_be_evaluated_says_so_and_keeps_what_it_said() {
    var odd = Poisoned.identity(identity.getMetadata());
    identities.add(odd);
    api.writesStatusOf(identity, 101);
    assertThat(reconciler.reconcile(odd, Contexts.of(writer, identities)).getScheduleDelay())
        .hasValue(60_000L);
    assertThat(api.lines()).containsExactly(STATUS);
    for (var type : List.of("Ready", "Stalled")) {
      var condition = condition(api.last().json(), type);
      assertThat(condition.path("status").asText())
          .isEqualTo(type.equals("Ready") ? "False" : "True");
      assertThat(condition.path("reason").asText()).isEqualTo("EvaluationFailed");
      assertThat(condition.path("message").asText())
          .contains("MachineIdentity payments-api", "a field of tomorrow");
    }
    assertThat(gauges.size()).isEqualTo(1);
  }

  private static JsonNode condition(JsonNode written, String type) {
    return written
        .at("/status/conditions")
        .valueStream()
        .filter(condition -> condition.path("type").asText().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void
      an_action_at_which_the_api_server_fails_again_and_again_stops_neither_others_nor_the_status() {
    var spec = identity.getSpec();
    identity.setSpec(
        new MachineIdentitySpec(
            spec.application(),
            spec.purpose(),
            spec.owner(),
            spec.type(),
            spec.state(),
            spec.expirationTime(),
            spec.deletionPolicy(),
            spec.serviceAccounts(),
            List.of(
                spec.secrets().getFirst(),
                Objects.making("payments-api", "payments-mq").getSpec().secrets().getFirst()),
            spec.certificates(),
            spec.selector()));
    api.refuses(500, "the webhook is away").writes(100);
    assertThatThrownBy(this::reconcile).isInstanceOf(KubernetesClientException.class);
    assertThat(api.lines()).containsExactly(SECRETS, SECRETS);
    for (var tried = 2; tried < 5; tried++) {
      api.refuses(500, "the webhook is away");
      assertThatThrownBy(this::reconcile).isInstanceOf(KubernetesClientException.class);
    }
    api.refuses(500, "the webhook is away").writesStatusOf(identity, 101);
    reconcile();
    assertThat(api.last().line()).isEqualTo(STATUS);
    assertThat(condition(api.last().json(), "CredentialsFresh").path("message").asText())
        .contains("payments-db", "500", "the webhook is away");
    assertThat(api.last().json().at("/status/credentials/1/state").asText()).isEqualTo("Fresh");
  }

  @Test
  void an_action_that_fails_unexpectedly_is_a_setback_of_its_own_and_shows_no_value() {
    mishap = Optional.of(new IllegalStateException("hunter2"));
    api.writes(100).writesStatusOf(identity, 101);
    reconcile();
    assertThat(api.lines()).containsExactly(SECRETS, STATUS);
    assertThat(condition(api.last().json(), "Ready").path("message").asText())
        .contains("payments-db", "IllegalStateException")
        .doesNotContain("hunter2");
  }

  /// The garbage collector takes its Secret, and a watch shows that before it shows the rest.
  @Test
  void what_went_with_its_identity_is_not_made_again() {
    wasReady();
    api.answers(identities("another-uid"));
    assertThat(reconcile()).isEmpty();
    assertThat(api.lines()).containsExactly(IDENTITIES);
    assertThat(api.last().query()).containsEntry("fieldSelector", "metadata.name=payments-api");
  }

  @Test
  void what_somebody_deleted_is_made_again() {
    wasReady();
    api.answers(identities("uid-of-payments-api")).writes(100).writesStatusOf(identity, 101);
    reconcile();
    assertThat(api.lines()).containsExactly(IDENTITIES, SECRETS, STATUS);
  }

  private void wasReady() {
    identity.setStatus(
        Serialization.unmarshal(
            "---\nconditions: [{type: Ready, status: 'True', reason: Compliant}]",
            MachineIdentityStatus.class));
  }

  private static JsonNode identities(String uid) {
    return FakeApi.yaml(
        """
        apiVersion: credence.dev/v1alpha1
        kind: MachineIdentityList
        metadata: {}
        items: [{metadata: {namespace: payments, name: payments-api, uid: %s}}]
        """
            .formatted(uid));
  }

  @Test
  void what_was_done_is_told_and_counted() {
    api.writes(100).writesStatusOf(identity, 101);
    reconcile();
    eventually("two Events are told").until(() -> events.asked().size() == 2);
    assertThat(events.asked())
        .extracting(event -> event.json().path("reason").asText())
        .containsExactlyInAnyOrder("Issued", "OwnerMissing");
    var page = MetricsPage.of(counters.page());
    assertThat(page.value("credence_rotations_total", "kind=Generated", "result=issued"))
        .isEqualTo(1);
    assertThat(page.value("credence_reconcile_seconds_count")).isEqualTo(1);
    assertThat(gauges.size()).isEqualTo(1);
  }

  @Test
  void what_is_refused_is_in_the_status_and_tried_again_later() {
    api.refuses(403, "exceeded quota").writesStatusOf(identity, 101);
    assertThat(reconcile())
        .hasValueSatisfying(wait -> assertThat(wait).isBetween(ms(900), ms(1_000)));
    assertThat(api.lines()).containsExactly(SECRETS, STATUS);
    assertThat(api.last().body()).contains("RotationBlocked", "exceeded quota");

    reconcile();
    assertThat(api.asked()).as("not before its time").hasSize(2);

    clock.goes(Duration.ofSeconds(1));
    api.writes(102).writesStatusOf(identity, 103);
    reconcile();
    assertThat(api.lines()).containsExactly(SECRETS, STATUS, SECRETS, STATUS);
    assertThat(api.last().body()).doesNotContain("RotationBlocked");
    assertThat(
            MetricsPage.of(counters.page())
                .value("credence_refusals_total", "reason=RequestRefused"))
        .isEqualTo(1);
  }

  @Test
  void a_race_is_nobodys_business() {
    api.refuses(409, "already exists").writesStatusOf(identity, 101);
    assertThat(reconcile()).hasValueSatisfying(wait -> assertThat(wait).isLessThan(ms(200)));
    assertThat(api.last().body()).doesNotContain("Blocked", "Refused");
    assertThat(MetricsPage.of(counters.page()).lines("credence_refusals_total"))
        .allMatch(refusals -> refusals.value() == 0);
  }

  @Test
  void while_the_api_server_cannot_be_asked_nothing_is_said_about_the_identity() {
    api.refuses(500, "later");
    assertThatThrownBy(this::reconcile).isInstanceOf(KubernetesClientException.class);
    assertThat(api.lines()).containsExactly(SECRETS);
    assertThat(gauges.size()).isZero();
    api.writes(100).writesStatusOf(identity, 101);
    reconcile();
    assertThat(api.lines()).containsExactly(SECRETS, SECRETS, STATUS);
  }

  @Test
  void a_status_that_could_not_be_written_is_written_at_the_next_look() {
    api.writes(100).refuses(500, "later");
    assertThatThrownBy(this::reconcile).isInstanceOf(KubernetesClientException.class);
    api.writesStatusOf(identity, 101);
    reconcile();
    assertThat(api.lines()).containsExactly(SECRETS, STATUS, STATUS);
  }

  @Test
  void an_identity_whose_namespace_is_not_known_yet_waits() {
    identity.getMetadata().setNamespace("just-created");
    assertThat(reconcile()).isEmpty();
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void one_that_went_during_the_look_is_forgotten() {
    api.writes(100).writesStatusOf(identity, 101);
    identities.remove(identity);
    reconcile();
    assertThat(gauges.size()).isZero();
    assertThat(deleted).containsExactly("payments-api");
  }

  @Test
  void what_is_being_deleted_is_left_alone() {
    identity.getMetadata().setDeletionTimestamp("2027-01-01T00:00:00Z");
    assertThat(reconcile()).isEmpty();
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void nobody_waits_longer_than_a_quarter_of_an_hour() {
    api.writes(100).writesStatusOf(identity, 101);
    identity.setSpec(
        new MachineIdentitySpec(
            null,
            null,
            null,
            null,
            null,
            clock.instant().plus(Duration.ofDays(300)),
            null,
            null,
            null,
            null,
            null));
    assertThat(reconcile()).hasValue(Duration.ofMinutes(15));
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }
}
