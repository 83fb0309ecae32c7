// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.usage.WorkloadFacts.Requested;
import dev.credence.facts.usage.WorkloadFacts.Rollout;
import dev.credence.observe.Written;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgoRolloutTest {
  private static final Rollout DONE = new Rollout.Done();
  private static final Instant AT = Instant.parse("2027-01-02T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "2, 3, 3, Healthy, 2 of 3 pods are ready",
    "3, 1, 3, Progressing, 1 of 3 pods are new",
    "3, 3, 2, Progressing, 2 of 3 pods are available",
    "3, 3, 3, Progressing, its phase is Progressing"
  })
  void it_is_under_way(int ready, int updated, int available, String phase, String how) {
    assertThat(counted(ready, updated, available, phase)).isEqualTo(new Rollout.UnderWay(how));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Healthy", "''"})
  void it_has_rolled_out(String phase) {
    assertThat(counted(3, 3, 3, phase)).isEqualTo(DONE);
    assertThat(counted(4, 4, 4, phase)).isEqualTo(DONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{spec: {paused: true}}",
        "{status: {phase: Paused}}",
        "{status: {phase: Degraded, pauseConditions: [{reason: InconclusiveAnalysisRun}]}}"
      })
  void it_is_paused(String yaml) {
    assertThat(read(yaml).progress()).isEqualTo(new Rollout.Paused());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{spec: {paused: false, replicas: 0}}",
        "{spec: {paused: 'true', replicas: 0}}",
        "{spec: {replicas: 0}, status: {pauseConditions: []}}"
      })
  void it_is_not_paused(String yaml) {
    assertThat(read(yaml).progress()).isEqualTo(DONE);
  }

  @ParameterizedTest
  @CsvSource({"'message: \"aborted\\nhere\"', aborted?here", "'', its phase is Degraded"})
  void it_is_stuck(String message, String why) {
    var separator = message.isEmpty() ? "" : ", ";
    assertThat(read("{status: {phase: Degraded" + separator + message + "}}").progress())
        .isEqualTo(new Rollout.Stuck(why));
  }

  @ParameterizedTest
  @CsvSource({"'\"6\"', true", "'6', true", "'\"7\"', false", "'\"6b8f9d\"', false"})
  void a_change_that_its_controller_has_not_seen_is_under_way(String observed, boolean isUnseen) {
    var rollout =
        read(
            "{metadata: {generation: 7}, spec: {replicas: 0}, status: {observedGeneration: %s}}"
                .formatted(observed));
    assertThat(rollout.progress()).isEqualTo(isUnseen ? Rollouts.UNSEEN : DONE);
  }

  @Test
  void a_restart_is_complete_when_the_status_has_its_time() {
    assertThat(read("{spec: {replicas: 1}}").requested()).isEmpty();
    assertThat(requested("{}")).contains(new Requested(AT, false));
    assertThat(requested("{restartedAt: '2027-01-01T00:00:00Z'}"))
        .contains(new Requested(AT, false));
    assertThat(requested("{restartedAt: '2027-01-02T01:00:00+01:00'}"))
        .contains(new Requested(AT, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{spec: null, status: null}",
        "{spec: [], status: none}",
        "{spec: {replicas: many, restartAt: tomorrow, template: [], paused: {}},"
            + " status: {phase: {}, pauseConditions: none, observedGeneration: [], message: {}}}",
        "{spec: {template: {spec: {containers: none}}}, status: {readyReplicas: 'x'}}"
      })
  void whatever_it_holds_is_read(String yaml) {
    var rollout = read(yaml);
    assertThat(rollout.wanted()).isEqualTo(1);
    assertThat(rollout.requested()).isEmpty();
    assertThat(rollout.template().map(template -> template.getSpec())).isEmpty();
    assertThat(rollout.progress()).isEqualTo(new Rollout.UnderWay("0 of 1 pods are ready"));
  }

  private static Optional<Requested> requested(String status) {
    return read("{spec: {restartAt: '2027-01-02T00:00:00Z'}, status: " + status + "}").requested();
  }

  private static Rollout counted(int ready, int updated, int available, String phase) {
    return read("""
            spec: {replicas: 3}
            status: {readyReplicas: %d, updatedReplicas: %d, availableReplicas: %d, phase: %s}
            """
            .formatted(ready, updated, available, phase))
        .progress();
  }

  private static ArgoRollout read(String yaml) {
    var object = Written.as(GenericKubernetesResource.class, yaml);
    object.setApiVersion("argoproj.io/v1alpha1");
    object.setKind("Rollout");
    if (object.getMetadata() == null) {
      object.setMetadata(new ObjectMeta());
    }
    return ArgoRollout.of(object).orElseThrow();
  }
}
