// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static dev.credence.testing.Eventually.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.credence.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real Prometheus as a child process, which scrapes operators each second and evaluates our
/// rules as often.
public final class PrometheusProcess implements AutoCloseable {
  private static final Path PROGRAM = Tools.path("prometheus");
  private static final Path FOLDER = Path.of("target", "prometheus").toAbsolutePath();
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(20);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private final int port;
  private final Runnable ending = this::close;
  private final HttpClient http = HttpClient.newHttpClient();

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
    port = Ports.free();
    try {
      Files.createDirectories(FOLDER);
      var data = Files.createTempDirectory(FOLDER, "data");
      var file = Files.writeString(data.resolve("prometheus.yaml"), config);
      process =
          new ProcessBuilder(
                  PROGRAM.toString(),
                  "--config.file=" + file,
                  "--storage.tsdb.path=" + data.resolve("tsdb"),
                  "--web.listen-address=127.0.0.1:" + port,
                  "--log.level=warn")
              .redirectErrorStream(true)
              .redirectOutput(FOLDER.resolve("prometheus.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AtExit.run(ending);
    within(START, "Prometheus is ready; its log is in " + FOLDER)
        .ignoreExceptions()
        .until(() -> send("/-/ready").statusCode() == 200);
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
      var answer = JSON.readTree(send(path).body());
      if (!answer.path("status").asText().equals("success")) {
        throw new IllegalArgumentException(path + ": " + answer.path("error").asText());
      }
      return answer.path("data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> send(String path) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofSeconds(20))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at " + path, e);
    }
  }

  @Override
  public void close() {
    AtExit.forget(ending);
    process.destroy();
    try {
      if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
