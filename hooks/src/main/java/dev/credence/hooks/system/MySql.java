// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import static dev.credence.hooks.system.MySqlProtocol.account;
import static dev.credence.hooks.system.MySqlProtocol.text;

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
import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;

/// MySQL 8.0.14 and later: an account with two passwords, or accounts that take turns. The hash of
/// the password is computed here, so the server's logs and process list never have a password.
///
/// In addition to the new password, the server retains the one that was set last. That is not the
/// current one after a rotation that was aborted. So `apply` sets the current one again first.
public final class MySql implements Driver {
  private static final MySqlProtocol SERVER = new MySqlProtocol("MySQL", 3118);
  private static final int NO_SUCH_SESSION = 1094;

  @Override
  public String name() {
    return "mysql";
  }

  @Override
  public String title() {
    return "MySQL";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "one account with two passwords, or two accounts (`cycle`)",
        "`ACCOUNT LOCK`",
        "ended; at the end of an overlap of one account they stay",
        "hash for `caching_sha2_password`, computed by the hook",
        "`CREATE USER`, `PROCESS` and `CONNECTION_ADMIN` on `*.*`",
        "MySQL 8.0.15");
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
    var name = login.username();
    var inUse = inputs.loginInUse().filter(current -> current.username().equals(name));
    try (var session = SERVER.asAdmin(inputs)) {
      if (!SERVER.isPassword(inputs, login)) {
        if (inUse.isPresent() && SERVER.isPassword(inputs, inUse.get())) {
          set(session, inputs, inUse.get(), "");
          set(session, inputs, login, " RETAIN CURRENT PASSWORD");
        } else {
          discard(session, inputs, name);
          set(session, inputs, login, "");
        }
      }
    }
    return "Account %s has the password of version %s.".formatted(name, inputs.version());
  }

  @Override
  public String verify(Inputs inputs) throws SQLException {
    return SERVER.verify(inputs);
  }

  @Override
  public String revoke(Inputs inputs) throws SQLException {
    var name = inputs.account();
    try (var session = SERVER.asAdmin(inputs)) {
      if (inputs.isSameAccount()) {
        var current =
            new Login(name, inputs.current(inputs.get(Setting.PASSWORD_KEY)).orElseThrow());
        if (SERVER.isPassword(inputs, current)) {
          set(session, inputs, current, "");
        }
        discard(session, inputs, name);
        return "Account %s accepts the current password alone.".formatted(name);
      }
      if (!exists(session, inputs, name)) {
        return "Account %s does not exist any more.".formatted(name);
      }
      set(session, inputs, new Login(name, randomPassword()), "");
      endSessions(session, name);
    }
    return "Account %s has a password that is not stored anywhere, and its sessions ended."
        .formatted(name);
  }

  @Override
  public String suspend(Inputs inputs) throws SQLException {
    var name = inputs.account();
    try (var session = SERVER.asAdmin(inputs)) {
      SERVER.change(session, "ALTER USER IF EXISTS " + account(inputs, name) + " ACCOUNT LOCK");
      endSessions(session, name);
    }
    return "Account %s is locked, and its sessions ended.".formatted(name);
  }

  @Override
  public String resume(Inputs inputs) throws SQLException {
    try (var session = SERVER.asAdmin(inputs)) {
      SERVER.change(session, "ALTER USER " + account(inputs, inputs.account()) + " ACCOUNT UNLOCK");
    }
    return "Account %s can log in again.".formatted(inputs.account());
  }

  private static void set(Connection session, Inputs inputs, Login login, String how)
      throws SQLException {
    SERVER.change(
        session,
        "ALTER USER %s IDENTIFIED WITH caching_sha2_password AS %s%s"
            .formatted(
                account(inputs, login.username()), text(CachingSha2.hash(login.password())), how));
  }

  private static void discard(Connection session, Inputs inputs, String name) throws SQLException {
    SERVER.change(session, "ALTER USER " + account(inputs, name) + " DISCARD OLD PASSWORD");
  }

  /// Discards an earlier password too.
  private static boolean exists(Connection session, Inputs inputs, String name)
      throws SQLException {
    try {
      discard(session, inputs, name);
      return true;
    } catch (Failure e) {
      if (e.kind() == Kind.Usage) {
        return false;
      }
      throw e;
    }
  }

  /// By name and for every host part: sessions have the address of the client.
  private static void endSessions(Connection session, String name) throws SQLException {
    try (var statement = session.createStatement()) {
      var missing = missingRights(statement);
      if (!missing.isEmpty()) {
        throw new Failure(
            Kind.Denied,
            "%s cannot end sessions of account %s. Grant it the right by GRANT %s ON *.*"
                .formatted(session.getMetaData().getUserName(), name, String.join(", ", missing)));
      }
      for (var number : sessions(session, name)) {
        end(statement, number);
      }
    } catch (SQLException e) {
      throw SERVER.failure(e, session.getMetaData().getUserName());
    }
  }

  /// Without PROCESS, the server lists only the sessions of this account, without an error.
  private static List<String> missingRights(Statement statement) throws SQLException {
    var granted = new StringBuilder();
    try (var rows = statement.executeQuery("SHOW GRANTS")) {
      while (rows.next()) {
        var grant = rows.getString(1);
        if (grant.contains(" ON *.* ")) {
          granted.append(grant, 0, grant.indexOf(" ON *.* ")).append(',');
        }
      }
    }
    return Stream.of("PROCESS", "CONNECTION_ADMIN")
        .filter(right -> !granted.toString().matches(".*\\b(" + right + "|ALL PRIVILEGES)\\b.*"))
        .toList();
  }

  private static List<Long> sessions(Connection session, String name) throws SQLException {
    try (var query =
        session.prepareStatement("SELECT id FROM information_schema.processlist WHERE user = ?")) {
      query.setString(1, name);
      var numbers = new ArrayList<Long>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          numbers.add(rows.getLong(1));
        }
      }
      return numbers;
    }
  }

  private static void end(Statement statement, long number) throws SQLException {
    try {
      statement.execute("KILL CONNECTION " + number);
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_SUCH_SESSION) {
        throw e;
      }
    }
  }

  private static String randomPassword() {
    return new BigInteger(256, new SecureRandom()).toString(36);
  }
}
