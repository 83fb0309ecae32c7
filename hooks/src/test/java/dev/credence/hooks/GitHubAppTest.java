// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitHubAppTest extends IssueContract {
  private final HttpClient client = HttpClient.newHttpClient();
  private GitHubStub gitHub;

  @BeforeAll
  void start() throws Exception {
    gitHub = new GitHubStub();
  }

  @AfterAll
  void stop() {
    client.close();
    gitHub.close();
  }

  @Override
  String system() {
    return "github-app";
  }

  @Override
  Stub provider() {
    return gitHub;
  }

  @Override
  Map<String, String> settings(String uid) {
    return Map.of(
        "HOOK_GITHUB_APP",
        GitHubStub.APP,
        "HOOK_GITHUB_INSTALLATION",
        GitHubStub.INSTALLATION,
        "HOOK_REPOSITORIES",
        "crm",
        "HOOK_PERMISSIONS",
        "{\"contents\":\"read\"}");
  }

  @Override
  Map<String, String> admin() {
    return Map.of("private-key", gitHub.privateKey());
  }

  @Override
  Map<String, String> wrongAdmin() {
    try {
      return Map.of("private-key", GitHubStub.pem(GitHubStub.rsa()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  String key() {
    return "token";
  }

  @Override
  String idKey() {
    return "token-hash";
  }

  @Override
  boolean opens(Map<String, String> value) throws Exception {
    var url = URI.create("http://127.0.0.1:%d/installation/repositories".formatted(gitHub.port()));
    var request =
        HttpRequest.newBuilder(url)
            .header("Authorization", "Bearer " + value.get("token"))
            .header("X-GitHub-Api-Version", "2022-11-28")
            .build();
    return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
  }

  @Override
  void overwrite(Map<String, String> value) {
    gitHub.end(value.get("token"));
  }

  /// Of all identities: GitHub knows no tags.
  @Override
  int valid(String uid) {
    return 0;
  }

  @Override
  boolean isListed() {
    return false;
  }

  @Test
  void a_token_that_cannot_be_written_is_ended() throws Exception {
    try (var issued = new Issued(Map.of())) {
      var before = gitHub.valid();
      issued.credential.stage();
      issued.admit();
      refuseOnce();
      issued.credential.fails(Step.issue, Kind.Failed);
      assertThat(gitHub.valid()).isEqualTo(before);
    }
  }

  @Test
  void a_token_whose_value_is_gone_ends_by_itself() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.credential.stage();
      assertThat(issued.credential.succeeds(Step.revoke).line())
          .contains("ends within an hour of its issue");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "HOOK_PERMISSIONS;{\"contents\":\"write\"};77;lacks a permission or a repository",
        "HOOK_REPOSITORIES;crm other;77;lacks a permission or a repository",
        "HOOK_PERMISSIONS;contents;64;HOOK_PERMISSIONS must be a JSON object",
        "HOOK_GITHUB_INSTALLATION;1;64;has no installation 1",
        "HOOK_GITHUB_APP;1;77;rejects the administrative account",
      })
  void a_missing_right_is_named(String setting, String value, int status, String told)
      throws Exception {
    try (var issued = new Issued(Map.of(setting, value))) {
      issued.credential.stage();
      issued.admit();
      var ended = issued.credential.run(Step.issue, Map.of());
      assertThat(ended.line()).contains(told);
      assertThat(ended.status()).isEqualTo(status);
    }
  }
}
