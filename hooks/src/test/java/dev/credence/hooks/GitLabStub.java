// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// GitLab's API for access tokens, with the rules of its documentation and source. One project with
/// a maintainer and a developer, one group with its owner, one user.
final class GitLabStub extends Stub {
  static final String PROJECT = "/api/v4/projects/sales%2Fcrm/access_tokens";
  private static final String GROUP = "/api/v4/groups/sales/access_tokens";
  private static final String USER = "/api/v4/users/42/personal_access_tokens";
  private static final String PERSONAL = "/api/v4/personal_access_tokens";

  /// "Personal access tokens": at most 365 days.
  private static final int MOST_DAYS = 365;

  /// "REST API", offset-based pagination: 20 entries in a page, at most 100.
  private static final int PAGE = 20;
  private static final int LARGEST_PAGE = 100;

  /// lib/gitlab/auth.rb, `resource_bot_scopes`, as far as it is needed here.
  private static final Set<String> SCOPES =
      Set.of("api", "read_api", "read_repository", "write_repository", "self_rotate");

  private final List<Token> tokens = new ArrayList<>();

  /// Of whom a token is.
  enum Role {
    ADMINISTRATOR,
    MAINTAINER,
    DEVELOPER,
    BOT
  }

  static final class Token {
    final int id;
    final String name;
    final String owner;
    final Role role;
    final List<String> scopes;
    final String value = "glpat-canary-" + UUID.randomUUID();
    final LocalDate end;
    boolean isRevoked;

    private Token(
        int id, String name, String owner, Role role, List<String> scopes, LocalDate end) {
      this.id = id;
      this.name = name;
      this.owner = owner;
      this.role = role;
      this.scopes = List.copyOf(scopes);
      this.end = end;
    }
  }

  GitLabStub(Optional<Certificates> certificates) {
    super(certificates);
  }

  /// A token of a person.
  synchronized Token person(Role role, String... scopes) {
    return add("person", "people", role, List.of(scopes), today().plusDays(30));
  }

  private Token add(String name, String owner, Role role, List<String> scopes, LocalDate end) {
    var token = new Token(100 + tokens.size(), name, owner, role, scopes, end);
    tokens.add(token);
    return token;
  }

  synchronized List<Token> active(String text) {
    return tokens.stream().filter(token -> !token.isRevoked && token.name.contains(text)).toList();
  }

  synchronized void revoke(String value) {
    tokens.stream().filter(token -> token.value.equals(value)).forEach(t -> t.isRevoked = true);
  }

  /// A token of the project whose value nobody has.
  synchronized void orphan(String name) {
    add(name, PROJECT, Role.BOT, List.of("read_api"), today().plusDays(30));
  }

  @Override
  Response answer(Request request) {
    // "REST API authentication": the header PRIVATE-TOKEN; 401 for a token that is not valid.
    var caller =
        request
            .header("PRIVATE-TOKEN")
            .flatMap(value -> tokens.stream().filter(t -> t.value.equals(value)).findFirst())
            .filter(token -> !token.isRevoked && today().isBefore(token.end));
    if (caller.isEmpty()) {
      return message(401, "401 Unauthorized");
    }
    var path = request.rawPath();
    // "Personal access tokens API", self-inform: any token, whatever its scopes
    // (lib/api/personal_access_tokens/self_information.rb).
    if (path.equals(PERSONAL + "/self") && request.method().equals("GET")) {
      return new Response(200, json(caller.get()).toString());
    }
    // "REST API authentication": the body of an answer for a scope that is too low.
    if (!caller.get().scopes.contains("api")) {
      return new Response(
          403,
          """
          {"error":"insufficient_scope","error_description":"The request requires higher \
          privileges than provided by the access token.","scope":"api"}""");
    }
    for (var owner : List.of(PROJECT, GROUP, USER)) {
      if (path.equals(owner) || path.startsWith(owner + "/")) {
        return resource(request, caller.get(), owner, path.substring(owner.length()));
      }
    }
    if (path.equals(PERSONAL) || path.startsWith(PERSONAL + "/")) {
      return personal(request, caller.get(), path.substring(PERSONAL.length()));
    }
    return path.startsWith("/api/v4/groups/")
        ? message(404, "404 Group Not Found")
        : message(404, "404 Project Not Found");
  }

  private Response resource(Request request, Token caller, String owner, String id) {
    if (owner.equals(USER)) {
      // "User tokens API": requires administrator access.
      return request.method().equals("POST") && caller.role == Role.ADMINISTRATOR
          ? create(request.json(), caller, owner)
          : message(403, "403 Forbidden");
    }
    if (request.method().equals("POST") && id.isEmpty()) {
      return create(request.json(), caller, owner);
    }
    if (request.method().equals("POST") && id.endsWith("/rotate")) {
      return rotate(caller, owner, id.substring(1, id.length() - "/rotate".length()));
    }
    // lib/api/resource_access_tokens.rb: unauthorized, and not forbidden, for a role too low.
    if (request.method().equals("GET") && !isMaintainer(caller)) {
      return message(401, "401 Unauthorized");
    }
    if (request.method().equals("GET") && id.isEmpty()) {
      return list(request, owner);
    }
    var token = find(owner, id);
    var kind = owner.equals(GROUP) ? "group" : "project";
    if (token.isEmpty()) {
      return message(404, "404 " + kind + " Access Token Not Found");
    }
    if (request.method().equals("GET")) {
      return new Response(200, json(token.get()).toString());
    }
    // app/services/resource_access_tokens/revoke_service.rb: the bot user of a revoked token is
    // no member any more.
    if (!isMaintainer(caller)) {
      return message(400, "400 Bad request - person cannot delete bot");
    }
    if (token.get().isRevoked) {
      return message(400, "400 Bad request - Failed to find bot user");
    }
    token.get().isRevoked = true;
    return new Response(204, "");
  }

