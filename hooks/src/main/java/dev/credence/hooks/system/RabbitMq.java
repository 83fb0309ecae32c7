// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.rabbitmq.client.AMQP.Connection.Close;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import dev.credence.hooks.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// RabbitMQ: users of its internal database that take turns, by the HTTP API of the management
/// plugin. The hash of the password is computed here. Logins are proved by AMQP, as applications
/// log in.
public final class RabbitMq implements Driver {
  private static final Setting PORT =
      new Setting("HOOK_PORT", "15671", "Port of the HTTP API of the management plugin");
  private static final Setting AMQP_PORT =
      new Setting("HOOK_AMQP_PORT", "5671", "Port of AMQP 0-9-1");
  private static final Setting VIRTUAL_HOST =
      new Setting("HOOK_VHOST", "/", "Virtual host that the application opens");
  private static final Setting MAX_CONNECTIONS =
      new Setting(
          "HOOK_MAX_CONNECTIONS",
          "",
          "Limit of the user's connections, which `resume` sets again. Without it, `resume` removes"
              + " the limit");

  /// What RabbitMQ has before the hash.
  private static final int SALT_BYTES = 4;

  @Override
  public String name() {
    return "rabbitmq";
  }

  @Override
  public String title() {
    return "RabbitMQ";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "two accounts (`cycle`)",
        "the user's limit `max-connections` is 0",
        "ended",
        "salted SHA-256 hash, computed by the hook; the login itself sends the password, so use TLS",
        "the tag `administrator`",
        "a stub of the HTTP API and of the AMQP login; the same tests passed against RabbitMQ 3.10");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, AMQP_PORT, VIRTUAL_HOST, MAX_CONNECTIONS);
  }

  @Override
  public String apply(Inputs inputs) {
    var login = inputs.login();
    try (var api = api(inputs)) {
      if (!api.setPasswordHash(login.username(), hash(login.password()))) {
        throw new Failure(
            Kind.Usage,
            "User %s does not exist. Create each account of the cycle with the permissions of the application."
                .formatted(login.username()));
      }
    }
    return "User %s has the password of version %s.".formatted(login.username(), inputs.version());
  }

  @Override
  public String verify(Inputs inputs) throws IOException, TimeoutException {
    var login = inputs.login();
    var rejected = rejection(inputs, login);
    if (rejected.isPresent()) {
      throw new Failure(
          Kind.Rejected,
          "RabbitMQ rejects the login of user %s with version %s: %s"
              .formatted(login.username(), inputs.version(), rejected.get()));
    }
    return "User %s logs in with version %s.".formatted(login.username(), inputs.version());
  }

  @Override
  public String revoke(Inputs inputs) {
    var name = inputs.account();
    if (inputs.isSameAccount()) {
      return "User %s is that of the current version too: its earlier password ended when the current one was set."
          .formatted(name);
    }
    try (var api = api(inputs)) {
      if (!api.setPasswordHash(name, "")) {
        return "User %s does not exist any more.".formatted(name);
      }
      api.endConnections(name);
    }
    return "User %s has no password any more, and its connections ended.".formatted(name);
  }

  @Override
  public String suspend(Inputs inputs) {
    var name = inputs.account();
    try (var api = api(inputs)) {
      if (!api.exists(name)) {
        return "User %s does not exist any more.".formatted(name);
      }
      api.setMaxConnections(name, 0);
      api.endConnections(name);
    }
    return "User %s may not open connections, and its connections ended.".formatted(name);
  }

  @Override
  public String resume(Inputs inputs) {
    var name = inputs.account();
    try (var api = api(inputs)) {
      if (!api.exists(name)) {
        throw new Failure(Kind.Failed, "User " + name + " does not exist any more.");
      }
      if (inputs.find(MAX_CONNECTIONS).isPresent()) {
        api.setMaxConnections(name, inputs.number(MAX_CONNECTIONS));
      } else {
        api.removeMaxConnections(name);
      }
    }
    return "User %s may open connections again.".formatted(name);
  }

  private static RabbitMqApi api(Inputs inputs) {
    return new RabbitMqApi(inputs, inputs.number(PORT));
  }

  /// As the server stores it: the salt, and the hash of the salt and the password.
  static String hash(String password) {
    var salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      var hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
      var stored = new byte[SALT_BYTES + hash.length];
      System.arraycopy(salt, 0, stored, 0, SALT_BYTES);
      System.arraycopy(hash, 0, stored, SALT_BYTES, hash.length);
      return Base64.getEncoder().encodeToString(stored);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256");
    }
  }

  /// Why the server rejects the login, or empty when it accepts it.
  private static Optional<String> rejection(Inputs inputs, Login login)
      throws IOException, TimeoutException {
    try (var connection = factory(inputs, login).newConnection("credence-hook")) {
      return Optional.empty();
    } catch (AuthenticationFailureException e) {
      return Optional.of("the password is wrong, or the user has none.");
    } catch (IOException e) {
      return Optional.of(closed(e).orElseThrow(() -> failure(e)));
    } catch (TimeoutException e) {
      throw new Failure(Kind.Unavailable, "RabbitMQ did not answer in time (HOOK_TIMEOUT).");
    }
  }

  /// The server's words, such as that a limit of connections is reached.
  private static Optional<String> closed(IOException e) {
    return e.getCause() instanceof ShutdownSignalException signal
            && signal.getReason() instanceof Close close
        ? Optional.of(close.getReplyText())
        : Optional.empty();
  }

  private static Failure failure(@Nullable Throwable e) {
    return Trust.failure(e, "RabbitMQ")
        .orElseGet(
            () ->
                new Failure(
                    Kind.Unavailable,
                    "RabbitMQ cannot be reached by AMQP, or closed the connection. Check HOOK_AMQP_PORT."));
  }

  private static ConnectionFactory factory(Inputs inputs, Login login) {
    var factory = new ConnectionFactory();
    var millis = (int) inputs.timeout().toMillis();
    factory.setHost(inputs.get(Setting.HOST));
    factory.setPort(inputs.number(AMQP_PORT));
    factory.setVirtualHost(inputs.get(VIRTUAL_HOST));
    factory.setUsername(login.username());
    factory.setPassword(login.password());
    factory.setAutomaticRecoveryEnabled(false);
    factory.setConnectionTimeout(millis);
    factory.setHandshakeTimeout(millis);
    factory.setShutdownTimeout(millis);
    if (inputs.isTls()) {
      factory.useSslProtocol(Trust.context(inputs.authorities()));
      factory.enableHostnameVerification();
    }
    return factory;
  }
}
