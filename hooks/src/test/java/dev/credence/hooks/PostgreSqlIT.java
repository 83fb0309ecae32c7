// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static dev.credence.hooks.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A PostgreSQL that logs every statement.
class PostgreSqlIT extends SystemContract {
  private static final Path FOLDER = Path.of("target", "postgres").toAbsolutePath();
  private static final String SUPERUSER = UUID.randomUUID().toString();
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();

  private EmbeddedPostgres server;
  private Path log;
  private Certificates certificates;

  @BeforeAll
  void start() throws Exception {
    System.setProperty("ot.epg.working-dir", FOLDER.toString());
    var data = FOLDER.resolve("data-" + UUID.randomUUID());
    log = data.resolve("log");
    certificates = Certificates.create();
    server =
        EmbeddedPostgres.builder()
            .setPort(Free.port())
            .setDataDirectory(data)
            .setPGStartupWait(Duration.ofSeconds(60))
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("unix_socket_directories", "")
            .setServerConfig("scram_iterations", "1")
            .setServerConfig("logging_collector", "on")
            .setServerConfig("log_directory", "log")
            .setServerConfig("log_statement", "all")
            .setServerConfig("ssl", "on")
            .setServerConfig("ssl_cert_file", certificates.certificate().toString())
            .setServerConfig("ssl_key_file", certificates.key().toString())
            .start();
    try (var session = server.getPostgresDatabase().getConnection();
        var statement = session.createStatement()) {
      statement.execute("ALTER ROLE postgres PASSWORD '" + SUPERUSER + "'");
      statement.execute("CREATE ROLE crm NOLOGIN");
      statement.execute("CREATE ROLE crm_admin LOGIN CREATEROLE PASSWORD '" + ADMIN + "'");
      statement.execute("GRANT crm TO crm_admin WITH ADMIN OPTION");
      statement.execute("GRANT pg_signal_backend TO crm_admin");
      // It was started trusting everybody.
      Files.writeString(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
      statement.execute("SELECT pg_reload_conf()");
    }
    eventually("the server refuses a wrong password")
        .until(() -> !opens(Map.of("username", "postgres", "password", "wrong")));
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  @Override
  protected String system() {
    return "postgresql";
  }

  @Override
  protected int port() {
    return server.getPort();
  }

  @Override
  protected Map<String, String> settings() {
    return Map.of("HOOK_ROLE", "crm");
  }

  @Override
  protected Map<String, String> admin() {
    return Map.of("username", "crm_admin", "password", ADMIN);
  }

  /// Names that would end a statement that does not quote them.
  @Override
  protected List<String> accounts(String name) {
    return List.of(name + "_blue", name + "\"; DROP ROLE crm; --' green");
  }

  @Override
  protected boolean opens(Map<String, String> value) throws Exception {
    try (var session = open(value.get("username"), value.get("password"))) {
      return true;
    } catch (SQLException e) {
      if ("28P01".equals(e.getSQLState()) || "28000".equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  @Override
  protected void overwrite(Map<String, String> value) throws Exception {
    asSuperuser(
        "ALTER ROLE \""
            + value.get("username").replace("\"", "\"\"")
            + "\" PASSWORD 'somebody elses'");
  }

  @Override
  protected List<Path> logs() {
    try (var files = Files.list(log)) {
      return files.toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void the_log_has_statements_and_the_server_has_a_verifier() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      assertThat(Files.readString(logs().getFirst())).contains("ALTER ROLE", "SCRAM-SHA-256$");
      assertCanaries(credential);
    }
  }

  @Test
  void a_certificate_of_no_known_authority_is_not_trusted() throws Exception {
    try (var credential = credential()) {
      credential.stage();
      assertThat(credential.run(Step.apply, Map.of("HOOK_TLS", "verify")).status())
          .isEqualTo(Kind.Untrusted.exitCode());
      var trusted =
          Map.of("HOOK_TLS", "verify", "HOOK_CA_FILE", certificates.certificate().toString());
      assertThat(credential.run(Step.apply, trusted).status()).isZero();
      // The certificate is for 127.0.0.1.
      var otherName = new HashMap<>(trusted);
      otherName.put("HOOK_HOST", "localhost");
      assertThat(credential.run(Step.apply, otherName).status())
          .isEqualTo(Kind.Untrusted.exitCode());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LOGIN|apply|ALTER ROLE \"weak\" CREATEROLE;",
        "LOGIN CREATEROLE|apply|GRANT \"crm\" TO \"weak\" WITH ADMIN OPTION;",
        "LOGIN CREATEROLE|suspend|ADMIN OPTION;",
      })
  void a_missing_right_is_named(String rights, Step step, String sentence) throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      asSuperuser(
          "DROP ROLE IF EXISTS weak", "CREATE ROLE weak " + rights + " PASSWORD 'weak-weak'");
      credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
      assertThat(credential.fails(step, Kind.Denied).line()).contains("weak lacks", sentence);
    }
  }

  @Test
  void sessions_end_and_the_right_for_it_is_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      var name = credential.current().get("username").replace("\"", "\"\"");
      asSuperuser(
          "DROP ROLE IF EXISTS weak",
          "CREATE ROLE weak LOGIN CREATEROLE PASSWORD 'weak-weak'",
          "GRANT \"" + name + "\" TO weak WITH ADMIN TRUE, INHERIT FALSE");
      try (var session =
          open(credential.current().get("username"), credential.current().get("password"))) {
        credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
        assertThat(credential.fails(Step.suspend, Kind.Denied).line())
            .contains("GRANT pg_signal_backend TO \"weak\";");
        credential.setAdmin(admin());
        credential.succeeds(Step.suspend);
        assertThat(session.isValid(5)).isFalse();
      }
    }
  }

  private Connection open(String username, String password) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", username);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", "disable");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port()), properties);
  }

  private void asSuperuser(String... statements) throws SQLException {
    try (var session = open("postgres", SUPERUSER);
        var statement = session.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
