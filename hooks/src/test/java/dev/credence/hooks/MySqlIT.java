// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A MySQL that logs every statement. One account has two passwords.
class MySqlIT extends SystemContract {
  private static final String ROOT = UUID.randomUUID().toString();
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();
  private static final List<Integer> REJECTED = List.of(1045, 3118);

  private MySqlServer server;
  private Certificates certificates;

  @BeforeAll
  void start() throws Exception {
    // Its OpenSSL offers no elliptic curves.
    certificates = Certificates.create("RSA");
    server = new MySqlServer(certificates, ROOT);
    asRoot(
        "CREATE USER hooks@'%' IDENTIFIED BY '" + ADMIN + "'",
        "GRANT CREATE USER, PROCESS, CONNECTION_ADMIN ON *.* TO hooks@'%'",
        "CREATE DATABASE crm");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Override
  protected String system() {
    return "mysql";
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

  /// A name that would end a text that does not quote it.
  @Override
  protected List<String> accounts(String name) throws Exception {
    return List.of(created(name + "\\'; DROP DATABASE crm; --`"));
  }

  private String created(String account) throws SQLException {
    asRoot("CREATE USER " + quoted(account) + " IDENTIFIED BY '" + UUID.randomUUID() + "'");
    return account;
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
    return server.logs();
  }

  /// A step has some thirty messages, most of them of logins.
  @Override
  protected int stride() {
    return 2;
  }

  @Test
  void the_log_has_statements_and_a_hash() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      assertThat(Files.readString(server.log())).contains("ALTER USER", "AS '$A$005$");
      assertCanaries(credential);
    }
  }

  /// The server retains the password that was set last, of a version that was never current.
  @Test
  void the_current_password_stays_valid_after_an_aborted_rotation() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      credential.succeeds(Step.apply);
      var aborted = credential.pending();
      credential.stage();
      credential.succeeds(Step.apply);
      assertThat(opens(credential.current())).isTrue();
      assertThat(opens(credential.pending())).isTrue();
      assertThat(opens(aborted)).isFalse();
    }
  }

  @Test
  void two_accounts_take_turns() throws Exception {
    var names = List.of(created("crm_blue"), created("crm_green"));
    try (var credential = credential(names, Map.of())) {
      credential.rotate();
      for (var rotation = 0; rotation < 3; rotation++) {
        credential.rotate();
        assertThat(opens(credential.current())).isTrue();
        assertThat(opens(credential.previous())).isTrue();
        var previous = credential.previous();
        credential.finish();
        assertThat(opens(previous)).isFalse();
        assertThat(opens(credential.current())).isTrue();
      }
    }
  }

  /// The password that another plugin has checked so far stays valid too.
  @Test
  void an_account_moves_to_the_default_plugin() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      asRoot(
          "ALTER USER %s IDENTIFIED WITH mysql_native_password BY '%s'"
              .formatted(
                  quoted(credential.current().get("username")),
                  credential.current().get("password")));
      credential.rotate();
      assertThat(opens(credential.current())).isTrue();
      assertThat(opens(credential.previous())).isTrue();
    }
  }

  @Test
  void a_job_without_the_current_secret_ends_no_password() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      var ended = credential.run(Step.apply, Map.of("CREDENCE_SECRET", "not-mounted"));
      assertThat(ended.status()).isEqualTo(Kind.Usage.exitCode());
      assertThat(ended.line()).contains("Mount the Secret not-mounted");
      assertThat(opens(credential.current())).isTrue();
    }
  }

  @Test
  void a_certificate_of_no_known_authority_is_not_trusted() throws Exception {
    try (var credential = credential(Map.of("HOOK_TLS", "verify"))) {
      credential.stage();
      credential.fails(Step.apply, Kind.Untrusted);
      var trusted = new HashMap<>(Map.of("HOOK_CA_FILE", certificates.certificate().toString()));
      var ended = credential.run(Step.apply, trusted);
      assertThat(ended.status()).as(ended.line()).isZero();
      // The certificate is for 127.0.0.1.
      trusted.put("HOOK_HOST", "localhost");
      assertThat(credential.run(Step.apply, trusted).status()).isEqualTo(Kind.Untrusted.exitCode());
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
      weak("SELECT ON crm.*");
      credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
      assertThat(credential.fails(Step.apply, Kind.Denied).line())
          .contains("weak", "lacks a right", "CREATE USER");
    }
  }

  @Test
  void sessions_end_and_the_right_for_it_is_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      weak("CREATE USER, PROCESS ON *.*");
      try (var session = open(credential.current())) {
        credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
        assertThat(credential.fails(Step.suspend, Kind.Denied).line())
            .contains("weak", "GRANT CONNECTION_ADMIN ON *.*");
        credential.setAdmin(admin());
        credential.succeeds(Step.suspend);
        assertThat(session.isValid(5)).isFalse();
      }
    }
  }

  private void weak(String rights) throws SQLException {
    asRoot(
        "DROP USER IF EXISTS weak@'%'",
        "CREATE USER weak@'%' IDENTIFIED BY 'weak-weak'", "GRANT " + rights + " TO weak@'%'");
  }

  private Connection open(Map<String, String> value) throws SQLException {
    return DriverManager.getConnection(server.url(), value.get("username"), value.get("password"));
  }

  private void asRoot(String... statements) throws SQLException {
    server.run("root", ROOT, List.of(statements));
  }
}
