// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import dev.credence.report.Entry.Odd;
import dev.credence.report.Entry.Rights;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The report for a spreadsheet: a row for each identity.
final class Csv {
  /// Cells that spreadsheets take for a formula get an apostrophe in front (OWASP, "CSV
  /// Injection"): at the beginning of a cell, and after what separates cells where a list separator
  /// is another one than a comma. Quotes do not help there, since such a reader finds them in the
  /// middle of a cell.
  private static final Pattern FORMULA =
      Pattern.compile("(^|[;,|\\t\\r\\n])([\\s\"']*)(?=[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20])");

  private static final Pattern CONTROL = Pattern.compile("^\\s*[\\t\\r]");

  private static final Map<String, Function<Entry, String>> COLUMNS = columns();

  private static Map<String, Function<Entry, String>> columns() {
    var columns = new LinkedHashMap<String, Function<Entry, String>>();
    columns.put("namespace", Entry::namespace);
    columns.put("name", Entry::name);
    columns.put("application", entry -> text(entry.application()));
    columns.put("purpose", entry -> text(entry.purpose()));
    columns.put("owner", entry -> text(entry.owner().contact()));
    columns.put("team", entry -> text(entry.owner().team()));
    columns.put("backup", entry -> text(entry.owner().backup()));
    columns.put("type", entry -> text(entry.type()));
    columns.put("state", Entry::state);
    columns.put("ready", entry -> entry.ready().status());
    columns.put("reason", entry -> entry.ready().reason());
    columns.put("policies", entry -> String.join(", ", entry.policies()));
    columns.put("created", entry -> time(entry.created()));
    columns.put("ends", entry -> time(entry.ends()));
    columns.put("nextAction", entry -> time(entry.nextAction()));
    columns.put("serviceAccounts", entry -> String.valueOf(entry.members().serviceAccounts()));
    columns.put("secrets", entry -> String.valueOf(entry.members().secrets()));
    columns.put("certificates", entry -> String.valueOf(entry.members().certificates()));
    columns.put("notLinked", entry -> String.valueOf(entry.members().notLinked()));
    columns.put("credentials", entry -> String.valueOf(entry.credentials().size()));
    columns.put("accountsElsewhere", Csv::elsewhere);
    columns.put("lastUsed", entry -> text(entry.lastUsed()));
    columns.putAll(ofPermissions());
    columns.put("reviewDue", entry -> time(entry.review().due()));
    columns.put("reviewed", entry -> time(entry.review().at()));
    columns.put("reviewedBy", entry -> text(entry.review().by()));
    columns.put(
        "suspended", entry -> text(entry.suspension().map(suspension -> suspension.reason())));
    columns.put("message", entry -> entry.ready().message());
    return columns;
  }

  private static Map<String, Function<Entry, String>> ofPermissions() {
    var columns = new LinkedHashMap<String, Function<Entry, String>>();
    columns.put("risk", entry -> entry.risk().level());
    columns.put("critical", entry -> String.valueOf(entry.risk().critical()));
    columns.put("high", entry -> String.valueOf(entry.risk().high()));
    columns.put("medium", entry -> String.valueOf(entry.risk().medium()));
    columns.put("low", entry -> String.valueOf(entry.risk().low()));
    columns.put("oddBehavior", Csv::odd);
    columns.put("permissionsUsed", entry -> number(entry, Rights::used));
    columns.put("permissionsUnused", entry -> number(entry, Rights::unused));
    columns.put("permissionsUnknown", entry -> number(entry, Rights::unknown));
    return columns;
  }

  static void write(Inventory inventory, Writer out) throws IOException {
    var mapper = CsvMapper.builder().enable(CsvGenerator.Feature.ALWAYS_QUOTE_STRINGS).build();
    mapper.getFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    try (var rows = mapper.writer().writeValues(out)) {
      var columns = new LinkedHashMap<String, Function<Entry, String>>();
      if (inventory.isOfSeveralClusters()) {
        columns.put("cluster", entry -> text(entry.cluster()));
      }
      columns.putAll(COLUMNS);
      rows.write(List.copyOf(columns.keySet()));
      for (var entry : inventory.identities()) {
        rows.write(
            columns.values().stream()
                .map(column -> withPreconditions(column.apply(entry)))
                .toList());
      }
    }
  }

  static String withPreconditions(String cell) {
    var text = FORMULA.matcher(cell).replaceAll("$1'$2");
    return CONTROL.matcher(text).find() ? "'" + text : text;
  }

  private static String elsewhere(Entry entry) {
    return entry.credentials().stream()
        .flatMap(credential -> credential.opens().stream())
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static String odd(Entry entry) {
    return entry.odd().stream().map(Odd::type).distinct().collect(Collectors.joining("; "));
  }

  /// Empty where it was not read, which is not 0.
  private static String number(Entry entry, ToLongFunction<Rights> which) {
    return entry.rights().map(rights -> String.valueOf(which.applyAsLong(rights))).orElse("");
  }

  private static String text(Optional<String> value) {
    return value.orElse("");
  }

  private static String time(Optional<Instant> value) {
    return value.map(Tables::time).orElse("");
  }

  private Csv() {}
}
