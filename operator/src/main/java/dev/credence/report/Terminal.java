// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.facts.text.Truncation;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The report as tables for a terminal. Where they do not fit, the widest columns give way first.
/// Long lists of matters are cut, and say where the rest is.
final class Terminal {
  private static final int NARROWEST = 60;
  private static final int NARROWEST_COLUMN = 8;
  private static final int COMFORTABLE = 16;
  private static final int MOST_ROWS = 20;
  private static final int MOST_SUMS = 10;
  private static final int MOST_OF_A_PAGE = 100;
  private static final String BETWEEN = "  ";

  private final int width;

  Terminal(int width) {
    this.width = Math.max(width, NARROWEST);
  }

  void write(Inventory inventory, Writer out) throws IOException {
    var origin = inventory.origin();
    wrapped("Machine identities, " + origin.scope(), "", out);
    wrapped(
        "At "
            + Tables.time(origin.at())
            + " UTC, "
            + origin.cluster()
            + ", credence "
            + origin.version(),
        "",
        out);
    for (var gap : inventory.gaps()) {
      wrapped("Partial: " + gap, "", out);
    }
    out.write("\n");
    for (var answer : Summary.of(inventory)) {
      wrapped(answer.question(), "", out);
      wrapped(answer.answer(), "  ", out);
    }
    for (var sheet : Tables.matters(inventory).toList()) {
      write(sheet, MOST_ROWS, out);
    }
    for (var sheet : Tables.sums(inventory).toList()) {
      write(sheet, MOST_SUMS, out);
    }
    write(Tables.of(inventory).getLast(), Integer.MAX_VALUE, out);
  }

  /// A page about something else than the inventory.
  void write(Page page, Writer out) throws IOException {
    wrapped(page.title(), "", out);
    for (var line : page.lead()) {
      wrapped(line, "", out);
    }
    for (var gap : page.gaps()) {
      wrapped("Note: " + gap, "", out);
    }
    out.write("\n");
    for (var answer : page.answers()) {
      wrapped(answer.question(), "", out);
      wrapped(answer.answer(), "  ", out);
    }
    for (var sheet : page.tables()) {
      write(sheet, MOST_OF_A_PAGE, out);
    }
  }

  private void write(Table sheet, int most, Writer out) throws IOException {
    out.write("\n");
    if (sheet.rows().isEmpty()) {
      wrapped(sheet.title() + ": " + sheet.otherwise(), "", out);
      return;
    }
    var cut = sheet.rows().size() > most;
    out.write(sheet.title() + " (" + sheet.rows().size() + ")\n");
    var shown = cut ? sheet.rows().subList(0, most) : sheet.rows();
    var widths = widths(sheet, shown);
    row(sheet.columns(), widths, out);
    for (var row : shown) {
      row(row, widths, out);
    }
    if (cut) {
      wrapped(
          "… and " + (sheet.rows().size() - most) + " more. --format html or json lists all.",
          "",
          out);
    }
  }

  private static void row(List<String> cells, int[] widths, Writer out) throws IOException {
    var line = new StringBuilder();
    for (var column = 0; column < widths.length; column++) {
      var cell = cut(cells.get(column), widths[column]);
      line.append(cell).append(" ".repeat(widths[column] - length(cell)));
      line.append(column < widths.length - 1 ? BETWEEN : "");
    }
    out.write(line.toString().stripTrailing());
    out.write("\n");
  }

  /// As wide as they want to be; then the widest give way, that with the names last; then the
  /// rightmost are left out.
  private int[] widths(Table sheet, List<List<String>> rows) {
    var most = (width + BETWEEN.length()) / (NARROWEST_COLUMN + BETWEEN.length());
    var widths =
        IntStream.range(0, Math.min(sheet.columns().size(), most))
            .map(
                column ->
                    Math.max(
                        length(sheet.columns().get(column)),
                        rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0)))
            .toArray();
    var room = width - BETWEEN.length() * (widths.length - 1);
    while (Arrays.stream(widths).sum() > room) {
      widths[widest(widths)]--;
    }
    return widths;
  }

  private static int widest(int[] widths) {
    var others =
        IntStream.range(1, widths.length)
            .reduce(0, (one, other) -> one == 0 || widths[other] > widths[one] ? other : one);
    return others == 0 || (widths[others] <= COMFORTABLE && widths[0] > widths[others])
        ? 0
        : others;
  }

  private static String cut(String text, int width) {
    return length(text) <= width ? text : Truncation.truncate(text, width);
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private void wrapped(String text, String indent, Writer out) throws IOException {
    var line = new StringBuilder(indent);
    for (var word : text.split(" ", -1)) {
      if (line.length() > indent.length() && length(line + " " + word) > width) {
        out.write(line + "\n");
        line = new StringBuilder(indent);
      }
      line.append(line.length() > indent.length() ? " " : "").append(word);
    }
    out.write(line + "\n");
  }
}
