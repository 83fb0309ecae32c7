// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.facts.credential.HookJob.Outcome;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks.Step;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HookRecordsTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");
  private static final List<HookRun> RUNS =
      List.of(
          run(Step.apply, 1, new Outcome.Failed(NEW_YEAR.plusSeconds(9), "it \"said\" no")),
          run(Step.apply, 2, new Outcome.Succeeded(NEW_YEAR.plusSeconds(30))),
          run(Step.verify, 2, new Outcome.Running()));

  private static HookRun run(Step step, int attempt, Outcome outcome) {
    return new HookRun(
        step, 2, attempt, "payments-db-v2-" + step + "-" + attempt, 3, "0123", NEW_YEAR, outcome);
  }

  @Test
  void what_is_written_is_read_again() {
    assertThat(HookRecords.of(secret("uid-1", HookRecords.text("uid-1", RUNS)))).isEqualTo(RUNS);
  }

  @Test
  void a_record_that_was_copied_from_another_secret_says_nothing() {
    assertThat(HookRecords.of(secret("uid-2", HookRecords.text("uid-1", RUNS)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "[]",
        "{",
        "{\"uid\": \"uid-1\"}",
        "{\"uid\": \"uid-1\", \"runs\": 7}",
        "{\"uid\": \"uid-1\", \"runs\": [null, 7, {}, {\"step\": \"apply\"}]}",
        "{\"uid\": \"uid-1\", \"runs\": [{\"step\": \"apply\", \"version\": 2, \"attempt\": -1, \"job\": \"a\", \"started\": \"2027-01-01T00:00:00Z\"}]}"
      })
  void what_cannot_be_read_says_nothing(String text) {
    assertThat(HookRecords.of(secret("uid-1", text))).isEmpty();
  }

  private static ObjectMeta secret(String uid, String text) {
    return new ObjectMetaBuilder().withUid(uid).addToAnnotations(Api.HOOK_RUNS, text).build();
  }
}
