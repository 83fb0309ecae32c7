// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.facts.time.Cron;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {
  private static final List<String> PIECES =
      List.of(
          "*",
          "0",
          "1",
          "2",
          "5",
          "13",
          "29",
          "30",
          "31",
          "59",
          "60",
          "*/5",
          "*/0",
          "0/0",
          "1-5",
          "5-1",
          "1,2",
          ",",
          "-",
          "/",
          "L",
          "W",
          "#",
          "?",
          "MON",
          "JAN",
          "a",
          "é",
          "99999999999",
          "1-",
          "*/",
          "*/-1",
          "-1",
          "1#2",
          "31W",
          "@daily",
          "1-5/2",
          "*/99");

  @ParameterizedTest
  @CsvSource({
    "0 2 1 * *,   UTC,              2026-02-01T00:00:00Z, 2026-02-01T02:00:00Z",
    "0 2 1 * *,   UTC,              2026-02-01T02:00:00Z, 2026-03-01T02:00:00Z",
    "0 2 1 * *,   Europe/Berlin,    2026-06-15T00:00:00Z, 2026-07-01T00:00:00Z",
    "30 2 * * *,  Europe/Berlin,    2026-03-28T01:30:00Z, 2026-03-29T01:30:00Z",
    "30 2 * * *,  Europe/Berlin,    2026-03-29T01:30:00Z, 2026-03-30T00:30:00Z",
    "30 2 * * *,  Europe/Berlin,    2026-10-24T00:30:00Z, 2026-10-25T00:30:00Z",
    "30 2 * * *,  Europe/Berlin,    2026-10-25T00:30:00Z, 2026-10-26T01:30:00Z",
    "0 * * * *,   Europe/Berlin,    2026-10-25T00:00:00Z, 2026-10-25T02:00:00Z",
    "0 12 * * 0,  America/New_York, 2026-01-01T00:00:00Z, 2026-01-04T17:00:00Z",
    "0 0 29 2 *,  UTC,              2026-01-01T00:00:00Z, 2028-02-29T00:00:00Z"
  })
  void the_time_after(String expression, String zone, Instant moment, Instant expected) {
    assertThat(Cron.of(expression, zone).after(moment)).contains(expected);
  }

  @Test
  void what_cannot_be_read_is_refused_with_a_sentence() {
    assertThatThrownBy(() -> Cron.of("0 25 * * *", "UTC"))
        .hasMessageContaining("`schedule` '0 25 * * *' is not a cron expression");
    assertThatThrownBy(() -> Cron.of("0 0 30 2 *", "UTC"))
        .hasMessage("`schedule` '0 0 30 2 *' matches no date");
    assertThatThrownBy(() -> Cron.of("0 2 * * *", "Europe/Bielefeld"))
        .hasMessage("`timeZone` 'Europe/Bielefeld' is not in the time zone database");
  }

  @Test
  void any_five_words_are_a_schedule_that_runs_forward_or_are_refused() {
    var random = new Random(7);
    for (var n = 0; n < 5000; n++) {
      var text =
          IntStream.range(0, 5)
              .mapToObj(_ -> PIECES.get(random.nextInt(PIECES.size())))
              .collect(Collectors.joining(" "));
      try {
        var cron = Cron.of(text, "Europe/Berlin");
        var moment = Instant.parse("2026-03-28T12:00:00Z");
        cron.after(moment).ifPresent(next -> assertThat(next).as(text).isAfter(moment));
      } catch (IllegalArgumentException refused) {
        assertThat(refused).as(text).hasMessageContaining("`schedule`");
      }
    }
  }
}
