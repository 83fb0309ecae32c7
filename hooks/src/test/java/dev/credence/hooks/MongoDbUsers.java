// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;
import org.bson.Document;
import org.bson.types.Binary;

/// The users, roles and logins of a MongoDB, by the rules of its manual
/// (<https://www.mongodb.com/docs/manual/reference/command/nav-user-management/>):
///
/// - `updateUser` replaces each field that it names. A new password has keys for the
///   mechanisms that the command names, or for all.
/// - A user needs `changePassword`, `setAuthenticationRestriction` and `viewUser` on the
///   database of the other user
///   (<https://www.mongodb.com/docs/manual/reference/command/updateUser/#required-access>).
/// - A login meets one of the user's authentication restrictions, and in it the lists of client and
///   server addresses.
/// - A connection of a user that changed is checked again at its next request, and is logged out if
///   it meets no restriction (`AuthorizationSessionImpl::_refreshUserInfoAsNeeded`).
///
/// A message has the whole command, with its password: MongoDB replaces that by `xxx`.
final class MongoDbUsers {
  private static final String SHA_256 = "SCRAM-SHA-256";
  private static final List<String> MECHANISMS = List.of("SCRAM-SHA-1", SHA_256);
  private static final int ITERATIONS = 4096;
  private static final String ANY_DATABASE = "";
  private static final Set<String> OF_EVERY_COMMAND =
      Set.of("$db", "lsid", "$readPreference", "writeConcern");

  /// `error_codes.yml` of the server has the names.
  private static final int BAD_VALUE = 2;

  private static final int USER_NOT_FOUND = 11;
  private static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;
  private static final int COMMAND_NOT_FOUND = 59;
  private static final int UNKNOWN_FIELD = 40_415;

  private final Map<String, User> users = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Set<String>>> roles = new ConcurrentHashMap<>();

  private volatile boolean hasRestrictions = true;

  /// An answer with `ok: 0`.
  static final class Rejection extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int code;

