// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import static dev.credence.testing.Eventually.DEADLINE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.credence.client.MetadataOnly;
import dev.credence.facts.policy.Tier;
import dev.credence.observe.Loopback;
import dev.credence.observe.Written;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;

/// An API server of a few lines: remembers what it was asked, answers what the test says. For the
/// shape of requests, and for answers that a real one does not give on demand.
public final class FakeApi implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// One for all clients: each serialization examines the classes of objects again.
  private static final KubernetesSerialization OBJECTS = new KubernetesSerialization();

  private final Loopback server = new Loopback(this::answer);
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Queue<Function<Asked, Answer>> answers = new ConcurrentLinkedQueue<>();

  /// A request as it arrived.
  public record Asked(
      String method,
      String path,
      Map<String, String> query,
      Map<String, List<String>> headers,
      String body) {

    /// What was done to what: `PUT /api/v1/namespaces/payments/secrets/payments-db`.
    public String line() {
      return method + " " + path;
    }

    public JsonNode json() {
      return tree(body);
    }

    public String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> String.join(", ", header.getValue()))
          .findFirst()
          .orElse("");
    }
  }

  public record Answer(int code, String body) {}

  private final boolean isForAnybody;

  private FakeApi(boolean isForAnybody) {
    this.isForAnybody = isForAnybody;
  }

  /// For the operator, which asks for nothing but what the chart grants: [#close] fails otherwise.
  public static FakeApi start() {
    return new FakeApi(false);
  }

  /// For requests that the operator does not make.
  public static FakeApi startForAnybody() {
    return new FakeApi(true);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var uri = exchange.getRequestURI();
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var headers = Map.copyOf(exchange.getRequestHeaders());
    var seen =
        new Asked(exchange.getRequestMethod(), uri.getPath(), Loopback.query(uri), headers, body);
    asked.add(seen);
    var answer =
        Optional.ofNullable(answers.poll())
            .map(next -> next.apply(seen))
            .orElse(new Answer(404, status(404, "the test said nothing about " + seen.line())));
    try (exchange) {
      var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.code(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /// JSON as a value, in which the order of fields does not count.
  public static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The same in YAML.
  public static JsonNode yaml(String yaml) {
    return Written.tree(yaml);
  }

  /// The next request is answered by this.
  public FakeApi then(Function<Asked, Answer> answer) {
    answers.add(answer);
    return this;
  }

  /// The next request is answered with this object.
  public FakeApi answers(Object body) {
    return answers(200, body);
  }

  /// The next request is answered with what it sent.
  public FakeApi echoes() {
    return then(request -> new Answer(200, request.body()));
  }

  /// The next request is answered with what it sent, under this version and, where it sent none,
  /// under a UID of its own: what a real one does.
  public FakeApi writes(int version) {
    return then(
        request -> {
          var object = (ObjectNode) request.json();
          var metadata = object.withObject("/metadata");
          metadata.put("resourceVersion", String.valueOf(version));
          if (!metadata.has("uid")) {
            metadata.put("uid", "uid-" + version);
          }
          return new Answer(200, object.toString());
        });
  }

  /// The next request writes the status of this object: it is answered with the whole.
  public FakeApi writesStatusOf(Object object, int version) {
    return then(
        request -> {
          var whole = (ObjectNode) tree(json(object));
          whole.withObject("/metadata").put("resourceVersion", String.valueOf(version));
          whole.set("status", request.json().path("status"));
          return new Answer(200, whole.toString());
        });
  }

  public FakeApi answers(int code, Object body) {
    return then(request -> new Answer(code, body instanceof String text ? text : json(body)));
  }

  /// The next request is refused with a `Status`, as a real API server does.
  public FakeApi refuses(int code, String message) {
    return answers(code, status(code, message));
  }

  public static String status(int code, String message) {
    return json(
        Map.of(
            "apiVersion", "v1",
            "kind", "Status",
            "status", "Failure",
            "message", message,
            "code", code));
  }

  public static String json(Object body) {
    try {
      return body instanceof HasMetadata object
          ? OBJECTS.asJson(object)
          : JSON.writeValueAsString(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Asked> asked() {
    return asked;
  }

  /// The lines of all requests, in their order.
  public List<String> lines() {
    return asked.stream().map(Asked::line).toList();
  }

  public Asked last() {
    return asked.getLast();
  }

  public Config config() {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(server.url())
        .withRequestTimeout((int) DEADLINE.toMillis())
        .withRequestRetryBackoffLimit(0)
        .build();
  }

  public KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(config())
        .withKubernetesSerialization(OBJECTS)
        .build();
  }

  /// A client that asks for metadata only.
  public KubernetesClient metadataClient() {
    return new KubernetesClientBuilder()
        .withConfig(config())
        .withKubernetesSerialization(OBJECTS)
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("metadata-only", new MetadataOnly()))
        .build();
  }

  /// Fails where something was asked that the chart does not grant: a cluster would refuse it.
  @Override
  public void close() {
    server.close();
    if (isForAnybody) {
      return;
    }
    var missing = missingAt(Tier.Enforce, 0);
    if (!missing.isEmpty()) {
      throw new AssertionError("asked for, and not granted by the chart: " + missing);
    }
  }

  /// What was asked from this request on and is not granted to an operator of this tier.
  public Set<String> missingAt(Tier tier, int from) {
    return ChartRights.of(tier)
        .missing(asked.stream().skip(from).flatMap(request -> right(request)));
  }

  private static Stream<ChartRights.Request> right(Asked request) {
    return ChartRights.request(
        request.method(),
        request.path(),
        request.query().getOrDefault("watch", "").equals("true"),
        request.query().getOrDefault("fieldSelector", ""));
  }
}
