// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import static dev.credence.testing.Eventually.eventually;

import dev.credence.testing.Ports;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/// A real PostgreSQL with one database, as a child process that listens on 127.0.0.1 alone and
/// asks everybody for a password. It logs every statement.
public final class Database implements AutoCloseable {
  private static final Path FOLDER = Path.of("target", "postgres").toAbsolutePath();
  private static final String LOGS = "log";

  private final EmbeddedPostgres postgres;
  private final Path data = FOLDER.resolve("data-" + UUID.randomUUID());
  private final String name;
  private final Login superuser = new Login("postgres", UUID.randomUUID().toString());

  /// With the database `crm`.
  public static Database start() {
    return start("crm");
  }

  public static Database start(String name) {
    try {
      return new Database(name);
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("there is no PostgreSQL", e);
    }
  }

  private Database(String name) throws IOException, SQLException {
    this.name = name;
    // Where it unpacks its programs, and looks for what earlier runs may have left behind.
    System.setProperty("ot.epg.working-dir", FOLDER.toString());
    postgres =
        EmbeddedPostgres.builder()
            .setPort(Ports.free())
            .setDataDirectory(data)
            .setPGStartupWait(Duration.ofSeconds(60))
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("unix_socket_directories", "")
            // There will be thousands of logins, and their price is nobody's question here.
            .setServerConfig("scram_iterations", "1")
            .setServerConfig("logging_collector", "on")
            .setServerConfig("log_directory", LOGS)
            .setServerConfig("log_statement", "all")
            .start();
    try {
      execute(
          "ALTER ROLE postgres PASSWORD '%s'".formatted(superuser.password()),
          "CREATE DATABASE " + name);
      // It was started trusting everybody.
      Files.writeString(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
      execute("SELECT pg_reload_conf()");
      eventually("it asks for passwords")
          .until(() -> refusal(new Login("postgres", "")).isPresent());
    } catch (IOException | SQLException | RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  /// The one who may do everything.
  public Login superuser() {
    return superuser;
  }

  /// Where it is, under the names that `psql` reads.
  public Map<String, String> server() {
    return Map.of(
        "PGHOST",
        "127.0.0.1",
        "PGPORT",
        String.valueOf(postgres.getPort()),
        "PGDATABASE",
        name,
        "PGSSLMODE",
        "disable");
  }

  /// A new session.
  public Connection open(Login login) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", login.username());
    properties.setProperty("password", login.password());
    properties.setProperty("sslmode", "disable");
    properties.setProperty("loginTimeout", "10");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.getPort(), name), properties);
  }

  /// Why this login fails. Absent where it works.
  public Optional<String> refusal(Login login) {
    try (var session = open(login)) {
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(e.getSQLState() + " " + e.getMessage());
    }
  }

  /// All that it has logged.
  public String log() {
    try (var files = Files.list(data.resolve(LOGS))) {
      var text = new StringBuilder();
      for (var file : files.sorted().toList()) {
        text.append(Files.readString(file));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// While everybody is trusted.
  private void execute(String... statements) throws SQLException {
    try (var session = postgres.getPostgresDatabase().getConnection();
        var statement = session.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
