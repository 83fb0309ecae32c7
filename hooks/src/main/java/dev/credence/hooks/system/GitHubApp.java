// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Installation access tokens of a GitHub App. A token ends after an hour, so what an attempt left
/// that was cut off ends by itself: GitHub neither lists tokens nor accepts tags for them. The
/// private key of the app cannot be rotated by its API.
public final class GitHubApp implements Driver, Issuer {
  private static final Setting REPOSITORIES =
      new Setting(
          "HOOK_REPOSITORIES",
          "",
          "Names of repositories that the token may use, without their owner. Without them, all of"
              + " the installation");
  private static final Setting PERMISSIONS =
      new Setting(
          "HOOK_PERMISSIONS",
          "",
          "Permissions of the token as JSON, such as `{\"contents\":\"read\"}`. Without them, all of"
              + " the installation");

  @Override
  public String name() {
    return "github-app";
  }

  @Override
  public String title() {
    return "GitHub App";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.of(Step.issue, Step.verify, Step.revoke, Step.probe),
        "one token for each version; each ends after one hour",
        "none: GitHub suspends whole installations only",
        "the next request with the token fails",
        "issued by GitHub",
        "the private key of the GitHub App, and the permissions of its installation",
        "a stub that keeps GitHub's documented rules and checks each JWT");
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        GitHub.PORT, GitHub.PREFIX, GitHub.APP, GitHub.INSTALLATION, REPOSITORIES, PERMISSIONS);
  }

  /// A token lives for an hour.
  @Override
  public Recipe recipe() {
    return new Recipe(
        AccountType.SaaS,
        "Opaque",
        Recipe.TOKEN,
        List.of("private-key"),
        "api.github.com",
        List.of(GitHub.APP, GitHub.INSTALLATION),
        new Recipe.Rotation("40m", "15m"));
  }

  @Override
  public String issue(Inputs inputs) throws Exception {
    return Issuer.run(this, inputs);
  }

  @Override
  public void clear(Inputs inputs) {
    // Tokens cannot be listed.
  }

  @Override
  public Issued create(Inputs inputs) {
    var body = Web.JSON.createObjectNode();
    var repositories =
        inputs.find(REPOSITORIES).stream()
            .flatMap(names -> Stream.of(names.split("[,\\s]+", -1)))
            .filter(name -> !name.isEmpty())
            .toList();
    if (!repositories.isEmpty()) {
      repositories.forEach(body.putArray("repositories")::add);
    }
    inputs.find(PERMISSIONS).ifPresent(text -> body.set("permissions", permissions(text)));
    try (var gitHub = new GitHub(inputs)) {
      var token = gitHub.installationToken(body).json().path("token").asText();
      if (token.isEmpty()) {
        throw new Failure(Kind.Failed, "GitHub created a token and answered without it.");
      }
      return new Issued(
          "Token " + hash(token),
          Map.of(inputs.issuedKey(), token, inputs.issuedIdKey(), hash(token)));
    }
  }

  private static JsonNode permissions(String text) {
    try {
      if (Web.JSON.readTree(text) instanceof ObjectNode permissions) {
        return permissions;
      }
    } catch (JsonProcessingException e) {
      // The same answer as for another kind of JSON.
    }
    throw new Failure(
        Kind.Usage, "HOOK_PERMISSIONS must be a JSON object, such as {\"contents\":\"read\"}.");
  }

  /// As GitHub's audit log names a token.
  private static String hash(String token) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256");
    }
  }

  @Override
  public void discard(Inputs inputs, Issued issued) {
    end(inputs, issued.keys().getOrDefault(inputs.issuedKey(), ""));
  }

  @Override
  public String verify(Inputs inputs) {
    var token = inputs.requiredValue(inputs.issuedKey());
    try (var gitHub = new GitHub(inputs)) {
      var answer = gitHub.send("GET", "/installation/repositories?per_page=1", token, "");
      if (answer.status() == 401) {
        throw new Failure(
            Kind.Rejected,
            "GitHub rejects the token of version %s: it ended or was revoked."
                .formatted(inputs.version()));
      }
      if (answer.status() == 403 && !GitHub.isLimited(answer)) {
        throw new Failure(
            Kind.Rejected,
            "GitHub rejects the token of version %s. GitHub reports: %s"
                .formatted(inputs.version(), answer.text("/message")));
      }
      gitHub.check(answer, "access to the installation");
      return "GitHub accepts the token of version %s.".formatted(inputs.version());
    }
  }

  @Override
  public String revoke(Inputs inputs) {
    var token = inputs.value(inputs.issuedKey());
    if (token.isEmpty()) {
      return "The token of version %s is not known. It ends within an hour of its issue."
          .formatted(inputs.version());
    }
    end(inputs, token.get());
    return "The token of version %s is revoked.".formatted(inputs.version());
  }

  /// A token ends itself. 401: it has ended.
  private static void end(Inputs inputs, String token) {
    try (var gitHub = new GitHub(inputs)) {
      var answer = gitHub.send("DELETE", "/installation/token", token, "");
      if (answer.status() != 401) {
        gitHub.check(answer, "access to the installation");
      }
    }
  }
}
