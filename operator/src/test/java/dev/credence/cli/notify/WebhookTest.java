// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import static dev.credence.cli.notify.Sample.blocked;
import static dev.credence.cli.notify.Sample.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.credence.cli.notify.Delivery.Undelivered;
import dev.credence.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The JDK's HTTPS server on 127.0.0.1.
class WebhookTest {
  private static final Clock CLOCK = Clock.fixed(Sample.NOW, ZoneOffset.UTC);
  private static final String TOKEN = "s3cr3t-token";

  @TempDir private static Path folder;
  private static TestCertificate certificate;
  private static TestCertificate ofAnother;

  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private HttpsServer server;
  private int code = 204;

  private record Asked(String path, Headers headers, String body) {}

  @BeforeAll
  static void certificates() {
    certificate = TestCertificate.of(folder, "dns:localhost,ip:127.0.0.1");
    ofAnother = TestCertificate.of(folder, "dns:other.example");
  }

  @BeforeEach
  void start() throws IOException {
    server = https(certificate);
  }

  private HttpsServer https(TestCertificate identity) throws IOException {
    var started = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    started.setHttpsConfigurator(new HttpsConfigurator(identity.server()));
    started.createContext("/", this::answer);
    started.start();
    return started;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(
          new Asked(
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
      if (code == 302) {
        exchange.getResponseHeaders().set("Location", "/elsewhere");
      }
      exchange.sendResponseHeaders(code, -1);
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Webhook webhook(HttpsServer to, Optional<Path> trusted) {
    return new Webhook(
        URI.create("https://localhost:" + to.getAddress().getPort() + "/hooks/T0K3N?x=1"),
        Optional.of(TOKEN),
        Format.cloudevents,
        "prod",
        TrustedRoots.context(trusted),
        CLOCK);
  }

  @Test
  void an_event_arrives_whole() throws Exception {
    var notice = digest(blocked());
    try (var webhook = webhook(server, Optional.of(certificate.pem()))) {
      webhook.deliver(notice);
    }
    assertThat(asked)
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.path()).isEqualTo("/hooks/T0K3N?x=1");
              assertThat(one.headers().getFirst("Content-Type"))
                  .isEqualTo("application/cloudevents+json; charset=utf-8");
              assertThat(one.headers().getFirst("Authorization")).isEqualTo("Bearer " + TOKEN);
              var event = new ObjectMapper().readTree(one.body());
              assertThat(event.path("specversion").asText()).isEqualTo("1.0");
              assertThat(event.path("id").asText()).isEqualTo(notice.id());
            });
  }

  @Test
  void another_answer_than_success_is_a_failure_that_names_no_secret() {
    for (var other : List.of(302, 400, 401, 404, 429, 500, 503)) {
      code = other;
      try (var webhook = webhook(server, Optional.of(certificate.pem()))) {
        var failed =
            catchThrowableOfType(Undelivered.class, () -> webhook.deliver(digest(blocked())));
        assertThat(failed)
            .hasMessage("webhook at localhost answered " + other)
            .hasMessageNotContainingAny(TOKEN, "T0K3N");
        assertThat(failed.isUnreachable()).isEqualTo(other >= 500);
      }
    }
    assertThat(asked).extracting(Asked::path).as("no redirect").containsOnly("/hooks/T0K3N?x=1");
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_rejected() {
    try (var webhook = webhook(server, Optional.empty())) {
      assertThatThrownBy(() -> webhook.deliver(digest(blocked())))
          .isInstanceOf(Undelivered.class)
          .hasMessageStartingWith("webhook at localhost cannot be reached: ")
          .hasMessageNotContainingAny(TOKEN, "T0K3N");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void a_certificate_for_another_name_is_rejected() throws IOException {
    var other = https(ofAnother);
    try (var webhook = webhook(other, Optional.of(ofAnother.pem()))) {
      assertThatThrownBy(() -> webhook.deliver(digest(blocked())))
          .isInstanceOf(Undelivered.class)
          .hasMessageContaining("localhost");
    } finally {
      other.stop(0);
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void a_server_that_is_away_is_reported() {
    server.stop(0);
    try (var webhook = webhook(server, Optional.of(certificate.pem()))) {
      var failed =
          catchThrowableOfType(Undelivered.class, () -> webhook.deliver(digest(blocked())));
      assertThat(failed.isUnreachable()).isTrue();
    }
  }
}
