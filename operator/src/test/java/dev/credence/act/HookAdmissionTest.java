// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static dev.credence.act.Payments.SECRETS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Generate;
import dev.credence.api.Generate.KeyRecipe;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.SecretMember;
import dev.credence.facts.credential.Hooks.Hook;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The hook that obtains a value of another system: how it is started, and how its pod is admitted
/// to write the value.
class HookAdmissionTest {
  private static final String PENDING = SECRETS + "/payments-db-pending";
  private static final String PODS = "/api/v1/namespaces/payments/pods";
  private static final String CRON_JOB = "/apis/batch/v1/namespaces/payments/cronjobs/obtain";
  private static final String JOBS = "/apis/batch/v1/namespaces/payments/jobs";

  private static final Action.AdmitHook ADMIT =
      new Action.AdmitHook(
          Payments.PENDING,
          Payments.STAGED,
          Payments.DB,
          ObjectRef.job("payments-db-v2-issue-1"),
          "uid-of-the-job",
          List.of("token", "token-id"));

  private static final Action.RunHook ISSUE = run(Step.issue, "payments-db-pending");

  @AutoClose private final Acting acting = new Acting();

  private static Action.RunHook run(Step step, String secret) {
    return new Action.RunHook(
        ObjectRef.job("payments-db-v2-" + step + "-1"),
        Payments.DB,
        step,
        new Hook("obtain", Duration.ofMinutes(5)),
        2,
        1,
        new Action.Value(secret, "uid-of-the-pending-one", ""),
        "0123456789abcdef");
  }

  private static Map<String, Object> pod(String uid, String owner, boolean controls) {
    return Map.of(
        "metadata",
        Map.of(
            "name",
            uid,
            "uid",
            uid,
            "ownerReferences",
            List.of(
                Map.of(
                    "apiVersion",
                    "batch/v1",
                    "kind",
                    "Job",
                    "name",
                    "payments-db-v2-issue-1",
                    "uid",
                    owner,
                    "controller",
                    controls))));
  }

  @SafeVarargs
  private static Map<String, Object> pods(Map<String, Object>... items) {
    return Map.of("apiVersion", "v1", "kind", "PodList", "items", List.of(items));
  }

  @Test
  void the_pod_is_named_and_what_an_earlier_attempt_wrote_is_deleted() {
    acting
        .api
        .answers(
            pods(pod("uid-of-the-pod", "uid-of-the-job", true), pod("other", "uid-of-x", true)))
        .answers(Payments.MARKED);
    acting.perform(ADMIT);
    assertThat(acting.api.lines()).containsExactly("GET " + PODS, "PATCH " + PENDING);
    assertThat(acting.api.asked().getFirst().query())
        .containsEntry("labelSelector", "batch.kubernetes.io/controller-uid=uid-of-the-job");
    assertThat(acting.sent())
        .isEqualTo(
            FakeApi.tree(
                """
                {"metadata": {
                   "uid": "%s", "resourceVersion": "%s",
                   "annotations": {
                     "credence.dev/issuer-pod": "uid-of-the-pod",
                     "credence.dev/issuer-job": "payments-db-v2-issue-1"}},
                 "data": {"token": null, "token-id": null}}
                """
                    .formatted(Payments.STAGED.uid(), Payments.STAGED.resourceVersion())));
  }

  @Test
  void without_a_pod_nobody_is_admitted() {
    acting.api.answers(pods(pod("forged", "uid-of-the-job", false)));
    assertThat(acting.refused(ADMIT).why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + PODS);
  }

  @Test
  void of_two_pods_none_is_admitted() {
    acting.api.answers(
        pods(pod("one", "uid-of-the-job", true), pod("two", "uid-of-the-job", true)));
    assertThat(acting.refused(ADMIT))
        .hasMessageContaining("has 2 pods, so that none is admitted to write the issued keys");
    assertThat(acting.api.lines()).containsExactly("GET " + PODS);
  }

  @Test
  void it_is_started_once_the_api_server_enforces_the_policy() {
    acting
        .api
        .answers(cronJob())
        .refuses(
            422,
            "ValidatingAdmissionPolicy 'issued.credence.dev' with binding 'issued.credence.dev' denied request: The API server enforces issued.credence.dev.")
        .echoes();
    acting.perform(ISSUE);
    assertThat(acting.api.lines())
        .containsExactly("GET " + CRON_JOB, "PATCH " + PENDING, "POST " + JOBS);
    assertThat(acting.api.asked().get(1).query()).containsEntry("dryRun", "All");
  }

