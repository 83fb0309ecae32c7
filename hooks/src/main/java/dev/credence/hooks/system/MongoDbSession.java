// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerMonitoringMode;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Trust;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/// A session of one account with MongoDB, and what its errors mean. It finds the primary of the
/// replica set that the host belongs to.
final class MongoDbSession implements AutoCloseable {
  /// Codes of errors (`src/mongo/base/error_codes.yml`).
  private static final int UNAUTHORIZED = 13;

  private static final int AUTHENTICATION_FAILED = 18;

  private final Inputs inputs;
  private final String account;
  private final String authSource;
  private final MongoClient client;
  private final Unreachable unreachable = new Unreachable();

  /// Why a server could not be reached. The client tries again until it gives up, and its exception
  /// then has no cause.
  private static final class Unreachable implements ClusterListener {
    private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();

    @Override
    public void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
      event.getNewDescription().getServerDescriptions().stream()
          .map(ServerDescription::getException)
          .filter(Objects::nonNull)
          .forEach(cause::set);
    }
  }

  private MongoDbSession(Inputs inputs, Login login, String authSource) {
    this.inputs = inputs;
    this.account = login.username();
    this.authSource = authSource;
    client = MongoClients.create(settings(login));
  }

  static MongoDbSession asAdmin(Inputs inputs) {
    var admin = inputs.adminLogin();
    var session = new MongoDbSession(inputs, admin, inputs.get(MongoDb.ADMIN_AUTH_SOURCE));
    try {
      if (session.isAccepted()) {
        return session;
      }
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
    session.close();
    throw new Failure(
        Kind.Denied,
        "MongoDB rejects the login of the administrative account %s. Correct the Secret in %s, or HOOK_ADMIN_AUTH_SOURCE."
            .formatted(admin.username(), inputs.get(Setting.ADMIN_DIR)));
  }

  /// Whether a login as an application succeeds.
  static boolean isAccepted(Inputs inputs, Login login) {
    try (var session = new MongoDbSession(inputs, login, inputs.get(MongoDb.AUTH_SOURCE))) {
      return session.isAccepted();
    }
  }

  /// The client logs in with its first command, and every user may run this one.
  private boolean isAccepted() {
    try {
      client.getDatabase(authSource).runCommand(new Document("ping", 1));
      return true;
    } catch (MongoException e) {
      if (isRejected(e)) {
        return false;
      }
      throw failure(e);
    }
  }

  private static boolean isRejected(MongoException e) {
    return e instanceof MongoSecurityException
        && e.getCause() instanceof MongoCommandException answer
        && answer.getErrorCode() == AUTHENTICATION_FAILED;
  }

  /// Runs a command in the authentication database of the accounts.
  ///
  /// @param actions that the command requires there
  Document run(Document command, String... actions) {
    var database = inputs.get(MongoDb.AUTH_SOURCE);
    try {
      return client.getDatabase(database).runCommand(command);
    } catch (MongoCommandException e) {
      throw e.getErrorCode() == UNAUTHORIZED
          ? new Failure(
              Kind.Denied,
              "%s lacks a right. In database %s, it requires %s. Grant it the role userAdmin of this database, or a role with these actions."
                  .formatted(account, database, String.join(", ", actions)))
          : failure(e);
    } catch (MongoException e) {
      throw failure(e);
    }
  }

  /// Returns when a majority of the replica set has the change: no failover undoes it.
  void change(Document command, String... actions) {
    var majority = new Document("w", "majority").append("wtimeout", inputs.timeout().toMillis());
    var answer = run(new Document(command).append("writeConcern", majority), actions);
    if (answer.containsKey("writeConcernError")) {
      throw new Failure(
          Kind.Unavailable,
          "The primary has stored the change, and a majority of the replica set did not within HOOK_TIMEOUT.");
    }
  }

  private Failure failure(MongoException e) {
    var cause = e instanceof MongoTimeoutException ? unreachable.cause.get() : e;
    return Trust.failure(cause, "MongoDB").orElseGet(() -> reported(e));
  }

  private static Failure reported(MongoException e) {
    return switch (e) {
      case MongoSecurityException security
          when security.getCause() instanceof MongoException cause ->
          reported(cause);
      case MongoCommandException answer ->
          new Failure(Kind.Failed, "MongoDB reports: " + answer.getErrorMessage());
      case MongoIncompatibleDriverException _ ->
          new Failure(Kind.Failed, "The server is too old. MongoDB 4.2 or later is required.");
      case MongoSocketException _, MongoTimeoutException _, MongoServerException _ ->
          new Failure(
              Kind.Unavailable,
              "MongoDB cannot be reached, or has no primary. Check HOOK_HOST and HOOK_PORT, and that the addresses of the members of the replica set can be reached.");
      // By its type alone: its message may repeat what it was given.
      default ->
          new Failure(
              Kind.Failed,
              "The client of MongoDB ended with " + e.getClass().getSimpleName() + ".");
    };
  }

  private MongoClientSettings settings(Login login) {
    var millis = (int) inputs.timeout().toMillis();
    var server = server();
    return MongoClientSettings.builder()
        .applicationName("credence-hook")
        .credential(
            MongoCredential.createCredential(
                login.username(), authSource, login.password().toCharArray()))
        .retryReads(false)
        .retryWrites(false)
        .applyToClusterSettings(
            cluster ->
                cluster
                    .hosts(List.of(server))
                    // Otherwise a single host is asked for writes even if it is not the primary.
                    .mode(ClusterConnectionMode.MULTIPLE)
                    .serverSelectionTimeout(millis, TimeUnit.MILLISECONDS)
                    .addClusterListener(unreachable))
        .applyToServerSettings(
            monitoring -> monitoring.serverMonitoringMode(ServerMonitoringMode.POLL))
        .applyToConnectionPoolSettings(
            pool -> pool.maxSize(1).maxWaitTime(millis, TimeUnit.MILLISECONDS))
        .applyToSocketSettings(
            socket ->
                socket
                    .connectTimeout(millis, TimeUnit.MILLISECONDS)
                    // Longer than the server waits for a majority.
                    .readTimeout(millis + 1000, TimeUnit.MILLISECONDS))
        .applyToSslSettings(
            tls -> {
              if (inputs.isTls()) {
                tls.enabled(true).context(Trust.context(inputs.authorities()));
              }
            })
        .build();
  }

  private ServerAddress server() {
    var host = inputs.get(Setting.HOST);
    if (!host.matches("[\\w.:-]+")) {
      throw new Failure(Kind.Usage, "HOOK_HOST must be a host name or an address.");
    }
    return new ServerAddress(
        host.contains(":") ? "[" + host + "]" : host, inputs.number(MongoDb.PORT));
  }

  @Override
  public void close() {
    client.close();
  }
}
