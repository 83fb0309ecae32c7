// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import dev.credence.hooks.Trust;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PasswordUtil;
import org.postgresql.util.ServerErrorMessage;

/// PostgreSQL: login roles that take turns. The SCRAM verifier is computed here, so the server and
/// its logs never see a password.
public final class PostgreSql implements Driver {
  private static final Setting PORT = Setting.port(5432);
  private static final Setting DATABASE =
      new Setting("HOOK_DATABASE", "postgres", "Database to connect to");
  private static final Setting ROLE =
      new Setting(
          "HOOK_ROLE",
          "",
          "Role that owns the objects of the application. A login role that does not exist is"
              + " created as its member, and every session starts as this role");

  /// PostgreSQL's codes of errors (SQLSTATE).
  private static final String NO_RIGHT = "42501";

  private static final List<String> NO_LOGIN = List.of("28P01", "28000");
  private static final int SESSION_END_MILLIS = 5000;

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public String title() {
    return "PostgreSQL";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "two accounts (`cycle`)",
        "`NOLOGIN`",
        "ended",
        "SCRAM-SHA-256 verifier, computed by the hook",
        "`CREATEROLE`, `ADMIN OPTION` on the roles, `pg_signal_backend`",
        "PostgreSQL 17");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, DATABASE, ROLE);
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofTwoAccounts(AccountType.Database);
  }

  @Override
  public String apply(Inputs inputs) throws SQLException {
    var login = inputs.login();
    var group = inputs.find(ROLE);
    try (var session = asAdmin(inputs)) {
      session.setAutoCommit(false);
      var role = quoted(session, login.username());
      if (!exists(session, login.username())) {
        create(session, login.username(), group);
      }
      if (group.isPresent()) {
        change(session, login.username(), "ALTER ROLE " + role + " SET role = ", group.get());
      }
      var verifier =
          PasswordUtil.encodePassword(
              login.username(), login.password().toCharArray(), "scram-sha-256");
      change(session, login.username(), "ALTER ROLE " + role + " PASSWORD '" + verifier + "'");
      session.commit();
      return "Role %s has the password of version %s."
          .formatted(login.username(), inputs.version());
    }
  }

  @Override
  public String verify(Inputs inputs) throws SQLException {
    var login = inputs.login();
    try (var session = open(inputs, login);
        var statement = session.createStatement()) {
      var group = inputs.find(ROLE);
      statement.execute(
          group.isPresent() ? "SET ROLE " + quoted(session, group.get()) : "SELECT 1");
      return "Role %s logs in with version %s.".formatted(login.username(), inputs.version());
    } catch (SQLException e) {
      throw NO_LOGIN.contains(e.getSQLState())
          ? new Failure(
              Kind.Rejected,
              "PostgreSQL rejects the login of role %s with version %s: %s"
                  .formatted(login.username(), inputs.version(), reported(e)))
          : e.getSQLState() != null && e.getSQLState().equals(NO_RIGHT)
              ? new Failure(
                  Kind.Rejected,
                  "Role %s logs in and is not a member of role %s."
                      .formatted(login.username(), inputs.find(ROLE).orElse("")))
              : failure(e);
    }
  }

  @Override
  public String revoke(Inputs inputs) throws SQLException {
    if (inputs.isSameAccount()) {
      return "Role %s is the account of the current version too: its earlier password ended when the current one was set."
          .formatted(inputs.account());
    }
    return end(
        inputs, " PASSWORD NULL", "Role %s has no password any more, and its sessions ended.");
  }

  @Override
  public String suspend(Inputs inputs) throws SQLException {
    return end(inputs, " NOLOGIN", "Role %s cannot log in, and its sessions ended.");
  }

  @Override
  public String resume(Inputs inputs) throws SQLException {
    try (var session = asAdmin(inputs)) {
      var role = inputs.account();
      if (!exists(session, role)) {
        throw new Failure(Kind.Failed, "Role " + role + " does not exist any more.");
      }
      change(session, role, "ALTER ROLE " + quoted(session, role) + " LOGIN");
    }
    return "Role %s can log in again.".formatted(inputs.account());
  }

  private static String end(Inputs inputs, String how, String sentence) throws SQLException {
    var role = inputs.account();
    try (var session = asAdmin(inputs)) {
      if (!exists(session, role)) {
        return "Role %s does not exist any more.".formatted(role);
      }
      change(session, role, "ALTER ROLE " + quoted(session, role) + how);
      endSessions(session, role);
    }
    return sentence.formatted(role);
  }

  private static void create(Connection session, String role, Optional<String> group)
      throws SQLException {
    if (group.isEmpty()) {
      throw new Failure(
          Kind.Usage,
          "Role %s does not exist. Create it, or set HOOK_ROLE to the role that it is a member of."
              .formatted(role));
    }
    change(
        session,
        group.get(),
        "CREATE ROLE " + quoted(session, role) + " LOGIN IN ROLE ",
        group.get());
  }

  private static void endSessions(Connection session, String role) throws SQLException {
    try (var query =
        session.prepareStatement(
            "SELECT pg_terminate_backend(pid, ?) FROM pg_stat_activity WHERE usename = ?")) {
      query.setLong(1, SESSION_END_MILLIS);
      query.setString(2, role);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          if (!rows.getBoolean(1)) {
            throw new Failure(
                Kind.Failed, "Role " + role + " cannot log in, and a session of it does not end.");
          }
        }
      }
    } catch (SQLException e) {
      throw NO_RIGHT.equals(e.getSQLState())
          ? new Failure(
              Kind.Denied,
              "%s cannot end sessions of role %s. Grant the right: GRANT pg_signal_backend TO %s;"
                  .formatted(me(session), role, quoted(session, me(session))))
          : failure(e);
    }
  }

  private static void change(Connection session, String role, String sql, String name)
      throws SQLException {
    change(session, role, sql + quoted(session, name));
  }

  /// `role`: the one on which the administrative account needs a right.
  private static void change(Connection session, String role, String sql) throws SQLException {
    try (var statement = session.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw NO_RIGHT.equals(e.getSQLState()) ? denied(session, role, e) : failure(e);
    }
  }

  /// A sentence with the statement that gives the missing right.
  private static Failure denied(Connection session, String role, SQLException e)
      throws SQLException {
    if (!session.getAutoCommit()) {
      session.rollback();
    }
    var me = me(session);
    var grants =
        isTrue(session, "SELECT rolcreaterole FROM pg_roles WHERE rolname = ?", me)
            ? "GRANT %s TO %s WITH ADMIN OPTION;"
                .formatted(quoted(session, role), quoted(session, me))
            : "ALTER ROLE %s CREATEROLE;".formatted(quoted(session, me));
    return new Failure(
        Kind.Denied,
        "%s lacks a right to change role %s. Run as a superuser: %s PostgreSQL reports: %s"
            .formatted(me, role, grants, reported(e)));
  }

  private static boolean exists(Connection session, String role) throws SQLException {
    return isTrue(session, "SELECT true FROM pg_roles WHERE rolname = ?", role);
  }

  private static boolean isTrue(Connection session, String sql, String role) throws SQLException {
    try (var query = session.prepareStatement(sql)) {
      query.setString(1, role);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private static String me(Connection session) throws SQLException {
    return session.getMetaData().getUserName();
  }

  private static String quoted(Connection session, String name) throws SQLException {
    return session.unwrap(PGConnection.class).escapeIdentifier(name);
  }

  private static Connection asAdmin(Inputs inputs) throws SQLException {
    var admin = inputs.adminLogin();
    try {
      return open(inputs, admin);
    } catch (SQLException e) {
      throw NO_LOGIN.contains(e.getSQLState())
          ? new Failure(
              Kind.Denied,
              "PostgreSQL rejects the login of the administrative account %s. Correct the Secret in %s. PostgreSQL reports: %s"
                  .formatted(admin.username(), inputs.get(Setting.ADMIN_DIR), reported(e)))
          : failure(e);
    }
  }

  private static Connection open(Inputs inputs, Login login) throws SQLException {
    var server = new PGSimpleDataSource();
    server.setServerNames(new String[] {inputs.get(Setting.HOST)});
    server.setPortNumbers(new int[] {inputs.number(PORT)});
    server.setDatabaseName(inputs.get(DATABASE));
    var seconds = (int) inputs.timeout().toSeconds();
    server.setConnectTimeout(seconds);
    server.setLoginTimeout(seconds);
    server.setSocketTimeout(seconds);
    server.setApplicationName("credence-hook");
    server.setLogServerErrorDetail(false);
    server.setSslmode(inputs.isTls() ? "verify-full" : "disable");
    if (inputs.isTls()) {
      var authorities = inputs.authorities();
      if (authorities.isPresent()) {
        server.setSslRootCert(authorities.get().toString());
      } else {
        server.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
      }
    }
    return server.getConnection(login.username(), login.password());
  }

  private static Failure failure(SQLException e) {
    var state = Optional.ofNullable(e.getSQLState()).orElse("");
    var untrusted = Trust.failure(e.getCause(), "PostgreSQL");
    if (untrusted.isPresent()) {
      return untrusted.get();
    }
    // The driver has no other exception for a certificate of another name.
    if (String.valueOf(e.getMessage()).contains("HostnameVerifier")) {
      return new Failure(
          Kind.Untrusted, "The certificate of PostgreSQL is for another name than HOOK_HOST.");
    }
    var unavailable = state.startsWith("08") || state.startsWith("53") || state.startsWith("57");
    return new Failure(
        unavailable ? Kind.Unavailable : Kind.Failed,
        (unavailable ? "PostgreSQL cannot be used now: " : "PostgreSQL reports: ") + reported(e));
  }

  /// The server's own words, without its details, which may contain values.
  private static String reported(SQLException e) {
    var server =
        e instanceof PSQLException psql
            ? Optional.ofNullable(psql.getServerErrorMessage()).map(ServerErrorMessage::getMessage)
            : Optional.<String>empty();
    return server.orElseGet(() -> String.valueOf(e.getMessage()))
        + Optional.ofNullable(e.getSQLState()).map(state -> " (" + state + ")").orElse("");
  }
}
