// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Cut.Place;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.GitLabStub.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitLabTest extends IssueContract {
  private final GitLabStub gitLab = new GitLabStub(Optional.empty());
  private final HttpClient client = HttpClient.newHttpClient();
  private String admin;

  @BeforeAll
  void start() {
    admin = gitLab.person(Role.MAINTAINER, "api").value;
  }

  @AfterAll
  void stop() {
    client.close();
    gitLab.close();
  }

  @Override
  String system() {
    return "gitlab";
  }

  @Override
  Stub provider() {
    return gitLab;
  }

  @Override
  Map<String, String> settings(String uid) {
    return Map.of(
        "HOOK_TOKEN_OWNER", "projects/sales/crm", "HOOK_SCOPES", "read_api, read_repository");
  }

  @Override
  Map<String, String> admin() {
    return Map.of("token", admin);
  }

  @Override
  Map<String, String> wrongAdmin() {
    return Map.of("token", "glpat-canary-of-nobody");
  }

  @Override
  String key() {
    return "token";
  }

  @Override
  String idKey() {
    return "token-id";
  }

  @Override
  boolean opens(Map<String, String> value) throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:%d/api/v4/personal_access_tokens/self"
                        .formatted(gitLab.port())))
            .header("Authorization", "Bearer unused")
            .header("PRIVATE-TOKEN", value.get("token"))
            .build();
    return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
  }

  @Override
  void overwrite(Map<String, String> value) {
    gitLab.revoke(value.get("token"));
  }

  @Override
  int valid(String uid) {
    return gitLab.active(uid).size();
  }

  /// The same for all providers.
  @Test
  void a_hook_that_is_killed_at_any_message_to_the_api_server_leaves_nothing() throws Exception {
    for (var place : Place.values()) {
      try (var issued = new Issued(Map.of())) {
        issued.credential.stage();
        for (var at = 0; !cutsApiServer(issued, at, place); at++) {
          assertThat(at).as("messages of a step").isLessThan(100);
        }
      }
    }
  }

  /// More than a page, of others and of this Secret.
  @Test
  void what_attempts_left_is_found_on_every_page() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      for (var attempt = 0; attempt < 120; attempt++) {
        gitLab.orphan("credence " + issued.uid + " crm-db v2");
      }
      gitLab.orphan("credence " + issued.uid.substring(1) + " crm-db v2");
      issued.credential.stage();
      issued.issue();
      assertThat(issued.valid()).isEqualTo(2);
      assertThat(gitLab.active(issued.uid.substring(1) + " crm-db v2")).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({"groups/sales,MAINTAINER", "users/42,ADMINISTRATOR"})
  void tokens_of_groups_and_users_are_issued_and_revoked(String owner, Role role) throws Exception {
    try (var issued = new Issued(Map.of("HOOK_TOKEN_OWNER", owner))) {
      issued.credential.setAdmin(Map.of("token", gitLab.person(role, "api").value));
      issued.rotate();
      issued.rotate();
      assertThat(issued.valid()).isEqualTo(2);
      issued.credential.finish();
      assertThat(issued.valid()).isEqualTo(1);
      assertThat(opens(issued.credential.current())).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "projects/sales/crm;MAINTAINER;read_api;a scope. Create one with the scope api",
        "projects/sales/crm;DEVELOPER;api;the role Maintainer of project sales/crm",
        "groups/sales;DEVELOPER;api;the role Owner of group sales",
        "users/42;MAINTAINER;api;administrator access, for tokens of user 42",
        "projects/sales/other;MAINTAINER;api;There is no project sales/other",
      })
  void a_missing_right_is_named(String owner, Role role, String scope, String named)
      throws Exception {
    try (var issued = new Issued(Map.of("HOOK_TOKEN_OWNER", owner))) {
      issued.credential.setAdmin(Map.of("token", gitLab.person(role, scope).value));
      issued.credential.stage();
      issued.admit();
      assertThat(issued.credential.fails(Step.issue, Kind.Denied).line()).contains(named);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HOOK_TOKEN_DAYS,400,Expires at must be before",
    "HOOK_SCOPES,everything,scopes does not have a valid value",
    "HOOK_ACCESS_LEVEL,50,permissions not held",
    "HOOK_TOKEN_OWNER,sales/crm,HOOK_TOKEN_OWNER must be",
  })
  void a_setting_that_gitlab_does_not_accept_is_told(String name, String value, String told)
      throws Exception {
    try (var issued = new Issued(Map.of(name, value))) {
      issued.credential.stage();
      issued.admit();
      assertThat(issued.credential.fails(Step.issue, Kind.Usage).line()).contains(told);
    }
  }

  @Test
  void a_token_without_a_scope_of_the_settings_is_told() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      var ended =
          issued.credential.run(Step.probe, Map.of("HOOK_SCOPES", "read_api,write_repository"));
      assertThat(ended.status()).isEqualTo(Kind.Rejected.exitCode());
      assertThat(ended.line()).contains("lacks the scope write_repository");
    }
  }

  @Test
  void the_certificate_of_gitlab_is_verified() throws Exception {
    var certificates = Certificates.create();
    try (var tls = new GitLabStub(Optional.of(certificates));
        var issued = new Issued(Map.of())) {
      var token = tls.person(Role.MAINTAINER, "api").value;
      issued.credential.setAdmin(Map.of("token", token));
      issued.credential.stage();
      issued.admit();
      var settings = Map.of("HOOK_TLS", "verify", "HOOK_PORT", String.valueOf(tls.port()));
      var ended = issued.credential.run(Step.issue, settings);
      assertThat(ended.status()).as(ended.line()).isEqualTo(Kind.Untrusted.exitCode());
      assertThat(tls.log()).isEmpty();
      issued.admit();
      ended =
          issued.credential.run(
              Step.issue,
              Map.of(
                  "HOOK_TLS",
                  "verify",
                  "HOOK_PORT",
                  String.valueOf(tls.port()),
                  "HOOK_CA_FILE",
                  certificates.certificate().toString()));
      assertThat(ended.status()).as(ended.line()).isZero();
    }
  }
}
