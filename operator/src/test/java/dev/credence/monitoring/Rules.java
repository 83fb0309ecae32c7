// SPDX-License-Identifier: Apache-2.0
package dev.credence.monitoring;

import static java.util.stream.Collectors.toCollection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The rules that the chart ships, and their tests.
public final class Rules {
  private static final Path TOP = Path.of(System.getProperty("user.dir")).getParent();
  private static final YAMLMapper YAML = YAMLMapper.builder().build();

  public static final Path FILE = TOP.resolve("helm/credence/files/prometheus-rules.yaml");
  public static final Path INHIBITIONS =
      TOP.resolve("helm/credence/files/alertmanager-inhibit-rules.yaml");
  public static final Path ROUTES = TOP.resolve("helm/credence/files/alertmanager-routes.yaml");
  public static final Path TESTS = TOP.resolve("operator/src/test/resources/prometheus");
  static final Path RUNBOOKS = TOP.resolve("docs/runbooks");

  /// Each as it is written: `alert` or `record`, `expr`, `for`, `labels`, `annotations`.
  public static List<JsonNode> all() {
    return read(FILE)
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  public static Stream<JsonNode> alerts() {
    return all().stream().filter(rule -> rule.has("alert"));
  }

  /// The file with only this alert and the recording rules that it uses. In a test, promtool
  /// evaluates all rules of a file at each step.
  public static String alone(String alert) {
    var rules =
        alerts()
            .filter(rule -> rule.path("alert").asText().equals(alert))
            .collect(toCollection(ArrayList::new));
    var records = all().stream().filter(rule -> rule.has("record")).toList();
    for (var next = 0; next < rules.size(); next++) {
      var expression = rules.get(next).path("expr").asText();
      records.stream()
          .filter(rule -> expression.contains(rule.path("record").asText()))
          .filter(rule -> !rules.contains(rule))
          .forEach(rules::add);
    }
    var file = read(FILE);
    for (var group : file.path("groups")) {
      var kept = group.path("rules").valueStream().filter(rules::contains).toList();
      ((ObjectNode) group).putArray("rules").addAll(kept);
    }
    return file.toString();
  }

  static JsonNode read(Path yaml) {
    try {
      return YAML.readTree(Files.readString(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Rules() {}
}
