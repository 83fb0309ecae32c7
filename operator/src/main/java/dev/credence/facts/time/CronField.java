// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.time;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The values that one field of a cron expression allows.
///
/// The grammar is that of a field in the `schedule` of a Kubernetes CronJob (robfig/cron,
/// `ParseStandard`): a list of `*` or `?`, a value, or a range from low to high, each with an
/// optional step `/n`. A value with a step means from this value on. `*` in a list, or with a step
/// of 1, leaves the field unrestricted; a longer step restricts it. Three texts that the library
/// accepts by accident are rejected here: an empty item in a list, a sign, and whatever stands
/// between `*-` and the step.
record CronField(long values, boolean unrestricted) {
  private static final Pattern ITEM =
      Pattern.compile(
          "([*?]|[0-9]{1,9}|[a-zA-Z]{3})(?:-([0-9]{1,9}|[a-zA-Z]{3}))?(?:/([0-9]{1,9}))?");

  enum Unit {
    Minute("minute", 0, 59, List.of()),
    Hour("hour", 0, 23, List.of()),
    Day("day of the month", 1, 31, List.of()),
    Month(
        "month",
        1,
        12,
        List.of(
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    Weekday("day of the week", 0, 6, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

    private final String title;
    private final int least;
    private final int most;
    private final List<String> names;

    Unit(String title, int least, int most, List<String> names) {
      this.title = title;
      this.least = least;
      this.most = most;
      this.names = names;
    }

    private String expected() {
      var names = this.names.isEmpty() ? "" : " or a name like " + upper(this.names.getFirst());
      var sunday = this == Weekday ? " (0 is Sunday)" : "";
      return "*, a value from "
          + least
          + " to "
          + most
          + names
          + sunday
          + ", a range from low to high, or a list of these, each with an optional step";
    }

    private static String upper(String name) {
      return name.toUpperCase(Locale.ROOT);
    }
  }

  /// Throws an IllegalArgumentException with a sentence where the text is not such a field.
  static CronField of(String text, Unit unit) {
    var values = 0L;
    var unrestricted = false;
    for (var item : text.split(",", -1)) {
      var parts = ITEM.matcher(item);
      if (!parts.matches()) {
        throw wrong(text, unit);
      }
      var isAny = isAny(parts.group(1));
      var hasStep = parts.group(3) != null;
      var hasEnd = parts.group(2) != null;
      var step = hasStep ? Integer.parseInt(parts.group(3)) : 1;
      var first = isAny ? unit.least : value(parts.group(1), unit);
      var last = hasEnd ? value(parts.group(2), unit) : isAny || hasStep ? unit.most : first;
      if (step < 1 || first < unit.least || last > unit.most || first > last || (isAny && hasEnd)) {
        throw wrong(text, unit);
      }
      for (var value = first; value <= last; value += Math.min(step, unit.most + 1)) {
        values |= 1L << value;
      }
      unrestricted |= isAny && step == 1;
    }
    return new CronField(values, unrestricted);
  }

  private static boolean isAny(String text) {
    return text.equals("*") || text.equals("?");
  }

  /// -1 for a name that the unit does not have.
  private static int value(String text, Unit unit) {
    if (Character.isDigit(text.charAt(0))) {
      return Integer.parseInt(text);
    }
    var at = unit.names.indexOf(text.toLowerCase(Locale.ROOT));
    return at < 0 ? -1 : unit.least + at;
  }

  private static IllegalArgumentException wrong(String text, Unit unit) {
    return new IllegalArgumentException(unit.title + " '" + text + "' is not " + unit.expected());
  }

  boolean allows(int value) {
    return (values & (1L << value)) != 0;
  }
}
