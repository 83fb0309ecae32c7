// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.observe.Written;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TerminationMessagesTest {
  private static final String PASSWORD = "Xk29fLq8ZrTw4Mn7/+";
  private static final String GRANT =
      "postgresql apply: crm_admin lacks a right. Run: GRANT \"crm\" TO \"crm_admin\"";
  private static final HookJob JOB =
      new HookJob(
          ObjectRef.job("crm-db-v2-apply-1"),
          new Preconditions("uid-of-the-job", "7"),
          "crm-db",
          Step.apply,
          2,
          1,
          "uid-of-the-pending-one",
          4,
          "",
          Instant.parse("2027-01-01T00:00:00Z"),
          new Outcome.Failed(Instant.parse("2027-01-01T00:00:09Z"), "BackoffLimitExceeded"),
          false,
          false);

  /// Grants what the chart grants.
  @AutoClose private final FakeApi api = FakeApi.start();

  @Test
  void the_message_of_the_container_that_failed_is_read() {
    assertThat(message(pod(GRANT))).contains(GRANT);
  }

  @Test
  void the_newest_pod_of_the_job_speaks() {
    var older =
        pod("containerStatuses", "uid-of-the-job", "2026-12-31T23:59:00Z", 1, "an older attempt");
    assertThat(message(pod(GRANT), older)).contains(GRANT);
  }

  @Test
  void so_does_an_init_container() {
    assertThat(
            message(
                pod("initContainerStatuses", "uid-of-the-job", "2027-01-01T00:00:08Z", 77, GRANT)))
        .contains(GRANT);
  }

  @Test
  void a_container_that_succeeded_says_nothing() {
    assertThat(
            message(pod("containerStatuses", "uid-of-the-job", "2027-01-01T00:00:08Z", 0, GRANT)))
        .isEmpty();
  }

  @Test
  void nor_does_a_pod_of_another_job_with_the_label_of_this_one() {
    assertThat(
            message(pod("containerStatuses", "uid-of-another", "2027-01-01T00:00:08Z", 1, GRANT)))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{status: {}}",
        "{status: {containerStatuses: [{name: a}, {name: b, state: {}}, {name: c, state: {running: {}}}, null]}}",
        "{status: {containerStatuses: [{name: a, state: {terminated: {exitCode: 1}}}]}}",
        "{status: {containerStatuses: [{name: a, state: {terminated: {exitCode: 1, message: ' '}}}]}}"
      })
  void a_pod_without_a_message_has_none(String rest) {
    var pod = Written.as(Pod.class, rest);
    pod.setMetadata(pod(GRANT).getMetadata());
    assertThat(message(pod)).isEmpty();
  }

  @Test
  void lines_become_one_line_without_control_characters() {
    assertThat(message(pod("psql: error:\n\tno \u001b[31mroute\u202e\r\n")))
        .contains("psql: error: no [31mroute");
  }

  @Test
  void of_a_long_text_the_end_is_shown() {
    var text = "a line of a log\n".repeat(200) + "\ud83d\ude00" + "z".repeat(398) + "!";
    assertThat(message(pod(text)).orElseThrow())
        .hasSizeBetween(398, 400)
        .startsWith("…z")
        .endsWith("zz!");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "password Xk29fLq8ZrTw4Mn7/+ rejected",
        "password 9fLq8ZrT rejected",
        "password Xk29f\\nLq8Z rejected",
        "GET /?p=Zr2Tw4Mn7%2F%2B",
        "eGsyOWZMcTggKFhrMjlmTHE4WnJUdzRNbjcvKw==",
      })
  void a_message_that_repeats_a_part_of_the_value_is_withheld(String text) {
    assertThat(message(pod(text.replace("\\n", "\n")))).contains(TerminationMessages.WITHHELD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"role crm_blue", "postgres://crm_blue:…@db/crm", "9fLq8Zr is shorter"})
  void what_is_no_secret_may_be_named(String text) {
    assertThat(message(pod(text))).contains(text);
  }

  @Test
  void a_short_value_is_withheld_as_a_whole() {
    var pending = secret("uid-of-the-pending-one", Map.of("pin", "4711"));
    assertThat(TerminationMessages.among(List.of(pod("pin 4711")), JOB, List.of(pending), Set.of()))
        .contains(TerminationMessages.WITHHELD);
    assertThat(TerminationMessages.among(List.of(pod("pin 471")), JOB, List.of(pending), Set.of()))
        .contains("pin 471");
  }

  @Test
  void the_lines_of_a_private_key_are_withheld_and_its_public_key_is_not() {
    var pending =
        secret(
            "uid-of-the-pending-one",
            Map.of(
                "key",
                "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ\nsecondLine99\n-----END PRIVATE KEY-----\n",
                "key.pub",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"));
    var open = Set.of("key.pub");
    assertThat(
            TerminationMessages.among(
                List.of(pod("bad: secondLine99")), JOB, List.of(pending), open))
        .contains(TerminationMessages.WITHHELD);
    assertThat(
            TerminationMessages.among(
                List.of(pod("no -----BEGIN PRIVATE KEY----- for ssh-ed25519 AAAAC3NzaC1lZDI1NTE5")),
                JOB,
                List.of(pending),
                open))
        .hasValueSatisfying(text -> assertThat(text).startsWith("no -----BEGIN"));
  }

  @Test
  void the_value_before_is_withheld_too() {
    var current = secret("uid-of-the-current-one", Map.of("password.previous", "previous-value"));
    var pending = secret("uid-of-the-pending-one", Map.of("password", PASSWORD));
    assertThat(
            TerminationMessages.among(
                List.of(pod("not previous-value")), JOB, List.of(current, pending), Set.of()))
        .contains(TerminationMessages.WITHHELD);
  }

  /// What cannot be compared is not shown.
  @Test
  void without_the_secret_of_the_hook_there_is_no_message() {
    var another = secret("uid-of-another", Map.of("password", "something-else"));
    assertThat(TerminationMessages.among(List.of(pod(GRANT)), JOB, List.of(another), Set.of()))
        .isEmpty();
    assertThat(TerminationMessages.among(List.of(pod(GRANT)), JOB, List.of(), Set.of())).isEmpty();
  }

  @Test
  void the_api_server_is_asked_once_for_each_job() {
    api.answers(new PodListBuilder().withItems(pod(GRANT)).build())
        .answers(secret("uid-of-the-current-one", Map.of("password", "of-version-1")))
        .answers(secret("uid-of-the-pending-one", Map.of("password", PASSWORD)));
    var messages = new TerminationMessages(api.client());
    assertThat(messages.of("sales", JOB, Set.of())).contains(GRANT);
    assertThat(messages.of("sales", JOB, Set.of())).contains(GRANT);
    assertThat(api.lines())
        .containsExactly(
            "GET /api/v1/namespaces/sales/pods",
            "GET /api/v1/namespaces/sales/secrets/crm-db",
            "GET /api/v1/namespaces/sales/secrets/crm-db-pending");
    assertThat(api.asked().getFirst().query())
        .containsEntry("labelSelector", "batch.kubernetes.io/controller-uid=uid-of-the-job");
  }

  @Test
  void without_a_message_no_secret_is_read() {
    api.answers(new PodListBuilder().build());
    assertThat(new TerminationMessages(api.client()).of("sales", JOB, Set.of())).isEmpty();
    assertThat(api.lines()).containsExactly("GET /api/v1/namespaces/sales/pods");
  }

  @Test
  void a_request_that_is_refused_leaves_the_condition_of_the_job_alone() {
    api.refuses(403, "pods is forbidden");
    var messages = new TerminationMessages(api.client());
    assertThat(messages.of("sales", JOB, Set.of())).isEmpty();
    assertThat(messages.of("sales", JOB, Set.of())).isEmpty();
    assertThat(api.lines()).hasSize(1);
  }

  private static Optional<String> message(Pod... pods) {
    var pending =
        secret(
            "uid-of-the-pending-one",
            Map.of(
                "username",
                "crm_blue",
                "password",
                PASSWORD,
                "url",
                "postgres://crm_blue:" + PASSWORD + "@db/crm"));
    return TerminationMessages.among(
        List.of(pods), JOB, List.of(pending), Set.of("username", "url"));
  }

  private static Pod pod(String message) {
    return pod("containerStatuses", "uid-of-the-job", "2027-01-01T00:00:08Z", 77, message);
  }

  private static Pod pod(String list, String job, String finishedAt, int exitCode, String message) {
    var pod =
        Written.as(
            Pod.class,
            """
            metadata: {name: crm-db-v2-apply-1-x, ownerReferences: [{kind: Job, name: crm-db-v2-apply-1, uid: %s, controller: true}]}
            status: {phase: Failed, %s: [{name: hook, state: {terminated: {exitCode: %d, finishedAt: "%s"}}}]}
            """
                .formatted(job, list, exitCode, finishedAt));
    var statuses =
        list.startsWith("init")
            ? pod.getStatus().getInitContainerStatuses()
            : pod.getStatus().getContainerStatuses();
    statuses.getFirst().getState().getTerminated().setMessage(message);
    return pod;
  }

  private static Secret secret(String uid, Map<String, String> values) {
    var secret = Written.as(Secret.class, "metadata: {name: crm-db-pending, uid: " + uid + "}");
    values.forEach(
        (key, value) ->
            secret
                .getData()
                .put(
                    key,
                    Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return secret;
  }
}
