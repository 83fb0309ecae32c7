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
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/// MariaDB: accounts that take turns. The hash of the password is computed here, so the server's
/// general log, binary log and process list never have a password.
public final class MariaDb implements Driver {
  private static final Setting PORT = Setting.port(3306);
  private static final Setting ACCOUNT_HOST =
      new Setting("HOOK_ACCOUNT_HOST", "%", "Host part of the accounts, as in 'name'@'host'");
  /// MariaDB's numbers of errors.
  private static final int LOGIN_REJECTED = 1045;

  private static final int ACCOUNT_LOCKED = 4151;
  private static final List<Integer> NO_RIGHT = List.of(1044, 1142, 1227, 1698, 1959);
  private static final Pattern ENDS_SESSIONS =
      Pattern.compile("GRANT .*(ALL PRIVILEGES|SUPER|CONNECTION ADMIN).* ON \\*\\.\\* ");
  private static final int NO_SUCH_ACCOUNT = 1396;

  @Override
  public String name() {
    return "mariadb";
  }

  @Override
  public String title() {
    return "MariaDB";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "two accounts (`cycle`)",
        "`ACCOUNT LOCK`",
        "ended",
        "hash for `mysql_native_password`, computed by the hook",
        "`CREATE USER` and `CONNECTION ADMIN` on `*.*`",
        "MariaDB 11.4");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, ACCOUNT_HOST);
  }

  @Override
  public Optional<Recipe> recipe() {
    return Optional.of(Recipe.ofTwoAccounts(AccountType.Database));
  }

  @Override
  public String apply(Inputs inputs) throws SQLException {
    var login = inputs.login();
    var account = account(inputs, login.username());
    try (var session = asAdmin(inputs)) {
      change(
          session,
          "ALTER USER %s IDENTIFIED VIA mysql_native_password USING %s"
              .formatted(account, text(hash(login.password()))));
    }
    return "Account %s has the password of version %s.".formatted(account, inputs.version());
  }

  @Override
  public String verify(Inputs inputs) throws SQLException {
    var login = inputs.login();
    try (var session = open(inputs, login);
        var statement = session.createStatement()) {
      statement.execute("SELECT 1");
      return "Account %s logs in with version %s.".formatted(login.username(), inputs.version());
    } catch (SQLException e) {
      throw e.getErrorCode() == LOGIN_REJECTED || e.getErrorCode() == ACCOUNT_LOCKED
          ? new Failure(
              Kind.Rejected,
              "MariaDB rejects the login of account %s with version %s%s."
                  .formatted(
                      login.username(),
                      inputs.version(),
                      e.getErrorCode() == ACCOUNT_LOCKED ? ": the account is locked" : ""))
          : failure(e, login.username());
    }
  }

  @Override
  public String revoke(Inputs inputs) throws SQLException {
    if (inputs.isSameAccount()) {
      return "Account %s is that of the current version too: its earlier password ended when the current one was set."
          .formatted(inputs.account());
    }
    return end(
        inputs,
        " IDENTIFIED VIA mysql_native_password USING 'invalid'",
        "Account %s has no password any more, and its sessions ended.");
  }

  @Override
  public String suspend(Inputs inputs) throws SQLException {
    return end(inputs, " ACCOUNT LOCK", "Account %s is locked, and its sessions ended.");
  }

  @Override
  public String resume(Inputs inputs) throws SQLException {
    try (var session = asAdmin(inputs)) {
      change(session, "ALTER USER " + account(inputs, inputs.account()) + " ACCOUNT UNLOCK");
    }
    return "Account %s can log in again.".formatted(inputs.account());
  }

  private static String end(Inputs inputs, String how, String sentence) throws SQLException {
    var name = inputs.account();
    try (var session = asAdmin(inputs)) {
      change(session, "ALTER USER IF EXISTS " + account(inputs, name) + how);
      endSessions(session, name);
    }
    return sentence.formatted(name);
  }

  /// By name and for every host part: sessions have the address of the client.
  private static void endSessions(Connection session, String name) throws SQLException {
    try (var statement = session.createStatement()) {
      if (!canEndSessions(statement)) {
        throw new Failure(
            Kind.Denied,
            "%s cannot end sessions of account %s. Grant it the right by GRANT CONNECTION ADMIN ON *.*"
                .formatted(session.getMetaData().getUserName(), name));
      }
      statement.execute("KILL CONNECTION USER " + text(name));
    } catch (SQLException e) {
      throw failure(e, session.getMetaData().getUserName());
    }
  }

  /// Without the right, the server ends no session and reports no error.
  private static boolean canEndSessions(Statement statement) throws SQLException {
    try (var rows = statement.executeQuery("SHOW GRANTS")) {
      while (rows.next()) {
        if (ENDS_SESSIONS.matcher(rows.getString(1)).find()) {
          return true;
        }
      }
    }
    return false;
  }

  private static void change(Connection session, String sql) throws SQLException {
    try (var statement = session.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw e.getErrorCode() == NO_SUCH_ACCOUNT
          ? new Failure(
              Kind.Usage,
              "The account does not exist. Create each account of the cycle with the rights of the application. MariaDB reports: "
                  + reported(e))
          : failure(e, session.getMetaData().getUserName());
    }
  }

  /// `'name'@'host'`.
  private static String account(Inputs inputs, String name) {
    return text(name) + "@" + text(inputs.get(ACCOUNT_HOST));
  }

  /// A text of SQL, in a session without escapes by backslash.
  private static String text(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /// As the server stores it: SHA-1 of SHA-1.
  static String hash(String password) {
    try {
      var digest = MessageDigest.getInstance("SHA-1");
      var once = digest.digest(password.getBytes(StandardCharsets.UTF_8));
      return "*" + HexFormat.of().formatHex(digest.digest(once)).toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-1");
    }
  }

  private static Connection asAdmin(Inputs inputs) throws SQLException {
    var admin = inputs.adminLogin();
    try {
      var session = open(inputs, admin);
      try (var statement = session.createStatement()) {
        statement.execute("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'");
      }
      return session;
    } catch (SQLException e) {
      throw e.getErrorCode() == LOGIN_REJECTED || e.getErrorCode() == ACCOUNT_LOCKED
          ? new Failure(
              Kind.Denied,
              "MariaDB rejects the login of the administrative account %s. Correct the Secret in %s."
                  .formatted(admin.username(), inputs.get(Setting.ADMIN_DIR)))
          : failure(e, admin.username());
    }
  }

  private static Connection open(Inputs inputs, Login login) throws SQLException {
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
  private static Failure failure(SQLException e, String account) {
    var untrusted = Trust.failure(e.getCause(), "MariaDB");
    if (untrusted.isPresent()) {
      return untrusted.get();
    }
    var reported = reported(e);
    var state = Optional.ofNullable(e.getSQLState()).orElse("");
    if (NO_RIGHT.contains(e.getErrorCode())) {
      return new Failure(Kind.Denied, account + " lacks a right. MariaDB reports: " + reported);
    }
    if (state.startsWith("08")) {
      return new Failure(Kind.Unavailable, "MariaDB cannot be used now: " + reported);
    }
    return new Failure(Kind.Failed, "MariaDB reports: " + reported);
  }

  /// Without the number of the connection.
  private static String reported(SQLException e) {
    return String.valueOf(e.getMessage()).replaceAll("^\\(conn=\\d+\\) ", "");
  }
}
