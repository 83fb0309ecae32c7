// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.facts.credential.Hooks.Agreed;
import dev.credence.facts.credential.Hooks.Hook;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.text.Digests;
import dev.credence.observe.read.HookTemplates;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HookStartsTest {
  private static final String CRON_JOB =
      "/apis/batch/v1/namespaces/payments/cronjobs/alter-db-user";
  private static final String JOBS = "/apis/batch/v1/namespaces/payments/jobs";
  private static final Action.RunHook APPLY =
      new Action.RunHook(
          ObjectRef.job("payments-db-v2-apply-3"),
          Payments.DB,
          Step.apply,
          new Hook("alter-db-user", Duration.ofMinutes(5)),
          2,
          3,
          new Action.Value("payments-db-pending", "uid-of-the-pending-one", ""),
          "0123456789abcdef");

  @AutoClose private final Acting acting = new Acting();

  @Test
  void a_job_is_created_from_the_cron_job_that_was_read() {
    start("");
    assertThat(acting.api.lines()).containsExactly("GET " + CRON_JOB, "POST " + JOBS);
    assertThat(acting.memory.wrote)
        .singleElement()
        .satisfies(
            job -> assertThat(job.getMetadata().getName()).isEqualTo("payments-db-v2-apply-3"));
  }

  @Test
  void it_says_whose_it_is_and_what_it_is_for() {
    start("");
    assertThat(acting.sent().path("metadata"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"namespace": "payments", "name": "payments-db-v2-apply-3",
                 "labels": {
                   "app.kubernetes.io/managed-by": "credence",
                   "credence.dev/identity": "payments-api",
                   "app": "db-admin-job",
                   "kueue.x-k8s.io/queue-name": "hooks"},
                 "annotations": {
                   "example.com/cost-centre": "4711",
                   "credence.dev/written": "identity:%s",
                   "cronjob.kubernetes.io/instantiate": "manual",
                   "credence.dev/hook-for": "payments-db",
                   "credence.dev/step": "apply",
                   "credence.dev/version": "2",
                   "credence.dev/attempt": "3",
                   "credence.dev/value-uid": "uid-of-the-pending-one",
                   "credence.dev/generation": "3",
                   "credence.dev/asked": "0123456789abcdef"},
                 "ownerReferences": %s}
                """
                    .formatted(Digests.of("payments-api"), IssueTest.OWNERS)));
  }

  /// As `kubectl create job --from` does it: what the template says of a Job counts.
  @Test
  void a_label_of_the_template_is_the_jobs_and_ours_are_not_replaced() {
    acting
        .api
        .answers(
            FakeApi.tree(
                cronJob("")
                    .toString()
                    .replace(
                        "\"app\":\"db-admin-job\"",
                        "\"app.kubernetes.io/managed-by\":\"Helm\",\"credence.dev/identity\":\"another\"")
                    .replace(
                        "\"example.com/cost-centre\":\"4711\"",
                        "\"credence.dev/attempt\":\"99\",\"credence.dev/hook\":\"true\"")))
        .echoes();
    acting.perform(APPLY);
    assertThat(acting.sent().at("/metadata/labels/app.kubernetes.io~1managed-by").asText())
        .isEqualTo("Helm");
    assertThat(acting.sent().at("/metadata/labels/credence.dev~1identity").asText())
        .isEqualTo("payments-api");
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1attempt").asText())
        .isEqualTo("3");
    assertThat(acting.sent().at("/metadata/annotations").has("credence.dev/hook")).isFalse();
  }

  @Test
  void every_container_is_told_what_to_do() {
    start("");
    assertThat(env("/spec/template/spec/containers/0"))
        .contains(
            "CREDENCE_STEP=apply",
            "CREDENCE_IDENTITY=payments-api",
            "CREDENCE_SECRET=payments-db",
            "CREDENCE_VALUE_SECRET=payments-db-pending",
            "CREDENCE_KEY_SUFFIX=",
            "CREDENCE_VERSION=2",
            "CREDENCE_ATTEMPT=3");
    assertThat(env("/spec/template/spec/containers/1")).contains("CREDENCE_STEP=apply");
    assertThat(env("/spec/template/spec/initContainers/0")).contains("CREDENCE_STEP=apply");
  }

  @Test
  void a_variable_of_the_same_name_is_replaced_and_no_other_touched() {
    start("");
    for (var container : List.of("containers/0", "initContainers/0")) {
      assertThat(env("/spec/template/spec/" + container))
          .contains("HOST=db.payments")
          .doesNotContain("CREDENCE_STEP=anything");
      assertThat(
              env("/spec/template/spec/" + container).stream()
                  .filter(variable -> variable.startsWith("CREDENCE_STEP")))
          .hasSize(1);
    }
  }

  @Test
  void a_revoke_is_told_where_the_previous_value_is() {
    acting.api.answers(cronJob("")).echoes();
    acting.perform(
        new Action.RunHook(
            ObjectRef.job("payments-db-v1-revoke-1"),
            Payments.DB,
            Step.revoke,
            APPLY.hook(),
            1,
            1,
            new Action.Value("payments-db", "uid-of-payments-db", ".previous"),
            "0123456789abcdef"));
    assertThat(env("/spec/template/spec/containers/0"))
        .contains(
            "CREDENCE_STEP=revoke",
            "CREDENCE_VALUE_SECRET=payments-db",
            "CREDENCE_KEY_SUFFIX=.previous",
            "CREDENCE_VERSION=1");
  }

  @Test
  void the_rest_of_the_pod_is_as_its_holder_wrote_it() {
    start("");
    var pod = acting.sent().at("/spec/template");
    assertThat(pod.at("/spec/serviceAccountName").asText()).isEqualTo("db-admin");
    assertThat(pod.at("/spec/restartPolicy").asText()).isEqualTo("Never");
    assertThat(pod.at("/spec/containers/0/image").asText()).isEqualTo("postgres:17");
    assertThat(pod.at("/metadata/labels"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"app": "db-admin", "credence.dev/hook-for": "payments-db-v2-apply-3"}
                """));
    assertThat(acting.sent().at("/spec/backoffLimit").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"'', 300", "'activeDeadlineSeconds: 60,', 60", "'activeDeadlineSeconds: 600,', 300"})
  void it_takes_no_longer_than_either_of_the_two_allows(String stated, int seconds) {
    start(stated);
    assertThat(acting.sent().at("/spec/activeDeadlineSeconds").asInt()).isEqualTo(seconds);
  }

  @Test
  void its_end_is_not_cleared_away_before_it_is_seen() {
    start("ttlSecondsAfterFinished: 0, suspend: true,");
    assertThat(acting.sent().path("spec").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("activeDeadlineSeconds", "backoffLimit", "template");
  }

  @Test
  void a_cron_job_that_is_missing_is_told() {
    acting.api.refuses(404, "cronjobs.batch \"alter-db-user\" not found");
    assertThatRefused("Job payments-db-v2-apply-3: CronJob alter-db-user does not exist");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: alter-db-user",
        "name: alter-db-user, annotations: {credence.dev/hook: 'yes'}",
        "name: alter-db-user, labels: {credence.dev/hook: 'true'}"
      })
  void a_cron_job_whose_holder_did_not_agree_is_not_run(String metadata) {
    acting.api.answers(FakeApi.yaml("{metadata: {" + metadata + "}, spec: {suspend: true}}"));
    assertThatRefused(
        "Job payments-db-v2-apply-3: CronJob alter-db-user is not a hook. Its owner must set the annotation credence.dev/hook: \"true\".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{suspend: false, jobTemplate: {spec: {template: {}}}}",
        "{jobTemplate: {spec: {template: {}}}}",
        "{suspend: true}",
        "{suspend: true, jobTemplate: {}}",
        "null"
      })
  void a_cron_job_that_runs_by_itself_is_not_run_beside_that(String spec) {
    acting.api.answers(
        FakeApi.yaml(
            "{metadata: {name: alter-db-user, annotations: {credence.dev/hook: 'true'}}, spec: "
                + spec
                + "}"));
    assertThatRefused(
        "Job payments-db-v2-apply-3: CronJob alter-db-user is not suspended. Set `suspend: true`, so that it runs only as a hook.");
  }

  @Test
  void a_cron_job_that_may_not_be_read_is_told() {
    acting.api.refuses(403, "no");
    assertThatRefused(
        "Job payments-db-v2-apply-3: The API server rejected the request to read CronJob alter-db-user for it (403): no");
  }

  @Test
  void what_changed_since_somebody_approved_it_is_not_started() {
    acting.api.answers(cronJob(""));
    assertThat(acting.refused(agreed("0123456789abcdef")))
        .hasMessageContaining("CronJob alter-db-user changed since carol@example.com approved it");
    assertThat(acting.api.lines()).containsExactly("GET " + CRON_JOB);
  }

  @Test
  void what_somebody_approved_is_started() {
    var found =
        HookTemplates.of(
            new KubernetesSerialization().unmarshal(cronJob("").toString(), CronJob.class));
    acting.api.answers(cronJob("")).echoes();
    acting.perform(agreed(found.digest()));
    assertThat(acting.api.lines()).containsExactly("GET " + CRON_JOB, "POST " + JOBS);
  }

  private static Action.RunHook agreed(String digest) {
    return new Action.RunHook(
        APPLY.subject(),
        APPLY.of(),
        APPLY.step(),
        new Hook(
            "alter-db-user",
            Duration.ofMinutes(5),
            Optional.of(new Agreed(digest, "carol@example.com"))),
        APPLY.version(),
        APPLY.attempt(),
        APPLY.about(),
        APPLY.asked());
  }

  @Test
  void a_job_that_was_started_already_is_not_started_twice() {
    acting.api.answers(cronJob("")).refuses(409, "jobs.batch already exists");
    assertThat(acting.refused(APPLY).why()).isEqualTo(Cause.Raced);
    assertThat(acting.memory.wrote).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "uid-of-payments-api | true | credence.dev/identity | Raced | was changed by another writer",
        "uid-of-payments-api | true | example.com/team | Refused | lost its labels or annotations",
        "uid-of-payments-api | false | credence.dev/identity | Refused | exists and is not managed by Credence",
        "uid-of-another | true | credence.dev/identity | Refused | exists and is not managed by Credence"
      })
  void why_the_name_is_taken_is_told_by_a_list_since_jobs_may_not_be_read_one_by_one(
      String owner, boolean controls, String label, Cause why, String stated) {
    acting
        .api
        .answers(cronJob(""))
        .refuses(409, "jobs.batch already exists")
        .answers(job("payments-db-v2-apply-3", owner, controls, label, ""));
    var refusal = acting.refused(APPLY);
    assertThat(refusal.why()).isEqualTo(why);
    assertThat(refusal).hasMessageContaining(stated);
    assertThat(acting.api.lines())
        .containsExactly("GET " + CRON_JOB, "POST " + JOBS, "GET " + JOBS);
    assertThat(acting.api.last().query())
        .containsEntry("fieldSelector", "metadata.name=payments-db-v2-apply-3");
  }

  private static JsonNode job(
      String name, String owner, boolean controls, String label, String conditions) {
    return FakeApi.yaml(
        """
        apiVersion: batch/v1
        kind: JobList
        items:
        - metadata:
            name: %s
            labels: {%s: payments-api}
            annotations:
              credence.dev/hook-for: payments-db
              credence.dev/step: apply
              credence.dev/version: "2"
              credence.dev/attempt: "3"
              credence.dev/value-uid: uid-of-the-pending-one
            ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: payments-api, uid: %s, controller: %s}]
          status: {conditions: [%s]}
        """
            .formatted(name, label, owner, controls, conditions));
  }

  private static final Action.RunHook AFTER_A_LOST_ONE =
      new Action.RunHook(
          APPLY.subject(),
          APPLY.of(),
          APPLY.step(),
          APPLY.hook(),
          APPLY.version(),
          APPLY.attempt(),
          APPLY.about(),
          APPLY.asked(),
          List.of(ObjectRef.job("payments-db-v2-apply-2")),
          Optional.empty());

  @Test
  void the_start_is_recorded_at_once_on_the_secret_that_holds_the_value() {
    acting
        .api
        .answers(cronJob(""))
        .then(
            request ->
                new FakeApi.Answer(
                    200,
                    request
                        .body()
                        .replace(
                            "\"name\":\"payments-db-v2-apply-3\"",
                            "\"name\":\"payments-db-v2-apply-3\",\"uid\":\"uid-of-the-job\",\"creationTimestamp\":\"2027-01-01T00:00:00Z\"")))
        .answers(Payments.MARKED);
    acting.perform(
        new Action.RunHook(
            APPLY.subject(),
            APPLY.of(),
            APPLY.step(),
            APPLY.hook(),
            APPLY.version(),
            APPLY.attempt(),
            APPLY.about(),
            APPLY.asked(),
            List.of(),
            Optional.of(new Action.Note(Payments.PENDING, Payments.STAGED, List.of()))));
    assertThat(acting.api.lines())
        .containsExactly(
            "GET " + CRON_JOB,
            "POST " + JOBS,
            "PATCH " + Payments.SECRETS + "/payments-db-pending");
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1hook-runs").asText())
        .contains("\"attempt\":3", "\"started\":\"2027-01-01T00:00:00Z\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "uid-of-payments-api | {type: Complete, status: 'True'}",
        "uid-of-payments-api | {type: Failed, status: 'True'}",
        "uid-of-another |"
      })
  void an_attempt_follows_one_that_was_lost_and_has_ended(String owner, String conditions) {
    var ended = conditions == null ? "" : conditions;
    acting
        .api
        .answers(cronJob(""))
        .answers(job("payments-db-v2-apply-2", owner, true, "example.com/team", ended))
        .echoes();
    acting.perform(AFTER_A_LOST_ONE);
    assertThat(acting.api.lines())
        .containsExactly("GET " + CRON_JOB, "GET " + JOBS, "POST " + JOBS);
  }

  @Test
  void one_that_the_watch_does_not_show_yet_is_waited_for() {
    acting
        .api
        .answers(cronJob(""))
        .answers(
            job(
                "payments-db-v2-apply-2",
                "uid-of-payments-api",
                true,
                "credence.dev/identity",
                ""));
    assertThat(acting.refused(AFTER_A_LOST_ONE).why()).isEqualTo(Cause.Raced);
  }

  @Test
  void no_attempt_runs_beside_one_that_was_lost_and_goes_on() {
    acting
        .api
        .answers(cronJob(""))
        .answers(
            job("payments-db-v2-apply-2", "uid-of-payments-api", true, "example.com/team", ""));
    assertThat(acting.refused(AFTER_A_LOST_ONE))
        .hasMessage(
            "Job payments-db-v2-apply-3: Waiting for Job payments-db-v2-apply-2, which still runs and has lost its labels or annotations of credence.dev, without which the operator does not read its result. Delete that Job to continue at once.");
    assertThat(acting.api.lines()).containsExactly("GET " + CRON_JOB, "GET " + JOBS);
  }

  private void assertThatRefused(String message) {
    var refusal = acting.refused(APPLY);
    assertThat(refusal.why()).isEqualTo(Cause.Refused);
    assertThat(refusal).hasMessage(message);
    assertThat(acting.api.lines()).containsExactly("GET " + CRON_JOB);
  }

  private void start(String job) {
    acting.api.answers(cronJob(job)).echoes();
    acting.perform(APPLY);
  }

  private static JsonNode cronJob(String job) {
    return FakeApi.yaml(
        """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {namespace: payments, name: alter-db-user, annotations: {credence.dev/hook: "true"}}
        spec:
          schedule: 0 0 30 2 *
          suspend: true
          jobTemplate:
            metadata:
              labels: {app: db-admin-job, kueue.x-k8s.io/queue-name: hooks}
              annotations: {example.com/cost-centre: "4711"}
            spec: {%s backoffLimit: 2, template: {
              metadata: {labels: {app: db-admin}},
              spec: {
                serviceAccountName: db-admin, restartPolicy: Never,
                initContainers: [{name: wait, image: busybox, env: [
                  {name: HOST, value: db.payments}, {name: CREDENCE_STEP, value: anything}]}],
                containers: [
                  {name: psql, image: "postgres:17", env: [
                    {name: HOST, value: db.payments}, {name: CREDENCE_STEP, value: anything}]},
                  {name: beside, image: busybox}]}}}
        """
            .formatted(job));
  }

  private List<String> env(String container) {
    return StreamSupport.stream(acting.sent().at(container + "/env").spliterator(), false)
        .map(variable -> variable.path("name").asText() + "=" + variable.path("value").asText())
        .toList();
  }
}
