// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.cli.Failed;
import dev.credence.report.Inventory;
import dev.credence.report.Inventory.Origin;
import dev.credence.report.SavedReport;
import dev.credence.settings.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Merges reports of several clusters.
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Merge reports of several clusters, saved with --format json, into one.",
    description = {
      "",
      "No cluster is read. The name of a cluster is its context, or its address too where two contexts have the",
      "same name. The time of the merged report is that of the oldest file."
    },
    footer = {
      "%nExample:",
      "  credence report merge production.json staging.json --format html --output identities.html"
    })
public final class ReportMerge implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Reports in the format json.")
  private List<Path> files = List.of();

  @Mixin private ReportOutput output = new ReportOutput();

  @Override
  public Integer call() {
    var reports = new LinkedHashMap<Path, Inventory>();
    files.forEach(file -> reports.put(file, read(file)));
    output.write(merged(reports));
    return 0;
  }

  private static Inventory read(Path file) {
    try {
      return SavedReport.read(Files.readString(file));
    } catch (SavedReport.Unreadable wrong) {
      throw new Failed("File " + file + " " + wrong.getMessage());
    } catch (NoSuchFileException absent) {
      throw new Failed("File " + file + " does not exist.");
    } catch (IOException unreadable) {
      throw new Failed("File " + file + " cannot be read: " + unreadable.getMessage());
    }
  }

  static Inventory merged(Map<Path, Inventory> reports) {
    var clusters = new LinkedHashMap<String, Inventory>();
    reports.forEach(
        (file, inventory) -> {
          if (inventory.isOfSeveralClusters()) {
            throw new Failed(
                "File "
                    + file
                    + " is already a report about several clusters. Merge reports of one cluster each.");
          }
          if (clusters.putIfAbsent(name(inventory, reports), inventory) != null) {
            throw new Failed(
                "File %s is a second report about cluster %s. Name one report for each cluster."
                    .formatted(file, inventory.origin().cluster()));
          }
        });
    return Inventory.of(
        clusters,
        List.of(),
        new Origin(
            clusters.values().stream()
                .map(inventory -> inventory.origin().at())
                .min(Comparator.naturalOrder())
                .orElseThrow(),
            Version.current(),
            "clusters " + String.join(", ", clusters.keySet()),
            clusters.values().stream()
                .map(inventory -> inventory.origin().scope())
                .distinct()
                .collect(Collectors.joining("; "))));
  }

  /// The context of `production at https://…`.
  private static String name(Inventory inventory, Map<Path, Inventory> reports) {
    var context = context(inventory);
    var same = reports.values().stream().filter(other -> context(other).equals(context)).count();
    return same > 1 ? inventory.origin().cluster() : context;
  }

  private static String context(Inventory inventory) {
    var cluster = inventory.origin().cluster();
    var end = cluster.indexOf(" at ");
    return end < 0 ? cluster : cluster.substring(0, end);
  }
}
