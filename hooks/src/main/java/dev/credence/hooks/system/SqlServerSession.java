// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.microsoft.sqlserver.jdbc.SQLServerDataSource;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Trust;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Sessions with SQL Server, and what its errors mean. Rules are those of Microsoft's pages below
/// <https://learn.microsoft.com/sql/>; they are named by their titles.
///
/// @param administrator the login that the session belongs to
record SqlServerSession(Connection connection, String administrator) implements AutoCloseable {
  static final String TITLE = "SQL Server";
  static final Setting PORT = Setting.port(1433);

  private static final String ALTER_ANY_LOGIN = "ALTER ANY LOGIN";
  private static final String ALTER_ANY_CONNECTION = "ALTER ANY CONNECTION";
  private static final String VIEW_SERVER_STATE = "VIEW SERVER STATE";

  /// Part of VIEW SERVER STATE from SQL Server 2022 on, and enough for the list of sessions.
  private static final String VIEW_SERVER_PERFORMANCE_STATE = "VIEW SERVER PERFORMANCE STATE";

  /// Failed; no access to the database of the login; disabled; locked out; password expired or to
  /// be changed.
  private static final Set<Integer> LOGIN_REJECTED =
      Set.of(18456, 4060, 4064, 18470, 18486, 18487, 18488);

  private static final int NO_LOGIN_OR_NO_RIGHT = 15151;
  private static final int NO_SUCH_SESSION = 6106;

  /// "Password validation failed", for one of several reasons; on Linux by other numbers.
  private static final Set<Integer> PASSWORD_REJECTED =
      Set.of(15114, 15115, 15116, 15117, 15118, 15119, 33062, 33063, 33064);

  static SqlServerSession asAdmin(Inputs inputs) {
    var admin = inputs.adminLogin();
    try {
      return new SqlServerSession(open(inputs, admin), admin.username());
    } catch (SQLException e) {
      throw LOGIN_REJECTED.contains(e.getErrorCode())
          ? new Failure(
              Kind.Denied,
              "SQL Server rejects the login of the administrative account %s. Correct the Secret in %s. SQL Server reports: %s"
                  .formatted(admin.username(), inputs.get(Setting.ADMIN_DIR), reported(e)))
          : failure(e);
    }
  }

  static String verify(Inputs inputs) throws SQLException {
    var login = inputs.login();
    try (var _ = open(inputs, login)) {
      return "Login %s opens a session with version %s."
          .formatted(login.username(), inputs.version());
    } catch (SQLException e) {
      throw LOGIN_REJECTED.contains(e.getErrorCode())
          ? new Failure(
              Kind.Rejected,
              "SQL Server rejects the login of %s with version %s. SQL Server reports: %s"
                  .formatted(login.username(), inputs.version(), reported(e)))
          : failure(e);
    }
  }

  /// Returns false if the login does not exist. A login that is disabled or locked out stays so.
  boolean setPassword(Login login) throws SQLException {
    return change(login.username(), "WITH PASSWORD = " + text(login.password()));
  }

  /// Returns false if the login does not exist. Open sessions stay.
  boolean setEnabled(String name, boolean isEnabled) throws SQLException {
    return change(name, isEnabled ? "ENABLE" : "DISABLE");
  }

  /// One error stands for three causes: "Cannot alter the login, because it does not exist or you
  /// do not have permission". The permission is ALTER ANY LOGIN, and CONTROL SERVER for logins that
  /// have it themselves (ALTER LOGIN, Permissions).
  private boolean change(String name, String how) throws SQLException {
    try (var statement = statement()) {
      statement.execute("ALTER LOGIN " + quoted(name) + " " + how);
      return true;
    } catch (SQLException e) {
      if (PASSWORD_REJECTED.contains(e.getErrorCode())) {
        throw new Failure(
            Kind.Failed,
            "The password policy of SQL Server rejects the password of login %s. Change the length or the characters of the generated password. SQL Server reports: %s"
                .formatted(name, reported(e)));
      }
      if (e.getErrorCode() != NO_LOGIN_OR_NO_RIGHT) {
        throw failure(e);
      }
    }
    if (!has(ALTER_ANY_LOGIN)) {
      throw denied("change login " + name, List.of(ALTER_ANY_LOGIN));
    }
    if (exists(name)) {
      throw denied(
          "change login " + name + ", which controls the server", List.of("CONTROL SERVER"));
    }
    return false;
  }

