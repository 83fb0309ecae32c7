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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.SafeEncoder;

/// Redis and Valkey: users of the access control list. A user has several passwords, so one account
/// is enough for an overlap. The server gets SHA-256 hashes only, as it stores them.
public final class Redis implements Driver {
  private static final Setting PORT = Setting.port(6379);
  private static final Setting RULES =
      new Setting(
          "HOOK_ACL_RULES",
          "",
          "Rules of a user that does not exist yet, such as `~crm:* +@read +@write`. Without them"
              + " the user must exist");
  private static final Setting SAVE =
      new Setting(
          "HOOK_ACL_SAVE",
          "acl",
          "`acl` saves the change by `ACL SAVE`, `config` by `CONFIG REWRITE`; `none` loses it with"
              + " a restart of the server");

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public String title() {
    return "Redis";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "one account with two passwords, or two accounts (`cycle`)",
        "`off`",
        "ended; at the end of an overlap of one account they stay",
        "SHA-256 hash, computed by the hook; the login itself sends the password, so use TLS",
        "`+acl` `+client|kill`, and `+config|rewrite` with `HOOK_ACL_SAVE=config`",
        "Redis 6.2");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, RULES, SAVE);
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofTwoAccounts(AccountType.Database);
  }

  @Override
  public String apply(Inputs inputs) {
    var login = inputs.login();
    try (var session = asAdmin(inputs)) {
      save(session, inputs);
      var rules = new ArrayList<String>();
      if (!exists(session, login.username())) {
        var stated =
            inputs
                .find(RULES)
                .orElseThrow(
                    () ->
                        new Failure(
                            Kind.Usage,
                            "User %s does not exist. Create it, or set HOOK_ACL_RULES."
                                .formatted(login.username())));
        rules.addAll(rules(stated));
        rules.add("on");
      }
      rules.add("#" + hash(login.password()));
      set(session, login.username(), rules);
      save(session, inputs);
      return "User %s accepts the password of version %s."
          .formatted(login.username(), inputs.version());
    }
  }

  @Override
  public String verify(Inputs inputs) {
    var login = inputs.login();
    try (var session = open(inputs, login)) {
      return "User %s logs in with version %s.".formatted(login.username(), inputs.version());
    } catch (JedisException e) {
      throw isLoginRejected(e)
          ? new Failure(
              Kind.Rejected,
              "Redis rejects the login of user %s with version %s."
                  .formatted(login.username(), inputs.version()))
          : failure(e);
    }
  }

  @Override
  public String revoke(Inputs inputs) {
    var login = inputs.login();
    try (var session = asAdmin(inputs)) {
      if (!exists(session, login.username())) {
        return "User %s does not exist any more.".formatted(login.username());
      }
      if (inputs.isSameAccount()) {
        return removePassword(session, inputs, login);
      }
      set(session, login.username(), List.of("resetpass"));
      endSessions(session, login.username());
      save(session, inputs);
      return "User %s has no password any more, and its sessions ended."
          .formatted(login.username());
    }
  }

  @Override
  public String suspend(Inputs inputs) {
    try (var session = asAdmin(inputs)) {
      if (!exists(session, inputs.account())) {
        return "User %s does not exist any more.".formatted(inputs.account());
      }
      set(session, inputs.account(), List.of("off"));
      endSessions(session, inputs.account());
      save(session, inputs);
    }
    return "User %s is off, and its sessions ended.".formatted(inputs.account());
  }

  @Override
  public String resume(Inputs inputs) {
    try (var session = asAdmin(inputs)) {
      if (!exists(session, inputs.account())) {
        throw new Failure(Kind.Failed, "User " + inputs.account() + " does not exist any more.");
      }
      set(session, inputs.account(), List.of("on"));
      save(session, inputs);
    }
    return "User %s is on again.".formatted(inputs.account());
  }

  /// Of an account that has the current password too.
  private static String removePassword(Connection session, Inputs inputs, Login previous) {
    var hash = hash(previous.password());
    var isCurrent =
        inputs.current(inputs.get(Setting.PASSWORD_KEY)).map(Redis::hash).filter(hash::equals);
    if (isCurrent.isEmpty() && passwords(session, previous.username()).contains(hash)) {
      set(session, previous.username(), List.of("!" + hash));
    }
    save(session, inputs);
    return "User %s accepts the current password alone.".formatted(previous.username());
  }

  private static List<String> rules(String stated) {
    var rules = Stream.of(stated.split("\\s+", -1)).filter(rule -> !rule.isEmpty()).toList();
    if (rules.stream().anyMatch(rule -> rule.matches("[><#!].*|nopass"))) {
      throw new Failure(Kind.Usage, "HOOK_ACL_RULES must not set passwords.");
    }
    return rules;
  }

  private static boolean exists(Connection session, String user) {
    return asked(session, "+acl|getuser", "ACL", "GETUSER", user) != null;
  }

  /// The answer is a list of names and values; that of `passwords` is a list of hashes.
  private static List<String> passwords(Connection session, String user) {
    var fields = (List<?>) asked(session, "+acl|getuser", "ACL", "GETUSER", user);
    for (var at = 0; at + 1 < fields.size(); at += 2) {
      if (fields.get(at) instanceof byte[] name && SafeEncoder.encode(name).equals("passwords")) {
        return ((List<?>) fields.get(at + 1))
            .stream().map(hash -> SafeEncoder.encode((byte[]) hash)).toList();
      }
    }
    return List.of();
  }

  private static void set(Connection session, String user, List<String> rules) {
    var words = new ArrayList<>(List.of("ACL", "SETUSER", user));
    words.addAll(rules);
    asked(session, "+acl|setuser", words.toArray(String[]::new));
  }

  private static void endSessions(Connection session, String user) {
    asked(session, "+client|kill", "CLIENT", "KILL", "USER", user);
  }

  /// Before a change too: a server that cannot save would lose the password with its next restart.
  private static void save(Connection session, Inputs inputs) {
    var how = inputs.get(SAVE);
    switch (how) {
      case "acl" -> asked(session, "+acl|save", "ACL", "SAVE");
      case "config" -> asked(session, "+config|rewrite", "CONFIG", "REWRITE");
      case "none" -> {}
      default -> throw new Failure(Kind.Usage, "HOOK_ACL_SAVE must be acl, config or none.");
    }
  }

  private static Object asked(Connection session, String right, String... words) {
    try {
      var command = new CommandArguments(Command.valueOf(words[0]));
      Stream.of(words).skip(1).forEach(command::add);
      session.sendCommand(command);
      return session.getOne();
    } catch (JedisDataException e) {
      var reported = String.valueOf(e.getMessage());
      if (reported.startsWith("NOPERM")) {
        throw new Failure(
            Kind.Denied,
            "The administrative account lacks a right. Add the rule %s to its user. Redis reports: %s"
                .formatted(right, reported));
      }
      if (reported.contains("ACL file")) {
        throw new Failure(
            Kind.Usage,
            "The server has no file for its users, so a restart would lose the password. Configure aclfile, or set HOOK_ACL_SAVE to config.");
      }
      throw new Failure(Kind.Failed, "Redis reports: " + reported);
    } catch (JedisException e) {
      throw failure(e);
    }
  }

  private static Connection asAdmin(Inputs inputs) {
    var admin = inputs.adminLogin();
    try {
      return open(inputs, admin);
    } catch (JedisException e) {
      throw isLoginRejected(e)
          ? new Failure(
              Kind.Denied,
              "Redis rejects the login of the administrative account %s. Correct the Secret in %s."
                  .formatted(admin.username(), inputs.get(Setting.ADMIN_DIR)))
          : failure(e);
    }
  }

  private static Connection open(Inputs inputs, Login login) {
    var client =
        DefaultJedisClientConfig.builder()
            .user(login.username())
            .password(login.password())
            .timeoutMillis((int) inputs.timeout().toMillis())
            // Each would require a right of its own.
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    if (inputs.isTls()) {
      var parameters = new SSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      client
          .ssl(true)
          .sslSocketFactory(Trust.context(inputs.authorities()).getSocketFactory())
          .sslParameters(parameters);
    }
    return new Connection(
        new HostAndPort(inputs.get(Setting.HOST), inputs.number(PORT)), client.build());
  }

  private static boolean isLoginRejected(JedisException e) {
    return String.valueOf(e.getMessage()).startsWith("WRONGPASS");
  }

  private static Failure failure(JedisException e) {
    return Trust.failure(e, "Redis")
        .orElseGet(
            () ->
                e instanceof JedisConnectionException
                    ? new Failure(
                        Kind.Unavailable, "Redis cannot be reached, or closed the connection.")
                    : new Failure(Kind.Failed, "Redis reports: " + e.getMessage()));
  }

  static String hash(String password) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(password.getBytes(StandardCharsets.UTF_8)))
          .toLowerCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256");
    }
  }
}
