// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import dev.credence.report.Inventory.Origin;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;

/// A report about something else than the inventory, in the same formats. `problems`: what
/// code scanning shows.
public record Page(
    String title,
    List<String> lead,
    String gapsTitle,
    List<String> gaps,
    List<Summary.Answer> answers,
    List<Table> tables,
    String generated,
    List<Problem> problems) {
  public Page {
    lead = List.copyOf(lead);
    gaps = List.copyOf(gaps);
    answers = List.copyOf(answers);
    tables = List.copyOf(tables);
    problems = List.copyOf(problems);
  }

  /// `place`: namespace and name of a ServiceAccount; `about` tells problems of one rule and
  /// place from each other.
  public record Problem(
      String rule, boolean isWarning, String place, String about, String message) {}

  public void table(int width, Writer out) throws IOException {
    new Terminal(width).write(this, out);
    out.flush();
  }

  public void html(Writer out) throws IOException {
    Html.write(this, out);
    out.flush();
  }

  public void sarif(Origin origin, Map<String, String> meanings, Writer out) throws IOException {
    Sarif.write(this, origin, meanings, out);
    out.flush();
  }

  public static void json(JsonNode node, Writer out) throws IOException {
    Json.PRETTY.writeValue(out, node);
    out.write("\n");
    out.flush();
  }

  /// Cells that a spreadsheet would take for a formula are marked as text.
  public static void csv(List<List<String>> rows, Writer out) throws IOException {
    var mapper = CsvMapper.builder().enable(CsvGenerator.Feature.ALWAYS_QUOTE_STRINGS).build();
    mapper.getFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    try (var writer = mapper.writer().writeValues(out)) {
      for (var row : rows) {
        writer.write(row.stream().map(Csv::withPreconditions).toList());
      }
    }
    out.flush();
  }
}
