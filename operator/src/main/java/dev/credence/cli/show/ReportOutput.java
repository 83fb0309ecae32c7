// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.cli.Output;
import dev.credence.report.Format;
import dev.credence.report.Inventory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The format of a report, and where it is written.
final class ReportOutput {
  private static final int NARROW = 120;

  @Option(
      names = {"-o", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write to this file, which only you can read, instead of standard output.")
  private @Nullable Path output;

  void write(Inventory inventory) {
    inventory.gaps().forEach(gap -> System.err.println("credence: partial: " + gap));
    Output.write(
        Optional.ofNullable(output),
        System.out,
        out -> format.write(inventory, width(System.getenv()), out));
  }

  /// The width of the terminal, where the shell exports it.
  private static int width(Map<String, String> environment) {
    var columns = environment.getOrDefault("COLUMNS", "");
    return columns.matches("\\d{1,4}") ? Integer.parseInt(columns) : NARROW;
  }
}
