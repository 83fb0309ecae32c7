// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Issuer;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import dev.credence.hooks.Web;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// GitLab: access tokens of a project, a group or a user. Each version is a token of its own.
/// GitLab's operation `rotate` is not used: it revokes the current token at once, and a consumer
/// that then still uses that one revokes the new one as well (automatic reuse detection).
public final class GitLab implements Driver, Issuer {
  private static final Setting PORT = Setting.port(443);
  private static final Setting PREFIX =
      new Setting("HOOK_PATH_PREFIX", "", "Path before `/api/v4`, for GitLab below a relative URL");
  private static final Setting OWNER =
      new Setting(
          "HOOK_TOKEN_OWNER",
          "",
          "`projects/<id or path>`, `groups/<id or path>` or `users/<id>`. Tokens of a user require"
              + " an administrator of a self-managed GitLab");
  private static final Setting SCOPES =
      new Setting("HOOK_SCOPES", "", "Scopes of the token, such as `read_api,read_repository`");
  private static final Setting LEVEL =
      new Setting(
          "HOOK_ACCESS_LEVEL",
          "20",
          "Role of the token in the project or group: `10` Guest, `15` Planner, `20` Reporter, `30`"
              + " Developer, `40` Maintainer, `50` Owner");
  private static final Setting DAYS =
      new Setting(
          "HOOK_TOKEN_DAYS",
          "90",
          "Days until the token expires; at most what the instance allows. Longer than the rotation"
              + " interval and the overlap together");

  private static final int PAGE = 100;
  private static final int MOST_PAGES = 100;

  @Override
  public String name() {
    return "gitlab";
  }

