// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A stub of RabbitMQ, or a RabbitMQ on 127.0.0.1 with the user `guest`:
/// `-Dcredence.rabbitmq=API-PORT:AMQP-PORT:LOG-FILE`.
class RabbitMqIT extends SystemContract {
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Optional<RabbitMqStub> stub = Optional.empty();
  private int apiPort;
  private int amqpPort;
  private Path log;

  @BeforeAll
  void start() throws Exception {
    var real = System.getProperty("credence.rabbitmq");
    if (real == null) {
      var started = new RabbitMqStub(Optional.empty());
      stub = Optional.of(started);
      apiPort = started.apiPort();
      amqpPort = started.amqpPort();
      log = started.log();
    } else {
      var parts = real.split(":", 3);
      apiPort = Integer.parseInt(parts[0]);
      amqpPort = Integer.parseInt(parts[1]);
      log = Path.of(parts[2]);
    }
    put("users/hooks", "{\"password\":\"" + ADMIN + "\",\"tags\":\"administrator\"}");
    put("users/weak", "{\"password\":\"weak-weak\",\"tags\":\"management\"}");
  }

  @AfterAll
  void stop() {
    stub.ifPresent(RabbitMqStub::close);
    client.shutdownNow();
  }

  @Override
  protected String system() {
    return "rabbitmq";
  }

  @Override
  protected int port() {
    return apiPort;
  }

  @Override
  protected Map<String, String> settings() {
    return Map.of("HOOK_AMQP_PORT", String.valueOf(amqpPort));
  }

  @Override
  protected Map<String, String> admin() {
    return Map.of("username", "hooks", "password", ADMIN);
  }

  /// Names that would end a path that does not encode them.
  @Override
  protected List<String> accounts(String name) throws Exception {
    var names = List.of(name + "_blue", name + "/../guest?x=%2F +green");
    for (var account : names) {
      put("users/" + encoded(account), "{\"password\":\"none\",\"tags\":\"monitoring\"}");
      put(
          "permissions/%2F/" + encoded(account),
          "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
    }
    return names;
  }

  @Override
  protected boolean opens(Map<String, String> value) throws Exception {
    try (var connection = open(value)) {
      return true;
    } catch (AuthenticationFailureException e) {
      return false;
    } catch (IOException e) {
      if (e.getCause() != null && e.getCause().getMessage().contains("connection limit (0)")) {
        return false;
      }
      throw e;
    }
  }

  private Connection open(Map<String, String> value) throws Exception {
    var factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(amqpPort);
    factory.setUsername(value.get("username"));
    factory.setPassword(value.get("password"));
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection();
  }

  @Override
  protected void overwrite(Map<String, String> value) throws Exception {
    put("users/" + encoded(value.get("username")), "{\"password\":\"other\",\"tags\":\"\"}");
  }

  @Override
  protected List<Path> logs() {
    return List.of(log);
  }

  /// The client of HTTP tries again what was cut.
  @Override
  protected Map<String, String> through(int port) {
    return Map.of("HOOK_PORT", String.valueOf(port), "HOOK_TIMEOUT", "1");
  }

  @Test
  void tags_and_the_stated_limit_stay() throws Exception {
    try (var credential = credential(Map.of("HOOK_MAX_CONNECTIONS", "5"))) {
      credential.rotate();
      credential.succeeds(Step.suspend);
      assertThat(user(credential).at("/limits/max-connections").asInt(-1)).isZero();
      credential.succeeds(Step.resume);
      credential.succeeds(Step.revoke);
      assertThat(user(credential).at("/limits/max-connections").asInt(-1)).isEqualTo(5);
      assertThat(user(credential).at("/tags/0").asText()).isEqualTo("monitoring");
      assertThat(user(credential).at("/password_hash").asText("none")).isEmpty();
    }
  }

  @Test
  void connections_end_at_a_suspension() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      try (var connection = open(credential.current())) {
        credential.succeeds(Step.suspend);
        eventually("the broker ends the connection").until(() -> !connection.isOpen());
        assertThat(credential.fails(Step.probe, Kind.Rejected).line())
            .contains("user connection limit (0) is reached");
      } catch (AlreadyClosedException e) {
        // It has ended.
      }
    }
  }

  @Test
  void a_user_that_does_not_exist_is_named() throws Exception {
    try (var credential =
        credential(Map.of("HOOK_USERNAME_KEY", "login", "HOOK_USERNAME", "ghost"))) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Usage).line())
          .contains("User ghost does not exist");
    }
  }

  @Test
  void a_missing_right_is_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
      for (var step : List.of(Step.apply, Step.suspend, Step.resume, Step.revoke)) {
        assertThat(credential.fails(step, Kind.Denied).line())
            .contains("rabbitmqctl set_user_tags weak administrator");
      }
    }
  }

  @Test
  void a_certificate_of_no_known_authority_is_not_trusted() throws Exception {
    var certificates = Certificates.create();
    try (var server = new RabbitMqStub(Optional.of(certificates.tls()));
        var credential =
            credential(
                Map.of(
                    "HOOK_PORT", String.valueOf(server.apiPort()),
                    "HOOK_AMQP_PORT", String.valueOf(server.amqpPort()),
                    "HOOK_TLS", "verify",
                    "HOOK_USERNAME_KEY", "login",
                    "HOOK_USERNAME", "guest"))) {
      credential.setAdmin(Map.of("username", "guest", "password", "guest"));
      credential.stage();
      var trusted = new HashMap<>(Map.of("HOOK_CA_FILE", certificates.certificate().toString()));
      for (var step : List.of(Step.apply, Step.verify)) {
        credential.fails(step, Kind.Untrusted);
        var ended = credential.run(step, trusted);
        assertThat(ended.status()).as(ended.line()).isZero();
        // The certificate is for 127.0.0.1.
        trusted.put("HOOK_HOST", "localhost");
        assertThat(credential.run(step, trusted).status()).isEqualTo(Kind.Untrusted.exitCode());
        trusted.remove("HOOK_HOST");
        credential.setAdmin(
            Map.of("username", "guest", "password", credential.pending().get("password")));
      }
    }
  }

  private JsonNode user(Credential credential) throws Exception {
    var name = credential.current().get("username");
    return new JsonMapper().readTree(send("GET", "users/" + encoded(name), ""));
  }

  private void put(String path, String body) throws Exception {
    send("PUT", path, body);
  }

  private String send(String method, String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort + "/api/" + path))
            .method(method, BodyPublishers.ofString(body))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8)))
            .build();
    var answer = client.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode() / 100).as(answer.body()).isEqualTo(2);
    return answer.body();
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
