// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.time;

import dev.credence.facts.text.InvisibleCharacters;
import dev.credence.facts.time.CronField.Unit;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/// Five fields of cron in a time zone, as in a Kubernetes CronJob: minute, hour, day of the month,
/// month, day of the week. Where both days are restricted, either of them is enough.
///
/// The fields are read in wall-clock time and only then placed in the zone, so a time that the
/// change to summer time leaves out comes one hour later that day instead of not at all.
public final class Cron {
  /// February 29th is at most eight years away.
  private static final int YEARS = 8;

  private static final int FIELDS = 5;

  private final String expression;
  private final ZoneId zone;
  private final CronField minute;
  private final CronField hour;
  private final CronField day;
  private final CronField month;
  private final CronField weekday;

  public String expression() {
    return expression;
  }

  /// The name in the IANA database.
  public String timeZone() {
    return zone.getId();
  }

  private Cron(String expression, ZoneId zone, String[] fields) {
    this.expression = expression;
    this.zone = zone;
    this.minute = CronField.of(fields[0], Unit.Minute);
    this.hour = CronField.of(fields[1], Unit.Hour);
    this.day = CronField.of(fields[2], Unit.Day);
    this.month = CronField.of(fields[3], Unit.Month);
    this.weekday = CronField.of(fields[4], Unit.Weekday);
  }

  /// Rejects with a sentence what cron or the time zone database does not know, and what never
  /// comes.
  public static Cron of(String expression, String zone) {
    var place =
        TimeZones.of(zone)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "`timeZone` '" + shown(zone) + "' is not in the time zone database"));
    Cron cron;
    try {
      cron = new Cron(expression, place, fields(expression));
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          shown("`schedule` '" + expression + "' is not a cron expression: " + wrong.getMessage()),
          wrong);
    }
    if (cron.next(LocalDateTime.of(1970, 1, 1, 0, 0)).isEmpty()) {
      throw new IllegalArgumentException("`schedule` '" + expression + "' matches no date");
    }
    return cron;
  }

  private static String[] fields(String expression) {
    var fields = expression.split(" +", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException(
          "it must have five fields: minute, hour, day of the month, month, day of the week");
    }
    return fields;
  }

  private static String shown(String text) {
    return InvisibleCharacters.replaced(text, "?");
  }

  /// The first time after `moment`.
  public Optional<Instant> after(Instant moment) {
    var next = next(moment.atZone(zone).toLocalDateTime());
    while (next.isPresent()) {
      var placed = next.get().atZone(zone).toInstant();
      // In the hour that comes twice the wall shows a time that is already past.
      if (placed.isAfter(moment)) {
        return Optional.of(placed);
      }
      next = next(next.get());
    }
    return Optional.empty();
  }

  private Optional<LocalDateTime> next(LocalDateTime after) {
    var time = after.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
    var lastYear = after.getYear() + YEARS;
    while (time.getYear() <= lastYear) {
      if (!month.allows(time.getMonthValue())) {
        time = time.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay();
      } else if (!isDay(time.toLocalDate())) {
        time = time.toLocalDate().plusDays(1).atStartOfDay();
      } else if (!hour.allows(time.getHour())) {
        time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
      } else if (!minute.allows(time.getMinute())) {
        time = time.plusMinutes(1);
      } else {
        return Optional.of(time);
      }
    }
    return Optional.empty();
  }

  private boolean isDay(LocalDate date) {
    var isDay = day.allows(date.getDayOfMonth());
    var isWeekday = weekday.allows(date.getDayOfWeek().getValue() % 7);
    return day.unrestricted() || weekday.unrestricted() ? isDay && isWeekday : isDay || isWeekday;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cron cron
        && cron.expression.equals(expression)
        && cron.zone.equals(zone);
  }

  @Override
  public int hashCode() {
    return Objects.hash(expression, zone);
  }

  @Override
  public String toString() {
    return expression + " " + zone;
  }
}
