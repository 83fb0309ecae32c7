// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import static dev.credence.hooks.system.MySqlProtocol.account;
import static dev.credence.hooks.system.MySqlProtocol.text;

import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
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
import java.util.regex.Pattern;

/// MariaDB: accounts that take turns. The hash of the password is computed here, so the server's
/// general log, binary log and process list never have a password.
public final class MariaDb implements Driver {
  private static final MySqlProtocol SERVER = new MySqlProtocol("MariaDB", 4151);
  private static final Pattern ENDS_SESSIONS =
      Pattern.compile("GRANT .*(ALL PRIVILEGES|SUPER|CONNECTION ADMIN).* ON \\*\\.\\* ");

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
    return List.of(MySqlProtocol.PORT, MySqlProtocol.ACCOUNT_HOST);
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofTwoAccounts(AccountType.Database);
  }

  @Override
  public String apply(Inputs inputs) throws SQLException {
    var login = inputs.login();
    var account = account(inputs, login.username());
    try (var session = SERVER.asAdmin(inputs)) {
      SERVER.change(
          session,
          "ALTER USER %s IDENTIFIED VIA mysql_native_password USING %s"
              .formatted(account, text(hash(login.password()))));
    }
    return "Account %s has the password of version %s.".formatted(account, inputs.version());
  }

  @Override
  public String verify(Inputs inputs) throws SQLException {
    return SERVER.verify(inputs);
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
    try (var session = SERVER.asAdmin(inputs)) {
      SERVER.change(session, "ALTER USER " + account(inputs, inputs.account()) + " ACCOUNT UNLOCK");
    }
    return "Account %s can log in again.".formatted(inputs.account());
  }

  private static String end(Inputs inputs, String how, String sentence) throws SQLException {
    var name = inputs.account();
    try (var session = SERVER.asAdmin(inputs)) {
      SERVER.change(session, "ALTER USER IF EXISTS " + account(inputs, name) + how);
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
      throw SERVER.failure(e, session.getMetaData().getUserName());
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
}
