// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// GitHub's REST API for GitHub Apps and deploy keys, with the rules of its documentation: one app
/// with one installation, which has two repositories.
final class GitHubStub extends Stub {
  static final String APP = "Iv23liCredence";
  static final String INSTALLATION = "4711";

  /// GitHub, "Generating a JSON Web Token (JWT) for a GitHub App": ends at most ten minutes from
  /// now.
  private static final long MOST_SECONDS = 600;

  /// GitHub, "Generating an installation access token": a token ends after one hour.
  private static final long TOKEN_SECONDS = 3600;

  /// Bytes before the key in PKCS#8, for RSA with 2048 bits.
  private static final int HEAD = 26;

  private static final List<String> REPOSITORIES = List.of("crm", "billing");
  private static final Map<String, String> PERMISSIONS =
      Map.of("metadata", "read", "contents", "read", "administration", "write");

  private final KeyPair app;
  private final Map<String, Token> tokens = new HashMap<>();
  private final List<DeployKey> keys = new ArrayList<>();
  private int sequence;

  private record Token(List<String> repositories, Map<String, String> permissions) {}

  /// A key of a repository.
  record DeployKey(int id, String repository, String title, String key, boolean isReadOnly) {}

  GitHubStub() throws GeneralSecurityException {
    super(Optional.empty());
    app = rsa();
  }

  static KeyPair rsa() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  /// The private key of the app. GitHub, "Managing private keys for GitHub Apps": PKCS#1, which is
  /// what PKCS#8 has after its head.
  String privateKey() {
    return pem(app);
  }

  static String pem(KeyPair pair) {
    var encoded = pair.getPrivate().getEncoded();
    return "-----BEGIN RSA PRIVATE KEY-----\n%s\n-----END RSA PRIVATE KEY-----\n"
        .formatted(
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(Arrays.copyOfRange(encoded, HEAD, encoded.length)));
  }

  /// A token that a person created in the settings of GitHub.
  synchronized String personal(Map<String, String> permissions) {
    var token = "github_pat_canary_" + UUID.randomUUID();
    tokens.put(token, new Token(REPOSITORIES, permissions));
    return token;
  }

  synchronized void end(String token) {
    tokens.remove(token);
  }

  /// Installation tokens that are valid.
  synchronized int valid() {
    return (int) tokens.keySet().stream().filter(token -> token.startsWith("ghs_")).count();
  }

  synchronized List<DeployKey> keys() {
    return List.copyOf(keys);
  }

  synchronized boolean accepts(String key) {
    return keys.stream().anyMatch(entry -> entry.key.equals(key));
  }

  synchronized void removeKeys() {
    keys.clear();
  }

  /// A key that somebody else added.
  synchronized void add(String repository, String key) {
    keys.add(new DeployKey(++sequence, repository, "others", key, true));
  }

  @Override
  Response answer(Request request) throws Exception {
    var bearer = request.header("Authorization").orElse("").replaceFirst("^Bearer ", "");
    // GitHub, "API versions": each request states its version.
    if (request.header("X-GitHub-Api-Version").isEmpty()) {
      return message(400, "X-GitHub-Api-Version is missing");
    }
    if (request.path().startsWith("/app/")) {
      return isApp(bearer) ? app(request) : message(401, "A JSON web token could not be decoded");
    }
    var token = tokens.get(bearer);
    if (token == null) {
      return message(401, "Bad credentials");
    }
    return switch (request.path()) {
      case "/installation/repositories" -> new Response(200, "{\"total_count\":2}");
      // GitHub, "REST API endpoints for GitHub App installations": a token revokes itself.
      case "/installation/token" -> {
        tokens.remove(bearer);
        yield new Response(204, "");
      }
      default -> repository(request, token);
    };
  }

