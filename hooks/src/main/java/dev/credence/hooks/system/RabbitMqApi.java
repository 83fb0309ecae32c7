// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The HTTP API of RabbitMQ's management plugin, as an administrator.
final class RabbitMqApi implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String HASH = "rabbit_password_hashing_sha256";

  private final Inputs inputs;
  private final Login admin;
  private final String address;
  private final HttpClient client;

  RabbitMqApi(Inputs inputs, int port) {
    this.inputs = inputs;
    this.admin = inputs.adminLogin();
    var host = inputs.get(Setting.HOST);
    this.address =
        "%s://%s:%d/api/"
            .formatted(
                inputs.isTls() ? "https" : "http",
                host.contains(":") ? "[" + host + "]" : host,
                port);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .sslContext(Trust.context(inputs.authorities()))
            .connectTimeout(inputs.timeout())
            .build();
  }

  boolean exists(String user) throws IOException, InterruptedException {
    return answer("GET", "users/" + encoded(user), BodyPublishers.noBody()).statusCode() != 404;
  }

  /// False if there is no such user. An empty hash is that of no password. The server replaces
  /// the whole user, so its tags are stated again.
  boolean setPasswordHash(String user, String hash) throws IOException, InterruptedException {
    var path = "users/" + encoded(user);
    var found = answer("GET", path, BodyPublishers.noBody());
    if (found.statusCode() == 404) {
      return false;
    }
    var body = JsonNodeFactory.instance.objectNode();
    body.put("password_hash", hash);
    body.put("hashing_algorithm", HASH);
    body.set("tags", JSON.readTree(found.body()).path("tags"));
    change("PUT", path, BodyPublishers.ofString(body.toString()));
    return true;
  }

  void setMaxConnections(String user, int number) throws IOException, InterruptedException {
    change("PUT", limit(user), BodyPublishers.ofString("{\"value\":" + number + "}"));
  }

  void removeMaxConnections(String user) throws IOException, InterruptedException {
    change("DELETE", limit(user), BodyPublishers.noBody());
  }

  /// On all nodes.
  void endConnections(String user) throws IOException, InterruptedException {
    change("DELETE", "connections/username/" + encoded(user), BodyPublishers.noBody());
  }

  private static String limit(String user) {
    return "user-limits/" + encoded(user) + "/max-connections";
  }

  private void change(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    if (answer(method, path, body).statusCode() == 404) {
      throw new Failure(Kind.Failed, "RabbitMQ does not find " + path + " any more.");
    }
  }

  private HttpResponse<String> answer(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    var login = admin.username() + ":" + admin.password();
    var request =
        HttpRequest.newBuilder(uri(path))
            .method(method, body)
            .header("Content-Type", "application/json")
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .timeout(inputs.timeout())
            .build();
    try {
      var answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() / 100 == 2 || answer.statusCode() == 404) {
        return answer;
      }
      throw failure(answer);
    } catch (IOException e) {
      throw Trust.failure(e, "RabbitMQ")
          .orElseGet(
              () ->
                  new Failure(
                      Kind.Unavailable,
                      "The HTTP API of RabbitMQ cannot be reached, or closed the connection."));
    }
  }

  private URI uri(String path) {
    try {
      return URI.create(address + path);
    } catch (IllegalArgumentException e) {
      throw new Failure(Kind.Usage, "HOOK_HOST must be a host name or an address.");
    }
  }

  private Failure failure(HttpResponse<String> answer) {
    var status = answer.statusCode();
    var reason = reason(answer.body());
    if (status != 401 && status != 403) {
      var kind = status >= 500 ? Kind.Unavailable : Kind.Failed;
      return new Failure(kind, "RabbitMQ answers %d: %s".formatted(status, reason));
    }
    return reason.startsWith("Not ")
        ? new Failure(
            Kind.Denied,
            "User %1$s lacks a right. Run on a node: rabbitmqctl set_user_tags %1$s administrator. RabbitMQ reports: %2$s"
                .formatted(admin.username(), reason))
        : new Failure(
            Kind.Denied,
            "RabbitMQ rejects the login of the administrative account %s. Correct the Secret in %s. RabbitMQ reports: %s"
                .formatted(admin.username(), inputs.get(Setting.ADMIN_DIR), reason));
  }

  private static String reason(String body) {
    try {
      var reason = JSON.readTree(body).path("reason");
      return reason.isTextual() ? reason.asText() : reason.toString();
    } catch (IOException e) {
      return "no reason";
    }
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
