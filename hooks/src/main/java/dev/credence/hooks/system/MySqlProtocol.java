// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Trust;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/// Sessions with MySQL and MariaDB, and what their errors mean.
///
/// @param title of the system
/// @param locked its number of the error that an account is locked
record MySqlProtocol(String title, int locked) {
  static final Setting PORT = Setting.port(3306);
  static final Setting ACCOUNT_HOST =
      new Setting("HOOK_ACCOUNT_HOST", "%", "Host part of the accounts, as in 'name'@'host'");

  private static final int LOGIN_REJECTED = 1045;
  private static final List<Integer> NO_RIGHT = List.of(1044, 1142, 1227, 1698, 1959);
  private static final int NO_SUCH_ACCOUNT = 1396;

  /// A session without escapes by backslash.
  Connection asAdmin(Inputs inputs) throws SQLException {
    var admin = inputs.adminLogin();
    try {
      var session = open(inputs, admin);
      try (var statement = session.createStatement()) {
        statement.execute("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'");
      }
      return session;
    } catch (SQLException e) {
      throw isRejected(e)
          ? new Failure(
              Kind.Denied,
              "%s rejects the login of the administrative account %s. Correct the Secret in %s."
                  .formatted(title, admin.username(), inputs.get(Setting.ADMIN_DIR)))
          : failure(e, admin.username());
    }
  }

  String verify(Inputs inputs) throws SQLException {
    var login = inputs.login();
    try (var session = open(inputs, login);
        var statement = session.createStatement()) {
      statement.execute("SELECT 1");
      return "Account %s logs in with version %s.".formatted(login.username(), inputs.version());
    } catch (SQLException e) {
      throw isRejected(e)
          ? new Failure(
              Kind.Rejected,
              "%s rejects the login of account %s with version %s%s."
                  .formatted(
                      title,
                      login.username(),
                      inputs.version(),
                      e.getErrorCode() == locked ? ": the account is locked" : ""))
          : failure(e, login.username());
    }
  }

  /// Whether this is the password of the account, which may be locked.
  boolean isPassword(Inputs inputs, Login login) throws SQLException {
    try (var session = open(inputs, login)) {
      return true;
    } catch (SQLException e) {
      if (isRejected(e)) {
        return e.getErrorCode() == locked;
      }
      throw failure(e, login.username());
    }
  }

  void change(Connection session, String sql) throws SQLException {
    try (var statement = session.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw e.getErrorCode() == NO_SUCH_ACCOUNT
          ? new Failure(
              Kind.Usage,
              "The account does not exist. Create each account of the Secret with the rights of the application. %s reports: %s"
                  .formatted(title, reported(e)))
          : failure(e, session.getMetaData().getUserName());
    }
  }

  /// `'name'@'host'`.
  static String account(Inputs inputs, String name) {
    return text(name) + "@" + text(inputs.get(ACCOUNT_HOST));
  }

  /// A text of SQL, in a session of [#asAdmin].
  static String text(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private boolean isRejected(SQLException e) {
    return e.getErrorCode() == LOGIN_REJECTED || e.getErrorCode() == locked;
  }

  private Connection open(Inputs inputs, Login login) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", login.username());
    properties.setProperty("password", login.password());
    var millis = String.valueOf(inputs.timeout().toMillis());
    properties.setProperty("connectTimeout", millis);
    properties.setProperty("socketTimeout", millis);
    properties.setProperty("sslMode", inputs.isTls() ? "verify-full" : "disable");
    if (inputs.isTls()) {
      inputs
          .authorities()
          .ifPresent(file -> properties.setProperty("serverSslCert", file.toString()));
    } else {
      // The server encrypts the password of `caching_sha2_password` by a key that it sends.
      properties.setProperty("allowPublicKeyRetrieval", "true");
    }
    // Otherwise errors contain the statement.
    properties.setProperty("includeInnodbStatusInDeadlockExceptions", "false");
    properties.setProperty("dumpQueriesOnException", "false");
    var host = inputs.get(Setting.HOST);
    var address = host.contains(":") ? "[" + host + "]" : host;
    if (!address.matches("[\\w.:\\[\\]-]+")) {
      throw new Failure(Kind.Usage, "HOOK_HOST must be a host name or an address.");
    }
    var connection =
        new org.mariadb.jdbc.Driver()
            .connect("jdbc:mariadb://%s:%d/".formatted(address, inputs.number(PORT)), properties);
    return Optional.<Connection>ofNullable(connection).orElseThrow();
  }

  /// The server's message names the privilege that is missing.
  Failure failure(SQLException e, String account) {
    var untrusted = Trust.failure(e.getCause(), title);
    if (untrusted.isPresent()) {
      return untrusted.get();
    }
    var reported = reported(e);
    // The driver has no other exceptions for them.
    if (reported.contains("elf signed certificate")
        || reported.contains("hostname verification failed")) {
      return new Failure(
          Kind.Untrusted,
          "The certificate of %s is not trusted, or is for another name. Set HOOK_CA_FILE to its certificate authority."
              .formatted(title));
    }
    var state = Optional.ofNullable(e.getSQLState()).orElse("");
    if (NO_RIGHT.contains(e.getErrorCode())) {
      return new Failure(
          Kind.Denied, "%s lacks a right. %s reports: %s".formatted(account, title, reported));
    }
    if (state.startsWith("08")) {
      return new Failure(Kind.Unavailable, title + " cannot be used now: " + reported);
    }
    return new Failure(Kind.Failed, title + " reports: " + reported);
  }

  /// Without the number of the connection.
  private static String reported(SQLException e) {
    return String.valueOf(e.getMessage()).replaceAll("^\\(conn=\\d+\\) ", "");
  }
}
