// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A MariaDB that logs every statement.
class MariaDbIT extends SystemContract {
  private static final String ROOT = UUID.randomUUID().toString();
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();
  private static final List<Integer> REJECTED = List.of(1045, 4151);

  private MariaDbServer server;
  private Certificates certificates;

  @BeforeAll
  void start() throws Exception {
    certificates = Certificates.create();
    server = new MariaDbServer(certificates, ROOT);
    asRoot(
        "CREATE USER hooks@'%' IDENTIFIED BY '" + ADMIN + "'",
        "GRANT CREATE USER, CONNECTION ADMIN ON *.* TO hooks@'%'",
        "CREATE DATABASE crm");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Override
  protected String system() {
    return "mariadb";
  }

  @Override
  protected int port() {
    return server.port();
  }

  @Override
  protected Map<String, String> settings() {
    return Map.of();
  }

  @Override
  protected Map<String, String> admin() {
    return Map.of("username", "hooks", "password", ADMIN);
  }

  /// Names that would end a text that does not quote them.
  @Override
  protected List<String> accounts(String name) throws Exception {
    var names = List.of(name + "_blue", name + "\\'; DROP DATABASE crm; --` ");
    for (var account : names) {
      asRoot("CREATE USER " + quoted(account) + " IDENTIFIED BY '" + UUID.randomUUID() + "'");
    }
    return names;
  }

  private static String quoted(String account) {
    return "'" + account.replace("\\", "\\\\").replace("'", "\\'") + "'@'%'";
  }

  @Override
  protected boolean opens(Map<String, String> value) throws Exception {
    try (var session = open(value)) {
      return true;
    } catch (SQLException e) {
      if (REJECTED.contains(e.getErrorCode())) {
        return false;
      }
      throw e;
    }
  }

  @Override
  protected void overwrite(Map<String, String> value) throws Exception {
    asRoot("ALTER USER " + quoted(value.get("username")) + " IDENTIFIED BY 'other'");
  }

  @Override
  protected List<Path> logs() {
    return List.of(server.log());
  }

  @Test
  void the_log_has_statements_and_a_hash() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      assertThat(Files.readString(server.log())).contains("ALTER USER", "USING '*");
      assertCanaries(credential);
    }
  }

  /// MariaDB 11.4 and later prove a certificate of an unknown authority by the password of the
  /// account, and the driver accepts that.
  @Test
  void the_connection_is_encrypted_by_default() throws Exception {
    try (var credential = credential()) {
      credential.stage();
      var trusted =
          Map.of("HOOK_TLS", "verify", "HOOK_CA_FILE", certificates.certificate().toString());
      var ended = credential.run(Step.apply, trusted);
      assertThat(ended.status()).as(ended.line()).isZero();
      asRoot("ALTER USER hooks@'%' REQUIRE SSL");
      try {
        credential.fails(Step.apply, Kind.Denied);
        assertThat(credential.run(Step.apply, trusted).status()).isZero();
      } finally {
        asRoot("ALTER USER hooks@'%' REQUIRE NONE");
      }
    }
  }

  @Test
  void an_account_that_does_not_exist_is_named() throws Exception {
    try (var credential = credential(Map.of("HOOK_ACCOUNT_HOST", "10.0.0.1"))) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Usage).line()).contains("does not exist");
    }
  }

  @Test
  void a_missing_right_is_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      asRoot("CREATE OR REPLACE USER weak@'%' IDENTIFIED BY 'weak-weak'");
      credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
      assertThat(credential.fails(Step.apply, Kind.Denied).line())
          .contains("weak", "lacks a right", "CREATE USER");
    }
  }

  @Test
  void sessions_end_and_the_right_for_it_is_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      asRoot(
          "CREATE OR REPLACE USER weak@'%' IDENTIFIED BY 'weak-weak'",
          "GRANT CREATE USER ON *.* TO weak@'%'");
      try (var session = open(credential.current())) {
        credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
        assertThat(credential.fails(Step.suspend, Kind.Denied).line())
            .contains("weak", "GRANT CONNECTION ADMIN ON *.*");
        credential.setAdmin(admin());
        credential.succeeds(Step.suspend);
        assertThat(session.isValid(5)).isFalse();
      }
    }
  }

  private Connection open(Map<String, String> value) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:%d/?sslMode=disable".formatted(port()),
        value.get("username"),
        value.get("password"));
  }

  private void asRoot(String... statements) throws SQLException {
    server.run("root", ROOT, List.of(statements));
  }
}
