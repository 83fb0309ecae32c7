// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.facts.object.Controller;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.PodFacts;
import dev.credence.facts.usage.PodFacts.Returns;
import dev.credence.facts.usage.WorkloadFacts;
import dev.credence.facts.usage.WorkloadFacts.Requested;
import dev.credence.facts.usage.WorkloadFacts.Rollout;
import dev.credence.observe.Garbage;
import dev.credence.observe.Written;
import dev.credence.testing.FakeApi;
import dev.credence.testing.FakeApi.Answer;
import dev.credence.testing.FakeApi.Asked;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListedConsumersTest {
  private static final List<String> KINDS =
      List.of("deployments", "jobs", "statefulsets", "daemonsets", "cronjobs", "pods");

  /// A pod template that uses payments-db.
  private static final String TEMPLATE = "{spec: {imagePullSecrets: [{name: payments-db}]}}";

  private static final String ROLLOUT =
      """
      apiVersion: argoproj.io/v1alpha1
      kind: Rollout
      metadata:
        name: crm
        uid: uid-of-crm
        resourceVersion: "41"
        generation: 7
        managedFields:
        - {manager: credence, time: "2027-01-02T00:00:05Z", fieldsV1: {"f:spec": {"f:restartAt": {}}}}
      spec:
        replicas: 2
        restartAt: "2027-01-02T00:00:00Z"
        template: {spec: {imagePullSecrets: [{name: payments-db}]}}
      status: {phase: Healthy, observedGeneration: "7", restartedAt: "2027-01-02T00:00:00Z",
               readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2}
      """;

  /// An object of all kinds at once.
  private static final JsonNode EVERYTHING =
      Written.tree(
          """
          metadata:
            name: crm
            uid: uid-of-crm
            generation: 7
            creationTimestamp: "2027-01-01T00:00:00Z"
            labels: {pod-template-hash: 6d5f, app.kubernetes.io/managed-by: credence}
            annotations: {credence.dev/hook: "no"}
            ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: crm-6d5f, controller: true}]
            managedFields:
            - {manager: credence, time: "2027-01-03T00:00:00Z", fieldsV1:
               {"f:spec": {"f:template": {"f:metadata": {"f:annotations":
                 {"f:credence.dev/restarted-for": {}}}}}}}
          spec:
            replicas: 3
            updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}
            imagePullSecrets: [{name: payments-db}]
            containers: [{env: [{valueFrom: {secretKeyRef: {name: a}}}], envFrom: [{secretRef: {name: a}}]}]
            volumes: [{secret: {secretName: a}}, {projected: {sources: [{secret: {name: a}}]}}]
            template: &template
              metadata: {annotations: {credence.dev/restarted-for: crm-db-v8}}
              spec: {containers: [{envFrom: [{secretRef: {name: crm-db}}]}]}
            jobTemplate: {spec: {template: *template}}
          status:
            observedGeneration: 7
            replicas: 3
            updatedReplicas: 3
            conditions: [{type: Progressing, status: "False", reason: ProgressDeadlineExceeded}]
          """);

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final WorkloadLister workloads =
      new WorkloadLister(
          client,
          namespace -> List.of(),
          () -> this.hasRollouts,
          asking -> asking >= this.many,
          () -> false,
          nanos::get);

  private int many = Integer.MAX_VALUE;
  private boolean hasRollouts;

  /// What is in the namespace, by kind.
  private final Map<String, String> there = new HashMap<>();

  @Test
  void each_kind_is_listed_once_from_the_servers_cache() {
    assertThat(list()).isEqualTo(Consumers.NONE);
    assertThat(api.lines())
        .containsExactlyInAnyOrder(
            "GET /api/v1/namespaces/payments/pods",
            "GET /apis/apps/v1/namespaces/payments/deployments",
            "GET /apis/apps/v1/namespaces/payments/statefulsets",
            "GET /apis/apps/v1/namespaces/payments/daemonsets",
            "GET /apis/batch/v1/namespaces/payments/jobs",
            "GET /apis/batch/v1/namespaces/payments/cronjobs");
    assertThat(api.asked())
        .allSatisfy(asked -> assertThat(asked.query()).containsEntry("resourceVersion", "0"));
    assertThat(api.last().query())
        .containsEntry("fieldSelector", "status.phase!=Succeeded,status.phase!=Failed");
  }

  @Test
  void one_answer_serves_all_who_ask_at_once() throws Exception {
    lists();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var askers =
          IntStream.range(0, 200)
              .<Callable<Consumers>>mapToObj(asker -> () -> workloads.consumers("payments"))
              .toList();
      for (var answer : threads.invokeAll(askers)) {
        assertThat(answer.get()).isEqualTo(Consumers.NONE);
      }
    }
    assertThat(api.asked()).hasSize(6);
  }

  @Test
  void an_answer_is_kept_for_a_second() {
    list();
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    workloads.consumers("payments");
    assertThat(api.asked()).hasSize(6);
    nanos.incrementAndGet();
    list();
    assertThat(api.asked()).hasSize(12);
  }

  @Test
  void each_namespace_has_its_own_answer() {
    list();
    lists();
    workloads.consumers("billing");
    assertThat(api.asked()).hasSize(12);
    assertThat(api.last().path()).isEqualTo("/api/v1/namespaces/billing/pods");
  }

  @Test
  void all_namespaces_are_listed_at_once_where_many_ask() {
    many = 3;
    list("payments");
    list("billing");
    there.put(
        "deployments",
        "{metadata: {name: crm, namespace: sales}, spec: {template: " + TEMPLATE + "}}");
    there.put(
        "pods",
        "{metadata: {name: crm-1, namespace: ops}, spec: {imagePullSecrets: [{name: payments-db}]}}");
    assertThat(list("sales").workloads()).hasSize(1);
    assertThat(workloads.consumers("ops").pods()).hasSize(1);
    assertThat(workloads.consumers("payments")).isEqualTo(Consumers.NONE);
    var wide = api.asked().subList(12, 18);
    assertThat(wide.stream().map(Asked::path))
        .containsExactlyInAnyOrder(
            "/api/v1/pods",
            "/apis/apps/v1/deployments",
            "/apis/apps/v1/statefulsets",
            "/apis/apps/v1/daemonsets",
            "/apis/batch/v1/jobs",
            "/apis/batch/v1/cronjobs");
    assertThat(wide).allSatisfy(asked -> assertThat(asked.query()).containsEntry("limit", "250"));

    // As long as they do.
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
    list("sales");
    assertThat(api.last().path()).isEqualTo("/api/v1/pods");
    nanos.addAndGet(Duration.ofSeconds(4).toNanos());
    list("sales");
    assertThat(api.last().path()).isEqualTo("/api/v1/namespaces/sales/pods");
  }

  @Test
  void after_a_write_a_look_at_all_namespaces_will_not_do() {
    many = 1;
    list("billing");
    workloads.consumersChanged("payments");
    list("payments");
    workloads.consumers("billing");
    assertThat(api.last().path()).isEqualTo("/api/v1/namespaces/payments/pods");
    assertThat(api.asked()).hasSize(12);
  }

  @Test
  void after_a_write_the_next_answer_is_none_of_a_cache() {
    list();
    workloads.consumersChanged("payments");
    workloads.consumersChanged("payments");
    list();
    workloads.consumers("payments");
    assertThat(api.asked()).hasSize(12);
    assertThat(api.asked().subList(6, 12))
        .allSatisfy(asked -> assertThat(asked.query()).doesNotContainKey("resourceVersion"));
  }

  @Test
  void a_write_while_others_look_is_not_missed() {
    api.then(
        asked -> {
          workloads.consumersChanged("payments");
          return list(asked);
        });
    IntStream.range(0, 5).forEach(other -> api.then(this::list));
    workloads.consumers("payments");
    there.put("pods", "{metadata: {name: later}, spec: {imagePullSecrets: [{name: a}]}}");
    assertThat(list().pods()).extracting(PodFacts::name).containsExactly("later");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 403, deployments",
    "1, 404, jobs",
    "2, 403, statefulsets",
    "3, 403, daemonsets",
    "4, 403, cronjobs",
    "5, 403, pods"
  })
  void what_may_not_be_listed_leaves_all_unknown(int answered, int code, String kind) {
    IntStream.range(0, answered).forEach(other -> api.then(this::list));
    api.refuses(code, kind + " is forbidden: User \"credence\"\ncannot list them");
    assertThat(workloads.consumers("payments"))
        .isEqualTo(
            Consumers.unknown(
                kind
                    + " of the namespace cannot be listed: "
                    + kind
                    + " is forbidden: User \"credence\"?cannot list them"));
    workloads.consumers("payments");
    assertThat(api.asked()).hasSize(answered + 1);
  }

  @Test
  void a_server_that_is_not_there_leaves_all_unknown() {
    api.close();
    assertThat(workloads.consumers("payments").problem())
        .hasValue("deployments of the namespace cannot be listed: the API server does not answer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"items\": 7}", "no json", "[]", ""})
  void an_answer_that_cannot_be_read_leaves_all_unknown(String answer) {
    api.answers(200, answer);
    assertThat(workloads.consumers("payments").problem())
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .startsWith("deployments of the namespace cannot be listed: ")
                    .doesNotContain("\n"));
  }

  @Test
  void many_namespaces_are_not_remembered_for_ever() {
    for (var each = 0; each < 600; each++) {
      api.refuses(403, "no");
      workloads.consumers("team-" + each);
    }
    api.refuses(403, "no");
    workloads.consumers("team-0");
    assertThat(api.asked()).hasSize(601);
  }

  @Test
  void a_deployment_is_a_workload() {
    there.put(
        "deployments",
        """
        metadata:
          name: crm
          uid: uid-of-crm
          resourceVersion: "41"
          generation: 7
          managedFields:
          - {manager: kubectl, time: "2027-01-03T00:00:00Z", fieldsV1: &restarted
             {"f:spec": {"f:template": {"f:metadata": {"f:annotations":
               {"f:credence.dev/restarted-for": {}}}}}}}
          - {manager: credence, time: "2027-01-01T00:00:00Z", fieldsV1: *restarted}
          - {manager: credence, time: "2027-01-02T00:00:00Z", fieldsV1: *restarted}
          - {manager: credence, time: "2027-01-04T00:00:00Z", fieldsV1: {"f:spec": {}}}
          - {manager: credence, time: "2027-01-05T00:00:00Z"}
        spec:
          replicas: 1
          template:
            metadata: {annotations: {credence.dev/restarted-for: crm-db-v8}}
            spec: {containers: [{envFrom: [{secretRef: {name: crm-db}}]}]}
        status: {observedGeneration: 7, updatedReplicas: 1, replicas: 1, availableReplicas: 1}
        """);
    assertThat(list().workloads())
        .containsExactly(
            new WorkloadFacts(
                new ObjectRef(Kind.Deployment, "crm"),
                new Preconditions("uid-of-crm", "41"),
                Set.of("crm-db"),
                1,
                Optional.of("crm-db-v8"),
                Optional.of(Instant.parse("2027-01-02T00:00:00Z")),
                new Rollout.Done()));
  }

  @Test
  void argo_rollouts_are_listed_while_they_are_installed() {
    hasRollouts = true;
    there.put("rollouts", ROLLOUT);
    assertThat(list().workloads())
        .containsExactly(
            new WorkloadFacts(
                new ObjectRef(Kind.Rollout, "crm"),
                new Preconditions("uid-of-crm", "41"),
                Set.of("payments-db"),
                2,
                Optional.empty(),
                Optional.of(Instant.parse("2027-01-02T00:00:05Z")),
                Optional.of(new Requested(Instant.parse("2027-01-02T00:00:00Z"), true)),
                new Rollout.Done()));
    assertThat(api.lines().get(5))
        .isEqualTo("GET /apis/argoproj.io/v1alpha1/namespaces/payments/rollouts");
    assertThat(api.asked()).hasSize(7);
    hasRollouts = false;
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(list().workloads()).isEmpty();
    assertThat(api.asked()).hasSize(13);
  }

  @Test
  void argo_rollouts_that_were_uninstalled_a_moment_ago_are_none() {
    hasRollouts = true;
    IntStream.range(0, 5).forEach(other -> api.then(this::list));
    api.refuses(404, "the server could not find the requested resource");
    api.then(this::list);
    assertThat(workloads.consumers("payments")).isEqualTo(Consumers.NONE);
  }

  @Test
  void argo_rollouts_that_may_not_be_listed_leave_all_unknown() {
    hasRollouts = true;
    IntStream.range(0, 5).forEach(other -> api.then(this::list));
    api.refuses(403, "rollouts.argoproj.io is forbidden");
    assertThat(workloads.consumers("payments"))
        .isEqualTo(
            Consumers.unknown(
                "rollouts of the namespace cannot be listed: rollouts.argoproj.io is forbidden"));
  }

  /// Whatever the ReplicaSet is: the stable one, the canary, an older one.
  @ParameterizedTest
  @CsvSource({
    "crm-6d5f, 6d5f, rollouts-pod-template-hash, Rollout crm",
    "crm-77b9, 77b9, rollouts-pod-template-hash, Rollout crm",
    "crm-6d5f, 6d5f, pod-template-hash, ",
    "other-6d5f, 6d5f, rollouts-pod-template-hash, ",
    "crm, 6d5f, rollouts-pod-template-hash, "
  })
  void the_pods_of_all_replicasets_of_an_argo_rollout_are_those_of_the_rollout(
      String replicaSet, String hash, String label, String workload) {
    hasRollouts = true;
    there.put("rollouts", ROLLOUT);
    there.put(
        "pods",
        pod(
            "crm-1",
            "{apiVersion: apps/v1, kind: ReplicaSet, name: %s, uid: uid-1}".formatted(replicaSet),
            label + ": " + hash));
    assertThat(list().pods())
        .singleElement()
        .satisfies(
            pod ->
                assertThat(pod.workload().map(ObjectRef::toString))
                    .isEqualTo(Optional.ofNullable(workload)));
  }

  @Test
  void a_rollout_of_another_group_is_no_workload() {
    hasRollouts = true;
    there.put("rollouts", ROLLOUT.replace("argoproj.io", "example.com"));
    assertThat(list().workloads()).isEmpty();
  }

  @Test
  void all_five_kinds_are_workloads() {
    var template = "{metadata: {name: a}, spec: {template: " + TEMPLATE + "}}";
    there.put("deployments", template);
    there.put("statefulsets", template);
    there.put("daemonsets", template);
    there.put("jobs", template);
    there.put(
        "cronjobs",
        "{metadata: {name: a}, spec: {jobTemplate: {spec: {template: " + TEMPLATE + "}}}}");
    assertThat(list().workloads())
        .allSatisfy(workload -> assertThat(workload.secrets()).containsExactly("payments-db"))
        .extracting(WorkloadFacts::subject)
        .extracting(ObjectRef::kind)
        .containsExactly(Kind.Job, Kind.CronJob, Kind.Deployment, Kind.StatefulSet, Kind.DaemonSet);
  }

  @ParameterizedTest
  @CsvSource({
    "Complete, True, false",
    "Failed, True, false",
    "Complete, False, true",
    "Suspended, True, true"
  })
  void a_job_is_a_workload_until_its_end(String condition, String status, boolean counts) {
    there.put(
        "jobs",
        "{metadata: {name: nightly}, status: {conditions: [{type: %s, status: '%s'}]}}"
            .formatted(condition, status));
    assertThat(list().workloads()).hasSize(counts ? 1 : 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"two\\nlines\"", "''", "null"})
  void an_annotation_that_we_did_not_write_so_counts_as_none(String value) {
    there.put(
        "deployments",
        "{metadata: {name: crm}, spec: {template: {metadata: {annotations: {credence.dev/restarted-for: %s}}}}}"
            .formatted(value));
    assertThat(list().workloads())
        .first()
        .extracting(WorkloadFacts::restartedFor)
        .isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "jobs, 'ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, controller: true}], labels: {credence.dev/hook-for: a}', 0",
    "jobs, 'ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, controller: true}], annotations: {credence.dev/hook-for: a}', 0",
    "jobs, 'labels: {credence.dev/hook-for: a}', 1",
    "jobs, 'labels: {app.kubernetes.io/managed-by: credence, credence.dev/hook-for: a}', 1",
    "jobs, 'annotations: {credence.dev/hook: \"true\"}', 0",
    "cronjobs, 'annotations: {credence.dev/hook: \"true\"}', 0",
    "cronjobs, 'annotations: {credence.dev/hook: \"false\"}', 1",
    "deployments, 'annotations: {credence.dev/hook: \"true\"}', 1"
  })
  void hooks_are_no_consumers(String kind, String meta, int workloads) {
    there.put(kind, "{metadata: {name: rotate, " + meta + "}}");
    there.put("pods", pod("rotate-x", "{apiVersion: batch/v1, kind: Job, name: rotate}", ""));
    var seen = list();
    assertThat(seen.workloads()).hasSize(workloads);
    assertThat(seen.pods()).hasSize(kind.equals("jobs") ? workloads : 1);
  }

  @Test
  void the_pod_of_a_hook_is_known_by_its_label() {
    there.put("pods", pod("rotate-x", "{}", "credence.dev/hook-for: payments-db"));
    assertThat(list().pods()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "apps/v1, ReplicaSet, crm-6d5f, Always, Deployment crm, Replaced",
    "apps/v1, ReplicaSet, crm-6d5f, , Deployment crm, Replaced",
    "apps/v1, ReplicaSet, other-6d5f, Always, , Replaced",
    "apps/v1, ReplicaSet, crm, Always, , Replaced",
    "apps/v1, StatefulSet, crm, Always, StatefulSet crm, Replaced",
    "apps/v1, DaemonSet, crm, Always, DaemonSet crm, Replaced",
    "batch/v1, Job, crm-29, OnFailure, Job crm-29, RunsOnce",
    "batch/v1, Job, crm-29, , Job crm-29, RunsOnce",
    "kruise.io/v1, StatefulSet, crm, Always, , Replaced",
    "v1, ReplicationController, crm, Always, , Replaced",
    "tekton.dev/v1, TaskRun, crm, Never, , RunsOnce",
    "argoproj.io/v1alpha1, Workflow, crm, Never, , RunsOnce",
    "sparkoperator.k8s.io/v1beta2, SparkApplication, crm, OnFailure, , RunsOnce"
  })
  void a_pod_knows_what_made_it(
      String version,
      String kind,
      String name,
      String restartPolicy,
      String workload,
      Returns returns) {
    there.put("deployments", "{metadata: {name: crm}}");
    there.put(
        "pods",
        pod(
            "crm-1",
            "{apiVersion: %s, kind: %s, name: %s, uid: uid-of-%s}"
                .formatted(version, kind, name, name),
            "pod-template-hash: 6d5f",
            restartPolicy));
    assertThat(list().pods())
        .singleElement()
        .satisfies(
            pod -> {
              assertThat(pod.workload().map(ObjectRef::toString))
                  .isEqualTo(Optional.ofNullable(workload));
              assertThat(pod.returns()).isEqualTo(returns);
              assertThat(pod.controller()).contains(new Controller(kind, name, "uid-of-" + name));
            });
  }

  @Test
  void a_pod_is_read_as_it_is() {
    there.put(
        "pods",
        """
        metadata:
          {name: crm-1, uid: uid-of-crm-1, resourceVersion: "41",
           creationTimestamp: "2027-01-01T00:00:00Z", deletionTimestamp: "2027-01-02T00:00:00Z",
           ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: crm}]}
        spec: {imagePullSecrets: [{name: payments-db}]}
        status: {conditions: [{type: Initialized, status: "True"}, {type: Ready, status: "True"}]}
        """);
    assertThat(list().pods())
        .containsExactly(
            new PodFacts(
                "crm-1",
                new Preconditions("uid-of-crm-1", "41"),
                Set.of("payments-db"),
                Set.of(),
                Instant.parse("2027-01-01T00:00:00Z"),
                Optional.empty(),
                Optional.empty(),
                Returns.Never,
                true,
                Optional.of(Instant.parse("2027-01-02T00:00:00Z"))));
  }

  @Test
  void a_pod_without_secrets_is_no_consumer() {
    there.put("pods", "{metadata: {name: crm-1}, spec: {containers: [{name: a}]}}");
    assertThat(list().pods()).isEmpty();
  }

  @Test
  void a_pod_of_unknown_age_is_the_oldest() {
    there.put("pods", "{metadata: {name: crm-1}, spec: {imagePullSecrets: [{name: a}]}}");
    assertThat(list().pods()).first().extracting(PodFacts::createdAt).isEqualTo(Instant.EPOCH);
  }

  /// Every part of every object may be missing, null or some other text.
  @Test
  void whatever_the_objects_hold_there_is_an_answer() {
    var known = 0;
    for (var seed = 0; seed < 300; seed++) {
      var garbage = new Garbage(seed);
      IntStream.range(0, 6)
          .forEach(kind -> api.then(asked -> new Answer(200, spoiled(garbage).toString())));
      var seen = workloads.consumers("payments-" + seed);
      assertThat(seen.problem()).as("seed %d", seed).isEmpty();
      known += seen.workloads().size() + seen.pods().size();
    }
    assertThat(known).isPositive();
  }

  private static JsonNode spoiled(Garbage garbage) {
    var list = (ObjectNode) FakeApi.tree("{\"items\": []}");
    IntStream.range(0, 3)
        .forEach(item -> list.withArray("/items").add(spoiled(EVERYTHING, garbage)));
    return list;
  }

  private static JsonNode spoiled(JsonNode node, Garbage garbage) {
    var isFirst = !garbage.mostly();
    if (isFirst && !garbage.mostly()) {
      return JsonNodeFactory.instance.nullNode();
    }
    if (node instanceof ObjectNode object) {
      var copy = JsonNodeFactory.instance.objectNode();
      object
          .properties()
          .forEach(field -> copy.set(field.getKey(), spoiled(field.getValue(), garbage)));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      var copy = JsonNodeFactory.instance.arrayNode();
      array.forEach(item -> copy.add(spoiled(item, garbage)));
      return copy;
    }
    return node.isTextual() && !garbage.mostly()
        ? JsonNodeFactory.instance.textNode(garbage.text())
        : node;
  }

  private static String pod(String name, String controller, String label) {
    return pod(name, controller, label, "Always");
  }

  private static String pod(
      String name, String controller, String label, @Nullable String restartPolicy) {
    return """
    metadata:
      name: %s
      labels: {%s}
      ownerReferences: [%s]
    spec: {imagePullSecrets: [{name: payments-db}], restartPolicy: %s}
    """
        .formatted(
            name,
            label,
            controller.replace("}", ", controller: true}").replace("{,", "{"),
            restartPolicy);
  }

  /// Lets the namespace be looked at as it is now.
  private Consumers list() {
    return list("payments");
  }

  private Consumers list(String namespace) {
    lists();
    var seen = workloads.consumers(namespace);
    assertThat(seen.problem()).isEmpty();
    return seen;
  }

  private void lists() {
    KINDS.forEach(kind -> api.then(this::list));
    if (hasRollouts) {
      api.then(this::list);
    }
  }

  private Answer list(Asked asked) {
    var kind = asked.path().substring(asked.path().lastIndexOf('/') + 1);
    var list = (ObjectNode) FakeApi.tree("{\"items\": []}");
    if (there.containsKey(kind)) {
      list.withArray("/items").add(Written.tree(there.get(kind)));
    }
    return new Answer(200, list.toString());
  }
}
