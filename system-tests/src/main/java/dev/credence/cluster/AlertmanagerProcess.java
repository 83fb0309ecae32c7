// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// A real Alertmanager as a child process.
public final class AlertmanagerProcess implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ServerProcess server;

  /// `config`: the text of its configuration. Skips the test where the tool is not built.
  public static AlertmanagerProcess start(String config) {
    Tools.require("alertmanager", "alertmanager");
    return new AlertmanagerProcess(config);
  }

  private AlertmanagerProcess(String config) {
    // No cluster of Alertmanagers, which would listen on all addresses.
    server =
        new ServerProcess(
            "alertmanager", config, "--storage.path", List.of("--cluster.listen-address="));
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
    var answer = server.post(path, body.toString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          path + " answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  /// The alerts that it knows, with `status` and `labels`.
  public JsonNode alerts() {
    try {
      return JSON.readTree(server.get("/api/v2/alerts").body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
