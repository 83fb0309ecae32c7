// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Web;
import java.util.Map;

/// The HTTP API of RabbitMQ's management plugin, as an administrator.
final class RabbitMqApi implements AutoCloseable {
  private static final String HASH = "rabbit_password_hashing_sha256";

  private final Inputs inputs;
  private final Login admin;
  private final Web web;

  RabbitMqApi(Inputs inputs, int port) {
    this.inputs = inputs;
    this.admin = inputs.adminLogin();
    inputs.withhold(admin.basic());
    web = Web.withOptionalTls(inputs, "The HTTP API of RabbitMQ", inputs.get(Setting.HOST), port);
  }

  boolean exists(String user) {
    return answer("GET", "users/" + Web.encoded(user), "").status() != 404;
  }

  /// False if there is no such user. An empty hash is that of no password. The server replaces
  /// the whole user, so its tags are stated again.
  boolean setPasswordHash(String user, String hash) {
    var path = "users/" + Web.encoded(user);
    var found = answer("GET", path, "");
    if (found.status() == 404) {
      return false;
    }
    var body = Web.JSON.createObjectNode();
    body.put("password_hash", hash);
    body.put("hashing_algorithm", HASH);
    body.set("tags", found.json().path("tags"));
    change("PUT", path, body.toString());
    return true;
  }

  void setMaxConnections(String user, int number) {
    change("PUT", limit(user), "{\"value\":" + number + "}");
  }

  void removeMaxConnections(String user) {
    change("DELETE", limit(user), "");
  }

  /// On all nodes.
  void endConnections(String user) {
    change("DELETE", "connections/username/" + Web.encoded(user), "");
  }

  private static String limit(String user) {
    return "user-limits/" + Web.encoded(user) + "/max-connections";
  }

  private void change(String method, String path, String body) {
    if (answer(method, path, body).status() == 404) {
      throw new Failure(Kind.Failed, "RabbitMQ does not find " + path + " any more.");
    }
  }

  private Web.Answer answer(String method, String path, String body) {
    var headers =
        Map.of("Content-Type", "application/json", "Authorization", "Basic " + admin.basic());
    var answer = web.send(method, "/api/" + path, headers, body);
    if (answer.isSuccess() || answer.status() == 404) {
      return answer;
    }
    throw failure(answer);
  }

  private Failure failure(Web.Answer answer) {
    var reason = answer.text("/reason");
    if (answer.status() != 401 && answer.status() != 403) {
      return new Failure(
          answer.isUnavailable() ? Kind.Unavailable : Kind.Failed,
          "RabbitMQ answers with %s. RabbitMQ reports: %s".formatted(answer, reason));
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

  @Override
  public void close() {
    web.close();
  }
}
