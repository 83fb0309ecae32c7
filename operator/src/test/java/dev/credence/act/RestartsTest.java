// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.act.request.WriteRefused;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.Preconditions;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class RestartsTest {
  private static final ObjectRef WEB = new ObjectRef(Kind.Deployment, "crm-web");
  private static final ObjectRef POD = new ObjectRef(Kind.Pod, "crm-web-1");
  private static final Preconditions JUDGED = new Preconditions("uid-of-crm-web", "41");

  @AutoClose private final FakeApi api = FakeApi.start();

  /// Like the operator's own it tries again when the server is busy.
  @AutoClose
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(new ConfigBuilder(api.config()).withRequestRetryBackoffLimit(3).build())
          .build();

  private final Restarts restarts = new Restarts(client);

  @ParameterizedTest
  @CsvSource({
    "Deployment, deployments",
    "StatefulSet, statefulsets",
    "DaemonSet, daemonsets",
  })
  void a_rollout_is_one_annotation_on_what_was_judged(Kind kind, String path) {
    api.answers(
        Map.of("apiVersion", "apps/v1", "kind", kind.name(), "metadata", Map.of("name", "crm")));
    restarts.rollout("payments", new ObjectRef(kind, "crm"), JUDGED, "crm-db-v8");
    assertThat(api.lines())
        .containsExactly("PATCH /apis/apps/v1/namespaces/payments/" + path + "/crm");
    assertThat(api.last().header("Content-Type")).startsWith("application/merge-patch+json");
    assertThat(api.last().query()).containsEntry("fieldManager", "credence");
    assertThat(api.last().json())
        .isEqualTo(
            FakeApi.tree(
                """
                {"metadata": {"uid": "uid-of-crm-web", "resourceVersion": "41"},
                 "spec": {"template": {"metadata": {"annotations":
                   {"credence.dev/restarted-for": "crm-db-v8"}}}}}
                """));
  }

  @Test
  void an_argo_rollout_gets_the_time_in_its_spec_and_nothing_else() {
    api.answers(
        Map.of(
            "apiVersion",
            "argoproj.io/v1alpha1",
            "kind",
            "Rollout",
            "metadata",
            Map.of("name", "crm")));
    restartAt();
    assertThat(api.lines())
        .containsExactly("PATCH /apis/argoproj.io/v1alpha1/namespaces/payments/rollouts/crm");
    assertThat(api.last().header("Content-Type")).startsWith("application/merge-patch+json");
    assertThat(api.last().query()).containsEntry("fieldManager", "credence");
    assertThat(api.last().json())
        .isEqualTo(
            FakeApi.tree(
                """
                {"metadata": {"uid": "uid-of-crm-web", "resourceVersion": "41"},
                 "spec": {"restartAt": "2027-01-02T00:00:00Z"}}
                """));
  }

  @ParameterizedTest
  @CsvSource({"404", "409"})
  void an_argo_rollout_that_is_another_by_now_is_a_race(int code) {
    api.refuses(code, "the object has been modified");
    assertThat(refused(this::restartAt).why()).isEqualTo(Cause.Raced);
  }

  @ParameterizedTest
  @CsvSource({"404", "409"})
  void a_workload_that_is_another_by_now_is_a_race(int code) {
    api.refuses(code, "the object has been modified");
    assertThat(refused(this::rollout).why()).isEqualTo(Cause.Raced);
  }

  @Test
  void a_rollout_that_is_not_allowed_is_told() {
    api.refuses(403, "deployments.apps \"crm-web\" is forbidden");
    assertThat(refused(this::rollout))
        .hasMessage(
            "Deployment crm-web: The API server rejected the request to patch it (403): deployments.apps \"crm-web\" is forbidden");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"Deployment", "StatefulSet", "DaemonSet"})
  void nothing_else_has_a_rollout(Kind kind) {
    assertThatThrownBy(
            () -> restarts.rollout("payments", new ObjectRef(kind, "crm"), JUDGED, "crm-db-v8"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(kind + " crm has no rollout");
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void a_pod_is_evicted_if_it_still_is_the_one_that_was_judged() {
    api.answers(201, Map.of("apiVersion", "v1", "kind", "Status", "status", "Success"));
    evict();
    assertThat(api.lines())
        .containsExactly("POST /api/v1/namespaces/payments/pods/crm-web-1/eviction");
    assertThat(api.last().json())
        .isEqualTo(
            FakeApi.tree(
                """
                {"apiVersion": "policy/v1", "kind": "Eviction",
                 "metadata": {"namespace": "payments", "name": "crm-web-1"},
                 "deleteOptions": {"apiVersion": "v1", "kind": "DeleteOptions",
                   "preconditions": {"uid": "uid-of-crm-web"}}}
                """));
  }

  @Test
  void a_pod_that_is_gone_needs_no_eviction() {
    api.refuses(404, "pods \"crm-web-1\" not found");
    evict();
    assertThat(api.asked()).hasSize(1);
  }

  @Test
  void another_pod_of_the_same_name_is_not_evicted() {
    api.refuses(409, "Precondition failed: UID in precondition: uid-of-crm-web");
    assertThat(refused(this::evict).why()).isEqualTo(Cause.Raced);
  }

  @Test
  void a_budget_that_holds_a_pod_is_told_at_once() {
    api.answers(
        429,
        FakeApi.tree(
            """
            {"apiVersion": "v1", "kind": "Status", "status": "Failure",
             "reason": "TooManyRequests", "code": 429,
             "message": "Cannot evict pod as it would violate the pod's disruption budget.",
             "details": {"causes": [{"reason": "DisruptionBudget",
               "message": "The disruption budget crm-web needs 2 healthy pods and has 2 currently"}]}}
            """));
    var refusal = refused(this::evict);
    assertThat(refusal.why()).isEqualTo(Cause.Held);
    assertThat(refusal.subject()).isEqualTo(POD);
    assertThat(refusal)
        .hasMessage(
            "Pod crm-web-1: A PodDisruptionBudget prevents the eviction: The disruption budget crm-web needs 2 healthy pods and has 2 currently");
    assertThat(api.asked()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "429, Cannot evict pod as it would violate the pod's disruption budget.",
    "500, 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'"
  })
  void a_budget_is_known_by_its_words(int code, String stated) {
    api.refuses(code, stated);
    assertThat(refused(this::evict))
        .hasMessage("Pod crm-web-1: A PodDisruptionBudget prevents the eviction: " + stated);
    assertThat(api.asked()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"429", "500", "503"})
  void a_server_that_cannot_answer_is_no_budget(int code) {
    api.refuses(code, "Too many requests, please try again later.");
    assertThatThrownBy(this::evict)
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            answer -> assertThat(answer.getCode()).isEqualTo(code));
  }

  @Test
  void an_answer_that_is_no_status_is_no_budget() {
    api.answers(429, "Too many requests, please try again later.\n");
    assertThatThrownBy(this::evict).isInstanceOf(KubernetesClientException.class);
  }

  @Test
  void an_eviction_that_is_not_allowed_is_told() {
    api.refuses(403, "pods \"crm-web-1\" is forbidden");
    assertThat(refused(this::evict))
        .hasMessage(
            "Pod crm-web-1: The API server rejected the request to evict it (403): pods \"crm-web-1\" is forbidden");
  }

  private void rollout() {
    restarts.rollout("payments", WEB, JUDGED, "crm-db-v8");
  }

  private void restartAt() {
    restarts.restartAt(
        "payments",
        new ObjectRef(Kind.Rollout, "crm"),
        JUDGED,
        Instant.parse("2027-01-02T00:00:00Z"));
  }

  private void evict() {
    restarts.evict("payments", POD, JUDGED);
  }

  private static WriteRefused refused(Runnable write) {
    return catchThrowableOfType(WriteRefused.class, write::run);
  }
}
