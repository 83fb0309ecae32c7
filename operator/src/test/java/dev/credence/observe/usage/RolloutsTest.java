// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.usage.WorkloadFacts.Rollout;
import dev.credence.observe.Written;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutsTest {
  private static final Rollout DONE = new Rollout.Done();
  private static final String SEEN = "{observedGeneration: 7}";
  private static final String PAST_ITS_DEADLINE =
      """
      conditions: [{type: Available, status: 'False'},
        {type: Progressing, status: 'False', reason: ProgressDeadlineExceeded,
         message: ReplicaSet "crm-6d" has timed out progressing.}]
      """;

  @ParameterizedTest
  @CsvSource({
    "3, 1, 4, 3, 1 of 3 pods are new",
    "3, 3, 4, 3, old pods that still exist: 1",
    "3, 3, 3, 2, 2 of 3 new pods are available",
    "3, 0, 0, 0, 0 of 3 pods are new",
    "1, 2, 2, 1, 1 of 2 new pods are available"
  })
  void a_deployment_is_under_way(int wanted, int updated, int there, int available, String how) {
    assertThat(deployment(wanted, updated, there, available)).isEqualTo(new Rollout.UnderWay(how));
  }

  @ParameterizedTest
  @CsvSource({"3, 3, 3, 3", "0, 0, 0, 0"})
  void a_deployment_is_rolled_out(int wanted, int updated, int there, int available) {
    assertThat(deployment(wanted, updated, there, available)).isEqualTo(DONE);
  }

  @Test
  void a_deployment_that_says_nothing_wants_one_pod() {
    assertThat(deployment("spec: {}", SEEN)).isEqualTo(new Rollout.UnderWay("0 of 1 pods are new"));
  }

  @Test
  void a_paused_deployment_is_paused_whatever_its_pods_are() {
    assertThat(deployment("spec: {paused: true, replicas: 0}", SEEN))
        .isEqualTo(new Rollout.Paused());
  }

  @Test
  void a_deployment_past_its_deadline_is_stuck() {
    assertThat(
            deployment("spec: {replicas: 1}", "{observedGeneration: 7, " + PAST_ITS_DEADLINE + "}"))
        .isEqualTo(new Rollout.Stuck("ReplicaSet \"crm-6d\" has timed out progressing."));
  }

  @Test
  void a_deadline_of_the_template_before_does_not_count() {
    assertThat(
            deployment("spec: {replicas: 1}", "{observedGeneration: 6, " + PAST_ITS_DEADLINE + "}"))
        .isEqualTo(new Rollout.UnderWay("its controller has not observed the latest change yet"));
  }

  @Test
  void a_deployment_that_makes_progress_is_not_stuck() {
    assertThat(
            deployment(
                "spec: {replicas: 0}",
                "{observedGeneration: 7, conditions: [{type: Progressing, status: 'True'}]}"))
        .isEqualTo(DONE);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2, 3, old, new, 2 of 3 pods are ready",
    "0, 3, 1, old, new, 1 of 3 pods are new",
    "2, 3, 0, old, new, 0 of 3 pods are new",
    "0, 3, 3, old, new, 3 of 3 pods are new",
    "0, 2, 3, new, new, 2 of 3 pods are ready"
  })
  void a_statefulset_is_under_way(
      int partition, int ready, int updated, String current, String update, String how) {
    assertThat(statefulSet(partition, ready, updated, current, update))
        .isEqualTo(new Rollout.UnderWay(how));
  }

  @ParameterizedTest
  @CsvSource({"0", "2"})
  void a_statefulset_of_one_revision_is_rolled_out(int partition) {
    assertThat(statefulSet(partition, 3, 3, "new", "new")).isEqualTo(DONE);
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 3", "3, 0", "5, 0"})
  void pods_below_the_partition_are_replaced_by_hand(int partition, int updated) {
    assertThat(statefulSet(partition, 3, updated, "old", "new")).isEqualTo(new Rollout.ByHand());
  }

  @Test
  void a_statefulset_whose_change_was_not_seen_is_under_way() {
    assertThat(
            Rollouts.of(
                Written.as(StatefulSet.class, "{metadata: {generation: 1}, spec: {replicas: 0}}")))
        .isInstanceOf(Rollout.UnderWay.class);
  }

  @ParameterizedTest
  @CsvSource({
    "3, 1, 3, 1 of 3 pods are new",
    "3, 3, 2, 2 of 3 new pods are available",
  })
  void a_daemonset_is_under_way(int wanted, int updated, int available, String how) {
    assertThat(daemonSet(wanted, updated, available)).isEqualTo(new Rollout.UnderWay(how));
  }

  @ParameterizedTest
  @CsvSource({"3, 3, 3", "0, 0, 0"})
  void a_daemonset_is_rolled_out(int wanted, int updated, int available) {
    assertThat(daemonSet(wanted, updated, available)).isEqualTo(DONE);
  }

  @ParameterizedTest
  @CsvSource({"OnDelete", "OfANewerVersion"})
  void what_is_not_rolled_out_by_its_controller_goes_by_hand(String strategy) {
    var spec = "{spec: {updateStrategy: {type: %s}}}".formatted(strategy);
    assertThat(Rollouts.of(Written.as(StatefulSet.class, spec))).isEqualTo(new Rollout.ByHand());
    assertThat(Rollouts.of(Written.as(DaemonSet.class, spec))).isEqualTo(new Rollout.ByHand());
  }

  private static Rollout deployment(int wanted, int updated, int there, int available) {
    return deployment(
        "spec: {replicas: %d}".formatted(wanted),
        "{observedGeneration: 7, updatedReplicas: %d, replicas: %d, availableReplicas: %d}"
            .formatted(updated, there, available));
  }

  private static Rollout deployment(String spec, String status) {
    var observed = status.equals("{}") ? "{observedGeneration: 7}" : status;
    return Rollouts.of(
        Written.as(
            Deployment.class,
            "metadata: {generation: 7}\n" + spec + "\nstatus: " + observed.replace("\n", "\n  ")));
  }

  private static Rollout statefulSet(
      int partition, int ready, int updated, String current, String update) {
    return Rollouts.of(
        Written.as(
            StatefulSet.class,
            """
            metadata: {generation: 7}
            spec:
              replicas: 3
              updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: %d}}
            status: {observedGeneration: 7, readyReplicas: %d, updatedReplicas: %d,
                     currentRevision: %s, updateRevision: %s}
            """
                .formatted(partition, ready, updated, current, update)));
  }

  private static Rollout daemonSet(int wanted, int updated, int available) {
    return Rollouts.of(
        Written.as(
            DaemonSet.class,
            """
            metadata: {generation: 7}
            status: {observedGeneration: 7, desiredNumberScheduled: %d,
                     updatedNumberScheduled: %d, numberAvailable: %d}
            """
                .formatted(wanted, updated, available)));
  }
}
