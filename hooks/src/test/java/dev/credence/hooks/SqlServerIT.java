// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.sqlserver.jdbc.SQLServerDriver;
import dev.credence.hooks.Failure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A stub of SQL Server: no registry has its program.
class SqlServerIT extends SystemContract {
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();
  private static final List<Integer> REJECTED = List.of(18456, 18470);

  private SqlServerStub server;
  private Certificates certificates;

  @BeforeAll
  void start() throws Exception {
    certificates = Certificates.create();
    server = new SqlServerStub(certificates.tls());
    server
        .logins()
        .put("hooks", ADMIN, "ALTER ANY LOGIN", "ALTER ANY CONNECTION", "VIEW SERVER STATE");
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  @Override
  protected String system() {
    return "sqlserver";
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

  /// Names that would end a text that does not quote them, or that JDBC would translate.
  @Override
  protected List<String> accounts(String name) {
    var names = List.of(name + "_blue", name + "] DISABLE; KILL 51; --'{fn now()}?");
    names.forEach(account -> server.logins().put(account, UUID.randomUUID().toString()));
    return names;
  }

  /// With what ends a text of SQL, and what JDBC would translate.
  @Override
  protected Map<String, String> generated() {
    return Map.of("password", "canary'{fn user()}?]-" + UUID.randomUUID());
  }

  @Override
  protected boolean opens(Map<String, String> value) throws Exception {
    try (var _ = open(value)) {
      return true;
    } catch (SQLException e) {
      if (REJECTED.contains(e.getErrorCode())) {
        return false;
      }
      throw e;
    }
  }

  @Override
  protected void overwrite(Map<String, String> value) {
    server.logins().put(value.get("username"), "other");
  }

  @Override
  protected List<Path> logs() {
    return List.of(server.trace());
  }

  /// The library connects again when a handshake is cut, and [Cut] answers no more.
  @Override
  protected Map<String, String> through(int port) {
    return Map.of("HOOK_PORT", String.valueOf(port), "HOOK_TIMEOUT", "1");
  }

  @Test
  void the_trace_has_statements_without_passwords() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      assertThat(Files.readString(server.trace())).contains("ALTER LOGIN [", "PASSWORD = '******'");
      assertCanaries(credential);
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
  void a_file_without_authorities_is_named() throws Exception {
    var empty = Files.createTempFile(Path.of("target"), "no-", ".crt");
    try (var credential =
        credential(Map.of("HOOK_TLS", "verify", "HOOK_CA_FILE", empty.toString()))) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Usage).line()).contains(empty.toString());
    }
  }

  @Test
  void a_login_that_does_not_exist_is_named() throws Exception {
    try (var credential = credential(List.of("nobody"), Map.of())) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Usage).line())
          .contains("Login nobody does not exist");
      credential.switchOver();
      assertThat(credential.succeeds(Step.suspend).line()).contains("does not exist any more");
      credential.fails(Step.resume, Kind.Usage);
      assertThat(credential.succeeds(Step.revoke).line()).contains("does not exist any more");
    }
  }

  @Test
  void a_missing_right_is_named() throws Exception {
    try (var credential = credential()) {
      credential.stage();
      setAdmin(credential, "ALTER ANY CONNECTION", "VIEW SERVER STATE");
      assertThat(credential.fails(Step.apply, Kind.Denied).line())
          .contains("weak cannot change login", "GRANT ALTER ANY LOGIN TO [weak];");
    }
  }

  @Test
  void a_login_that_controls_the_server_requires_the_same_right() throws Exception {
    server.logins().put("owner", "canary-owner-1", "CONTROL SERVER");
    try (var credential = credential(List.of("owner"), Map.of())) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Denied).line())
          .contains("which controls the server", "GRANT CONTROL SERVER TO [hooks];");
    }
  }

  @Test
  void sessions_end_and_the_rights_for_it_are_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      try (var session = open(credential.current())) {
        setAdmin(credential, "ALTER ANY LOGIN");
        assertThat(credential.fails(Step.suspend, Kind.Denied).line())
            .contains("GRANT ALTER ANY CONNECTION, VIEW SERVER STATE TO [weak];");
        assertThat(session.isValid(5)).isTrue();
        setAdmin(
            credential, "ALTER ANY LOGIN", "ALTER ANY CONNECTION", "VIEW SERVER PERFORMANCE STATE");
        credential.succeeds(Step.suspend);
        assertThat(session.isValid(5)).isFalse();
      }
    }
  }

  @Test
  void a_disabled_login_is_reported_as_such() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.succeeds(Step.suspend);
      assertThat(credential.fails(Step.probe, Kind.Rejected).line())
          .contains("The account is disabled", "18470");
    }
  }

  @Test
  void a_password_that_the_policy_rejects_is_reported_as_such() throws Exception {
    try (var credential = credential()) {
      credential.stage();
      credential.fill(
          Map.of("username", credential.pending().get("username"), "password", "onlyletters"),
          "username");
      assertThat(credential.fails(Step.apply, Kind.Failed).line())
          .contains("The password policy", "not complex enough", "15118");
    }
  }

  private void setAdmin(Credential credential, String... permissions) {
    server.logins().put("weak", "weak-weak", permissions);
    credential.setAdmin(Map.of("username", "weak", "password", "weak-weak"));
  }

  /// By the hook's library, without its settings.
  private Connection open(Map<String, String> value) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", value.get("username"));
    properties.setProperty("password", value.get("password"));
    properties.setProperty("encrypt", "false");
    return new SQLServerDriver().connect("jdbc:sqlserver://127.0.0.1:" + port(), properties);
  }
}
