// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import static dev.credence.cli.notify.Sample.blocked;
import static dev.credence.cli.notify.Sample.digest;
import static dev.credence.cli.notify.Sample.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.cli.notify.Delivery.Undelivered;
import dev.credence.cli.notify.MailServer.Login;
import dev.credence.cli.show.StatusRow.Urgency;
import dev.credence.testing.Ports;
import dev.credence.testing.TestCertificate;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/// An SMTP server on 127.0.0.1 that requires STARTTLS and a login.
class MailServerTest {
  private static final Clock CLOCK = Clock.fixed(Sample.NOW, ZoneOffset.UTC);
  private static final String USER = "credence";
  private static final String PASSWORD = "s3cr3t-password";

  @TempDir private static Path folder;
  private static TestCertificate certificate;
  private static TestCertificate ofAnother;

  private final List<Arrived> arrived = new CopyOnWriteArrayList<>();
  private final List<SMTPServer> servers = new CopyOnWriteArrayList<>();

  private record Arrived(String from, String to, String raw) {
    MimeMessage message() throws Exception {
      return new MimeMessage(
          Session.getInstance(new Properties()),
          new ByteArrayInputStream(raw.getBytes(StandardCharsets.UTF_8)));
    }

    /// The lines above the first empty one.
    List<String> headers() {
      return raw.lines().takeWhile(line -> !line.isEmpty()).toList();
    }
  }

  @BeforeAll
  static void certificates() {
    certificate = TestCertificate.of(folder, "dns:localhost,ip:127.0.0.1");
    ofAnother = TestCertificate.of(folder, "dns:other.example");
  }

  @AfterEach
  void stop() {
    servers.forEach(SMTPServer::stop);
  }

  private SMTPServer.Builder server() {
    return SMTPServer.port(Ports.free())
        .bindAddress(InetAddress.getLoopbackAddress())
        .messageHandler(
            (context, from, to, data) -> {
              if (to.startsWith("unknown@")) {
                throw new RejectException(550, "5.1.1 no such user");
              }
              arrived.add(new Arrived(from, to, new String(data, StandardCharsets.UTF_8)));
            });
  }

  private int started(SMTPServer server) {
    server.start();
    servers.add(server);
    return server.getPort();
  }

  private int withStartTls(TestCertificate identity) {
    return started(
        server()
            .enableTLS(true)
            .requireTLS(true)
            .startTlsSocketFactory(identity.server())
            .requireAuth(true)
            .authenticationHandlerFactory(
                new EasyAuthenticationHandlerFactory(
                    (user, password, context) -> {
                      if (!USER.equals(user) || !PASSWORD.equals(password)) {
                        throw new LoginFailedException("wrong");
                      }
                    }))
            .build());
  }

  private static MailServer client(
      String scheme, int port, Optional<Login> login, Optional<Path> trusted) {
    return new MailServer(
        URI.create(scheme + "://localhost:" + port),
        login,
        "credence@example.com",
        "prod",
        TrustedRoots.context(trusted),
        CLOCK);
  }

  private static MailServer client(int port) {
    return client(
        "smtp", port, Optional.of(new Login(USER, PASSWORD)), Optional.of(certificate.pem()));
  }

  @Test
  void an_email_arrives_over_starttls_with_a_login() throws Exception {
    var notice = digest(blocked());
    try (var client = client(withStartTls(certificate))) {
      client.deliver(notice);
      client.deliver(digest(problem(Urgency.NotReady, "Secret shop/w", "bob@example.com", "")));
    }
    assertThat(arrived)
        .extracting(Arrived::to)
        .containsExactly("alice@example.com", "bob@example.com");
    var message = arrived.getFirst().message();
    assertThat(arrived.getFirst().from()).isEqualTo("credence@example.com");
    assertThat(message.getSubject())
        .isEqualTo("[Credence prod] 1 problem, 1 requires a manual action (team sales)");
    assertThat(message.getMessageID()).isEqualTo("<" + notice.id() + "@credence.dev>");
    assertThat(message.getHeader("Auto-Submitted", null)).isEqualTo("auto-generated");
    assertThat(message.getSentDate()).isEqualTo(Sample.NOW);
    assertThat((String) message.getContent())
        .contains("Secret sales/crm-db: Blocked, requires a manual action");
  }

