// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import static dev.credence.testing.Eventually.within;

import dev.credence.cluster.Tools;
import dev.credence.testing.Ports;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A real registry of images as a child process, without TLS.
final class RegistryProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration END = Duration.ofSeconds(20);

  private final Process process;
  private final int port;

  RegistryProcess(Path folder) throws IOException {
    port = Ports.free();
    var config =
        Files.writeString(
            folder.resolve("registry.yaml"),
            """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: "127.0.0.1:%d"}
            """
                .formatted(folder.resolve("registry"), port));
    process =
        new ProcessBuilder(Tools.path("registry").toString(), "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    within(START, "the registry answers; its log is in " + folder)
        .ignoreExceptions()
        .until(
            () -> {
              try (var socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
              }
            });
  }

  String host() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
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
