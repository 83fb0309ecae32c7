// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A real Prometheus as a child process, which scrapes operators each second and evaluates our
/// rules as often.
public final class PrometheusProcess implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ServerProcess server;

  /// `labels`: what a service discovery would say of each target, as YAML: `namespace: sales`.
  /// Skips the test where the tool is not built.
  public static PrometheusProcess scraping(
      String job, String labels, Path rules, List<OperatorProcess> operators) {
    Tools.require("prometheus", "prometheus");
    var targets =
        operators.stream().map(operator -> "'127.0.0.1:%d'".formatted(operator.port())).toList();
    return new PrometheusProcess(
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
        rule_files: ['%s']
        scrape_configs:
        - job_name: %s
          static_configs: [{targets: %s, labels: {%s}}]
        """
            .formatted(rules.toAbsolutePath(), job, targets, labels));
  }

  private PrometheusProcess(String config) {
    server = new ServerProcess("prometheus", config, "--storage.tsdb.path", List.of());
  }

  /// The samples that an expression has now, each with `metric` and `value`.
  public List<JsonNode> query(String expression) {
    var result =
        data("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
            .path("result");
    return result.valueStream().toList();
  }

  /// The evaluation of each rule: `health`, `lastError`, and of alerts `state`.
  public List<JsonNode> rules() {
    return data("/api/v1/rules")
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  private JsonNode data(String path) {
    try {
      var answer = JSON.readTree(server.get(path).body());
      if (!answer.path("status").asText().equals("success")) {
        throw new IllegalArgumentException(path + ": " + answer.path("error").asText());
      }
      return answer.path("data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
