// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// The requests of the operator's account that were denied, by the audit log: by RBAC, and by the
/// policy of the chart on that account. Closing it fails where there is any: the operator asked for
/// what its chart does not grant. Not for tests that remove rights on purpose.
public final class Denials implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OPERATOR =
      "system:serviceaccount:" + LocalCluster.NAMESPACE + ":" + LocalCluster.ACCOUNT;

  /// Of the operator itself; tests that use its token have another.
  private static final String USER_AGENT = "credence";

  private static final String POLICY = "operator.credence.dev";

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

  /// By RBAC: `get batch/jobs`, each once.
  public Set<String> all() {
    return read("\"forbid\"", Denials::byRbac);
  }

  /// By the policy on the operator's account: `create secrets`, and what the API server said.
  public Set<String> byPolicy() {
    return read(POLICY, Denials::byPolicy);
  }

  private static Optional<String> byRbac(JsonNode event) {
    return event.path("annotations").path("authorization.k8s.io/decision").asText().equals("forbid")
        ? Optional.of(right(event))
        : Optional.empty();
  }

  private static Optional<String> byPolicy(JsonNode event) {
    var stated = event.path("responseStatus").path("message").asText();
    return stated.contains("ValidatingAdmissionPolicy '" + POLICY + "'")
            && event.path("userAgent").asText().equals(USER_AGENT)
        ? Optional.of(right(event) + ": " + stated)
        : Optional.empty();
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

  /// Of the lines with this text; a log may be larger than the heap.
  private Set<String> read(String text, Function<JsonNode, Optional<String>> what) {
    var found = new TreeSet<String>();
    try (var file = FileChannel.open(log).position(from);
        var lines = new BufferedReader(Channels.newReader(file, StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains(text)) {
          ofOperator(line).flatMap(what).ifPresent(found::add);
        }
      }
    } catch (NoSuchFileException deleted) {
      // With its cluster.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static Optional<JsonNode> ofOperator(String line) {
    try {
      return Optional.of(JSON.readTree(line))
          .filter(event -> event.path("user").path("username").asText().equals(OPERATOR));
    } catch (IOException cutOff) {
      // The last line may be half written.
      return Optional.empty();
    }
  }

  private static long size(Path log) {
    try {
      return Files.size(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Fails where the policy on the operator's account rejected a write of the operator.
  void checkPolicy() {
    var rejected = byPolicy();
    if (!rejected.isEmpty()) {
      throw new AssertionError(
          POLICY + " rejects what the operator writes: " + String.join(", ", rejected));
    }
  }

  @Override
  public void close() {
    var denied = all();
    if (!denied.isEmpty()) {
      throw new AssertionError(
          "the operator asked for what the chart does not grant: " + String.join(", ", denied));
    }
    checkPolicy();
  }
}
