// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import java.util.List;

/// A table of the report. `otherwise`: what is said where it has no rows.
public record Table(
    String id, String title, String otherwise, List<String> columns, List<List<String>> rows) {
  public Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    for (var row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException("a row of " + id + " has not " + columns.size());
      }
    }
  }
}
