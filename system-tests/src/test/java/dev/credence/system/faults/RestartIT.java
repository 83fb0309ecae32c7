// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.Consumers;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Who reads a value when it starts is started anew, or waited for, as the policy says.
@WithOperator
class RestartIT {
  /// The identity `crm` under the policy, with generated Secrets of these names.
  private static void identify(Scene scene, String... secrets) {
    var items = Stream.of(secrets).map(Scene::password).toList();
    scene.identity("crm", OWNER + ", secrets: [" + String.join(", ", items) + "]");
    scene.awaitPolicy("crm");
    scene.awaitReady("crm");
  }

  /// A Deployment `crm-web` of one pod that reads these Secrets into its environment. Its next pod
  /// has to be ready for some seconds before the one before it goes.
  private static void deploy(Scene scene, String... secrets) {
    var variables =
        Stream.of(secrets)
            .map(
                name ->
                    "{name: %s, valueFrom: {secretKeyRef: {name: %s, key: password}}}"
                        .formatted(name.toUpperCase().replace('-', '_'), name))
            .toList();
    scene.create(
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: crm-web},
         spec: {replicas: 1, minReadySeconds: 4, selector: {matchLabels: {app: crm-web}},
          strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}},
          template: {metadata: {labels: {app: crm-web}}, spec: {containers: [
           {name: web, image: crm, env: [%s]}]}}}}
        """
            .formatted(String.join(", ", variables)));
    eventually("crm-web is available").until(() -> isAvailable(scene));
  }

  private static boolean isAvailable(Scene scene) {
    var status = web(scene).getStatus();
    return Integer.valueOf(1).equals(status.getAvailableReplicas())
        && Integer.valueOf(1).equals(status.getUpdatedReplicas())
        && Integer.valueOf(1).equals(status.getReplicas());
  }

  private static Deployment web(Scene scene) {
    return scene.deployment("crm-web").get();
  }

  private static Optional<String> restartedFor(Scene scene) {
    return Optional.ofNullable(web(scene).getSpec().getTemplate().getMetadata().getAnnotations())
        .map(all -> all.get(Api.RESTARTED_FOR));
  }

  private static List<String> pods(Scene scene) {
    return scene.client().pods().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .map(pod -> pod.getMetadata().getName())
        .sorted()
        .toList();
  }

  private static boolean hasPrevious(Scene scene, String secret) {
    return scene.value(secret, "password.previous").isPresent();
  }

  /// Of `crm-db`: `1 of 2` have moved.
  private static String consumers(Scene scene) {
    return Optional.ofNullable(scene.credential("crm", "crm-db").consumers())
        .map(RestartIT::text)
        .orElse("nobody");
  }

  private static String text(Consumers consumers) {
    return consumers.current() + " of " + consumers.total();
  }

  @BesideOthers
  void who_uses_a_secret_is_restarted_once_and_the_old_value_waits_for_that(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, rotation: {overlap: 1s, restart: {strategy: Rollout}}")) {
      identify(scene, "crm-db");
      deploy(scene, "crm-db");
      var before = pods(scene);
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      scene.awaitVersion("crm-db", 2);

      eventually("it is restarted")
          .until(() -> restartedFor(scene).filter("crm-db-v2"::equals).isPresent());
      scene.awaitStand("crm", "crm-db", "Restarting 2");
      assertThat(consumers(scene)).isEqualTo("0 of 1");
      assertThat(scene.credential("crm", "crm-db").message())
          .contains("Waiting for Deployment " + namespace + "/crm-web");
      assertThat(scene.result("crm", "CredentialsFresh")).isEqualTo("False ConsumersPending");
      assertThat(scene.result("crm", "Ready")).isEqualTo("True Compliant");
      eventually("the old value goes when the old pod has gone")
          .until(
              () -> {
                var hadPrevious = hasPrevious(scene, "crm-db");
                var pods = pods(scene);
                assertThat(hadPrevious || !pods.contains(before.getFirst()))
                    .as("the old pod has its value as long as it runs")
                    .isTrue();
                return !hadPrevious;
              });

      scene.awaitStand("crm", "crm-db", "Fresh 2");
      assertThat(consumers(scene)).isEqualTo("1 of 1");
      assertThat(scene.result("crm", "CredentialsFresh")).isEqualTo("True Current");
      assertThat(pods(scene)).hasSize(1).doesNotContainAnyElementsOf(before);
      assertThat(web(scene).getMetadata().getGeneration()).as("restarted once").isEqualTo(2);
    }
  }

  @BesideOthers
  void two_secrets_of_one_workload_make_one_restart(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, rotation: {overlap: 1s, restart: {strategy: Rollout}}")) {
      identify(scene, "crm-db", "crm-smtp");
      deploy(scene, "crm-db", "crm-smtp");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      scene.awaitVersion("crm-db", 2);
      scene.awaitVersion("crm-smtp", 2);

      scene.awaitStand("crm", "crm-db", "Fresh 2");
      scene.awaitStand("crm", "crm-smtp", "Fresh 2");
      assertThat(restartedFor(scene).orElseThrow()).matches("crm-(db|smtp)-v2");
      assertThat(web(scene).getMetadata().getGeneration()).as("restarted once").isEqualTo(2);
    }
  }

  @BesideOthers
  void a_paused_workload_is_reported_and_left_alone(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, rotation: {overlap: 1s, restart: {strategy: Rollout}}")) {
      identify(scene, "crm-db");
      deploy(scene, "crm-db");
      scene.patch(scene.deployment("crm-web"), "{spec: {paused: true}}");
      var generation = web(scene).getMetadata().getGeneration();
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      scene.awaitVersion("crm-db", 2);

      scene.await("crm", "Ready", "False ConsumersPending");
      assertThat(scene.result("crm", "Stalled")).isEqualTo("True ConsumersPending");
      assertThat(scene.message("crm", "CredentialsFresh"))
          .contains("Deployment " + namespace + "/crm-web", "is paused");
      stays(
          Duration.ofSeconds(4),
          "it is not touched and the old value stays",
          () ->
              hasPrevious(scene, "crm-db")
                  && web(scene).getMetadata().getGeneration().equals(generation));

      scene.patch(scene.deployment("crm-web"), "{spec: {paused: false}}");
      scene.awaitReady("crm");
      scene.awaitStand("crm", "crm-db", "Fresh 2");
      assertThat(restartedFor(scene)).hasValue("crm-db-v2");
    }
  }

  @BesideOthers
  void a_pod_is_evicted_when_its_budget_lets_it_go(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy("enforcement: Enforce, rotation: {overlap: 1s, restart: {strategy: Evict}}")) {
      identify(scene, "crm-db");
      deploy(scene, "crm-db");
      scene.create(
          """
          {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: crm-web},
           spec: {maxUnavailable: 0, selector: {matchLabels: {app: crm-web}}}}
          """);
      var before = pods(scene);
      var generation = web(scene).getMetadata().getGeneration();
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      scene.awaitVersion("crm-db", 2);

      scene.await("crm", "CredentialsFresh", "False ConsumersPending");
      eventually("the budget is named")
          .until(() -> scene.message("crm", "CredentialsFresh").contains("PodDisruptionBudget"));
      stays(
          Duration.ofSeconds(3),
          "nothing is evicted and the old value stays",
          () -> pods(scene).equals(before) && hasPrevious(scene, "crm-db"));

      scene.patch(
          namespace.client().policy().v1().podDisruptionBudget().withName("crm-web"),
          "{spec: {maxUnavailable: 1}}");
      scene.awaitStand("crm", "crm-db", "Fresh 2");
      assertThat(pods(scene)).hasSize(1).doesNotContainAnyElementsOf(before);
      assertThat(web(scene).getMetadata().getGeneration()).isEqualTo(generation);
      scene.awaitReady("crm");
    }
  }

  @BesideOthers
  void without_restarts_the_old_value_waits_until_the_longest_overlap_is_over(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy("enforcement: Enforce, rotation: {overlap: 1s, maxOverlap: 12s}")) {
      identify(scene, "crm-db");
      deploy(scene, "crm-db");
      var before = pods(scene);
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      scene.awaitVersion("crm-db", 2);
      var issuedAt =
          Instant.parse(Scene.annotation(scene.secret("crm-db"), Api.ISSUED_AT).orElseThrow());

      scene.await("crm", "CredentialsFresh", "False ConsumersPending");
      eventually("who uses it is counted").until(() -> consumers(scene).equals("0 of 1"));
      assertThat(scene.result("crm", "Ready")).isEqualTo("True Compliant");
      assertThat(scene.credential("crm", "crm-db").previousRetirementTime())
          .isEqualTo(issuedAt.plusSeconds(12));
      eventually("the longest overlap is over").until(() -> !hasPrevious(scene, "crm-db"));
      assertThat(Instant.now()).isBetween(issuedAt.plusSeconds(12), issuedAt.plusSeconds(15));
      assertThat(pods(scene)).as("nothing was restarted").isEqualTo(before);
      assertThat(web(scene).getMetadata().getGeneration()).isEqualTo(1);
      // Its pods still have the old value in their environment.
      scene.await("crm", "CredentialsFresh", "False ConsumersLeftBehind");
      eventually("it is announced")
          .until(() -> scene.events("crm").contains("Warning ConsumersLeftBehind"));
    }
  }

  @BesideOthers
  void a_workload_that_is_started_by_others_has_moved_too(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy = scene.policy("enforcement: Enforce, rotation: {overlap: 1s}")) {
      identify(scene, "crm-db");
      deploy(scene, "crm-db");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      scene.awaitVersion("crm-db", 2);
      scene.await("crm", "CredentialsFresh", "False ConsumersPending");

      namespace.client().pods().withLabel("app", "crm-web").delete();
      scene.awaitStand("crm", "crm-db", "Fresh 2");
      assertThat(hasPrevious(scene, "crm-db")).isFalse();
    }
  }

  /// The kind is enough: the test does what the controller of Argo Rollouts does with it. The
  /// template is that of a Deployment (`workloadRef`), which is scaled to 0.
  @BesideOthers
  void an_argo_rollout_is_restarted_by_its_restart_time(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var kind = scene.create(Rollouts.DEFINITION);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, rotation: {overlap: 1s, restart: {strategy: Rollout}}")) {
      var rollouts = new Rollouts(scene);
      eventually("the API server serves the kind").ignoreExceptions().until(rollouts::create);
      identify(scene, "crm-db");
      eventually("its pod is ready").until(() -> rollouts.readyPods().size() == 1);
      rollouts.healthy();
      var before = rollouts.readyPods();

      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      eventually("it is asked to restart").until(() -> rollouts.restartAt().isPresent());
      assertThat(rollouts.text("status", "restartedAt")).isEmpty();
      assertThat(hasPrevious(scene, "crm-db")).as("its pod has the old value").isTrue();
      scene.awaitStand("crm", "crm-db", "Restarting 2");
      assertThat(scene.credential("crm", "crm-db").message())
          .contains("Waiting for Rollout " + namespace + "/crm-web");
      assertThat(consumers(scene)).as("its Deployment is no other consumer").isEqualTo("0 of 1");

      rollouts.replace(before);
      scene.awaitStand("crm", "crm-db", "Fresh 2");
      assertThat(hasPrevious(scene, "crm-db")).isFalse();
      assertThat(rollouts.readyPods()).doesNotContainAnyElementsOf(before);
      assertThat(rollouts.generation()).as("restarted once").isEqualTo(2);
      assertThat(web(scene).getMetadata().getGeneration()).as("not touched").isEqualTo(1);
    } finally {
      scene.client().resource(kind).delete();
    }
  }

  /// A Rollout `crm-web` of one pod, and the ReplicaSet that its controller would make.
  private record Rollouts(Scene scene) {
    /// What the product reads of `rollouts.argoproj.io`; the rest is left open.
    static final String DEFINITION =
        """
        {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: rollouts.argoproj.io},
         spec: {group: argoproj.io, scope: Namespaced, names: {kind: Rollout, plural: rollouts, singular: rollout, listKind: RolloutList},
          versions: [{name: v1alpha1, served: true, storage: true, subresources: {status: {}},
           schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}, status: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}}]}}
        """;

    private static final String POD =
        """
        {metadata: {labels: {app: crm-web, rollouts-pod-template-hash: 5d9c}}, spec: {containers: [
          {name: web, image: crm, env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: crm-db, key: password}}}]}]}}
        """
            .strip();

    boolean create() {
      if (object().get() != null) {
        return true;
      }
      var created =
          scene.create(
              "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: crm-web}, spec: {replicas: 1, selector: {matchLabels: {app: crm-web}}, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: crm-web}}}");
      scene.create(
          "{apiVersion: apps/v1, kind: Deployment, metadata: {name: crm-web}, spec: {replicas: 0, selector: {matchLabels: {app: crm-web}}, template: %s}}"
              .formatted(POD));
      scene.create(
          """
          {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: crm-web-5d9c, labels: {rollouts-pod-template-hash: 5d9c}, ownerReferences: [
            {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: crm-web, uid: %s, controller: true}]},
           spec: {replicas: 1, selector: {matchLabels: {app: crm-web, rollouts-pod-template-hash: 5d9c}}, template: %s}}
          """
              .formatted(created.getMetadata().getUid(), POD));
      return true;
    }

    private Resource<GenericKubernetesResource> object() {
      return scene
          .client()
          .genericKubernetesResources("argoproj.io/v1alpha1", "Rollout")
          .inNamespace(scene.namespace())
          .withName("crm-web");
    }

    Optional<String> text(String... path) {
      return Optional.ofNullable(object().get().get((Object[]) path)).map(String::valueOf);
    }

    long generation() {
      return object().get().getMetadata().getGeneration();
    }

    Optional<String> restartAt() {
      return text("spec", "restartAt");
    }

    List<String> readyPods() {
      return scene.client().pods().inNamespace(scene.namespace()).list().getItems().stream()
          .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
          .filter(Readiness::isPodReady)
          .map(pod -> pod.getMetadata().getName())
          .toList();
    }

    void healthy() {
      status("");
    }

    /// Deletes the pods that are older than the restart, and says when it was done.
    void replace(List<String> pods) {
      pods.forEach(
          pod -> scene.client().pods().inNamespace(scene.namespace()).withName(pod).delete());
      eventually("another pod is ready")
          .until(() -> readyPods().size() == 1 && !readyPods().equals(pods));
      status(", restartedAt: '%s'".formatted(restartAt().orElseThrow()));
    }

    private void status(String more) {
      scene.patchStatus(
          object(),
          "{status: {phase: Healthy, observedGeneration: '%s', replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1%s}}"
              .formatted(generation(), more));
    }
  }

  @BesideOthers
  void stateful_sets_and_daemon_sets_are_restarted_too(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, rotation: {overlap: 1s, restart: {strategy: Rollout}}")) {
      identify(scene, "crm-db");
      scene.create(
          """
          {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: crm-queue},
           spec: {serviceName: crm-queue, replicas: 1, selector: {matchLabels: {app: crm-queue}},
            template: {metadata: {labels: {app: crm-queue}}, spec: {containers: [
             {name: queue, image: crm, envFrom: [{secretRef: {name: crm-db}}]}]}}}}
          """);
      scene.create(
          """
          {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: crm-agent},
           spec: {selector: {matchLabels: {app: crm-agent}},
            template: {metadata: {labels: {app: crm-agent}}, spec: {
             volumes: [{name: db, secret: {secretName: crm-db}}], containers: [
             {name: agent, image: crm, volumeMounts: [{name: db, mountPath: /db}]}]}}}}
          """);
      eventually("both run").until(() -> running(scene) == 2);
      var before = uids(scene);
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      scene.awaitVersion("crm-db", 2);

      scene.awaitStand("crm", "crm-db", "Fresh 2");
      assertThat(consumers(scene)).isEqualTo("2 of 2");
      var apps = namespace.client().apps();
      assertThat(
              Stream.of(
                      apps.statefulSets().withName("crm-queue").get().getSpec().getTemplate(),
                      apps.daemonSets().withName("crm-agent").get().getSpec().getTemplate())
                  .map(template -> template.getMetadata().getAnnotations()))
          .allMatch(all -> "crm-db-v2".equals(all.get(Api.RESTARTED_FOR)));
      assertThat(uids(scene)).hasSize(2).doesNotContainAnyElementsOf(before);
    }
  }

  private static long running(Scene scene) {
    return scene.client().pods().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
        .count();
  }

  /// A StatefulSet gives the next pod the name of the one before it.
  private static List<String> uids(Scene scene) {
    return scene.client().pods().inNamespace(scene.namespace()).list().getItems().stream()
        .map(pod -> pod.getMetadata().getUid())
        .toList();
  }
}
