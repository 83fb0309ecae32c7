// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.api.MachineIdentity;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.show.Recorded.Member;
import dev.credence.cli.show.Subject.Kind;
import dev.credence.observe.usage.Workloads;
import dev.credence.testing.FakeApi;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectHistoryTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String IDENTITY =
      """
      apiVersion: credence.dev/v1alpha1
      kind: MachineIdentity
      metadata: {name: crm, namespace: sales}
      status:
        state: Active
        credentials:
        - {name: crm-db, type: Generated, state: Overlapping, version: 8, issueTime: "2026-11-22T11:48:00Z"}
        - {name: crm-api, type: Generated, state: Fresh, version: 3, issueTime: "2026-11-22T06:00:00Z"}
        - {name: crm-old, type: Generated, state: Fresh, version: 1, issueTime: "2026-01-22T06:00:00Z"}
        history:
        - {time: "2026-11-22T07:00:00Z", from: Active, to: Suspended, reason: Requested}
        - {time: "2026-11-22T07:30:00Z", from: Suspended, to: Active, reason: Requested}
        review: {reviewTime: "2026-11-22T05:00:00Z", reviewedBy: alice@example.com}
        conditions:
        - {type: Ready, status: "True", reason: Compliant, message: fine, lastTransitionTime: "2026-11-22T07:30:00Z"}
        - {type: InUse, status: "False", reason: Idle, message: not used, lastTransitionTime: "2026-11-22T04:00:00Z"}
      """;
  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata:
        name: crm-db
        namespace: sales
        labels: {credence.dev/identity: crm}
        annotations:
          credence.dev/version: "8"
          credence.dev/issued-at: "2026-11-22T11:48:00Z"
          credence.dev/rotate-now: "2026-11-22T11:47:00Z seen in a log"
        managedFields:
        - {manager: credence, operation: Update, time: "2026-11-22T11:50:00Z", fieldsV1: {"f:data": {}}}
        - {manager: kubectl-credence, operation: Update, time: "2026-11-22T11:47:01Z", fieldsV1: {"f:metadata": {"f:annotations": {"f:credence.dev/rotate-now": {}}}}}
      """;

  private static Event event(String time, String reason, String note) {
    return Serialization.unmarshal(
        """
        apiVersion: events.k8s.io/v1
        kind: Event
        metadata: {name: crm.1, namespace: sales}
        eventTime: "%s"
        type: Normal
        reason: %s
        note: "%s"
        regarding: {kind: MachineIdentity, name: crm, namespace: sales}
        reportingController: credence.dev/credence
        """
            .formatted(time, reason, note),
        Event.class);
  }

  private static final List<Event> EVENTS =
      List.of(
          event(
              "2026-11-22T11:48:00.123456Z",
              "Rotated",
              "Secret crm-db: version 8 issued on request"),
          event("2026-11-22T11:49:00.123456Z", "Restarted", "Deployment crm-web restarted"),
          event("2026-11-22T11:49:30.123456Z", "Evicted", "Pod crm-web-5d4f8b7c9d-abcde evicted"),
          event("2026-11-22T11:20:00.123456Z", "HookStarted", "Secret crm-db-pending: other"));

  private static ObjectHistory history(
      Subject subject, List<HasMetadata> members, Optional<HasMetadata> workload) {
    return new ObjectHistory(
        new Recorded(
            subject,
            true,
            List.of((MachineIdentity) Yaml.object(FakeApi.yaml(IDENTITY))),
            members.stream()
                .map(member -> new Member(Kind.valueOf(member.getKind()), member.getMetadata()))
                .toList(),
            workload.flatMap(Workloads::of),
            EVENTS,
            List.of()),
        NOW,
        Duration.ofHours(24));
  }

  private static Subject subject(Kind kind, String name) {
    return new Subject(kind, new Name("sales", name));
  }

  private static Stream<String> told(ObjectHistory history) {
    return history.happenings().stream()
        .map(one -> one.time() + " " + one.source() + " " + one.reason() + ": " + one.message());
  }

  @Test
  void of_an_identity_it_is_events_and_what_its_status_records() {
    var history = history(subject(Kind.MachineIdentity, "crm"), List.of(), Optional.empty());
    assertThat(told(history))
        .containsExactly(
            "2026-11-22T11:49:30.123456Z Event Evicted: Pod crm-web-5d4f8b7c9d-abcde evicted",
            "2026-11-22T11:49:00.123456Z Event Restarted: Deployment crm-web restarted",
            "2026-11-22T11:48:00.123456Z Event Rotated: Secret crm-db: version 8 issued on request",
            "2026-11-22T11:20:00.123456Z Event HookStarted: Secret crm-db-pending: other",
            "2026-11-22T07:30:00Z Status StateChanged: MachineIdentity crm: from Suspended to Active, reason Requested",
            "2026-11-22T07:00:00Z Status StateChanged: MachineIdentity crm: from Active to Suspended, reason Requested",
            "2026-11-22T06:00:00Z Status Issued: Secret crm-api: version 3 issued",
            "2026-11-22T05:00:00Z Status Reviewed: reviewed by alice@example.com",
            "2026-11-22T04:00:00Z Status Idle: condition InUse became False. Its message now: not used");
    assertThat(history.lines())
        .contains(
            "MachineIdentity sales/crm: what Credence did since 2026-11-21T12:00:00Z (24 hours ago)",
            "Older records that are not shown: 1. The newest is of 2026-01-22T06:00:00Z (304 days"
                + " ago). Set --since to show them.")
        .last()
        .asString()
        .startsWith(
            "The oldest Event of Credence in namespace sales is of 2026-11-22T11:20:00Z (39"
                + " minutes ago). The API server deletes Events after one hour");
  }

  @Test
  void of_a_secret_it_has_no_event_of_another_one() {
    var history =
        history(
            subject(Kind.Secret, "crm-db"),
            List.of(Yaml.object(FakeApi.yaml(SECRET))),
            Optional.empty());
    assertThat(told(history))
        .containsExactly(
            "2026-11-22T11:50:00Z ManagedFields Written: Secret crm-db: the last write of the operator",
            "2026-11-22T11:48:00.123456Z Event Rotated: Secret crm-db: version 8 issued on request",
            "2026-11-22T11:47:01Z ManagedFields Requested: Secret crm-db: a user set the annotation"
                + " credence.dev/rotate-now to `2026-11-22T11:47:00Z seen in a log`",
            "2026-11-22T07:30:00Z Status StateChanged: MachineIdentity crm: from Suspended to Active, reason Requested",
            "2026-11-22T07:00:00Z Status StateChanged: MachineIdentity crm: from Active to Suspended, reason Requested");
  }

  private static HasMetadata restartedAt(String time) {
    return Serialization.unmarshal(
        """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: crm-web
              namespace: sales
              managedFields:
              - manager: credence
                operation: Update
                time: "%s"
                fieldsV1: {"f:spec": {"f:template": {"f:metadata": {"f:annotations": {"f:credence.dev/restarted-for": {}}}}}}
            spec:
              template:
                metadata: {annotations: {credence.dev/restarted-for: crm-db-v8}}
                spec: {containers: []}
            """
            .formatted(time));
  }

  private static ObjectHistory of(HasMetadata workload) {
    return history(
        subject(Kind.Deployment, "crm-web"),
        List.of(Yaml.object(FakeApi.yaml(SECRET))),
        Optional.of(workload));
  }

  @Test
  void of_a_workload_it_is_its_restart_its_pods_and_the_secrets_that_it_uses() {
    var history = of(restartedAt("2026-11-22T11:40:00Z"));
    assertThat(told(history))
        .contains(
            "2026-11-22T11:49:30.123456Z Event Evicted: Pod crm-web-5d4f8b7c9d-abcde evicted",
            "2026-11-22T11:49:00.123456Z Event Restarted: Deployment crm-web restarted",
            "2026-11-22T11:40:00Z ManagedFields Restarted: Deployment crm-web: restarted for crm-db-v8",
            "2026-11-22T11:48:00.123456Z Event Rotated: Secret crm-db: version 8 issued on request")
        .noneMatch(line -> line.contains("crm-db-pending"));
    assertThat(history.lines().getFirst())
        .startsWith("Deployment sales/crm-web (MachineIdentity crm): what Credence did since");
  }

  @Test
  void a_restart_with_an_event_is_listed_once() {
    assertThat(told(of(restartedAt("2026-11-22T11:49:00Z"))))
        .filteredOn(line -> line.contains("Restarted"))
        .hasSize(1);
  }

  @Test
  void as_json_it_names_the_source_of_each_record_and_the_oldest_event() {
    var json =
        FakeApi.tree(
            history(subject(Kind.MachineIdentity, "crm"), List.of(), Optional.empty()).json());
    assertThat(json.at("/oldestEvent").asText()).isEqualTo("2026-11-22T11:20:00Z");
    assertThat(json.path("history")).hasSize(9);
    JsonNode first = json.at("/history/0");
    assertThat(first.path("source").asText()).isEqualTo("Event");
    assertThat(first.path("reason").asText()).isEqualTo("Evicted");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Secret crm-db: version 8 issued | Secret crm-db | true",
        "Secret crm-db-pending: staged | Secret crm-db | false",
        "Secret crm-db.tls: issued | Secret crm-db | false",
        "Secret other-crm-db: issued | Secret crm-db | false",
        "crm-db: attempt 1 of 5 failed | Secret crm-db | true",
        "app: attempt 1 of 5 failed | Deployment app | false",
        "restarted Deployment app. | Deployment app | true"
      })
  void a_text_names_an_object_by_its_whole_name(String note, String reference, boolean names) {
    assertThat(ObjectHistory.names(note, reference)).isEqualTo(names);
  }
}