    Rejection(int code, String message) {
      super(message);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /// @param actions that the user may do in each database
  /// @param keys of the mechanism SCRAM-SHA-256
  private record User(
      Map<String, Set<String>> actions,
      Optional<ScramCredential> keys,
      List<String> mechanisms,
      List<Document> restrictions) {

    boolean may(String action, String database) {
      return Stream.of(database, ANY_DATABASE)
          .map(each -> actions.getOrDefault(each, Set.of()))
          .anyMatch(all -> all.contains(action) || all.contains("*"));
    }

    boolean isAdmitted() {
      return restrictions.isEmpty() || restrictions.stream().anyMatch(MongoDbUsers::isMet);
    }
  }

  MongoDbUsers(String rootPassword) {
    users.put(
        "admin.root",
        new User(
            Map.of(ANY_DATABASE, Set.of("*")),
            Optional.of(keys(rootPassword)),
            MECHANISMS,
            List.of()));
  }

  /// FerretDB 1.24 ignores restrictions.
  void setRestricting(boolean isRestricting) {
    hasRestrictions = isRestricting;
  }

  Connection connect() {
    return new Connection();
  }

  /// @param name with its database, as `sales.crm`
  Optional<List<String>> mechanisms(String name) {
    return Optional.ofNullable(users.get(name)).map(User::mechanisms);
  }

  /// One client, and who it is.
  final class Connection {
    private Optional<ScramSaslServer> login = Optional.empty();
    private String loginDatabase = "";
    private Optional<String> loggedIn = Optional.empty();

    Document run(Document command) {
      loggedIn = loggedIn.filter(name -> users.containsKey(name) && users.get(name).isAdmitted());
      var name = command.keySet().iterator().next();
      return switch (name) {
        case "saslStart" -> start(command);
        case "saslContinue" -> proceed(command);
        case "ping", "endSessions" -> new Document();
        case "find" -> find(command);
        case "usersInfo" -> usersInfo(command);
        case "createRole" -> createRole(command);
        case "createUser" -> createUser(command);
        case "updateUser" -> updateUser(command);
        default -> throw new Rejection(COMMAND_NOT_FOUND, "no such command: '" + name + "'");
      };
    }

    private Document start(Document command) {
      loginDatabase = command.getString("$db");
      if (!command.getString("mechanism").equals(SHA_256)) {
        throw rejected();
      }
      try {
        login =
            Optional.of(
                new ScramSaslServer(ScramMechanism.SCRAM_SHA_256, Map.of(), this::callBack));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
      return proceed(command);
    }

    private Document proceed(Document command) {
      var server = login.orElseThrow();
      try {
        var payload = server.evaluateResponse(command.get("payload", Binary.class).getData());
        if (server.isComplete()) {
          var name = loginDatabase + "." + server.getAuthorizationID();
          if (!users.get(name).isAdmitted()) {
            throw rejected();
          }
          loggedIn = Optional.of(name);
        }
        return new Document("conversationId", 1)
            .append("done", server.isComplete())
            .append("payload", new Binary(payload));
      } catch (SaslException | SaslAuthenticationException e) {
        throw rejected();
      }
    }

    private void callBack(Callback... callbacks) {
      var name = "";
      for (var callback : callbacks) {
        if (callback instanceof NameCallback given) {
          name = given.getDefaultName();
        } else if (callback instanceof ScramCredentialCallback asked) {
          Optional.ofNullable(users.get(loginDatabase + "." + name))
              .flatMap(User::keys)
              .ifPresent(asked::scramCredential);
        }
      }
    }

    /// The same for an unknown user, a wrong password and an unmet restriction.
    private static Rejection rejected() {
      return new Rejection(AUTHENTICATION_FAILED, "Authentication failed.");
    }

    private Document find(Document command) {
      authorize(command, "find");
      return new Document(
          "cursor",
          new Document("id", 0L)
              .append("ns", command.getString("$db") + "." + command.getString("find"))
              .append("firstBatch", List.of()));
    }

    private Document usersInfo(Document command) {
      checkFields(command, "showAuthenticationRestrictions");
      authorize(command, "viewUser");
      var database = command.getString("$db");
      var name = command.getString("usersInfo");
      var user = users.get(database + "." + name);
      if (user == null) {
        return new Document("users", List.of());
      }
      var description =
          new Document("_id", database + "." + name)
              .append("user", name)
              .append("db", database)
              .append("mechanisms", user.mechanisms());
      if (command.getBoolean("showAuthenticationRestrictions", false)) {
        description.append("authenticationRestrictions", user.restrictions());
      }
      return new Document("users", List.of(description));
    }

    private Document createRole(Document command) {
      checkFields(command, "privileges", "roles");
      authorize(command, "createRole");
      var actions = new HashMap<String, Set<String>>();
      for (var privilege : command.getList("privileges", Document.class)) {
        actions
            .computeIfAbsent(
                privilege.get("resource", Document.class).getString("db"), _ -> new HashSet<>())
            .addAll(privilege.getList("actions", String.class));
      }
      roles.put(command.getString("$db") + "." + command.getString("createRole"), actions);
      return new Document();
    }

    private Document createUser(Document command) {
      checkFields(command, "pwd", "roles", "authenticationRestrictions");
      authorize(command, "createUser");
      var actions = new HashMap<String, Set<String>>();
      for (var role : command.getList("roles", Document.class)) {
        var name = role.getString("db") + "." + role.getString("role");
        if (!roles.containsKey(name)) {
          throw new Rejection(BAD_VALUE, "Could not find role: " + name);
        }
        actions.putAll(roles.get(name));
      }
      users.put(
          command.getString("$db") + "." + command.getString("createUser"),
          changed(new User(actions, Optional.empty(), List.of(), List.of()), command));
      return new Document();
    }

    private Document updateUser(Document command) {
      checkFields(command, "pwd", "mechanisms", "authenticationRestrictions");
      if (command.containsKey("pwd")) {
        authorize(command, "changePassword");
      }
      if (command.containsKey("authenticationRestrictions")) {
        authorize(command, "setAuthenticationRestriction");
      }
      if (!command.containsKey("pwd") && !command.containsKey("authenticationRestrictions")) {
        throw new Rejection(BAD_VALUE, "Must specify at least one field to update in updateUser");
      }
      var name = command.getString("$db") + "." + command.getString("updateUser");
      if (users.computeIfPresent(name, (_, user) -> changed(user, command)) == null) {
        throw new Rejection(USER_NOT_FOUND, "User " + name + " not found");
      }
      return new Document();
    }

    private void authorize(Document command, String action) {
      var name = command.keySet().iterator().next();
      if (loggedIn.isEmpty()) {
        throw new Rejection(UNAUTHORIZED, "command " + name + " requires authentication");
      }
      var database = command.getString("$db");
      if (!users.get(loggedIn.get()).may(action, database)) {
        throw new Rejection(
            UNAUTHORIZED, "not authorized on " + database + " to execute command " + command);
      }
    }
  }

  private User changed(User user, Document command) {
    var restrictions =
        hasRestrictions
            ? command.getList("authenticationRestrictions", Document.class, user.restrictions())
            : user.restrictions();
    restrictions.forEach(MongoDbUsers::checkRestriction);
    var password = command.getString("pwd");
    if (password == null) {
      return new User(user.actions(), user.keys(), user.mechanisms(), restrictions);
    }
    var mechanisms = command.getList("mechanisms", String.class, MECHANISMS);
    if (password.isEmpty() || mechanisms.isEmpty() || !MECHANISMS.containsAll(mechanisms)) {
      throw new Rejection(BAD_VALUE, "the password or the mechanisms are invalid");
    }
    var keys = mechanisms.contains(SHA_256) ? Optional.of(keys(password)) : user.keys();
    return new User(user.actions(), keys, mechanisms, restrictions);
  }

  private static ScramCredential keys(String password) {
    try {
      return new ScramFormatter(ScramMechanism.SCRAM_SHA_256)
          .generateCredential(password, ITERATIONS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void checkFields(Document command, String... others) {
    var allowed = new HashSet<>(OF_EVERY_COMMAND);
    allowed.addAll(Arrays.asList(others));
    command.keySet().stream()
        .skip(1)
        .filter(field -> !allowed.contains(field))
        .findFirst()
        .ifPresent(
            field -> {
              throw new Rejection(UNKNOWN_FIELD, "BSON field '" + field + "' is an unknown field.");
            });
  }

  private static void checkRestriction(Document restriction) {
    if (restriction.isEmpty()
        || !Set.of("clientSource", "serverAddress").containsAll(restriction.keySet())) {
      throw new Rejection(BAD_VALUE, "the restriction is invalid");
    }
    isMet(restriction);
  }

  /// Clients and the server are on 127.0.0.1.
  private static boolean isMet(Document restriction) {
    return restriction.keySet().stream()
        .map(field -> restriction.getList(field, String.class))
        .allMatch(ranges -> ranges.stream().anyMatch(MongoDbUsers::hasLoopback));
  }

  /// Of an address, or of an address and the number of leading bits.
  private static boolean hasLoopback(String range) {
    var parts = range.split("/", 2);
    var bits = parts.length == 2 ? Integer.parseInt(parts[1]) : Integer.SIZE;
    var distance = number(parts[0]) ^ number("127.0.0.1");
    return bits == 0 || distance >>> (Integer.SIZE - bits) == 0;
  }

  private static int number(String address) {
    try {
      return ByteBuffer.wrap(InetAddress.getByName(address).getAddress()).getInt();
    } catch (UnknownHostException e) {
      throw new Rejection(BAD_VALUE, "no address: " + address);
    }
  }
}
