package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.decide.Action;
import dev.credence.facts.Hooks.Hook;
import dev.credence.facts.Hooks.Step;
import dev.credence.facts.Setback.Cause;
import dev.credence.facts.Subject;
import dev.credence.observe.FakeApi;
import java.time.Duration;
import java.util.List;
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
          Subject.job("payments-db-v2-apply-3"),
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
                   "credence.dev/identity": "payments-api"},
                 "annotations": {
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
                    .formatted(IssueTest.OWNERS)));
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
            Subject.job("payments-db-v1-revoke-1"),
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
        "Job payments-db-v2-apply-3: CronJob alter-db-user is no hook: its holder agrees by the annotation credence.dev/hook: \"true\"");
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
        "Job payments-db-v2-apply-3: CronJob alter-db-user is not suspended: set `suspend: true`, so that it runs as a hook alone");
  }

  @Test
  void a_cron_job_that_may_not_be_read_is_told() {
    acting.api.refuses(403, "no");
    assertThatRefused(
        "Job payments-db-v2-apply-3: the API server refused to read CronJob alter-db-user for it (403): no");
  }

  @Test
  void a_job_that_was_started_already_is_not_started_twice() {
    acting.api.answers(cronJob("")).refuses(409, "jobs.batch already exists");
    assertThat(acting.refused(APPLY).why()).isEqualTo(Cause.Raced);
    assertThat(acting.memory.wrote).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "uid-of-payments-api, true, Raced",
    "uid-of-payments-api, false, Refused",
    "uid-of-another, true, Refused"
  })
  void a_job_that_is_there_and_is_not_its_identitys_is_told(
      String owner, boolean controls, Cause why) {
    var there =
        FakeApi.yaml(
            "{metadata: {name: payments-db-v2-apply-3, ownerReferences: [{uid: %s, controller: %s}]}}"
                .formatted(owner, controls));
    acting.api.answers(cronJob("")).refuses(409, "jobs.batch already exists").answers(there);
    assertThat(acting.refused(APPLY).why()).isEqualTo(why);
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
            metadata: {labels: {app: not-of-the-job}}
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
