// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// The rules and the dashboards of the chart as plain files, for a Prometheus and a Grafana that
/// are not configured by Helm.
final class Mixin {

  /// By the path in `mixin/`.
  static Map<String, String> files(Path chart) throws IOException {
    var sources = chart.resolve("files");
    var files = new TreeMap<String, String>();
    files.put("rules/prometheus-rules.yaml", generated(sources.resolve("prometheus-rules.yaml")));
    files.put(
        "alertmanager/inhibit-rules.yaml",
        generated(sources.resolve("alertmanager-inhibit-rules.yaml")));
    try (var dashboards = Files.list(sources.resolve("dashboards"))) {
      for (var file : dashboards.sorted().toList()) {
        files.put("dashboards/" + file.getFileName(), Files.readString(file));
      }
    }
    return files;
  }

  private static String generated(Path file) throws IOException {
    return "# Written by `make generate` from helm/credence/files/%s.\n%s"
        .formatted(file.getFileName(), Files.readString(file));
  }

  private Mixin() {}
}
