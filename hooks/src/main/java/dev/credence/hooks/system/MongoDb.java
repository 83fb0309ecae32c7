// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;

/// MongoDB: users of an authentication database that take turns. The server computes the SCRAM keys
/// from the password of `updateUser`, so only TLS keeps the password secret on its way.
///
/// MongoDB cannot lock a user. It checks the authentication restrictions of a user at each login,
/// and again at the next request of each open connection after the user changed. A restriction that
/// no connection meets is therefore a lock that ends sessions too.
public final class MongoDb implements Driver {
  static final Setting PORT = Setting.port(27017);
  static final Setting AUTH_SOURCE =
      new Setting(
          "HOOK_AUTH_SOURCE",
          "admin",
          "Authentication database of the accounts, as `authSource` in a connection string");
  static final Setting ADMIN_AUTH_SOURCE =
      new Setting(
          "HOOK_ADMIN_AUTH_SOURCE",
          "admin",
          "Authentication database of the administrative account");
  static final Setting MECHANISMS =
      new Setting(
          "HOOK_MECHANISMS",
          "SCRAM-SHA-256",
          "`SCRAM-SHA-256`, `SCRAM-SHA-1` or both, separated by a comma: the mechanisms by which"
              + " accounts can log in");

  @Override
  public String name() {
    return "mongodb";
  }

  @Override
  public String title() {
    return "MongoDB";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "two accounts (`cycle`), each with the same roles",
        "an authentication restriction that no connection meets",
        "the next request fails",
        "password, in `updateUser` over TLS; the server computes the SCRAM keys, and its log has `xxx`"
            + " in place of the password",
        "`viewUser`, `changePassword` and `setAuthenticationRestriction` on the authentication"
            + " database of the accounts; the role `userAdmin` has them",
        "a stub that keeps MongoDB's documented rules; the same tests passed against MongoDB 3.6 by SCRAM-SHA-1");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, AUTH_SOURCE, ADMIN_AUTH_SOURCE, MECHANISMS);
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofTwoAccounts(AccountType.Database);
  }

  @Override
  public String apply(Inputs inputs) {
    var login = inputs.login();
    try (var session = MongoDbSession.asAdmin(inputs)) {
      MongoDbUser.find(session, inputs, login.username())
          .orElseThrow(
              () ->
                  new Failure(
                      Kind.Usage,
                      "User %s does not exist in database %s. Create each account of the cycle with the roles of the application."
                          .formatted(login.username(), inputs.get(AUTH_SOURCE))))
          .setPassword(login.password());
    }
    return "User %s has the password of version %s.".formatted(login.username(), inputs.version());
  }

  @Override
  public String verify(Inputs inputs) {
    var login = inputs.login();
    if (!MongoDbSession.isAccepted(inputs, login)) {
      throw new Failure(
          Kind.Rejected,
          "MongoDB rejects the login of user %s with version %s."
              .formatted(login.username(), inputs.version()));
    }
    return "User %s logs in with version %s.".formatted(login.username(), inputs.version());
  }

  @Override
  public String revoke(Inputs inputs) {
    var name = inputs.account();
    if (inputs.isSameAccount()) {
      return "User %s is that of the current version too: its earlier password ended when the current one was set."
          .formatted(name);
    }
    try (var session = MongoDbSession.asAdmin(inputs)) {
      var user = MongoDbUser.find(session, inputs, name);
      if (user.isEmpty()) {
        return "User %s does not exist any more.".formatted(name);
      }
      user.get().revoke(randomPassword(inputs));
    }
    return "User %s has no usable password any more, and its sessions ended.".formatted(name);
  }

  @Override
  public String suspend(Inputs inputs) {
    var name = inputs.account();
    try (var session = MongoDbSession.asAdmin(inputs)) {
      var user = MongoDbUser.find(session, inputs, name);
      if (user.isEmpty()) {
        return "User %s does not exist any more.".formatted(name);
      }
      user.get().lock();
    }
    return "User %s is locked, and its sessions ended.".formatted(name);
  }

  @Override
  public String resume(Inputs inputs) {
    var name = inputs.account();
    try (var session = MongoDbSession.asAdmin(inputs)) {
      MongoDbUser.find(session, inputs, name)
          .orElseThrow(() -> new Failure(Kind.Failed, "User " + name + " does not exist any more."))
          .unlock();
    }
    return "User %s is not locked any more.".formatted(name);
  }

  private static String randomPassword(Inputs inputs) {
    var password = new BigInteger(256, new SecureRandom()).toString(36);
    inputs.withhold(password);
    return password;
  }
}
