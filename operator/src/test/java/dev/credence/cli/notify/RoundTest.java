// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import static dev.credence.cli.notify.Sample.ADDRESSES;
import static dev.credence.cli.notify.Sample.NOW;
import static dev.credence.cli.notify.Sample.SLOT;
import static dev.credence.cli.notify.Sample.blocked;
import static dev.credence.cli.notify.Sample.late;
import static dev.credence.cli.notify.Sample.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cli.notify.Delivery.Undelivered;
import dev.credence.cli.show.StatusRow;
import dev.credence.cli.show.StatusRow.Urgency;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is sent over some days, with a memory that goes through its JSON each time.
class RoundTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);

  private Memory memory = Memory.NONE;
  private Instant now = NOW;
  private Instant slot = SLOT;
  private int writes;

  /// What a run sends where the server accepts what `accepts` says.
  private List<String> run(Predicate<Notice> accepts, StatusRow... problems) {
    var round = Round.of(Group.of(List.of(problems), ADDRESSES), memory, slot, now, WEEK);
    var sent = new ArrayList<String>();
    Sending.of(round, delivery(accepts, sent), this::write, now);
    return sent;
  }

  private List<String> run(StatusRow... problems) {
    return run(_ -> true, problems);
  }

  private void write(Memory written) {
    if (!written.equals(memory)) {
      writes++;
      memory = Memory.parse(written.json()).orElseThrow();
      assertThat(memory).isEqualTo(written);
    }
  }

  private static Delivery delivery(Predicate<Notice> accepts, List<String> sent) {
    return new Delivery() {
      @Override
      public void deliver(Notice notice) throws Undelivered {
        if (!accepts.test(notice)) {
          throw new Undelivered("rejected", false);
        }
        sent.add(
            "%s to %s: %s"
                .formatted(
                    notice.kind(),
                    notice.group().recipient().words(),
                    notice.shown().stream().map(StatusRow::object).toList()));
      }

      @Override
      public String server() {
        return "test";
      }
    };
  }

  private void later(Duration time) {
    now = now.plus(time);
    slot = Notify.slot(now, LocalTime.of(8, 0), ZoneId.of("Etc/UTC"));
  }

  private static final String BOTH =
      "digest to alice@example.com, team sales: [Secret sales/crm-db, Secret sales/crm-api]";

  @Test
  void the_first_run_sends_a_digest_and_the_next_nothing() {
    assertThat(run(blocked(), late())).containsExactly(BOTH);
    later(Duration.ofMinutes(10));
    var before = writes;
    assertThat(run(blocked(), late())).isEmpty();
    assertThat(writes).as("idle means no writes").isEqualTo(before);
  }

  @Test
  void an_unchanged_digest_is_sent_again_after_a_week() {
    run(blocked());
    for (var day = 1; day < 7; day++) {
      later(DAY);
      assertThat(run(blocked())).as("day %d", day).isEmpty();
    }
    later(DAY);
    assertThat(run(blocked())).hasSize(1);
  }

  @Test
  void a_new_problem_waits_for_the_digest_unless_it_is_urgent() {
    run(late());
    later(Duration.ofHours(1));
    var reported =
        problem(Urgency.Reported, "MachineIdentity sales/crm", "alice@example.com", "sales");
    assertThat(run(late(), reported)).isEmpty();
    assertThat(run(late(), reported, blocked()))
        .containsExactly("urgent to alice@example.com, team sales: [Secret sales/crm-db]");
    later(Duration.ofMinutes(10));
    assertThat(run(late(), reported, blocked())).isEmpty();
    later(DAY);
    assertThat(run(late(), reported, blocked())).singleElement().asString().startsWith("digest");
  }

  @Test
  void a_recipient_that_is_new_after_the_digests_waits_for_the_next() {
    run(late());
    later(Duration.ofHours(1));
    var bobs = problem(Urgency.NotReady, "MachineIdentity shop/web", "bob@example.com", "");
    assertThat(run(late(), bobs)).isEmpty();
    later(DAY);
    assertThat(run(late(), bobs))
        .containsExactly("digest to bob@example.com: [MachineIdentity shop/web]");
  }

  @Test
  void a_problem_that_comes_back_is_urgent_again() {
    run(blocked());
    later(Duration.ofHours(1));
    assertThat(run()).isEmpty();
    later(Duration.ofHours(1));
    assertThat(run(blocked())).singleElement().asString().startsWith("urgent");
  }

  @Test
  void what_was_not_sent_is_sent_by_the_next_run() {
    var bobs = problem(Urgency.Blocked, "Secret shop/web", "bob@example.com", "");
    assertThat(
            run(notice -> !notice.group().recipient().words().startsWith("bob"), blocked(), bobs))
        .singleElement()
        .asString()
        .contains("alice");
    later(Duration.ofMinutes(10));
    assertThat(run(blocked(), bobs))
        .containsExactly("digest to bob@example.com: [Secret shop/web]");
    later(Duration.ofMinutes(10));
    assertThat(run(blocked(), bobs)).isEmpty();

    var newer = problem(Urgency.Expired, "Secret shop/api", "bob@example.com", "");
    assertThat(run(_ -> false, blocked(), bobs, newer)).isEmpty();
    assertThat(run(blocked(), bobs, newer))
        .containsExactly("urgent to bob@example.com: [Secret shop/api]");
  }

  @Test
  void more_notices_than_one_run_sends_go_with_the_next() {
    var many =
        IntStream.range(0, 250)
            .mapToObj(
                number ->
                    problem(
                        Urgency.NotReady,
                        "MachineIdentity n%d/x".formatted(number),
                        "a%d@example.com".formatted(number),
                        ""))
            .toArray(StatusRow[]::new);
    assertThat(run(many)).hasSize(Sending.MOST);
    assertThat(run(many)).hasSize(50);
    assertThat(run(many)).isEmpty();
  }

  @Test
  void a_server_that_rejects_everything_is_not_asked_for_everybody() {
    var many =
        IntStream.range(0, 100)
            .mapToObj(
                number ->
                    problem(
                        Urgency.NotReady,
                        "MachineIdentity n%d/x".formatted(number),
                        "",
                        "t" + number))
            .toList();
    var round = Round.of(Group.of(many, ADDRESSES), memory, slot, now, WEEK);
    var asked = new ArrayList<Notice>();
    var sending =
        Sending.of(
            round, delivery(notice -> !asked.add(notice), new ArrayList<>()), this::write, now);
    assertThat(asked).hasSize(5);
    assertThat(sending.failures()).hasSize(5);
    assertThat(sending.left()).isEqualTo(100);
  }

  /// A ConfigMap has 1 MiB.
  @Test
  void the_state_has_a_bound() {
    var many =
        IntStream.range(0, 60_000)
            .mapToObj(
                number ->
                    problem(
                        Urgency.Blocked,
                        "Secret n%d/s%d".formatted(number % 100, number),
                        "a%d@example.com".formatted(number),
                        "t" + number % 7))
            .toList();
    var round = Round.of(Group.of(many, ADDRESSES), memory, slot, now, WEEK);
    assertThat(round.notices()).hasSizeLessThanOrEqualTo(Group.RECIPIENTS + 1);
    for (var notice : round.notices()) {
      memory =
          memory.equals(Memory.NONE)
              ? round.memory().after(notice, now)
              : memory.after(notice, now);
    }
    assertThat(memory.urgent()).hasSize(Round.URGENT);
    assertThat(memory.json().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(700_000);
  }

  @Test
  void a_state_that_is_none_is_empty() {
    for (var text :
        List.of("", "[]", "{", "{\"slot\": \"yesterday\"}", "{\"digests\": {\"a\": 1}}")) {
      assertThat(Memory.parse(text)).as(text).isEmpty();
    }
    assertThat(Memory.parse("{}")).contains(Memory.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-22T06:59:59Z, 2026-11-21T07:00:00Z",
    "2026-11-22T07:00:00Z, 2026-11-22T07:00:00Z",
    "2026-11-22T23:30:00Z, 2026-11-22T07:00:00Z",
    // Summer time has begun.
    "2026-03-29T06:00:00Z, 2026-03-29T06:00:00Z"
  })
  void the_time_of_day_is_that_of_the_time_zone(Instant now, Instant slot) {
    assertThat(Notify.slot(now, LocalTime.of(8, 0), ZoneId.of("Europe/Berlin"))).isEqualTo(slot);
  }

  @Test
  void the_same_problems_have_the_same_id_and_others_another() {
    var one = Sample.digest(blocked(), late());
    assertThat(Sample.digest(late(), blocked()).id()).isEqualTo(one.id());
    assertThat(Sample.digest(blocked()).id()).isNotEqualTo(one.id());
  }
}
