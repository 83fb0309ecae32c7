// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.issued;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.credence.testing.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/// The access tokens of one project, by GitLab's API as far as the hooks use it ("Project access
/// tokens API": list, details, create, revoke; "Personal access tokens API": self-inform). The
/// stand-in for GitLab in the tests of the hooks has the rules for what is wrong, with their
/// sources.
final class GitLabProject implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKENS = "/api/v4/projects/delivery%2Fshop/access_tokens";
  private static final String SELF = "/api/v4/personal_access_tokens/self";
  private static final Pattern SEARCH = Pattern.compile("(?:^|&)search=([^&]*)");

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Token maintainer = new Token(1, "maintainer", "api");
  private final List<Token> tokens = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  private static final class Token {
    private final int id;
    private final String name;
    private final String scope;
    private final String value = "glpat-" + UUID.randomUUID();
    private boolean isRevoked;

    private Token(int id, String name, String scope) {
      this.id = id;
      this.name = name;
      this.scope = scope;
    }

    private ObjectNode json() {
      var json = JSON.createObjectNode();
      json.put("id", id).put("name", name).put("revoked", isRevoked).put("active", !isRevoked);
      json.putArray("scopes").add(scope);
      return json;
    }
  }

  static GitLabProject start(TestCertificate certificate) {
    return new GitLabProject(certificate);
  }

  private GitLabProject(TestCertificate certificate) {
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.server()));
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// The personal access token of a maintainer.
  String maintainer() {
    return maintainer.value;
  }

  /// The values of the tokens that open the project.
  synchronized List<String> active() {
    return tokens.stream().filter(token -> !token.isRevoked).map(token -> token.value).toList();
  }

  /// As an attempt that was cut off leaves it: with the tag of the Secret, in no Secret.
  synchronized void orphan(String identityUid, String secret) {
    tokens.add(new Token(nextId(), "credence %s %s v0".formatted(identityUid, secret), "read_api"));
  }

  /// What an access log would have: the methods and URLs of all requests.
  synchronized String log() {
    return String.join("\n", log);
  }

  private int nextId() {
    return 100 + tokens.size();
  }

  private record Answer(int code, String body) {}

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var answer = answer(exchange, request);
      var body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.code(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private synchronized Answer answer(HttpExchange exchange, String body) throws IOException {
    var method = exchange.getRequestMethod();
    var path = exchange.getRequestURI().getRawPath();
    log.add(method + " " + exchange.getRequestURI());
    var value =
        Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("PRIVATE-TOKEN"), "");
    if (path.equals(SELF)) {
      return withValue(value).map(token -> found(token.json())).orElseGet(() -> message(401));
    }
    if (!value.equals(maintainer.value)) {
      return message(withValue(value).isPresent() ? 403 : 401);
    }
    if (path.equals(TOKENS)) {
      return method.equals("POST") ? create(body) : list(exchange.getRequestURI().getRawQuery());
    }
    return path.startsWith(TOKENS + "/")
        ? one(method, path.substring(TOKENS.length() + 1))
        : message(404);
  }

  private Optional<Token> withValue(String value) {
    return tokens.stream()
        .filter(token -> !token.isRevoked && token.value.equals(value))
        .findFirst();
  }

  private Answer create(String body) throws IOException {
    var asked = JSON.readTree(body);
    var token =
        new Token(nextId(), asked.path("name").asText(), asked.path("scopes").path(0).asText());
    tokens.add(token);
    return new Answer(201, token.json().put("token", token.value).toString());
  }

  /// The active ones whose name has the text of `search` in it.
  private Answer list(String query) {
    var search = SEARCH.matcher(query);
    var text = search.find() ? URLDecoder.decode(search.group(1), StandardCharsets.UTF_8) : "";
    var list = JSON.createArrayNode();
    tokens.stream()
        .filter(token -> !token.isRevoked && token.name.contains(text))
        .map(Token::json)
        .forEach(list::add);
    return new Answer(200, list.toString());
  }

  private Answer one(String method, String id) {
    var token = tokens.stream().filter(one -> id.equals(String.valueOf(one.id))).findFirst();
    if (token.isEmpty()) {
      return message(404);
    }
    if (method.equals("DELETE")) {
      token.get().isRevoked = true;
      return new Answer(204, "");
    }
    return found(token.get().json());
  }

  private static Answer found(ObjectNode json) {
    return new Answer(200, json.toString());
  }

  private static Answer message(int code) {
    return new Answer(code, "{\"message\":\"%d\"}".formatted(code));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
