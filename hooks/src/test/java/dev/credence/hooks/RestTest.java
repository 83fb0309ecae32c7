// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A service with tokens of its own kind, described by the settings.
class RestTest extends IssueContract {
  private final Service service = new Service();
  private final HttpClient client = HttpClient.newHttpClient();

  /// Issues secrets, which can be locked, and has passwords of accounts.
  private static final class Service extends Stub {
    private final String admin = "canary-admin-" + UUID.randomUUID();
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, String> passwords = new HashMap<>();

    private static final class Entry {
      final String name;
      final String secret = "canary-" + UUID.randomUUID();
      boolean isLocked;

      private Entry(String name) {
        this.name = name;
      }
    }

    Service() {
      super(Optional.empty());
    }

    synchronized int valid(String text) {
      return (int) entries.values().stream().filter(entry -> entry.name.contains(text)).count();
    }

    synchronized void end(String secret) {
      entries.values().removeIf(entry -> entry.secret.equals(secret));
    }

    @Override
    Response answer(Request request) {
      var key = request.header("X-Api-Key").orElse("");
      if (request.path().equals("/v1/whoami")) {
        return entries.values().stream()
                .anyMatch(entry -> entry.secret.equals(key) && !entry.isLocked)
            ? new Response(200, "{}")
            : new Response(401, "{}");
      }
      if (key.equals("reader")) {
        return new Response(403, "{}");
      }
      if (!key.equals(admin)) {
        return new Response(401, "{}");
      }
      var parts = List.of(request.path().split("/", -1));
      return switch (request.method() + " " + parts.get(2)) {
        case "POST secrets" -> parts.size() == 3 ? create(request) : lock(parts);
        case "GET secrets" -> list(request.parameters().getOrDefault("name", ""));
        case "DELETE secrets" -> new Response(entries.remove(parts.get(3)) == null ? 404 : 204, "");
        case "PUT accounts" -> {
          passwords.put(parts.get(3), request.json().path("password").asText());
          yield new Response(204, "");
        }
        case "GET moved" -> new Response(302, "");
        case "GET long" -> new Response(200, "x".repeat(5 << 20));
        default -> new Response(404, "{}");
      };
    }

    private Response create(Request request) {
      var entry = new Entry(request.json().path("label").asText());
      var id = "s" + UUID.randomUUID();
      entries.put(id, entry);
      var answer = Web.JSON.createObjectNode();
      answer.putObject("data").put("id", id).put("secret", entry.secret);
      return new Response(201, answer.toString());
    }

    private Response lock(List<String> parts) {
      var entry = entries.get(parts.get(3));
      if (entry == null) {
        return new Response(404, "{}");
      }
      entry.isLocked = parts.get(4).equals("lock");
      return new Response(204, "");
    }

    private Response list(String name) {
      var answer = Web.JSON.createObjectNode();
      var items = answer.putArray("items");
      entries.forEach(
          (id, entry) -> {
            if (entry.name.contains(name)) {
              items.addObject().put("id", id).put("label", entry.name);
            }
          });
      return new Response(200, answer.toString());
    }
  }

  @AfterAll
  void stop() {
    client.close();
    service.close();
  }

  @Override
  String system() {
    return "rest";
  }

  @Override
  Stub provider() {
    return service;
  }

  @Override
  Map<String, String> settings(String uid) {
    var settings = new HashMap<String, String>();
    settings.put("HOOK_ADMIN_HEADER", "X-Api-Key: {admin:token}");
    settings.put("HOOK_VALUE_HEADER", "X-Api-Key: {value:secret}");
    settings.put("HOOK_ISSUE", "POST /v1/secrets");
    settings.put("HOOK_ISSUE_BODY", "{\"label\": \"{tag}\", \"options\": {}}");
    settings.put("HOOK_VALUE_POINTER", "/data/secret");
    settings.put("HOOK_ID_POINTER", "/data/id");
    settings.put("HOOK_LIST", "GET /v1/secrets?name={secret-tag}");
    settings.put("HOOK_LIST_POINTER", "/items");
    settings.put("HOOK_LIST_TAG_POINTER", "/label");
    settings.put("HOOK_VERIFY", "GET /v1/whoami");
    settings.put("HOOK_REVOKE", "DELETE /v1/secrets/{id}");
    settings.put("HOOK_SUSPEND", "POST /v1/secrets/{id}/lock");
    settings.put("HOOK_RESUME", "POST /v1/secrets/{id}/unlock");
    return settings;
  }

  @Override
  Map<String, String> admin() {
    return Map.of("token", service.admin);
  }

  @Override
  Map<String, String> wrongAdmin() {
    return Map.of("token", "canary-of-nobody");
  }

  @Override
  String key() {
    return "secret";
  }

  @Override
  String idKey() {
    return "secret-id";
  }

