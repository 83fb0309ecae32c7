// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");

  @Test
  void without_windows_it_is_always_time() {
    assertThat(Windows.ANY_TIME.areOpen(NEW_YEAR)).isTrue();
    assertThat(Windows.ANY_TIME.openFrom(NEW_YEAR)).contains(NEW_YEAR);
    assertThat(Windows.ANY_TIME.openSince(NEW_YEAR)).isEmpty();
  }

  @Test
  void where_none_could_be_read_it_is_never() {
    var none = new Windows(true, List.of());
    assertThat(none.areOpen(NEW_YEAR)).isFalse();
    assertThat(none.openFrom(NEW_YEAR)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2027-01-04T21:59:59Z, false",
    "2027-01-04T22:00:00Z, true",
    "2027-01-04T23:59:59.999Z, true",
    "2027-01-05T00:00:00Z, true",
    "2027-01-05T03:59:59.999999999Z, true",
    "2027-01-05T04:00:00Z, false"
  })
  void across_midnight_until_the_moment_it_closes(Instant now, boolean isOpen) {
    var night = window("0 22 * * 1-5", "UTC", Duration.ofHours(6));
    assertThat(only(night).areOpen(now)).isEqualTo(isOpen);
    if (isOpen) {
      assertThat(night.openSince(now)).contains(Instant.parse("2027-01-04T22:00:00Z"));
      assertThat(only(night).openFrom(now)).contains(now);
    }
  }

  /// 2027-03-28 has no time from two to three, 2027-10-31 has it twice.
  @ParameterizedTest
  @CsvSource({
    "2027-03-27T20:59:59Z, false",
    "2027-03-27T21:00:00Z, true",
    "2027-03-28T02:59:59Z, true",
    "2027-03-28T03:00:00Z, false",
    "2027-10-30T19:59:59Z, false",
    "2027-10-30T20:00:00Z, true",
    "2027-10-31T01:59:59Z, true",
    "2027-10-31T02:00:00Z, false"
  })
  void it_stays_open_as_long_as_ever_when_the_clock_changes(Instant now, boolean isOpen) {
    var night = only(window("0 22 * * *", "Europe/Berlin", Duration.ofHours(6)));
    assertThat(night.areOpen(now)).isEqualTo(isOpen);
  }

  @ParameterizedTest
  @CsvSource({
    "2027-10-31T00:29:59Z, false",
    "2027-10-31T00:30:00Z, true",
    "2027-10-31T00:59:59Z, true",
    "2027-10-31T01:00:00Z, false",
    "2027-10-31T01:30:00Z, false",
    "2027-10-31T01:59:59Z, false",
    "2027-11-01T01:30:00Z, true"
  })
  void in_the_hour_that_comes_twice_it_opens_once(Instant now, boolean isOpen) {
    var window = only(window("30 2 * * *", "Europe/Berlin", Duration.ofMinutes(30)));
    assertThat(window.areOpen(now)).isEqualTo(isOpen);
  }

  @ParameterizedTest
  @CsvSource({
    "2027-03-28T01:29:59Z, false",
    "2027-03-28T01:30:00Z, true",
    "2027-03-28T01:59:59Z, true",
    "2027-03-28T02:30:00Z, false"
  })
  void one_that_would_open_in_the_hour_that_is_left_out_opens_an_hour_later(
      Instant now, boolean isOpen) {
    var window = only(window("30 2 * * *", "Europe/Berlin", Duration.ofHours(1)));
    assertThat(window.areOpen(now)).isEqualTo(isOpen);
  }

  /// Fault in Window.openSince by way of Cron.after: where it looks back to a time after the
  /// change, the wall clock is past the opening already, and the next day's is found.
  @ParameterizedTest
  @CsvSource({
    "PT1S, 2027-03-28T01:30:00Z, true",
    "PT10M, 2027-03-28T01:35:00Z, true",
    "PT30M, 2027-03-28T01:59:59Z, true",
    "PT30M, 2027-03-28T02:00:00Z, false",
    "PT1H, 2027-03-28T02:29:59Z, true"
  })
  void and_stays_open_as_long_as_ever(Duration length, Instant now, boolean isOpen) {
    var window = only(window("30 2 * * *", "Europe/Berlin", length));
    assertThat(window.openFrom(Instant.parse("2027-03-28T00:00:00Z")))
        .contains(Instant.parse("2027-03-28T01:30:00Z"));
    assertThat(window.areOpen(now)).isEqualTo(isOpen);
  }

  @ParameterizedTest
  @CsvSource({
    "2027-01-01T11:59:59.999999999Z, false",
    "2027-01-01T12:00:00Z, true",
    "2027-01-01T12:00:00.999999999Z, true",
    "2027-01-01T12:00:01Z, false"
  })
  void one_of_a_second_is_open_for_a_second(Instant now, boolean isOpen) {
    var noon = only(window("0 12 * * *", "UTC", Duration.ofSeconds(1)));
    assertThat(noon.areOpen(now)).isEqualTo(isOpen);
  }

  @Test
  void when_shut_they_open_with_the_first_that_does() {
    var windows =
        new Windows(
            true,
            List.of(
                window("0 22 * * *", "UTC", Duration.ofHours(1)),
                window("0 12 * * *", "UTC", Duration.ofHours(1))));
    assertThat(windows.openFrom(Instant.parse("2027-01-01T01:00:00Z")))
        .contains(Instant.parse("2027-01-01T12:00:00Z"));
    assertThat(windows.openFrom(Instant.parse("2027-01-01T13:00:00Z")))
        .contains(Instant.parse("2027-01-01T22:00:00Z"));
    assertThat(windows.openSince(Instant.parse("2027-01-01T13:00:00Z"))).isEmpty();
  }

  @Test
  void of_those_that_are_open_together_the_longest_open_counts() {
    var windows =
        new Windows(
            true,
            List.of(
                window("0 11 * * *", "UTC", Duration.ofHours(3)),
                window("0 * * * *", "UTC", Duration.ofMinutes(150))));
    assertThat(windows.openSince(Instant.parse("2027-01-01T12:10:00Z")))
        .contains(Instant.parse("2027-01-01T10:00:00Z"));
  }

  @Test
  void whenever_they_say_that_they_open_they_are_open() {
    var random = new Random(3);
    var windows = only(window("0 22 * * *", "America/New_York", Duration.ofHours(1)));
    for (var observe = 0; observe < 1_000; observe++) {
      var now = NEW_YEAR.plusSeconds(random.nextInt(70_000_000));
      var opening = windows.openFrom(now).orElseThrow();
      assertThat(windows.areOpen(opening)).as("from " + now).isTrue();
      assertThat(opening).isAfterOrEqualTo(now);
      assertThat(windows.openSince(opening).orElseThrow()).isBeforeOrEqualTo(opening);
    }
  }

  private static Windows only(Window window) {
    return new Windows(true, List.of(window));
  }

  private static Window window(String cron, String zone, Duration length) {
    return new Window(Cron.of(cron, zone), length);
  }
}
