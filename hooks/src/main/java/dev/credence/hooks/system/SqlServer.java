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
import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;

/// SQL Server: SQL logins that take turns.
///
/// The password is set in clear text, within TLS, and the server hashes it. Microsoft's page on
/// [ALTER LOGIN](https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql) advises
/// against a hash of the client: "Don't use the HASHED option to routinely change passwords", and
/// it "can't be used" for logins with `CHECK_POLICY`, which is the default. The format of a hash
/// depends on the version of the server, and its policy could not check the password.
public final class SqlServer implements Driver {

  @Override
  public String name() {
    return "sqlserver";
  }

  @Override
  public String title() {
    return SqlServerSession.TITLE;
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "two accounts (`cycle`)",
        "`ALTER LOGIN … DISABLE`",
        "ended",
        "password, in `ALTER LOGIN` over TLS; the server hashes it and leaves it out of event data",
        "`ALTER ANY LOGIN`, `ALTER ANY CONNECTION` and `VIEW SERVER STATE`",
        "a stub that keeps Microsoft's documented rules and the protocol TDS 7.4, with Microsoft's"
            + " JDBC driver; not a real SQL Server");
  }

  @Override
  public List<Setting> settings() {
    return List.of(SqlServerSession.PORT);
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofTwoAccounts(AccountType.Database);
  }

  @Override
  public String apply(Inputs inputs) throws SQLException {
    var login = inputs.login();
    try (var session = SqlServerSession.asAdmin(inputs)) {
      requireLogin(session.setPassword(login), login.username());
    }
    return "Login %s has the password of version %s.".formatted(login.username(), inputs.version());
  }

  @Override
  public String verify(Inputs inputs) throws SQLException {
    return SqlServerSession.verify(inputs);
  }

  @Override
  public String revoke(Inputs inputs) throws SQLException {
    var name = inputs.account();
    if (inputs.isSameAccount()) {
      return "Login %s is that of the current version too: its earlier password ended when the current one was set."
          .formatted(name);
    }
    try (var session = SqlServerSession.asAdmin(inputs)) {
      if (!session.setPassword(new Login(name, randomPassword()))) {
        return isGone(name);
      }
      session.endSessionsOf(name);
    }
    return "Login %s has a password that is not stored anywhere, and its sessions ended."
        .formatted(name);
  }

  @Override
  public String suspend(Inputs inputs) throws SQLException {
    var name = inputs.account();
    try (var session = SqlServerSession.asAdmin(inputs)) {
      if (!session.setEnabled(name, false)) {
        return isGone(name);
      }
      session.endSessionsOf(name);
    }
    return "Login %s is disabled, and its sessions ended.".formatted(name);
  }

  @Override
  public String resume(Inputs inputs) throws SQLException {
    var name = inputs.account();
    try (var session = SqlServerSession.asAdmin(inputs)) {
      requireLogin(session.setEnabled(name, true), name);
    }
    return "Login %s can log in again.".formatted(name);
  }

  private static String isGone(String name) {
    return "Login %s does not exist any more.".formatted(name);
  }

  private static void requireLogin(boolean exists, String name) {
    if (!exists) {
      throw new Failure(
          Kind.Usage,
          "Login %s does not exist. Create each login of the Secret, and its users with the rights of the application."
              .formatted(name));
    }
  }

  /// With three of the four kinds of characters that the [password
  /// policy](https://learn.microsoft.com/sql/relational-databases/security/password-policy) asks
  /// for.
  private static String randomPassword() {
    return "A-" + new BigInteger(256, new SecureRandom()).toString(36);
  }
}