  @Test
  void texts_of_users_add_no_header_and_no_recipient() throws Exception {
    var hostile =
        problem(
            Urgency.Blocked,
            "Secret sales/crm-db",
            "alice@example.com\r\nBcc: eve@example.com",
            "sales\r\nBcc: eve@example.com\r\n\r\nbody");
    try (var client = client(withStartTls(certificate))) {
      client.deliver(digest(hostile));
      client.deliver(digest(Sample.withMessage(".\r\nRCPT TO:<eve@example.com>\r\n.\r\nQUIT ü€")));
    }
    assertThat(arrived)
        .extracting(Arrived::to)
        .containsExactly("platform@example.com", "alice@example.com");
    assertThat(arrived)
        .allSatisfy(
            one -> {
              assertThat(one.headers()).noneMatch(line -> line.startsWith("Bcc"));
              assertThat(one.message().getAllRecipients()).hasSize(1);
            });
    assertThat(arrived.getFirst().message().getSubject()).contains("(team sales??Bcc");
    assertThat((String) arrived.get(1).message().getContent()).contains("QUIT ü€");
  }

  @Test
  void a_recipient_that_the_server_rejects_does_not_stop_the_others() throws Exception {
    try (var client = client(withStartTls(certificate))) {
      var failed =
          catchThrowableOfType(
              Undelivered.class,
              () ->
                  client.deliver(
                      digest(problem(Urgency.Blocked, "Secret s/x", "unknown@example.com", ""))));
      assertThat(failed)
          .hasMessageStartingWith("mail server localhost ")
          .hasMessageContaining("550");
      assertThat(failed.isUnreachable()).isFalse();
      client.deliver(digest(blocked()));
    }
    assertThat(arrived).hasSize(1);
  }

  @Test
  void a_wrong_password_is_reported_without_it() {
    try (var client =
        client(
            "smtp",
            withStartTls(certificate),
            Optional.of(new Login(USER, "wr0ng")),
            Optional.of(certificate.pem()))) {
      assertThatThrownBy(() -> client.deliver(digest(blocked())))
          .isInstanceOf(Undelivered.class)
          .hasMessageStartingWith("mail server localhost cannot be used: 535")
          .hasMessageNotContaining("wr0ng");
    }
    assertThat(new Login(USER, PASSWORD).toString()).isEqualTo(USER);
  }

  /// Neither a downgrade nor another certificate gets the password.
  @Test
  void a_server_without_tls_gets_nothing() {
    var port = started(server().build());
    try (var client = client(port)) {
      assertThatThrownBy(() -> client.deliver(digest(blocked())))
          .isInstanceOf(Undelivered.class)
          .hasMessageContaining("STARTTLS");
    }
    assertThat(arrived).isEmpty();
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_rejected() {
    try (var client =
        client(
            "smtp",
            withStartTls(certificate),
            Optional.of(new Login(USER, PASSWORD)),
            Optional.empty())) {
      assertThatThrownBy(() -> client.deliver(digest(blocked())))
          .isInstanceOf(Undelivered.class)
          .hasMessageContaining("certification path");
    }
    assertThat(arrived).isEmpty();
  }

  @Test
  void a_certificate_for_another_name_is_rejected() {
    try (var client =
        client(
            "smtp",
            withStartTls(ofAnother),
            Optional.of(new Login(USER, PASSWORD)),
            Optional.of(ofAnother.pem()))) {
      assertThatThrownBy(() -> client.deliver(digest(blocked())))
          .isInstanceOf(Undelivered.class)
          .hasMessageContaining("localhost");
    }
    assertThat(arrived).isEmpty();
  }

  @Test
  void smtps_begins_with_tls_and_needs_no_login() throws Exception {
    var port = started(server().serverSocketFactory(certificate.server()).build());
    try (var client = client("smtps", port, Optional.empty(), Optional.of(certificate.pem()))) {
      client.deliver(digest(blocked()));
    }
    assertThat(arrived).hasSize(1);
    try (var client = client("smtps", port, Optional.empty(), Optional.empty())) {
      assertThatThrownBy(() -> client.deliver(digest(blocked()))).isInstanceOf(Undelivered.class);
    }
  }

  @Test
  void a_server_that_is_away_is_reported() {
    try (var client = client(Ports.free())) {
      var failed = catchThrowableOfType(Undelivered.class, () -> client.deliver(digest(blocked())));
      assertThat(failed.isUnreachable()).isTrue();
    }
  }
}
