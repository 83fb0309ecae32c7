// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.act.Acting;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenewalsTest {
  private static final String CERTIFICATE =
      "/apis/cert-manager.io/v1/namespaces/payments/certificates/payments-tls";
  private static final Action.Renew RENEW = following(0);

  private static Action.Renew following(int revision) {
    return new Action.Renew(
        ObjectRef.certificate("payments-tls"),
        new Preconditions("uid-of-the-tls", "6"),
        revision,
        Instant.parse("2026-03-01T00:00:00.5Z"),
        false);
  }

  @AutoClose private final Acting acting = new Acting();

  @Test
  void cert_manager_is_asked_by_a_condition_in_the_status() {
    renew("{conditions: [{type: Ready, status: 'True'}]}");
    assertThat(acting.api.lines())
        .containsExactly(
            "GET " + CERTIFICATE, "GET " + CERTIFICATE, "PATCH " + CERTIFICATE + "/status");
    assertThat(acting.api.last().header("Content-Type")).startsWith("application/json-patch+json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{conditions: [{type: Ready}, {type: Issuing, status: 'False'}]}| replace /metadata/resourceVersion, replace /status/conditions/1",
        "{conditions: [{type: Ready}]} | replace /metadata/resourceVersion, add /status/conditions/-",
        "{revision: 0}| replace /metadata/resourceVersion, add /status/conditions, add /status/conditions/-",
        "null | replace /metadata/resourceVersion, add /status, add /status/conditions, add /status/conditions/-"
      })
  void nothing_of_its_status_is_touched_but_the_one_condition(String status, String steps) {
    renew(status);
    assertThat(
            steps().stream()
                .map(step -> step.path("op").asText() + " " + step.path("path").asText()))
        .containsExactly(steps.split(", "));
    assertThat(steps().getFirst().path("value").asText()).isEqualTo("7");
  }

  @Test
  void the_condition_says_who_asked_and_for_which_generation() {
    renew("{conditions: [{type: Ready}]}");
    var condition = steps().getLast().path("value");
    assertThat(condition.path("type").asText()).isEqualTo("Issuing");
    assertThat(condition.path("status").asText()).isEqualTo("True");
    assertThat(condition.path("reason").asText()).isEqualTo("ManuallyTriggered");
    assertThat(condition.path("message").asText()).contains("Credence");
    assertThat(condition.path("observedGeneration").isIntegralNumber()).isTrue();
    assertThat(condition.path("observedGeneration").asInt()).isEqualTo(4);
    assertThat(Instant.parse(condition.path("lastTransitionTime").asText()).getNano()).isZero();
  }

  @Test
  void what_has_to_be_there_is_added_empty() {
    renew("null");
    assertThat(steps().get(1).path("value")).isEqualTo(FakeApi.tree("{}"));
    assertThat(steps().get(2).path("value")).isEqualTo(FakeApi.tree("[]"));
  }

  @Test
  void another_certificate_of_the_name_is_left_alone() {
    acting.api.answers(certificate("uid-of-another", "null"));
    assertThat(acting.refused(RENEW).why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + CERTIFICATE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | {revision: 3}",
        "1 | {}",
        "3 | {revision: 3, conditions: [{type: Issuing, status: 'True'}]}"
      })
  void what_has_come_or_is_on_its_way_is_not_asked_for_again(int revision, String status) {
    acting.api.answers(certificate("uid-of-the-tls", status));
    assertThat(acting.refused(following(revision)).why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + CERTIFICATE);
  }

  @Test
  void a_certificate_that_is_gone_is_a_race() {
    acting.api.refuses(404, "certificates.cert-manager.io \"payments-tls\" not found");
    assertThat(acting.refused(RENEW).why()).isEqualTo(Cause.Raced);
  }

  @Test
  void a_no_is_told() {
    acting
        .api
        .answers(certificate("uid-of-the-tls", "null"))
        .answers(certificate("uid-of-the-tls", "null"))
        .refuses(403, "certificates/status is forbidden");
    assertThat(acting.refused(RENEW))
        .hasMessage(
            "Certificate payments-tls: The API server rejected the request to update the status of it (403): certificates/status is forbidden");
  }

  @Test
  void a_certificate_that_changed_meanwhile_is_a_race() {
    acting
        .api
        .answers(certificate("uid-of-the-tls", "null"))
        .answers(certificate("uid-of-the-tls", "null"))
        .refuses(409, "the object has been modified");
    assertThat(acting.refused(RENEW).why()).isEqualTo(Cause.Raced);
  }

  @Test
  void it_is_renewed_on_request_once_an_hour() {
    renew("{revision: 0}");
    acting.api.answers(certificate("uid-of-the-tls", "{revision: 1}"));
    assertThat(acting.refused(following(1)))
        .hasMessage(
            "Certificate payments-tls: The Certificate was renewed on request at 2026-03-01T00:00:00Z. It is renewed on request at most once an hour. The next request is carried out at 2026-03-01T01:00:00Z");

    var certificate = certificate("uid-of-the-tls", "{revision: 1}");
    acting.api.answers(certificate).answers(certificate).answers(certificate);
    acting.perform(
        new Action.Renew(
            RENEW.subject(),
            RENEW.preconditions(),
            1,
            Instant.parse("2026-03-01T01:00:00.5Z"),
            false));
  }

  @Test
  void a_revocation_does_not_wait_for_the_hour_after_a_rotation() {
    renew("{revision: 0}");
    var certificate = certificate("uid-of-the-tls", "{revision: 1}");
    acting.api.answers(certificate).answers(certificate).answers(certificate);
    var revoked =
        new Action.Renew(
            RENEW.subject(), RENEW.preconditions(), 1, RENEW.now().plusSeconds(1), true);
    acting.perform(revoked);
    acting.api.answers(certificate);
    assertThat(acting.refused(revoked)).hasMessageContaining("at most once an hour");
  }

  private void renew(String status) {
    var certificate = certificate("uid-of-the-tls", status);
    // The client itself looks again before it sends a patch.
    acting.api.answers(certificate).answers(certificate).answers(certificate);
    acting.perform(RENEW);
  }

  private static JsonNode certificate(String uid, String status) {
    return FakeApi.yaml(
        """
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata:
          {namespace: payments, name: payments-tls, uid: %s, resourceVersion: "7", generation: 4}
        spec: {secretName: payments-tls}
        status: %s
        """
            .formatted(uid, status));
  }

  private List<JsonNode> steps() {
    var steps = new ArrayList<JsonNode>();
    acting.sent().forEach(steps::add);
    return steps;
  }
}
