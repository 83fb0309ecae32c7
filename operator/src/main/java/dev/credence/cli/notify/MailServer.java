// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.report.PlainText;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Sends each notice as an e-mail, all over one connection. `smtps` begins with TLS, and `smtp`
/// requires STARTTLS before anything is sent.
final class MailServer implements Delivery {
  private static final String CONNECT_MILLISECONDS = "10000";
  private static final String ANSWER_MILLISECONDS = "30000";
  private static final String UTF_8 = StandardCharsets.UTF_8.name();
  private static final int MOST_PROBLEMS = 100;

  private final URI url;
  private final Optional<Login> login;
  private final String from;
  private final String cluster;
  private final Clock clock;
  private final Session session;
  private @Nullable Transport transport;

  /// `password`: without a line break at its end.
  record Login(String user, String password) {
    @Override
    public String toString() {
      return user;
    }
  }

  MailServer(
      URI url, Optional<Login> login, String from, String cluster, SSLContext trust, Clock clock) {
    this.url = url;
    this.login = login;
    this.from = from;
    this.cluster = cluster;
    this.clock = clock;
    session = Session.getInstance(properties(url.getScheme(), trust, login.isPresent()));
  }

  private static Properties properties(String scheme, SSLContext trust, boolean hasLogin) {
    var prefix = "mail." + scheme + ".";
    var properties = new Properties();
    properties.put(prefix + "connectiontimeout", CONNECT_MILLISECONDS);
    properties.put(prefix + "timeout", ANSWER_MILLISECONDS);
    properties.put(prefix + "writetimeout", ANSWER_MILLISECONDS);
    properties.put(prefix + "starttls.enable", "true");
    properties.put(prefix + "starttls.required", String.valueOf(scheme.equals("smtp")));
    properties.put(prefix + "ssl.checkserveridentity", "true");
    properties.put(prefix + "ssl.protocols", "TLSv1.2 TLSv1.3");
    properties.put(prefix + "ssl.socketFactory", trust.getSocketFactory());
    properties.put(prefix + "auth", String.valueOf(hasLogin));
    // Not the name of the host, which a resolver may take long to find.
    properties.put(prefix + "localhost", "credence");
    return properties;
  }

  @Override
  public void deliver(Notice notice) throws Undelivered {
    var connected = connected();
    try {
      var message = message(notice);
      connected.sendMessage(message, message.getAllRecipients());
    } catch (SendFailedException refused) {
      throw new Undelivered(server() + " rejected the message: " + words(refused), false);
    } catch (MessagingException failed) {
      throw new Undelivered(
          server() + " did not accept the message: " + words(failed), !connected.isConnected());
    }
  }

  private Transport connected() throws Undelivered {
    try {
      var known = transport;
      if (known != null && known.isConnected()) {
        return known;
      }
      var opened = session.getTransport(url.getScheme());
      opened.connect(
          url.getHost(),
          url.getPort(),
          login.map(Login::user).orElse(null),
          login.map(Login::password).orElse(null));
      transport = opened;
      return opened;
    } catch (MessagingException failed) {
      throw new Undelivered(server() + " cannot be used: " + words(failed), true);
    }
  }

  private MimeMessage message(Notice notice) throws MessagingException {
    var text = new NoticeText(notice, cluster, MOST_PROBLEMS);
    var message = new Numbered(session, "<" + notice.id() + "@credence.dev>");
    message.setFrom(new InternetAddress(from, true));
    message.setRecipient(
        Message.RecipientType.TO,
        new InternetAddress(notice.group().recipient().address().orElseThrow(), true));
    message.setSubject(text.subject(), UTF_8);
    message.setSentDate(Date.from(clock.instant()));
    // No answer of an absent recipient comes back.
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setText(text.text(), UTF_8);
    message.saveChanges();
    return message;
  }

  /// With a Message-ID of its own.
  private static final class Numbered extends MimeMessage {
    private final String id;

    Numbered(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }

  /// What the server answered, or the deepest cause.
  private static String words(MessagingException failed) {
    Throwable deepest = failed;
    for (var next = cause(failed); next != null; next = cause(next)) {
      deepest = next;
    }
    return PlainText.text(
        Objects.requireNonNullElse(deepest.getMessage(), deepest.getClass().getSimpleName())
            .strip());
  }

  private static @Nullable Throwable cause(Throwable problem) {
    return problem instanceof MessagingException one && one.getNextException() != null
        ? one.getNextException()
        : problem.getCause();
  }

  @Override
  public String server() {
    return "mail server " + url.getHost();
  }

  @Override
  public void close() {
    try {
      var known = transport;
      if (known != null) {
        known.close();
      }
    } catch (MessagingException gone) {
      // Everything was sent before.
    }
  }
}
