// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static dev.credence.testing.Eventually.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.credence.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A real Alertmanager as a child process.
public final class AlertmanagerProcess implements AutoCloseable {
  private static final Path PROGRAM = Tools.path("alertmanager");
  private static final Path FOLDER = Path.of("target", "alertmanager").toAbsolutePath();
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(20);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private final int port;
  private final Runnable ending = this::close;
  private final HttpClient http = HttpClient.newHttpClient();

  /// `config`: the text of its configuration. Skips the test where the tool is not built.
  public static AlertmanagerProcess start(String config) {
    Tools.require("alertmanager", "alertmanager");
    return new AlertmanagerProcess(config);
  }

  private AlertmanagerProcess(String config) {
    port = Ports.free();
    try {
      Files.createDirectories(FOLDER);
      var data = Files.createTempDirectory(FOLDER, "data");
      var file = Files.writeString(data.resolve("alertmanager.yaml"), config);
      process =
          new ProcessBuilder(
                  PROGRAM.toString(),
                  "--config.file=" + file,
                  "--storage.path=" + data.resolve("storage"),
                  "--web.listen-address=127.0.0.1:" + port,
                  // No cluster of Alertmanagers, which would listen on all addresses.
                  "--cluster.listen-address=",
                  "--log.level=warn")
              .redirectErrorStream(true)
              .redirectOutput(FOLDER.resolve("alertmanager.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AtExit.run(ending);
    within(START, "Alertmanager is ready; its log is in " + FOLDER)
        .ignoreExceptions()
        .until(() -> send("GET", "/-/ready", "").statusCode() == 200);
  }

  /// Sends alerts as Prometheus does: a list of objects with `labels`, `annotations`, `startsAt`
  /// and `endsAt`.
  public void alert(JsonNode alerts) {
    post("/api/v2/alerts", alerts);
  }

  /// Silences what has these matchers: an object as the API has it.
  public void silence(JsonNode silence) {
    post("/api/v2/silences", silence);
  }

  private void post(String path, JsonNode body) {
    var answer = send("POST", path, body.toString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          path + " answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  /// The alerts that it knows, with `status` and `labels`.
  public JsonNode alerts() {
    try {
      return JSON.readTree(send("GET", "/api/v2/alerts", "").body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> send(String method, String path, String body) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofSeconds(20))
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