  void endSessionsOf(String name) throws SQLException {
    var missing = missingRights();
    if (!missing.isEmpty()) {
      throw denied("end sessions of login " + name, missing);
    }
    try (var statement = statement()) {
      for (var number : sessions(statement, name)) {
        end(statement, name, number);
      }
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /// KILL requires ALTER ANY CONNECTION. Without VIEW SERVER STATE, the server lists only the
  /// session of the hook, without an error (KILL and sys.dm_exec_sessions, Permissions).
  private List<String> missingRights() throws SQLException {
    var missing = new ArrayList<String>();
    if (!has(ALTER_ANY_CONNECTION)) {
      missing.add(ALTER_ANY_CONNECTION);
    }
    if (!has(VIEW_SERVER_STATE) && !has(VIEW_SERVER_PERFORMANCE_STATE)) {
      missing.add(VIEW_SERVER_STATE);
    }
    return missing;
  }

  private static List<Integer> sessions(Statement statement, String name) throws SQLException {
    var numbers = new ArrayList<Integer>();
    try (var rows =
        statement.executeQuery(
            "SELECT session_id FROM sys.dm_exec_sessions WHERE original_login_name = "
                + text(name))) {
      while (rows.next()) {
        numbers.add(rows.getInt(1));
      }
    }
    return numbers;
  }

  /// Unless the server has given the number to a session of another login since.
  private static void end(Statement statement, String name, int number) throws SQLException {
    try {
      statement.execute(
          "IF EXISTS (SELECT session_id FROM sys.dm_exec_sessions WHERE session_id = %1$d AND original_login_name = %2$s) KILL %1$d"
              .formatted(number, text(name)));
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_SUCH_SESSION) {
        throw e;
      }
    }
  }

  /// False too for a permission that this version of the server does not know.
  private boolean has(String right) throws SQLException {
    return number("SELECT HAS_PERMS_BY_NAME(NULL, NULL, " + text(right) + ")") == 1;
  }

  /// Requires ALTER ANY LOGIN: without it, the server hides other logins.
  private boolean exists(String name) throws SQLException {
    return number("SELECT SUSER_ID(" + text(name) + ")") != 0;
  }

  /// The only column of the only row. 0 for NULL.
  private int number(String query) throws SQLException {
    try (var statement = statement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /// Without JDBC's escapes: names and passwords may have braces.
  private Statement statement() throws SQLException {
    var statement = connection.createStatement();
    statement.setEscapeProcessing(false);
    return statement;
  }

  private Failure denied(String purpose, List<String> rights) {
    return new Failure(
        Kind.Denied,
        "%s cannot %s. Grant the right in the database master: GRANT %s TO %s;"
            .formatted(administrator, purpose, String.join(", ", rights), quoted(administrator)));
  }

  private static String quoted(String name) {
    return "[" + name.replace("]", "]]") + "]";
  }

  private static String text(String text) {
    return "N'" + text.replace("'", "''") + "'";
  }

  private static Connection open(Inputs inputs, Login login) throws SQLException {
    var server = new SQLServerDataSource();
    server.setServerName(inputs.get(Setting.HOST));
    server.setPortNumber(inputs.number(PORT));
    server.setLoginTimeout((int) inputs.timeout().toSeconds());
    server.setSocketTimeout((int) inputs.timeout().toMillis());
    server.setConnectRetryCount(0);
    server.setApplicationName("credence-hook");
    server.setEncrypt(String.valueOf(inputs.isTls()));
    server.setTrustServerCertificate(false);
    if (inputs.isTls()) {
      // Created by the driver again, which does not report why it cannot be created.
      Trust.managers(inputs.authorities());
      server.setTrustManagerClass(SqlServerTrust.class.getName());
      inputs.authorities().ifPresent(file -> server.setTrustManagerConstructorArg(file.toString()));
    }
    return server.getConnection(login.username(), login.password());
  }

  private static Failure failure(SQLException e) {
    var untrusted = Trust.failure(e, TITLE);
    if (untrusted.isPresent()) {
      return untrusted.get();
    }
    var state = Optional.ofNullable(e.getSQLState()).orElse("");
    return state.startsWith("08")
        ? new Failure(Kind.Unavailable, "SQL Server cannot be used now: " + reported(e))
        : new Failure(Kind.Failed, "SQL Server reports: " + reported(e));
  }

  /// With the number of the error, and without the number of the connection.
  private static String reported(SQLException e) {
    var message = String.valueOf(e.getMessage()).replaceAll(" ?ClientConnectionId:[0-9a-f-]+", "");
    return e.getErrorCode() == 0 ? message : message + " (" + e.getErrorCode() + ")";
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
