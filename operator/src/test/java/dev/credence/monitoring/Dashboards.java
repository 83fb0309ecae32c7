// SPDX-License-Identifier: Apache-2.0
package dev.credence.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The dashboards that the chart ships.
public final class Dashboards {
  private static final Path FOLDER =
      Path.of(System.getProperty("user.dir")).getParent().resolve("helm/credence/files/dashboards");

  /// `panel`: its title.
  public record Query(String dashboard, String panel, String expression) {
    private boolean isOfTheApiServer() {
      return expression.contains("apiserver_");
    }

    @Override
    public String toString() {
      return dashboard + ", " + panel + ": " + expression;
    }
  }

  static List<JsonNode> all() {
    try (var files = Files.list(FOLDER)) {
      return files.sorted().map(Dashboards::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode read(Path file) {
    try {
      return JsonMapper.builder().build().readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> panels(JsonNode dashboard) {
    return dashboard
        .path("panels")
        .valueStream()
        .flatMap(panel -> Stream.concat(Stream.of(panel), panels(panel)));
  }

  static Stream<JsonNode> variables(JsonNode dashboard) {
    return dashboard.path("templating").path("list").valueStream();
  }

  /// Of every panel that shows metrics of the operator.
  public static List<Query> queries() {
    return every().filter(query -> !query.isOfTheApiServer()).toList();
  }

  /// Of every panel that shows metrics of the API server.
  static List<Query> apiServerQueries() {
    return every().filter(Query::isOfTheApiServer).toList();
  }

  private static Stream<Query> every() {
    return all().stream()
        .flatMap(
            dashboard ->
                panels(dashboard)
                    .flatMap(
                        panel ->
                            panel
                                .path("targets")
                                .valueStream()
                                .map(
                                    target ->
                                        new Query(
                                            dashboard.path("title").asText(),
                                            panel.path("title").asText(),
                                            target.path("expr").asText()))));
  }

  /// `label_values(…, label)` of every variable that asks Prometheus.
  public static List<Query> variableQueries() {
    return all().stream()
        .flatMap(
            dashboard ->
                variables(dashboard)
                    .filter(variable -> variable.path("type").asText().equals("query"))
                    .map(
                        variable ->
                            new Query(
                                dashboard.path("title").asText(),
                                "$" + variable.path("name").asText(),
                                variable.path("definition").asText())))
        .toList();
  }

  private Dashboards() {}
}
