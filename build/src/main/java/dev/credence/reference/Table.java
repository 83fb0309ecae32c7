// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import java.util.Arrays;
import java.util.stream.Collectors;

/// A table of Markdown.
final class Table {
  private final StringBuilder text = new StringBuilder();

  Table(String... columns) {
    row(columns);
    text.append("|").append("---|".repeat(columns.length)).append("\n");
  }

  Table row(String... cells) {
    text.append(
        Arrays.stream(cells).map(Table::escaped).collect(Collectors.joining(" | ", "| ", " |\n")));
    return this;
  }

  private static String escaped(String cell) {
    return cell.replace("|", "\\|").replaceAll("\\s+", " ").strip();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
