// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.ActorType;
import dev.credence.decide.Decide;
import dev.credence.plan.IdentityStatus.Typed;
import dev.credence.world.World;
import dev.credence.world.Yaml;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each rule where it holds, and near where it does not.
class ClassificationTest {
  private static final String OWNED =
      "ownerReferences: [{apiVersion: %s, kind: %s, name: x, uid: x-1, controller: true}]";

  private final World world = new World(Instant.parse("2026-03-03T14:00:00Z"));

  private static String owned(String version, String kind) {
    return OWNED.formatted(version, kind);
  }

  private Optional<Typed> type(String namespace, String account, String... others) {
    var all =
        Stream.concat(
            Stream.of(
                """
                {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: crm, uid: crm-1, namespace: %s},
                 spec: {owner: {contact: alice@example.com}, serviceAccounts: [{name: crm-sync}]}}
                """
                    .formatted(namespace),
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: crm-sync, uid: crm-sync-1, namespace: %s%s}}"
                    .formatted(namespace, account.isEmpty() ? "" : ", " + account)),
            Arrays.stream(others));
    all.forEach(text -> world.put(Yaml.object(Yaml.node(Yaml.documents(text).getFirst()))));
    return Decide.next(world.see(namespace, "crm").orElseThrow()).status().orElseThrow().type();
  }

  private static Optional<Typed> by(Classification rule) {
    return Optional.of(new Typed(rule.type(), rule.name()));
  }

  @Test
  void every_type_is_one_that_users_can_declare() {
    assertThat(Classification.values())
        .extracting(Classification::type)
        .isSubsetOf(Stream.of(ActorType.values()).map(ActorType::name).toList());
    assertThat(Classification.values())
        .allSatisfy(rule -> assertThat(rule.name()).matches("[A-Z][A-Za-z]{1,62}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kafka.strimzi.io/v1beta2 | Kafka | OwningController",
        "operators.coreos.com/v1alpha1 | ClusterServiceVersion | OperatorBundle",
        "kagent.dev/v1alpha2 | Agent | AgentLabel"
      })
  void an_owner_tells(String version, String kind, Classification rule) {
    assertThat(type("sales", owned(version, kind))).isEqualTo(by(rule));
  }

  @ParameterizedTest
  @ValueSource(strings = {"apps/v1", "v1", "gateway.networking.k8s.io/v1"})
  void an_owner_of_kubernetes_own_kinds_tells_nothing(String version) {
    assertThat(type("sales", owned(version, "ReplicaSet"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ci, CINamespace",
    "tekton-pipelines, CINamespace",
    "gitlab-runner, CINamespace",
    "flux-system, CINamespace",
    "kube-public, SystemNamespace",
    "cilium-system, SystemNamespace"
  })
  void a_namespace_tells(String namespace, Classification rule) {
    assertThat(type(namespace, "")).isEqualTo(by(rule));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sales", "influx", "social", "systematic"})
  void a_name_that_only_looks_alike_tells_nothing(String namespace) {
    assertThat(type(namespace, "")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "labels: {kagenti.io/type: agent} | AgentLabel",
        "labels: {control-plane: controller-manager} | OperatorName",
        "labels: {app.kubernetes.io/name: jenkins} | CILabel",
        "annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/crm'} | CloudIdentity",
        "annotations: {iam.gke.io/gcp-service-account: crm@x.iam.gserviceaccount.com} | CloudIdentity",
        "annotations: {azure.workload.identity/client-id: 4f1c} | CloudIdentity"
      })
  void what_is_written_on_an_account_tells(String written, Classification rule) {
    assertThat(type("sales", written)).isEqualTo(by(rule));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"labels: {kagenti.io/type: tool}", "labels: {app.kubernetes.io/name: crm}"})
  void other_words_on_an_account_tell_nothing(String written) {
    assertThat(type("sales", written)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "DaemonSet, RunsOnEveryNode",
    "Deployment, RunsAsService",
    "StatefulSet, RunsAsService",
    "Job, RunsAsJob"
  })
  void a_workload_tells(String kind, Classification rule) {
    var workload =
        "{apiVersion: x/v1, kind: %s, metadata: {name: crm}, spec: {template: {spec: {serviceAccountName: crm-sync}}}}"
            .formatted(kind);
    assertThat(type("sales", "", workload)).isEqualTo(by(rule));
  }

  @Test
  void a_cronjob_tells() {
    assertThat(
            type(
                "sales",
                "",
                "{apiVersion: batch/v1, kind: CronJob, metadata: {name: crm}, spec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: crm-sync}}}}}}"))
        .isEqualTo(by(Classification.RunsAsJob));
  }

  @Test
  void a_pod_alone_tells() {
    assertThat(
            type(
                "sales",
                "",
                "{apiVersion: v1, kind: Pod, metadata: {name: crm}, spec: {serviceAccountName: crm-sync}}"))
        .isEqualTo(by(Classification.RunsInPods));
  }

  @Test
  void a_token_without_a_pod_tells() {
    assertThat(
            type(
                "sales",
                "",
                "{apiVersion: v1, kind: Secret, metadata: {name: crm-token, annotations: {kubernetes.io/service-account.name: crm-sync}}}"))
        .isEqualTo(by(Classification.TokenWithoutPod));
  }

  @Test
  void a_workload_of_another_account_tells_nothing() {
    assertThat(
            type(
                "sales",
                "",
                "{apiVersion: v1, kind: Pod, metadata: {name: crm}, spec: {serviceAccountName: crm-web}}"))
        .isEmpty();
  }
}
