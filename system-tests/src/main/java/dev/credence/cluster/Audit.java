// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static dev.credence.testing.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cluster.Requests.Request;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

/// The requests to the API server since a mark: the audit log from a position in the file on.
public final class Audit {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MARK = "credence-audit-mark-";

  private final Path log;
  private final KubernetesClient client;
  private long from;

  Audit(Path log, KubernetesClient client) {
    this.log = log;
    this.client = client;
    mark();
  }

  /// Forgets what was before: counts from now on.
  public void mark() {
    from = caughtUp();
  }

  /// The requests since the mark that were answered. A watch counts once, when it begins.
  public Requests requests() {
    return requests(caughtUp());
  }

  /// Those since the mark, and a new mark after the last of them: for who looks again and again.
  public Requests next() {
    var to = caughtUp();
    var requests = requests(to);
    from = to;
    return requests;
  }

  private Requests requests(long to) {
    return new Requests(
        linesBetween(from, to)
            .map(Audit::parse)
            .filter(Audit::counts)
            .map(Audit::request)
            .filter(r -> !r.name().startsWith(MARK))
            .toList());
  }

  /// The position after a request of our own, so that everything before it is in the file.
  private long caughtUp() {
    var start = size();
    var name = MARK + UUID.randomUUID();
    client.configMaps().inNamespace("kube-system").withName(name).get();
    var position = new long[] {-1};
    eventually("the audit log in " + log + " shows " + name)
        .until(() -> (position[0] = endOfLineWith(name, start)) >= 0);
    return position[0];
  }

  private long endOfLineWith(String text, long start) {
    var bytes = bytesBetween(start, size());
    var content = new String(bytes, StandardCharsets.ISO_8859_1);
    var at = content.indexOf(text);
    var end = at < 0 ? -1 : content.indexOf('\n', at);
    return end < 0 ? -1 : start + end + 1;
  }

  private Stream<String> linesBetween(long start, long end) {
    return new String(bytesBetween(start, end), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank());
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("not a line of an audit log: " + line, e);
    }
  }

  private static boolean counts(JsonNode event) {
    var begun = event.path("stage").asText().equals("ResponseStarted");
    var longRunning = event.path("verb").asText().equals("watch") && code(event) < 400;
    return begun == longRunning;
  }

  private static Request request(JsonNode event) {
    var object = event.path("objectRef");
    var resource = object.path("resource").asText();
    var subresource = object.path("subresource").asText();
    return new Request(
        Instant.parse(event.path("requestReceivedTimestamp").asText()),
        event.path("user").path("username").asText(),
        event.path("userAgent").asText(),
        event.path("verb").asText(),
        object.path("apiGroup").asText(),
        subresource.isEmpty() ? resource : resource + "/" + subresource,
        object.path("namespace").asText(),
        object.path("name").asText(),
        code(event));
  }

  private static int code(JsonNode event) {
    return event.path("responseStatus").path("code").asInt();
  }

  private long size() {
    try {
      return Files.size(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] bytesBetween(long start, long end) {
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(start);
      var bytes = new byte[Math.toIntExact(end - start)];
      file.readFully(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