  @Test
  void a_write_that_the_policy_lets_pass_says_that_it_is_not_enforced() {
    acting.api.answers(cronJob()).answers(Payments.MARKED);
    assertThat(acting.refused(ISSUE))
        .hasMessageContaining(
            "The API server does not enforce the admission policy issued.credence.dev, so the operator does not run the hook issue");
    assertThat(acting.api.lines()).containsExactly("GET " + CRON_JOB, "PATCH " + PENDING);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "422 | ValidatingAdmissionPolicy 'another.example.com' denied request: no",
        "403 | ValidatingAdmissionPolicy 'issued.credence.dev' denied request: no"
      })
  void nobody_else_is_believed(int code, String message) {
    acting.api.answers(cronJob()).refuses(code, message);
    assertThat(acting.refused(ISSUE).why()).isEqualTo(Cause.Refused);
    assertThat(acting.api.lines()).containsExactly("GET " + CRON_JOB, "PATCH " + PENDING);
  }

  @Test
  void it_has_one_pod_whatever_its_cron_job_says() {
    acting.api.answers(cronJob()).refuses(422, enforced()).echoes();
    acting.perform(ISSUE, identity());
    var spec = acting.sent().path("spec");
    assertThat(spec.path("backoffLimit").asInt(-1)).isZero();
    assertThat(spec.path("parallelism").asInt()).isEqualTo(1);
    assertThat(spec.path("completions").asInt()).isEqualTo(1);
    assertThat(spec.has("podFailurePolicy")).isFalse();
    assertThat(spec.has("completionMode")).isFalse();
    assertThat(env())
        .contains(
            "CREDENCE_STEP=issue",
            "CREDENCE_NAMESPACE=payments",
            "CREDENCE_IDENTITY_UID=uid-of-payments-api",
            "CREDENCE_ISSUED_KEYS=token,token-id",
            "CREDENCE_ISSUED_ID_KEYS=token-id",
            "CREDENCE_VALUE_SECRET=payments-db-pending");
  }

  @ParameterizedTest
  @ValueSource(strings = {"payments-db-pending", "payments-db"})
  void a_revocation_reads_what_may_not_have_been_written(String secret) {
    acting.api.answers(cronJob()).echoes();
    acting.perform(run(Step.revoke, secret), identity());
    var isPending = secret.endsWith("-pending");
    var volume = acting.sent().at("/spec/template/spec/volumes/0/secret");
    assertThat(volume.path("secretName").asText()).isEqualTo(secret);
    assertThat(volume.path("optional").asBoolean(false)).isEqualTo(isPending);
  }

  private static String enforced() {
    return "ValidatingAdmissionPolicy 'issued.credence.dev' denied request: yes";
  }

  private List<String> env() {
    var variables = acting.sent().at("/spec/template/spec/containers/0/env");
    return StreamSupport.stream(variables.spliterator(), false)
        .map(variable -> variable.path("name").asText() + "=" + variable.path("value").asText())
        .toList();
  }

  private static Object cronJob() {
    return FakeApi.yaml(
        """
        {apiVersion: batch/v1, kind: CronJob,
         metadata: {name: obtain, annotations: {credence.dev/hook: 'true'}},
         spec: {suspend: true, jobTemplate: {spec: {
           backoffLimit: 6, parallelism: 3, completions: 3, completionMode: Indexed,
           podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget, status: 'True'}]}]},
           template: {spec: {restartPolicy: Never,
             volumes: [{name: credential, secret: {secretName: payments-db}}],
             containers: [{name: obtain, image: curl:8}]}}}}}}
        """);
  }

  static MachineIdentity identity() {
    var identity = Payments.identity();
    var keys =
        IntStream.range(0, 2)
            .mapToObj(
                at ->
                    new KeyRecipe(
                        at == 0 ? "token" : "token-id",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        new Generate.Issued(at == 1)))
            .toList();
    identity.setSpec(
        new MachineIdentitySpec(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(
                new SecretMember("payments-db", null, null, new Generate(keys), null, null, null)),
            null,
            null));
    return identity;
  }
}
