// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Web;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/// GitHub's REST API, on github.com or on a GitHub Enterprise Server.
final class GitHub implements AutoCloseable {
  static final Setting PORT = Setting.port(443);
  static final Setting PREFIX =
      new Setting("HOOK_PATH_PREFIX", "", "`/api/v3` for a GitHub Enterprise Server");
  static final Setting APP =
      new Setting("HOOK_GITHUB_APP", "", "Client ID or ID of the GitHub App");
  static final Setting INSTALLATION =
      new Setting("HOOK_GITHUB_INSTALLATION", "", "ID of the installation of the GitHub App");

  private static final String MEDIA_TYPE = "application/vnd.github+json";
  private static final String API_VERSION = "2022-11-28";

  /// GitHub accepts ten minutes at most. A minute before now allows for a clock that is fast.
  private static final int JWT_SECONDS = 540;

  private static final int SKEW_SECONDS = 60;

  private final Inputs inputs;
  private final Web web;

  GitHub(Inputs inputs) {
    this.inputs = inputs;
    web =
        Web.of(
            inputs,
            "GitHub",
            inputs.find(Setting.HOST).orElse("api.github.com"),
            inputs.number(PORT));
  }

  Web.Answer send(String method, String path, String token, String body) {
    var headers = new HashMap<String, String>();
    headers.put("Authorization", "Bearer " + token);
    headers.put("Accept", MEDIA_TYPE);
    headers.put("X-GitHub-Api-Version", API_VERSION);
    if (!body.isEmpty()) {
      headers.put("Content-Type", "application/json");
    }
    return web.send(method, inputs.find(PREFIX).orElse("") + path, Map.copyOf(headers), body);
  }

  /// An installation access token, which ends after an hour.
  ///
  /// @param body permissions and repositories, of those that the installation has
  Web.Answer installationToken(ObjectNode body) {
    var path =
        "/app/installations/%s/access_tokens".formatted(Web.encoded(inputs.get(INSTALLATION)));
    var answer = send("POST", path, jwt(), body.toString());
    if (answer.status() == 404) {
      throw new Failure(
          Kind.Usage,
          "The GitHub App has no installation %s. Correct HOOK_GITHUB_INSTALLATION."
              .formatted(inputs.get(INSTALLATION)));
    }
    if (answer.status() == 422) {
      throw new Failure(
          Kind.Denied,
          "The installation of the GitHub App lacks a permission or a repository that is asked for. Accept them in the settings of the installation. GitHub reports: %s"
              .formatted(answer.text("/message")));
    }
    check(answer, "access to the installation");
    inputs.withhold(answer.json().path("token").asText());
    return answer;
  }

  /// What proves the GitHub App: RFC 7519, signed with its private key by RS256.
  private String jwt() {
    var now = Instant.now().getEpochSecond();
    var claims =
        Web.JSON
            .createObjectNode()
            .put("iat", now - SKEW_SECONDS)
            .put("exp", now + JWT_SECONDS)
            .put("iss", inputs.get(APP));
    var text = url("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + url(claims.toString());
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(Ssh.pair(inputs.requiredAdmin("private-key")).getPrivate());
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new Failure(
          Kind.Usage, "The key private-key of the administrative account is no RSA key.");
    }
  }

  private static String url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// An answer to the administrative account. `right` is what the request requires.
  void check(Web.Answer answer, String right) {
    if (answer.isSuccess()) {
      return;
    }
    var reported = " GitHub reports: " + answer.text("/message");
    if (isLimited(answer)) {
      throw new Failure(Kind.Unavailable, "GitHub cannot be used now: " + answer + "." + reported);
    }
    throw switch (answer.status()) {
      case 401 ->
          new Failure(
              Kind.Denied,
              "GitHub rejects the administrative account. Correct the Secret in %s.%s"
                  .formatted(inputs.get(Setting.ADMIN_DIR), reported));
      // GitHub hides what an account must not see.
      case 403, 404 ->
          new Failure(Kind.Denied, "The administrative account lacks " + right + "." + reported);
      default -> new Failure(Kind.Failed, "GitHub answers with " + answer + "." + reported);
    };
  }

  /// GitHub answers 403 too, when there were too many requests.
  static boolean isLimited(Web.Answer answer) {
    return answer.isUnavailable() || answer.text("/message").contains("rate limit");
  }

  @Override
  public void close() {
    web.close();
  }
}