  @Override
  boolean opens(Map<String, String> value) throws Exception {
    var url = URI.create("http://127.0.0.1:%d/v1/whoami".formatted(service.port()));
    var request = HttpRequest.newBuilder(url).header("X-Api-Key", value.get("secret")).build();
    return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
  }

  @Override
  void overwrite(Map<String, String> value) {
    service.end(value.get("secret"));
  }

  @Override
  int valid(String uid) {
    return service.valid(uid);
  }

  @Test
  void a_suspended_value_is_locked_until_it_is_resumed() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      issued.credential.each(Step.suspend);
      issued.credential.each(Step.suspend);
      issued.credential.fails(Step.probe, Kind.Rejected);
      issued.credential.each(Step.resume);
      issued.credential.succeeds(Step.probe);
    }
  }

  @Test
  void a_generated_value_is_applied_as_it_is() throws Exception {
    var password = "canary-\"\\{tag}\n-" + UUID.randomUUID();
    var settings =
        Map.of(
            "HOOK_HOST", "127.0.0.1",
            "HOOK_PORT", String.valueOf(service.port()),
            "HOOK_TLS", "off",
            "HOOK_ADMIN_HEADER", "X-Api-Key: {admin:token}",
            "HOOK_APPLY", "PUT /v1/accounts/{value:username}/password",
            "HOOK_APPLY_BODY", "{\"password\": \"{value:password}\"}");
    try (var credential =
        new Credential(
            "rest",
            settings,
            admin(),
            _ -> Map.of("username", "crm/../admin", "password", password))) {
      credential.stage();
      credential.succeeds(Step.apply);
      assertThat(service.passwords).doesNotContainKey("admin").containsValue(password);
      assertThat(service.log().getLast()).contains("/v1/accounts/crm%2F..%2Fadmin/password");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "HOOK_VERIFY;GET /v1/moved;Redirects are not followed",
        "HOOK_VERIFY;GET /v1/long;its answer is too long",
        "HOOK_VERIFY;GET https://other.example.com/;must be a method and a path",
        "HOOK_VERIFY;GET @other.example.com/;must be a method and a path",
        "HOOK_VERIFY;GET /v1/whoami?key={value:secret};is in a path, which servers log",
        "HOOK_VERIFY;GET /v1/{nothing};There is no placeholder {nothing}",
        "HOOK_VALUE_HEADER;{value:secret};must be a header",
        "HOOK_VALUE_HEADER;X-Api-Key: {value:other};/other does not exist",
        "HOOK_CONTENT_TYPE;text/plain;must be application/json",
      })
  void a_request_that_is_not_safe_is_told(String setting, String request, String told)
      throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      var settings = new HashMap<>(Map.of(setting, request));
      // The answers of these need the right of the administrator.
      if (request.contains("moved") || request.contains("long")) {
        settings.put("HOOK_VALUE_HEADER", "X-Api-Key: {admin:token}");
      }
      var ended = issued.credential.run(Step.verify, with(settings));
      assertThat(ended.status()).as(ended.line()).isNotZero();
      assertThat(ended.line()).contains(told);
    }
  }

  /// After the switch, `verify` is given the Secret itself.
  private static Map<String, String> with(Map<String, String> settings) {
    var all = new HashMap<>(settings);
    all.put("CREDENCE_VALUE_SECRET", "crm-db");
    return all;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "HOOK_VALUE_POINTER;/secret;HOOK_VALUE_POINTER points to nothing",
        "HOOK_LIST_POINTER;/data;HOOK_LIST_POINTER points to no list",
        "HOOK_LIST_POINTER;data;is no JSON pointer",
        "HOOK_ISSUE_BODY;{\"label\": {tag}};HOOK_ISSUE_BODY is no JSON",
        "HOOK_ISSUE;;Set the environment variable HOOK_ISSUE",
        "HOOK_LIST;;Set the environment variable HOOK_LIST",
      })
  void a_mistake_in_the_settings_of_issue_is_told(String setting, String value, String told)
      throws Exception {
    try (var issued = new Issued(Map.of(setting, value == null ? "" : value))) {
      issued.credential.stage();
      issued.admit();
      assertThat(issued.credential.fails(Step.issue, Kind.Usage).line()).contains(told);
    }
  }

  @Test
  void a_missing_right_is_named_with_its_request() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.credential.setAdmin(Map.of("token", "reader"));
      issued.credential.stage();
      issued.admit();
      assertThat(issued.credential.fails(Step.issue, Kind.Denied).line())
          .contains("answers HOOK_LIST with status 403");
    }
  }

  /// Without a list, an attempt that is cut off leaves a value that ends by itself.
  @Test
  void what_cannot_be_listed_is_still_issued() throws Exception {
    try (var issued = new Issued(Map.of("HOOK_LIST", "none"))) {
      issued.rotate();
      assertThat(opens(issued.credential.current())).isTrue();
    }
  }
}