  /// GitHub, "REST API endpoints for GitHub Apps": with a JWT of the app.
  private Response app(Request request) {
    if (!request.path().equals("/app/installations/" + INSTALLATION + "/access_tokens")) {
      return message(404, "Not Found");
    }
    var repositories =
        request.json().path("repositories").valueStream().map(JsonNode::asText).toList();
    if (!REPOSITORIES.containsAll(repositories)) {
      return message(
          422,
          "There is at least one repository that does not exist or is not accessible to the parent installation.");
    }
    var permissions = new HashMap<String, String>();
    request
        .json()
        .path("permissions")
        .properties()
        .forEach(entry -> permissions.put(entry.getKey(), entry.getValue().asText()));
    if (!PERMISSIONS.entrySet().containsAll(permissions.entrySet())) {
      return message(422, "The permissions requested are not granted to this installation.");
    }
    var token = "ghs_canary_" + UUID.randomUUID();
    tokens.put(
        token,
        new Token(
            repositories.isEmpty() ? REPOSITORIES : repositories,
            permissions.isEmpty() ? PERMISSIONS : Map.copyOf(permissions)));
    return new Response(
        201,
        Web.JSON
            .createObjectNode()
            .put("token", token)
            .put("expires_at", Instant.now().plusSeconds(TOKEN_SECONDS).toString())
            .toString());
  }

  private boolean isApp(String jwt) throws GeneralSecurityException, IOException {
    var parts = jwt.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    var verified = Signature.getInstance("SHA256withRSA");
    verified.initVerify(app.getPublic());
    verified.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    if (!verified.verify(Base64.getUrlDecoder().decode(parts[2]))) {
      return false;
    }
    var claims = Web.JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
    var now = Instant.now().getEpochSecond();
    return claims.path("iss").asText().equals(APP)
        && claims.path("iat").asLong() <= now
        && claims.path("exp").asLong() > now
        && claims.path("exp").asLong() <= now + MOST_SECONDS;
  }

  /// GitHub, "REST API endpoints for deploy keys".
  private Response repository(Request request, Token token) {
    var parts = List.of(request.path().split("/", -1));
    // GitHub, "Troubleshooting the REST API": 404 for a private repository without access.
    if (parts.size() < 5
        || !parts.get(2).equals("sales")
        || !token.repositories.contains(parts.get(3))
        || !parts.get(4).equals("keys")) {
      return message(404, "Not Found");
    }
    var administration = token.permissions.getOrDefault("administration", "");
    var isRead = request.method().equals("GET");
    if (!administration.equals("write") && !(isRead && administration.equals("read"))) {
      return message(403, "Resource not accessible by personal access token");
    }
    var repository = parts.get(3);
    return switch (request.method()) {
      case "GET" -> list(request, repository);
      case "POST" -> create(request.json(), repository);
      default ->
          keys.removeIf(
                  key ->
                      key.repository.equals(repository)
                          && parts.getLast().equals(String.valueOf(key.id)))
              ? new Response(204, "")
              : message(404, "Not Found");
    };
  }

  private Response create(JsonNode asked, String repository) {
    var key = asked.path("key").asText();
    // GitHub, "Managing deploy keys": a key belongs to one repository.
    if (!key.matches("(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/=]+") || accepts(key)) {
      return new Response(
          422,
          """
          {"message":"Validation Failed","errors":[{"resource":"PublicKey","code":"custom",\
          "field":"key","message":"key is already in use"}]}""");
    }
    var created =
        new DeployKey(
            ++sequence,
            repository,
            asked.path("title").asText(),
            key,
            asked.path("read_only").asBoolean());
    keys.add(created);
    return new Response(201, json(created).toString());
  }

  /// GitHub, "Using pagination": 30 entries in a page, at most 100.
  private Response list(Request request, String repository) {
    var size = Math.min(100, Integer.parseInt(request.parameters().getOrDefault("per_page", "30")));
    var page = Integer.parseInt(request.parameters().getOrDefault("page", "1"));
    var list = Web.JSON.createArrayNode();
    keys.stream()
        .filter(key -> key.repository.equals(repository))
        .skip((long) (page - 1) * size)
        .limit(size)
        .map(GitHubStub::json)
        .forEach(list::add);
    return new Response(200, list.toString());
  }

  private static JsonNode json(DeployKey key) {
    return Web.JSON
        .createObjectNode()
        .put("id", key.id)
        .put("key", key.key)
        .put("title", key.title)
        .put("read_only", key.isReadOnly);
  }

  private static Response message(int status, String message) {
    return new Response(status, Web.JSON.createObjectNode().put("message", message).toString());
  }
}