  @Override
  public String title() {
    return "GitLab";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.of(Step.issue, Step.verify, Step.revoke, Step.probe),
        "one token for each version",
        "none: GitLab does not lock tokens",
        "the next request with the token fails",
        "issued by GitLab",
        "scope `api`; Maintainer of the project, Owner of the group, or administrator for a user",
        "a stub that keeps GitLab's documented rules");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, PREFIX, OWNER, SCOPES, LEVEL, DAYS);
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofIssuedToken(AccountType.SaaS, OWNER, SCOPES);
  }

  @Override
  public String issue(Inputs inputs) throws Exception {
    return Issuer.run(this, inputs);
  }

  @Override
  public void clear(Inputs inputs) {
    try (var api = Api.asAdmin(inputs)) {
      var inUse = inputs.inUse(inputs.issuedIdKey());
      for (var token : api.tokens(inputs.tagOfSecret() + " v")) {
        if (!inUse.contains(id(token))) {
          api.revoke(id(token));
        }
      }
    }
  }

  @Override
  public Issued create(Inputs inputs) {
    try (var api = Api.asAdmin(inputs)) {
      var body = Web.JSON.createObjectNode();
      body.put("name", inputs.tag());
      scopes(inputs).forEach(body.putArray("scopes")::add);
      body.put(
          "expires_at", LocalDate.now(ZoneOffset.UTC).plusDays(inputs.number(DAYS)).toString());
      if (!api.owner.isUser()) {
        body.put("access_level", inputs.number(LEVEL));
      }
      var token = api.create(body.toString());
      return new Issued(
          "Token " + id(token),
          Map.of(
              inputs.issuedKey(), token.path("token").asText(), inputs.issuedIdKey(), id(token)));
    }
  }

  @Override
  public void discard(Inputs inputs, Issued issued) {
    try (var api = Api.asAdmin(inputs)) {
      api.revoke(issued.keys().getOrDefault(inputs.issuedIdKey(), ""));
    }
  }

  @Override
  public String verify(Inputs inputs) {
    var value = inputs.requiredValue(inputs.issuedKey());
    try (var api = new Api(inputs, value)) {
      var answer = api.send("GET", "/personal_access_tokens/self", "");
      if (answer.status() == 401
          || answer.isSuccess() && !answer.json().path("active").asBoolean()) {
        throw new Failure(
            Kind.Rejected,
            "GitLab rejects the token of version %s: it expired, was revoked, or was rotated outside Credence."
                .formatted(inputs.version()));
      }
      if (answer.status() == 403) {
        throw new Failure(
            Kind.Rejected,
            "GitLab rejects the token of version %s.%s"
                .formatted(inputs.version(), Api.reported(answer)));
      }
      api.check(answer);
      var held = answer.json().path("scopes").valueStream().map(JsonNode::asText).toList();
      var missing = scopes(inputs).stream().filter(scope -> !held.contains(scope)).toList();
      if (!missing.isEmpty()) {
        throw new Failure(
            Kind.Rejected,
            "The token of version %s lacks the scope %s of HOOK_SCOPES. Rotate the credential."
                .formatted(inputs.version(), String.join(", ", missing)));
      }
      return "GitLab accepts the token of version %s.".formatted(inputs.version());
    }
  }

  @Override
  public String revoke(Inputs inputs) {
    try (var api = Api.asAdmin(inputs)) {
      var id = inputs.value(inputs.issuedIdKey());
      if (id.isPresent()) {
        api.revoke(id.get());
        return "Token %s is revoked.".formatted(id.get());
      }
      var left =
          api.tokens(inputs.tag()).stream()
              .filter(token -> token.path("name").asText().equals(inputs.tag()))
              .toList();
      left.forEach(token -> api.revoke(id(token)));
      return "%d tokens of version %s are revoked.".formatted(left.size(), inputs.version());
    }
  }

  private static List<String> scopes(Inputs inputs) {
    return Stream.of(inputs.get(SCOPES).split("[,\\s]+", -1))
        .filter(scope -> !scope.isEmpty())
        .toList();
  }

  private static String id(JsonNode token) {
    return token.path("id").asText();
  }

  /// Where tokens belong to.
  private record Owner(String kind, String name) {

    static Owner of(String text) {
      var at = text.indexOf('/');
      var owner =
          at < 0 ? new Owner("", "") : new Owner(text.substring(0, at), text.substring(at + 1));
      var isKnown = List.of("projects", "groups", "users").contains(owner.kind);
      if (!isKnown || owner.isUser() && !owner.name.matches("\\d+") || owner.name.isEmpty()) {
        throw new Failure(
            Kind.Usage,
            "HOOK_TOKEN_OWNER must be projects/<id or path>, groups/<id or path> or users/<id>.");
      }
      return owner;
    }

    boolean isUser() {
      return kind.equals("users");
    }

    String tokens() {
      return "/%s/%s/%s"
          .formatted(
              kind, Web.encoded(name), isUser() ? "personal_access_tokens" : "access_tokens");
    }

    /// The right that the administrative account needs.
    String right() {
      return switch (kind) {
        case "projects" -> "the role Maintainer of project " + name;
        case "groups" -> "the role Owner of group " + name;
        default -> "administrator access, for tokens of user " + name;
      };
    }

    String title() {
      return kind.substring(0, kind.length() - 1) + " " + name;
    }
  }

  /// GitLab's API, with one token.
  private static final class Api implements AutoCloseable {
    private final Inputs inputs;
    private final Web web;
    private final String token;
    private final Owner owner;

    Api(Inputs inputs, String token) {
      this.inputs = inputs;
      this.token = token;
      owner = Owner.of(inputs.get(OWNER));
      web = Web.of(inputs, "GitLab", inputs.get(Setting.HOST), inputs.number(PORT));
    }

    static Api asAdmin(Inputs inputs) {
      return new Api(inputs, inputs.requiredAdmin("token"));
    }

    Web.Answer send(String method, String path, String body) {
      var headers =
          body.isEmpty()
              ? Map.of("PRIVATE-TOKEN", token)
              : Map.of("PRIVATE-TOKEN", token, "Content-Type", "application/json");
      return web.send(method, inputs.find(PREFIX).orElse("") + "/api/v4" + path, headers, body);
    }

    JsonNode create(String body) {
      var answer = send("POST", owner.tokens(), body);
      check(answer);
      var created = answer.json();
      if (created.path("token").asText().isEmpty() || created.path("id").asText().isEmpty()) {
        throw new Failure(Kind.Failed, "GitLab created a token and answered without it.");
      }
      return created;
    }

    /// The active tokens whose name begins with a text.
    List<JsonNode> tokens(String start) {
      var list =
          owner.isUser()
              ? "/personal_access_tokens?user_id=" + owner.name + "&"
              : owner.tokens() + "?";
      var found = new ArrayList<JsonNode>();
      for (var page = 1; page <= MOST_PAGES; page++) {
        var answer =
            send(
                "GET",
                list
                    + "state=active&per_page=%d&page=%d&search=%s"
                        .formatted(PAGE, page, Web.encoded(start)),
                "");
        check(answer);
        var tokens = answer.json();
        tokens
            .valueStream()
            .filter(token -> token.path("name").asText().startsWith(start))
            .filter(token -> !token.path("revoked").asBoolean())
            .forEach(found::add);
        if (tokens.size() < PAGE) {
          break;
        }
      }
      return found;
    }

    /// A token that is gone is revoked.
    void revoke(String id) {
      var path =
          (owner.isUser() ? "/personal_access_tokens" : owner.tokens()) + "/" + Web.encoded(id);
      var token = send("GET", path, "");
      if (token.status() == 404
          && !token.text("/message").contains(" Project ")
          && !token.text("/message").contains(" Group ")) {
        return;
      }
      check(token);
      if (!token.json().path("revoked").asBoolean()) {
        var answer = send("DELETE", path, "");
        if (answer.status() != 404) {
          check(answer);
        }
      }
    }

    /// Answers of the administrative token.
    void check(Web.Answer answer) {
      if (answer.isSuccess()) {
        return;
      }
      if (answer.isUnavailable()) {
        throw new Failure(Kind.Unavailable, "GitLab cannot be used now: " + answer + ".");
      }
      var reported = reported(answer);
      throw switch (answer.status()) {
        case 401 -> unauthorized();
        case 403 -> denied(answer, reported);
        case 404 ->
            new Failure(
                Kind.Denied,
                "There is no %s, or the administrative account is no member of it. Give it %s.%s"
                    .formatted(owner.title(), owner.right(), reported));
        case 400 -> refused(reported);
        default -> new Failure(Kind.Failed, "GitLab answers with " + answer + "." + reported);
      };
    }

    /// GitLab answers 401 for a token that is not valid, and for a role that is too low.
    private Failure unauthorized() {
      var self = send("GET", "/personal_access_tokens/self", "");
      return self.isSuccess()
          ? new Failure(Kind.Denied, "The administrative account lacks " + owner.right() + ".")
          : new Failure(
              Kind.Denied,
              "GitLab rejects the token of the administrative account. Correct the Secret in %s."
                  .formatted(inputs.get(Setting.ADMIN_DIR)));
    }

    private Failure denied(Web.Answer answer, String reported) {
      var scope = answer.text("/scope");
      return new Failure(
          Kind.Denied,
          scope.isEmpty()
              ? "The administrative account lacks " + owner.right() + "." + reported
              : "The token of the administrative account lacks a scope. Create one with the scope %s."
                  .formatted(scope));
    }

    private Failure refused(String reported) {
      return reported.contains("not have permission") || reported.contains("cannot delete")
          ? new Failure(
              Kind.Denied, "The administrative account lacks " + owner.right() + "." + reported)
          : new Failure(
              Kind.Usage,
              "GitLab does not accept HOOK_SCOPES, HOOK_ACCESS_LEVEL or HOOK_TOKEN_DAYS."
                  + reported);
    }

    private static String reported(Web.Answer answer) {
      return Stream.of("/message", "/error")
          .map(answer::text)
          .filter(text -> !text.isEmpty())
          .findFirst()
          .map(text -> " GitLab reports: " + text)
          .orElse("");
    }

    @Override
    public void close() {
      web.close();
    }
  }
}
