// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/// A broker that is its own controller (KRaft), as a child process that listens on 127.0.0.1 alone
/// and logs every request. A client that connects to [#portBehindCut] is told to continue at
/// [#portOfCut].
final class KafkaServer implements AutoCloseable {
  private static final String LOGIN_MODULE =
      "org.apache.kafka.common.security.scram.ScramLoginModule required;";

  private final Path folder;
  private final int internal = Free.port();
  private final int port = Free.port();
  private final int tlsPort = Free.port();
  private final int portBehindCut = Free.port();
  private final int portOfCut = Free.port();
  private final Process process;

  KafkaServer(Certificates certificates) throws Exception {
    folder =
        Files.createDirectories(
            Path.of("target", "kafka", UUID.randomUUID().toString()).toAbsolutePath());
    var settings = folder.resolve("server.properties");
    try (var writer = Files.newBufferedWriter(settings)) {
      settings(certificates).store(writer, null);
    }
    var words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
    logging().forEach((name, value) -> words.add("-Dorg.slf4j.simpleLogger." + name + "=" + value));
    words.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            KafkaProcess.class.getName(),
            Uuid.randomUuid().toString(),
            settings.toString()));
    process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    try (var admin = asSuperuser()) {
      eventually("the broker answers")
          .ignoreExceptions()
          .until(() -> !admin.describeCluster().nodes().get().isEmpty());
    }
  }

  private Map<String, String> logging() {
    return Map.of(
        "defaultLogLevel", "info",
        "log.kafka.request.logger", "trace",
        "log.org.apache.kafka.controller", "trace",
        "logFile", folder.resolve("server.log").toString());
  }

  private Properties settings(Certificates certificates) throws IOException {
    var controller = Free.port();
    var settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "controller.quorum.voters", "1@127.0.0.1:" + controller,
            "controller.listener.names", "CONTROLLER",
            "inter.broker.listener.name", "INTERNAL",
            "listeners", listeners(portBehindCut) + ",CONTROLLER://127.0.0.1:" + controller,
            "advertised.listeners", listeners(portOfCut),
            "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:SASL_PLAINTEXT,CUT:SASL_PLAINTEXT,TLS:SASL_SSL",
            "log.dirs", folder.resolve("data").toString(),
            // A broker answers a rejected login after a delay, by default.
            "connection.failed.authentication.delay.ms", "0"));
    settings.putAll(
        Map.of(
            "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            // Whoever connects by the internal listener.
            "super.users", "User:ANONYMOUS",
            "sasl.enabled.mechanisms", "SCRAM-SHA-256,SCRAM-SHA-512",
            "ssl.keystore.type", "PEM",
            "ssl.keystore.certificate.chain", Files.readString(certificates.certificate()),
            "ssl.keystore.key", Files.readString(certificates.key())));
    for (var listener : List.of("client", "cut", "tls")) {
      for (var mechanism : List.of("scram-sha-256", "scram-sha-512")) {
        settings.put(
            "listener.name.%s.%s.sasl.jaas.config".formatted(listener, mechanism), LOGIN_MODULE);
      }
    }
    return settings;
  }

  private String listeners(int portOfListenerCut) {
    return "INTERNAL://127.0.0.1:%d,CLIENT://127.0.0.1:%d,TLS://127.0.0.1:%d,CUT://127.0.0.1:%d"
        .formatted(internal, port, tlsPort, portOfListenerCut);
  }

  int port() {
    return port;
  }

  int tlsPort() {
    return tlsPort;
  }

  int portBehindCut() {
    return portBehindCut;
  }

  int portOfCut() {
    return portOfCut;
  }

  Admin asSuperuser() {
    return Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + internal));
  }

  /// What the broker logs, and what a copy of its disk contains.
  List<Path> files() {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  Path log() {
    return folder.resolve("server.log");
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
