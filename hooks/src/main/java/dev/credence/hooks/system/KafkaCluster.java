// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Trust;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.jspecify.annotations.Nullable;

/// A session with a Kafka cluster, as one user.
final class KafkaCluster implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Admin client;
  private final Inputs inputs;
  private final String user;

  private KafkaCluster(Inputs inputs, int port, Login login, String mechanism) {
    this.inputs = inputs;
    this.user = login.username();
    try {
      this.client = Admin.create(properties(inputs, port, login, mechanism));
    } catch (KafkaException e) {
      var isName = e.getCause() instanceof ConfigException;
      throw new Failure(
          isName ? Kind.Unavailable : Kind.Failed,
          isName
              ? "The name in HOOK_HOST cannot be resolved."
              : "The client of Kafka cannot be started with these settings.");
    }
  }

  static KafkaCluster asAdmin(Inputs inputs, int port) {
    var admin = inputs.adminLogin();
    var mechanism =
        inputs.find(Kafka.ADMIN_MECHANISM).orElseGet(() -> Kafka.mechanism(inputs).mechanismName());
    var cluster = new KafkaCluster(inputs, port, admin, mechanism);
    try {
      cluster.logIn();
      return cluster;
    } catch (SaslAuthenticationException e) {
      cluster.close();
      throw new Failure(
          Kind.Denied,
          "Kafka rejects the login of the administrative account %s. Correct the Secret in %s."
              .formatted(admin.username(), inputs.get(Setting.ADMIN_DIR)));
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /// Whether a login as an application succeeds.
  static boolean isAccepted(Inputs inputs, int port, Login login) {
    var mechanism = Kafka.mechanism(inputs).mechanismName();
    try (var cluster = new KafkaCluster(inputs, port, login, mechanism)) {
      cluster.logIn();
      return true;
    } catch (SaslAuthenticationException e) {
      return false;
    }
  }

  /// Whether logins are accepted, or are not, within the time that a step may wait.
  static boolean becomes(Inputs inputs, int port, Login login, boolean isAccepted) {
    var end = Instant.now().plus(inputs.timeout());
    while (isAccepted(inputs, port, login) != isAccepted) {
      if (Instant.now().isAfter(end)) {
        return false;
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
    return true;
  }

  /// Every user may ask for the name of the cluster.
  private void logIn() {
    answer(client.describeCluster().clusterId());
  }

  /// Of each mechanism that the user has a password for.
  Collection<ScramCredentialInfo> credentials(String name) {
    var described = answer(client.describeUserScramCredentials(List.of(name)).all()).get(name);
    return described == null ? List.of() : described.credentialInfos();
  }

  void change(UserScramCredentialAlteration change) {
    answer(client.alterUserScramCredentials(List.of(change)).all());
  }

  private <T> T answer(KafkaFuture<T> future) {
    try {
      return future.get(inputs.timeout().plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SaslAuthenticationException rejected) {
        throw rejected;
      }
      throw failure(e.getCause());
    } catch (java.util.concurrent.TimeoutException e) {
      throw unavailable();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private Failure failure(@Nullable Throwable thrown) {
    var untrusted = Trust.failure(thrown, "Kafka");
    if (untrusted.isPresent()) {
      return untrusted.get();
    }
    return switch (thrown) {
      case AuthorizationException _ ->
          new Failure(
              Kind.Denied,
              "User %1$s lacks a right. Run as an administrator: kafka-acls.sh --add --allow-principal User:%1$s --operation Alter --cluster"
                  .formatted(user));
      case UnsupportedSaslMechanismException _ ->
          new Failure(
              Kind.Usage,
              "The listener of this port does not accept the mechanism. Correct HOOK_MECHANISM, HOOK_ADMIN_MECHANISM or HOOK_PORT.");
      case RetriableException _ -> unavailable();
      case null -> new Failure(Kind.Failed, "Kafka reports an error without a cause.");
      default ->
          new Failure(Kind.Failed, "Kafka reports " + thrown.getClass().getSimpleName() + ".");
    };
  }

  private static Failure unavailable() {
    return new Failure(
        Kind.Unavailable,
        "Kafka did not answer in time. Check HOOK_HOST and HOOK_PORT, and that the addresses in advertised.listeners can be reached.");
  }

  private static Failure interrupted() {
    Thread.currentThread().interrupt();
    return new Failure(Kind.Failed, "The step was interrupted.");
  }

  private static Map<String, Object> properties(
      Inputs inputs, int port, Login login, String mechanism) {
    var host = inputs.get(Setting.HOST);
    var millis = (int) inputs.timeout().toMillis();
    var properties = new HashMap<String, Object>();
    properties.put(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
        (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "credence-hook");
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    properties.put(AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, millis);
    properties.put(AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, millis);
    // Metrics would need the libraries that compress them.
    properties.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    properties.put(AdminClientConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
    properties.put(
        AdminClientConfig.SECURITY_PROTOCOL_CONFIG, inputs.isTls() ? "SASL_SSL" : "SASL_PLAINTEXT");
    inputs
        .authorities()
        .filter(_ -> inputs.isTls())
        .ifPresent(
            file -> {
              properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
              properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, file.toString());
            });
    properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
    properties.put(SaslConfigs.SASL_JAAS_CONFIG, loginModule(login, mechanism));
    return properties;
  }

  private static String loginModule(Login login, String mechanism) {
    var module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
    return "org.apache.kafka.common.security.%s required username=%s password=%s;"
        .formatted(module, quoted(login.username()), quoted(login.password()));
  }

  /// As the format of the setting requires.
  private static String quoted(String text) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new Failure(
          Kind.Usage, "Names and passwords of users of Kafka must not have control characters.");
    }
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Override
  public void close() {
    // What was asked has been answered, or is too late.
    client.close(Duration.ZERO);
  }
}
