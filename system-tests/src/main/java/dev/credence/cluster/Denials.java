package dev.credence.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What RBAC denied to the account of the operator since it was asked for, by the audit log.
// Closing
/// it fails where there is anything: the operator asked for what its chart does not grant. Not for
/// tests that take rights away on purpose.
public final class Denials implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OPERATOR =
      "system:serviceaccount:" + LocalCluster.NAMESPACE + ":" + LocalCluster.ACCOUNT;

  private final Path log;
  private final long from;

  private Denials(Path log, long from) {
    this.log = log;
    this.from = from;
  }

  /// Empty on a cluster whose audit log is not at hand.
  static Optional<Denials> since(LocalCluster cluster) {
    return cluster.auditLogIfAny().map(log -> new Denials(log, size(log)));
  }

  /// Of this file from this position on.
  static Denials in(Path log, long from) {
    return new Denials(log, from);
  }

  /// `get batch/jobs`, each once.
  public Set<String> all() {
    var denied = new TreeSet<String>();
    text().lines().filter(line -> line.contains("\"forbid\"")).forEach(line -> read(line, denied));
    return denied;
  }

  private static void read(String line, Set<String> denied) {
    try {
      var event = JSON.readTree(line);
      if (event.path("annotations").path("authorization.k8s.io/decision").asText().equals("forbid")
          && event.path("user").path("username").asText().equals(OPERATOR)) {
        denied.add(right(event));
      }
    } catch (IOException cutOff) {
      // The last line may be half written.
    }
  }

  private static String right(JsonNode event) {
    var object = event.path("objectRef");
    var group = object.path("apiGroup").asText();
    var subresource = object.path("subresource").asText();
    return event.path("verb").asText()
        + " "
        + (group.isEmpty() ? "" : group + "/")
        + object.path("resource").asText()
        + (subresource.isEmpty() ? "" : "/" + subresource);
  }

  private String text() {
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(from);
      var bytes = new byte[Math.toIntExact(file.length() - from)];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path log) {
    try {
      return Files.size(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    var denied = all();
    if (!denied.isEmpty()) {
      throw new AssertionError(
          "the operator asked for what the chart does not grant: " + String.join(", ", denied));
    }
  }
}