  /// "Personal access tokens API": administrators see and revoke those of all users.
  private Response personal(Request request, Token caller, String id) {
    if (caller.role != Role.ADMINISTRATOR) {
      return message(401, "401 Unauthorized");
    }
    if (id.isEmpty()) {
      return request.parameters().getOrDefault("user_id", "").equals("42")
          ? list(request, USER)
          : new Response(200, "[]");
    }
    var token = find(USER, id);
    if (token.isEmpty()) {
      return message(404, "404 Not Found");
    }
    if (request.method().equals("GET")) {
      return new Response(200, json(token.get()).toString());
    }
    token.get().isRevoked = true;
    return new Response(204, "");
  }

  private Response create(JsonNode asked, Token caller, String owner) {
    // "Project access tokens API": with a personal access token, not with one of a project;
    // app/services/resource_access_tokens/create_service.rb: 400 for a role too low.
    if (caller.role == Role.BOT || !isMaintainer(caller)) {
      return message(
          400, "400 Bad request - User does not have permission to create project access token");
    }
    var scopes = asked.path("scopes").valueStream().map(JsonNode::asText).toList();
    if (asked.path("name").asText().isEmpty() || scopes.isEmpty()) {
      return new Response(400, "{\"error\":\"name is missing, scopes is missing\"}");
    }
    if (!SCOPES.containsAll(scopes)) {
      return new Response(400, "{\"error\":\"scopes does not have a valid value\"}");
    }
    // The same page: `access_level` is one of the roles, at most the caller's.
    var level = asked.path("access_level").asInt(40);
    if (!owner.equals(USER) && !Set.of(10, 15, 20, 30, 40, 50).contains(level)) {
      return new Response(400, "{\"error\":\"access_level does not have a valid value\"}");
    }
    if (!owner.equals(USER) && caller.role == Role.MAINTAINER && level > 40) {
      return message(
          400,
          "400 Bad request - Access level of the token contains permissions not held by the creating user");
    }
    // The same page: `expires_at` is required. "Personal access tokens": at most 365 days.
    try {
      var end = LocalDate.parse(asked.path("expires_at").asText());
      if (end.isAfter(today().plusDays(MOST_DAYS))) {
        return message(
            400, "400 Bad request - Expires at must be before " + today().plusDays(MOST_DAYS + 1));
      }
      var token = add(asked.path("name").asText(), owner, Role.BOT, scopes, end);
      // "User tokens API": the value is in this answer and cannot be retrieved later.
      return new Response(201, json(token).put("token", token.value).toString());
    } catch (DateTimeParseException e) {
      return new Response(400, "{\"error\":\"expires_at is invalid\"}");
    }
  }

  /// "Project access tokens API": revokes the token at once and creates another one.
  private Response rotate(Token caller, String owner, String id) {
    var token = find(owner, "/" + id);
    if (token.isEmpty() || token.get().isRevoked || !isMaintainer(caller)) {
      return message(401, "401 Unauthorized");
    }
    token.get().isRevoked = true;
    var next = add(token.get().name, owner, Role.BOT, token.get().scopes, today().plusDays(7));
    return new Response(200, json(next).put("token", next.value).toString());
  }

  /// "Project access tokens API": `search` is a part of the name, `state` is active or inactive.
  private Response list(Request request, String owner) {
    var asked = request.parameters();
    var size = Math.min(LARGEST_PAGE, Integer.parseInt(asked.getOrDefault("per_page", "" + PAGE)));
    var page = Integer.parseInt(asked.getOrDefault("page", "1"));
    var array = Web.JSON.createArrayNode();
    matching(owner, asked.getOrDefault("search", ""), asked.getOrDefault("state", ""))
        .skip((long) (page - 1) * size)
        .limit(size)
        .map(GitLabStub::json)
        .forEach(array::add);
    return new Response(200, array.toString());
  }

  private Stream<Token> matching(String owner, String search, String state) {
    return tokens.stream()
        .filter(token -> token.owner.equals(owner))
        .filter(token -> token.name.contains(search))
        .filter(token -> state.isEmpty() || state.equals("inactive") == token.isRevoked);
  }

  private Optional<Token> find(String owner, String id) {
    return tokens.stream()
        .filter(token -> token.owner.equals(owner) && id.equals("/" + token.id))
        .findFirst();
  }

  private static boolean isMaintainer(Token caller) {
    return caller.role == Role.MAINTAINER || caller.role == Role.ADMINISTRATOR;
  }

  private static ObjectNode json(Token token) {
    var json = Web.JSON.createObjectNode();
    json.put("id", token.id)
        .put("name", token.name)
        .put("revoked", token.isRevoked)
        .put("active", !token.isRevoked)
        .put("expires_at", token.end.toString());
    token.scopes.forEach(json.putArray("scopes")::add);
    return json;
  }

  private static Response message(int status, String message) {
    return new Response(status, Web.JSON.createObjectNode().put("message", message).toString());
  }

  private static LocalDate today() {
    return LocalDate.now(ZoneOffset.UTC);
  }
}
