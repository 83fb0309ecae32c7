// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.act.Refusals;
import dev.credence.act.request.WriteRefused;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.ObjectRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteBackoffTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final ObjectRef DB = ObjectRef.secret("payments-db");
  private static final ObjectRef SMTP = ObjectRef.secret("payments-smtp");
  private static final String UID = "uid-of-payments-api";

  private final WriteBackoff backoff = new WriteBackoff();

  @Test
  void a_refusal_is_held_for_a_second_at_first() {
    var held = backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW);
    assertThat(held)
        .containsExactly(
            new FailedWrite(
                DB, FailedWrite.Cause.Refused, "Secret payments-db: quota", NOW.plusSeconds(1)));
    assertThat(backoff.of(UID, 1)).isEqualTo(held);
  }

  @Test
  void each_refusal_waits_twice_as_long_up_to_five_minutes() {
    assertThat(waits(12, Refusals.refused(DB, "quota")))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L, 300L);
  }

  @Test
  void each_race_waits_twice_as_long_up_to_five_seconds() {
    assertThat(waits(8, Refusals.raced(DB)))
        .extracting(Duration::toMillis)
        .containsExactly(100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L);
  }

  @Test
  void after_a_million_tries_the_wait_is_still_five_minutes() {
    assertThat(waits(100, Refusals.refused(DB, "quota")).getLast())
        .isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void an_edited_spec_is_tried_at_once() {
    backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW);
    assertThat(backoff.of(UID, 2)).isEmpty();
    assertThat(backoff.of(UID, 1)).hasSize(1);
  }

  @Test
  void success_forgets() {
    backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW);
    assertThat(backoff.remember(UID, 1, List.of(), NOW.plusSeconds(2))).isEmpty();
    assertThat(backoff.of(UID, 1)).isEmpty();
    assertThat(backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW))
        .extracting(FailedWrite::retryAt)
        .containsExactly(NOW.plusSeconds(1));
  }

  @Test
  void a_look_before_its_time_forgets_nothing() {
    backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW);
    assertThat(backoff.remember(UID, 1, List.of(), NOW.plusMillis(500))).hasSize(1);
  }

  @Test
  void what_is_held_stays_held_when_something_else_is_refused() {
    backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW);
    assertThat(
            backoff.remember(UID, 1, List.of(Refusals.refused(SMTP, "quota")), NOW.plusMillis(500)))
        .extracting(FailedWrite::subject)
        .containsExactlyInAnyOrder(DB, SMTP);
  }

  @Test
  void what_went_through_is_forgotten_when_something_else_is_refused() {
    backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW);
    assertThat(
            backoff.remember(UID, 1, List.of(Refusals.refused(SMTP, "quota")), NOW.plusSeconds(2)))
        .extracting(FailedWrite::subject)
        .containsExactly(SMTP);
  }

  @Test
  void identities_do_not_hold_each_other_up() {
    backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW);
    assertThat(backoff.of("uid-of-another", 1)).isEmpty();
    assertThat(backoff.remember("uid-of-another", 1, List.of(), NOW)).isEmpty();
  }

  @Test
  void an_identity_that_is_gone_leaves_nothing_behind() {
    backoff.remember(UID, 1, List.of(Refusals.refused(DB, "quota")), NOW);
    backoff.forget(UID);
    assertThat(backoff.of(UID, 1)).isEmpty();
  }

  /// How long each of so many refusals in a row waits.
  private List<Duration> waits(int tries, WriteRefused refusal) {
    var waits = new ArrayList<Duration>();
    var now = NOW;
    for (var attempt = 0; attempt < tries; attempt++) {
      var retryAt = backoff.remember(UID, 1, List.of(refusal), now).getFirst().retryAt();
      waits.add(Duration.between(now, retryAt));
      now = retryAt;
    }
    return waits;
  }
}
