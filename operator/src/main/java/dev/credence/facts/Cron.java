package dev.credence.facts;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Five fields of cron in a time zone.
///
/// The fields are read on the clock of the wall and only then placed in the zone, so a time that
/// the change to summer time leaves out comes one hour later that day instead of not at all.
public final class Cron {
  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /// Parsing costs more than a whole look at an identity: the same few expressions are asked for
  /// again and again.
  private static final Map<String, Cron> KNOWN =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Cron> eldest) {
              return size() > 1_000;
            }
          });

  private final String expression;
  private final ZoneId zone;
  private final ExecutionTime times;

  private Cron(String expression, ZoneId zone, ExecutionTime times) {
    this.expression = expression;
    this.zone = zone;
    this.times = times;
  }

  /// Refuses what cron or the zone database does not know and what never comes, with a sentence.
  public static Cron of(String expression, String zone) {
    var key = expression + "\t" + zone;
    var known = KNOWN.get(key);
    if (known == null) {
      known = parsed(expression, zone);
      KNOWN.put(key, known);
    }
    return known;
  }

  private static Cron parsed(String expression, String zone) {
    ZoneId place;
    try {
      place = ZoneId.of(zone);
    } catch (DateTimeException unknown) {
      throw new IllegalArgumentException(
          "`timeZone` '" + zone + "' is not in the time zone database", unknown);
    }
    Cron cron;
    try {
      cron = new Cron(expression, place, ExecutionTime.forCron(PARSER.parse(expression)));
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "`schedule` '" + expression + "' is not a cron expression: " + wrong.getMessage(), wrong);
    }
    if (cron.after(Instant.EPOCH).isEmpty()) {
      throw new IllegalArgumentException("`schedule` '" + expression + "' never comes");
    }
    return cron;
  }

  /// The first time after `moment`; empty for an expression that never comes, like February 30th.
  public Optional<Instant> after(Instant moment) {
    var local = moment.atZone(zone).toLocalDateTime().atZone(ZoneOffset.UTC);
    var next = times.nextExecution(local);
    while (next.isPresent()) {
      var placed = next.get().toLocalDateTime().atZone(zone).toInstant();
      // In the hour that comes twice the wall shows a time that is already past.
      if (placed.isAfter(moment)) {
        return Optional.of(placed);
      }
      next = times.nextExecution(next.get());
    }
    return Optional.empty();
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
