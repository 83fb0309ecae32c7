// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Hooks.Step;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HookEndTest {
  private static final String ENDED =
      "{conditions: [{type: %s, status: 'True', lastTransitionTime: '2027-01-01T00:01:30Z'}]}";

  private static Job job(String status) {
    return Serialization.unmarshal(
        """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: crm-db-v2-apply-1
          namespace: sales
          uid: job
          resourceVersion: "5"
          creationTimestamp: "2027-01-01T00:00:00Z"
          labels: {credence.dev/identity: crm, app.kubernetes.io/managed-by: credence}
          annotations:
            credence.dev/hook-for: crm-db
            credence.dev/step: apply
            credence.dev/version: "2"
            credence.dev/attempt: "1"
            credence.dev/value-uid: value
          ownerReferences:
          - {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, uid: crm, controller: true}
        status: %s
        """
            .formatted(status),
        Job.class);
  }

  @Test
  void a_job_that_ends_took_the_time_since_its_creation() {
    assertThat(HookEnd.of(job("{active: 1}"), job(ENDED.formatted("Complete"))))
        .hasValue(new HookEnd(Step.apply, true, Duration.ofSeconds(90)));
    assertThat(HookEnd.of(job("{active: 1}"), job(ENDED.formatted("Failed"))))
        .hasValue(new HookEnd(Step.apply, false, Duration.ofSeconds(90)));
  }

  @Test
  void a_job_ends_once() {
    var ended = job(ENDED.formatted("Complete"));
    assertThat(HookEnd.of(null, ended)).as("it had ended before the operator started").isEmpty();
    assertThat(HookEnd.of(ended, ended)).isEmpty();
    assertThat(HookEnd.of(ended, null)).isEmpty();
    assertThat(HookEnd.of(job("{}"), job("{active: 1}"))).isEmpty();
  }

  @Test
  void a_job_of_somebody_else_is_not_counted() {
    var before = job("{active: 1}");
    var after = job(ENDED.formatted("Complete"));
    before.getMetadata().getOwnerReferences().clear();
    after.getMetadata().getOwnerReferences().clear();
    assertThat(HookEnd.of(before, after)).isEmpty();
  }
}
