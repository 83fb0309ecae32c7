// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.observe.Written;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HookJobReaderTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");

  @Test
  void a_job_that_we_started_is_read_as_it_was_started() {
    assertThat(HookJobReader.of(job("{}"), "uid-of-payments-api"))
        .contains(
            new HookJob(
                ObjectRef.job("payments-db-v2-apply-3"),
                new Preconditions("uid-of-the-job", "7"),
                "payments-db",
                Step.apply,
                2,
                3,
                "uid-of-the-pending-one",
                4,
                "",
                NEW_YEAR,
                new Outcome.Running(),
                false,
                false));
  }

  @Test
  void a_job_of_another_identity_is_none_of_this_one() {
    assertThat(HookJobReader.of(job("{}"), "uid-of-another")).isEmpty();
    var orphan = new JobBuilder(job("{}")).editMetadata().withOwnerReferences().endMetadata();
    assertThat(HookJobReader.of(orphan.build(), "uid-of-payments-api")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "hook-for, ''",
    "hook-for, 'two\nlines'",
    "step, Apply",
    "step, drop",
    "version, 0",
    "version, -2",
    "version, two",
    "version, 9223372036854775808",
    "attempt, 0",
    "attempt, 1000001",
    "attempt, 1e3",
    "value-uid, ' '"
  })
  void what_does_not_say_in_every_word_what_it_is_for_is_no_hook(String key, String value) {
    var garbled =
        new JobBuilder(job("{}"))
            .editMetadata()
            .addToAnnotations("credence.dev/" + key, value)
            .endMetadata();
    assertThat(HookJobReader.of(garbled.build(), "uid-of-payments-api")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hook-for", "step", "version", "attempt", "value-uid"})
  void nor_is_what_lacks_a_word(String key) {
    var job = job("{}");
    job.getMetadata().getAnnotations().remove("credence.dev/" + key);
    assertThat(HookJobReader.of(job, "uid-of-payments-api")).isEmpty();
  }

  @Test
  void a_job_without_any_annotation_is_no_hook() {
    var job = job("{}");
    job.getMetadata().setAnnotations(null);
    assertThat(HookJobReader.of(job, "uid-of-payments-api")).isEmpty();
  }

  @Test
  void a_generation_that_cannot_be_read_is_older_than_any() {
    var job = job("{}");
    job.getMetadata().getAnnotations().put("credence.dev/generation", "latest");
    assertThat(read(job).generation()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{failed: 3, active: 1}",
        "{succeeded: 1}",
        "{conditions: [{type: Complete, status: 'False'}, {type: Suspended, status: 'True'}]}",
        "{conditions: [{type: FailureTarget, status: 'True'}]}"
      })
  void it_runs_until_a_condition_ends_it(String status) {
    assertThat(read(job(status)).outcome()).isEqualTo(new Outcome.Running());
  }

  @Test
  void it_succeeded_when_it_is_complete() {
    var job =
        job(
            "{conditions: [{type: SuccessCriteriaMet, status: 'True'}, {type: Complete, status: 'True', lastTransitionTime: '2027-01-01T00:01:00Z'}]}");
    assertThat(read(job).outcome())
        .isEqualTo(new Outcome.Succeeded(Instant.parse("2027-01-01T00:01:00Z")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reason: DeadlineExceeded, message: it took too long | DeadlineExceeded: it took too long",
        "reason: BackoffLimitExceeded | BackoffLimitExceeded",
        "reason: '', message: \"one\\ntwo\" | one?two",
        "reason: ' ' | failed"
      })
  void it_failed_for_a_reason_of_one_line(String why, String reported) {
    var job = job("{conditions: [{type: Failed, status: 'True', " + why + "}]}");
    assertThat(read(job).outcome()).isEqualTo(new Outcome.Failed(NEW_YEAR, reported));
  }

  @Test
  void one_that_is_being_deleted_says_so() {
    var job = job("{}");
    job.getMetadata().setDeletionTimestamp("2027-01-01T00:00:05Z");
    assertThat(read(job).leaving()).isTrue();
  }

  private static HookJob read(Job job) {
    return HookJobReader.of(job, "uid-of-payments-api").orElseThrow();
  }

  private static Job job(String status) {
    return Written.as(
        Job.class,
        """
        apiVersion: batch/v1
        kind: Job
        metadata:
          namespace: payments
          name: payments-db-v2-apply-3
          uid: uid-of-the-job
          resourceVersion: "7"
          creationTimestamp: "2027-01-01T00:00:00Z"
          annotations:
            credence.dev/hook-for: payments-db
            credence.dev/step: apply
            credence.dev/version: "2"
            credence.dev/attempt: "3"
            credence.dev/value-uid: uid-of-the-pending-one
            credence.dev/generation: "4"
          ownerReferences:
          - {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: payments-api,
             uid: uid-of-payments-api, controller: true}
        status: %s
        """
            .formatted(status));
  }
}
