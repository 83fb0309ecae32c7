// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Moving;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.facts.policy.RotationProcedure;
import dev.credence.facts.policy.RotationRule;
import dev.credence.facts.time.Cron;
import dev.credence.facts.time.Timing;
import dev.credence.facts.time.Window;
import dev.credence.facts.time.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RotationScheduleTest {
  private static final int SEEDS = 5000;
  private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void a_thousand_values_of_one_second_are_not_due_in_one_second_and_always_at_the_same() {
    var due = new HashSet<Instant>();
    for (var secret = 0; secret < 1000; secret++) {
      var schedule = every(Duration.ofHours(720), "uid/secret-" + secret);
      var time = schedule.due(JANUARY).orElseThrow();
      assertThat(schedule.due(JANUARY)).contains(time);
      due.add(time);
    }
    assertThat(due).hasSizeGreaterThan(900);
    assertThat(due).allMatch(time -> time.isAfter(JANUARY.plus(Duration.ofHours(720 - 24))));
    assertThat(due).allMatch(time -> !time.isAfter(JANUARY.plus(Duration.ofHours(720))));
  }

  @Test
  void a_bound_spreads_those_that_it_holds_too() {
    var bounded = new RotationRule(Optional.empty(), Optional.empty(), hours(720));
    var due =
        IntStream.range(0, 1000)
            .mapToObj(
                i ->
                    new RotationSchedule(
                            rule(Duration.ofHours(9000)),
                            bounded,
                            RotationProcedure.DEFAULT,
                            "uid/secret-" + i)
                        .due(JANUARY)
                        .orElseThrow())
            .distinct()
            .toList();
    assertThat(due).hasSizeGreaterThan(900);
    assertThat(due).allMatch(time -> !time.isAfter(JANUARY.plus(Duration.ofHours(720))));
  }

  @Test
  void in_any_rhythm_a_value_lives_long_enough_and_the_previous_one_no_longer_than_it() {
    var random = new Random(1);
    for (var seed = 0; seed < SEEDS; seed++) {
      var schedule = any(random, seed);
      var issued = JANUARY.plusSeconds(random.nextInt(40_000_000));
      var due = schedule.due(issued);
      var overlap = schedule.overlap(issued);
      assertThat(overlap).as("seed " + seed).isGreaterThanOrEqualTo(Duration.ZERO);
      assertThat(overlap.getNano()).as("seed " + seed).isZero();
      due.ifPresent(
          time -> {
            assertThat(time).isAfter(issued);
            assertThat(issued.plus(overlap)).isBeforeOrEqualTo(time);
          });
    }
  }

  /// However long nobody looked: the value that is issued then is due in the time to come.
  @Test
  void any_number_of_missed_times_is_caught_up_with_one_value() {
    var random = new Random(2);
    for (var seed = 0; seed < SEEDS; seed++) {
      var schedule = any(random, seed);
      var due = schedule.due(JANUARY);
      if (due.isPresent()) {
        var late = due.get().plusSeconds(random.nextInt(100_000_000));
        assertThat(schedule.due(late).orElseThrow()).as("seed " + seed).isAfter(late);
      }
    }
  }

  @Test
  void on_a_schedule_nothing_is_due_before_its_time_nor_more_than_ten_minutes_after() {
    var cron = Cron.of("0 2 * * *", "UTC");
    for (var secret = 0; secret < 1000; secret++) {
      var asked =
          new RotationRule(
              Optional.of(new Timing.Scheduled(cron)), Optional.empty(), Optional.empty());
      var due =
          new RotationSchedule(
                  asked, RotationRule.SILENT, RotationProcedure.DEFAULT, "uid/" + secret)
              .due(JANUARY)
              .orElseThrow();
      assertThat(due)
          .isBetween(
              JANUARY.plus(Duration.ofHours(2)),
              JANUARY.plus(Duration.ofHours(2)).plus(Duration.ofMinutes(10)));
    }
  }

  @Test
  void in_windows_a_schedule_is_kept_to_the_minute() {
    var cron = Cron.of("0 2 * * *", "UTC");
    var asked =
        new RotationRule(
            Optional.of(new Timing.Scheduled(cron)), Optional.empty(), Optional.empty());
    for (var secret = 0; secret < 1000; secret++) {
      var schedule = new RotationSchedule(asked, RotationRule.SILENT, nights(), "uid/" + secret);
      assertThat(schedule.due(JANUARY)).contains(JANUARY.plus(Duration.ofHours(2)));
    }
  }

  @Test
  void what_is_due_outside_of_the_windows_comes_when_they_open() {
    var schedule =
        new RotationSchedule(
            rule(Duration.ofHours(10)), RotationRule.SILENT, nights(), "uid/secret");
    assertThat(schedule.due(JANUARY).orElseThrow()).isBefore(JANUARY.plus(Duration.ofHours(11)));
    assertThat(schedule.next(JANUARY)).contains(JANUARY.plus(Duration.ofHours(22)));
  }

  @Test
  void what_ends_by_itself_is_due_when_four_fifths_of_its_life_are_over() {
    var silent =
        new RotationSchedule(
            RotationRule.SILENT, RotationRule.SILENT, RotationProcedure.DEFAULT, "uid/token");
    var end = Optional.of(JANUARY.plus(Duration.ofHours(5)));
    assertThat(silent.due(issue(Optional.empty()), end))
        .contains(JANUARY.plus(Duration.ofHours(4)));
    assertThat(silent.due(issue(Optional.empty()), Optional.empty())).isEmpty();
    var often = every(Duration.ofHours(1), "uid/token");
    assertThat(often.due(issue(Optional.empty()), end)).isEqualTo(often.due(JANUARY));
  }

  @Test
  void a_rotation_that_was_stopped_counts_as_one() {
    var schedule = every(Duration.ofHours(720), "uid/secret");
    var stopped = JANUARY.plus(Duration.ofHours(700));
    assertThat(schedule.due(issue(Optional.of(new Aborted(stopped, "0"))), Optional.empty()))
        .isEqualTo(schedule.due(stopped));
    var before = JANUARY.minus(Duration.ofHours(1));
    assertThat(schedule.due(issue(Optional.of(new Aborted(before, "0"))), Optional.empty()))
        .isEqualTo(schedule.due(JANUARY));
  }

  @Test
  void nobody_waits_for_consumers_longer_than_a_week_or_until_the_next_value() {
    assertThat(every(Duration.ofHours(9000), "uid/secret").maxOverlap(JANUARY))
        .isEqualTo(Duration.ofHours(168));
    assertThat(every(Duration.ofHours(24), "uid/secret").maxOverlap(JANUARY))
        .isLessThanOrEqualTo(Duration.ofHours(24));
    var patient =
        new RotationSchedule(
            rule(Duration.ofHours(24)),
            RotationRule.SILENT,
            new RotationProcedure(Windows.ANY_TIME, RotationProcedure.Restart.NONE, hours(400), 5),
            "uid/secret");
    assertThat(patient.maxOverlap(JANUARY)).isEqualTo(Duration.ofHours(400));
  }

  /// Open from ten at night to six in the morning.
  private static RotationProcedure nights() {
    var window = new Window(Cron.of("0 22 * * *", "UTC"), Duration.ofHours(8));
    return new RotationProcedure(
        new Windows(true, List.of(window)), RotationProcedure.Restart.NONE, Optional.empty(), 5);
  }

  private static Issue issue(Optional<Aborted> aborted) {
    return new Issue(
        1,
        JANUARY,
        Optional.empty(),
        Previous.Kept,
        Optional.of("1"),
        Optional.empty(),
        Handled.NONE,
        aborted,
        Moving.NONE,
        List.of());
  }

  private static RotationSchedule every(Duration interval, String seed) {
    return new RotationSchedule(
        rule(interval), RotationRule.SILENT, RotationProcedure.DEFAULT, seed);
  }

  private static RotationRule rule(Duration every) {
    return new RotationRule(
        Optional.of(new Timing.Every(every)), Optional.empty(), Optional.empty());
  }

  private static Optional<Duration> hours(int hours) {
    return Optional.of(Duration.ofHours(hours));
  }

  private static RotationSchedule any(Random random, int seed) {
    return new RotationSchedule(
        anyRule(random), anyRule(random), RotationProcedure.DEFAULT, "uid/secret-" + seed);
  }

  private static RotationRule anyRule(Random random) {
    return new RotationRule(
        switch (random.nextInt(4)) {
          case 0 -> Optional.empty();
          case 1 -> Optional.of(new Timing.Unreadable("cannot be read"));
          case 2 -> Optional.of(new Timing.Every(seconds(random)));
          default -> Optional.of(new Timing.Scheduled(one(random)));
        },
        random.nextBoolean() ? Optional.empty() : Optional.of(seconds(random).minusSeconds(10)),
        random.nextBoolean() ? Optional.empty() : Optional.of(seconds(random)));
  }

  private static Cron one(Random random) {
    var crons =
        List.of(
            Cron.of("* * * * *", "UTC"),
            Cron.of("30 2 * * *", "Europe/Berlin"),
            Cron.of("0 2 1 * *", "America/New_York"),
            Cron.of("0 0 29 2 *", "Asia/Kathmandu"));
    return crons.get(random.nextInt(crons.size()));
  }

  /// 10 seconds to some years.
  private static Duration seconds(Random random) {
    return Duration.ofSeconds(10 + random.nextInt(1 << random.nextInt(28)));
  }
}
