// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static dev.credence.testing.Eventually.within;

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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server of the Prometheus project as a child process on 127.0.0.1, with a folder for its data.
final class ServerProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(20);

  private final Process process;
  private final int port;
  private final Runnable ending = this::close;
  private final HttpClient http = HttpClient.newHttpClient();

  /// `config`: the text of its configuration. `storage`: the flag that names its folder of data.
  ServerProcess(String tool, String config, String storage, List<String> flags) {
    port = Ports.free();
    var folder = Path.of("target", tool).toAbsolutePath();
    try {
      Files.createDirectories(folder);
      var data = Files.createTempDirectory(folder, "data");
      var file = Files.writeString(data.resolve(tool + ".yaml"), config);
      var command =
          Stream.concat(
              Stream.of(
                  Tools.path(tool).toString(),
                  "--config.file=" + file,
                  storage + "=" + data.resolve("storage"),
                  "--web.listen-address=127.0.0.1:" + port,
                  "--log.level=warn"),
              flags.stream());
      process =
          new ProcessBuilder(command.toList())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(tool + ".log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AtExit.run(ending);
    within(START, tool + " is ready; its log is in " + folder)
        .ignoreExceptions()
        .until(() -> get("/-/ready").statusCode() == 200);
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  HttpResponse<String> post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a server was asked", e);
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
