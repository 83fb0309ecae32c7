// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import java.io.IOException;
import java.io.Writer;

/// The forms of the report: for a terminal, for programs, for a spreadsheet, for an auditor's
/// folder, for what collects findings of scanners.
public enum Format {
  table,
  json,
  csv,
  html,
  sarif;

  /// `width`: columns of the terminal.
  public void write(Inventory inventory, int width, Writer out) throws IOException {
    switch (this) {
      case table -> new Terminal(width).write(inventory, out);
      case json -> Json.write(inventory, out);
      case csv -> Csv.write(inventory, out);
      case html -> Html.write(inventory, out);
      case sarif -> Sarif.write(inventory, out);
    }
    out.flush();
  }
}
