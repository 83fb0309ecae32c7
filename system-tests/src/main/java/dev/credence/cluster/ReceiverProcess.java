// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import dev.credence.testing.Ports;
import dev.credence.testing.TestKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// `credence audit --listen` as a child process with all rights, and a sender of audit events.
public final class ReceiverProcess implements AutoCloseable {
  private static final String TOKEN = "the-token-of-the-sender";

  private final OperatorProcess process;
  private final URI address;
  private final HttpClient http;

  /// `folder`: for its certificate and its token; `options`: `--write-interval=1s`.
  public static ReceiverProcess on(
      LocalCluster cluster, OperatorProcess.Start start, Path folder, String... options) {
    var server = TestKey.of(folder, "receiver");
    var port = Ports.free();
    try {
      var words =
          new ArrayList<>(
              List.of(
                  LocalCluster.TOP.resolve("operator/bin/credence").toString(),
                  "audit",
                  "--listen=127.0.0.1:" + port,
                  "--tls-cert=" + server.certificate(),
                  "--tls-key=" + server.key(),
                  "--token-file=" + Files.writeString(folder.resolve("token"), TOKEN)));
      words.addAll(List.of(options));
      return new ReceiverProcess(
          start
              .with("KUBECONFIG", cluster.kubeconfig().toString())
              .running(words.toArray(String[]::new))
              .start(),
          URI.create("https://127.0.0.1:" + port + "/events"),
          HttpClient.newBuilder().sslContext(server.clientContext()).build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ReceiverProcess(OperatorProcess process, URI address, HttpClient http) {
    this.process = process;
    this.address = address;
    this.http = http;
  }

  public OperatorProcess process() {
    return process;
  }

  /// The status code of the answer to this body.
  public int send(String body) {
    return send(body, TOKEN);
  }

  /// The same of a sender with this token.
  public int send(String body, String token) {
    var request =
        HttpRequest.newBuilder(address)
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// A read of pods by a ServiceAccount, such as `default:crm`, now.
  public static String event(String account) {
    return """
        {"kind": "Event", "auditID": "late", "stage": "ResponseComplete", "verb": "get",
         "user": {"username": "system:serviceaccount:%s"},
         "objectRef": {"resource": "pods", "namespace": "default"}, "userAgent": "crm/v1",
         "responseStatus": {"code": 200}, "requestReceivedTimestamp": "%s"}
        """
        .formatted(account, Instant.now());
  }

  @Override
  public void close() {
    http.close();
    process.close();
  }
}
