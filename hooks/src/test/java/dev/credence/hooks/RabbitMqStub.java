// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/// The users of a RabbitMQ: their HTTP API, and logins by [AmqpLogins]. Each answer was recorded
/// from RabbitMQ 3.10.8, against which [RabbitMqIT] runs too. Logs every request with its body.
final class RabbitMqStub implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Answer NOT_FOUND =
      new Answer(404, "{\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}");
  private static final int SALT_BYTES = 4;

  private final Map<String, User> users = new ConcurrentHashMap<>();
  private final HttpServer api;
  private final AmqpLogins amqp;
  private final Path log;

  private record User(String hash, List<String> tags, Optional<Integer> maxConnections) {}

  private record Answer(int status, String body) {}

  RabbitMqStub(Optional<SSLContext> tls) throws IOException {
    log = Files.createTempFile(Path.of("target"), "rabbitmq-", ".log");
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls.isPresent()) {
      var https = HttpsServer.create(address, 50);
      https.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
      api = https;
    } else {
      api = HttpServer.create(address, 50);
    }
    api.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    api.createContext("/api/", this::handle);
    api.start();
    amqp = new AmqpLogins(tls, this::isPassword, this::mayConnect);
    users.put("guest", new User(hash("guest"), List.of("administrator"), Optional.empty()));
  }

  int apiPort() {
    return api.getAddress().getPort();
  }

  int amqpPort() {
    return amqp.port();
  }

  Path log() {
    return log;
  }

  private boolean isPassword(String name, String password) {
    var user = users.get(name);
    if (user == null || user.hash().isEmpty()) {
      return false;
    }
    var stored = Base64.getDecoder().decode(user.hash());
    return Arrays.equals(stored, salted(Arrays.copyOf(stored, SALT_BYTES), password));
  }

  private boolean mayConnect(String name, int open) {
    return users.get(name).maxConnections().map(limit -> open < limit).orElse(true);
  }

  private static String hash(String password) {
    return Base64.getEncoder().encodeToString(salted(new byte[SALT_BYTES], password));
  }

  private static byte[] salted(byte[] salt, String password) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      var hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
      var stored = Arrays.copyOf(salt, salt.length + hash.length);
      System.arraycopy(hash, 0, stored, salt.length, hash.length);
      return stored;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var path = exchange.getRequestURI().getRawPath();
      Files.writeString(
          log,
          exchange.getRequestMethod() + " " + path + " " + body + "\n",
          StandardOpenOption.APPEND);
      var answer = answer(exchange, path, body);
      var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Answer answer(HttpExchange exchange, String path, String body) {
    var login =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
            .map(header -> header.substring("Basic ".length()))
            .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
            .map(text -> text.split(":", 2))
            .orElseThrow();
    if (!isPassword(login[0], login[1])) {
      return new Answer(401, "{\"error\":\"not_authorized\",\"reason\":\"Login failed\"}");
    }
    var tags = users.get(login[0]).tags();
    if (!tags.contains("administrator")) {
      return new Answer(
          401,
          "{\"error\":\"not_authorised\",\"reason\":\"Not %s user\"}"
              .formatted(tags.contains("management") ? "administrator" : "management"));
    }
    var parts =
        Stream.of(path.substring("/api/".length()).split("/", -1))
            .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
            .toList();
    return switch (exchange.getRequestMethod() + " " + parts.getFirst()) {
      case "GET users" -> user(parts.get(1));
      case "PUT users" -> put(parts.get(1), body);
      case "PUT permissions" -> new Answer(201, "");
      case "PUT user-limits" -> limit(parts, body);
      case "DELETE user-limits" -> unlimited(parts);
      case "DELETE connections" -> endConnections(parts);
      default -> NOT_FOUND;
    };
  }

  private Answer user(String name) {
    var user = users.get(name);
    if (user == null) {
      return NOT_FOUND;
    }
    var node = JSON.createObjectNode();
    node.put("name", name);
    node.put("password_hash", user.hash());
    node.put("hashing_algorithm", "rabbit_password_hashing_sha256");
    node.set("tags", JSON.valueToTree(user.tags()));
    var limits = node.putObject("limits");
    user.maxConnections().ifPresent(limit -> limits.put("max-connections", limit));
    return new Answer(200, node.toString());
  }

  /// Replaces the user, and keeps its limits. Without a password, none is valid any more.
  private Answer put(String name, String body) {
    var json = json(body);
    if (json.isEmpty()) {
      return bad("\"not_json\"");
    }
    var node = json.get();
    if (!node.has("tags")) {
      return bad("\"tags_not_present\"");
    }
    var hash =
        node.has("password")
            ? hash(node.path("password").asText())
            : node.path("password_hash").asText();
    try {
      Base64.getDecoder().decode(hash);
    } catch (IllegalArgumentException e) {
      return bad("[\"not_base64\",\"%s\"]".formatted(hash));
    }
    var algorithm = node.path("hashing_algorithm").asText("rabbit_password_hashing_sha256");
    if (!algorithm.equals("rabbit_password_hashing_sha256")) {
      return bad("\"algorithm\"");
    }
    var tags =
        node.path("tags").isArray()
            ? node.path("tags").valueStream().map(JsonNode::asText).toList()
            : List.of(node.path("tags").asText().split(",", -1));
    var earlier = users.get(name);
    users.put(
        name, new User(hash, tags, earlier == null ? Optional.empty() : earlier.maxConnections()));
    return new Answer(earlier == null ? 201 : 204, "");
  }

  private Answer limit(List<String> parts, String body) {
    var name = parts.get(1);
    var value = json(body).map(node -> node.path("value")).filter(JsonNode::isInt);
    if (!users.containsKey(name)) {
      return bad("[\"no_such_user\",\"%s\"]".formatted(name));
    }
    if (value.isEmpty() || !parts.get(2).equals("max-connections")) {
      return bad("\"limit\"");
    }
    users.computeIfPresent(
        name, (_, user) -> new User(user.hash(), user.tags(), value.map(JsonNode::asInt)));
    return new Answer(204, "");
  }

  private Answer unlimited(List<String> parts) {
    var user =
        users.computeIfPresent(
            parts.get(1), (_, found) -> new User(found.hash(), found.tags(), Optional.empty()));
    return new Answer(user == null ? 500 : 204, "");
  }

  private Answer endConnections(List<String> parts) {
    if (!parts.get(1).equals("username")) {
      return NOT_FOUND;
    }
    amqp.endConnections(parts.get(2));
    return new Answer(204, "");
  }

  private static Answer bad(String reason) {
    return new Answer(400, "{\"error\":\"bad_request\",\"reason\":" + reason + "}");
  }

  private static Optional<JsonNode> json(String body) {
    try {
      return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    api.stop(0);
    amqp.close();
  }
}
