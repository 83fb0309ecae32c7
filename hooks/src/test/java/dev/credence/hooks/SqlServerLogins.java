// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import dev.credence.hooks.Tds.Answer;
import dev.credence.hooks.Tds.Done;
import dev.credence.hooks.Tds.Failed;
import dev.credence.hooks.Tds.LoggedIn;
import dev.credence.hooks.Tds.Numbers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Logins, permissions and sessions of a SQL Server, by the rules of Microsoft's documentation. The
/// pages are those below <https://learn.microsoft.com/sql/>. Other statements are errors.
final class SqlServerLogins {
  private static final String NAME = "\\[((?:[^\\]]|\\]\\])+)\\]";
  private static final String TEXT = "N'((?:[^']|'')*)'";
  private static final Pattern PASSWORD =
      Pattern.compile("ALTER LOGIN " + NAME + " WITH PASSWORD = " + TEXT, Pattern.DOTALL);
  private static final Pattern STATUS =
      Pattern.compile("ALTER LOGIN " + NAME + " (ENABLE|DISABLE)", Pattern.DOTALL);
  private static final Pattern PERMISSION =
      Pattern.compile("SELECT HAS_PERMS_BY_NAME\\(NULL, NULL, " + TEXT + "\\)");
  private static final Pattern ID =
      Pattern.compile("SELECT SUSER_ID\\(" + TEXT + "\\)", Pattern.DOTALL);
  private static final Pattern SESSIONS =
      Pattern.compile(
          "SELECT session_id FROM sys.dm_exec_sessions WHERE original_login_name = " + TEXT,
          Pattern.DOTALL);
  private static final Pattern PING = Pattern.compile("SELECT 1");
  private static final Pattern KILL =
      Pattern.compile(
          "IF EXISTS \\(SELECT session_id FROM sys.dm_exec_sessions WHERE session_id = (\\d+) AND original_login_name = "
              + TEXT
              + "\\) KILL \\1",
          Pattern.DOTALL);

  private static final String ALTER_ANY_LOGIN = "ALTER ANY LOGIN";
  private static final String CONTROL_SERVER = "CONTROL SERVER";
  private static final int FIRST_SESSION = 51;

  private final Map<String, Account> accounts = new HashMap<>();
  private final Map<Integer, Session> sessions = new TreeMap<>();

  private static final class Account {
    private final int id;
    private final Set<String> permissions;
    private String password;
    private boolean isDisabled;

    Account(int id, String password, Set<String> permissions) {
      this.id = id;
      this.password = password;
      this.permissions = permissions;
    }

    /// CONTROL SERVER includes every permission of the server, and VIEW SERVER STATE that to view
    /// its performance (t-sql/statements/grant-server-permissions-transact-sql).
    boolean has(String permission) {
      return permissions.contains(permission)
          || permissions.contains(CONTROL_SERVER)
          || permission.equals("VIEW SERVER PERFORMANCE STATE")
              && permissions.contains("VIEW SERVER STATE");
    }
  }

  /// What a client has between its login and its end.
  record Session(int number, String login, Runnable end) {}

  /// CREATE LOGIN, or ALTER LOGIN, by an administrator of the server.
  synchronized void put(String name, String password, String... permissions) {
    accounts.put(name, new Account(300 + accounts.size(), password, Set.of(permissions)));
  }

  /// The client learns from 18456 no reason. A disabled login with a wrong password is 18456 too
  /// (relational-databases/errors-events/mssqlserver-18456-database-engine-error).
  synchronized Answer open(Login login) {
    var account = accounts.get(login.username());
    if (account == null || !account.password.equals(login.password())) {
      return new Failed(18456, "Login failed for user '" + login.username() + "'.");
    }
    return account.isDisabled
        ? new Failed(
            18470,
            "Login failed for user '" + login.username() + "'. Reason: The account is disabled.")
        : new LoggedIn();
  }

  /// A session gets the first free number: "When the connection ends, the integer value is released
  /// and can be reassigned" (t-sql/language-elements/kill-transact-sql).
  synchronized Session begin(String login, Runnable end) {
    var number =
        IntStream.iterate(FIRST_SESSION, next -> next + 1)
            .filter(next -> !sessions.containsKey(next))
            .findFirst()
            .orElseThrow();
    var session = new Session(number, login, end);
    sessions.put(number, session);
    return session;
  }

  /// Another session may have the number already.
  synchronized void end(Session session) {
    sessions.remove(session.number(), session);
  }

  synchronized Answer run(Session session, String batch) {
    if (!sessions.containsValue(session)) {
      return new Failed(
          596, "Cannot continue the execution because the session is in the kill state.");
    }
    var me = accounts.get(session.login());
    for (var rule : rules(session, me).entrySet()) {
      var match = rule.getKey().matcher(batch);
      if (match.matches()) {
        return rule.getValue().answer(match.toMatchResult());
      }
    }
    return new Failed(102, "Incorrect syntax.");
  }

  /// Of a statement.
  private interface Rule {
    Answer answer(MatchResult words);
  }

  private Map<Pattern, Rule> rules(Session session, Account me) {
    return Map.of(
        PING, _ -> numbers(Stream.of(1)),
        PASSWORD, words -> setPassword(me, name(words), text(words, 2)),
        STATUS, words -> setStatus(me, name(words), words.group(2)),
        PERMISSION, words -> numbers(Stream.of(me.has(text(words, 1)) ? 1 : 0)),
        ID, words -> id(me, text(words, 1)),
        SESSIONS, words -> numbers(visible(session, me, text(words, 1))),
        KILL, words -> kill(session, me, text(words, 2), Integer.parseInt(words.group(1))));
  }

  /// Keeps a disabled login disabled. The history of passwords "is ignored" without OLD_PASSWORD,
  /// length and complexity are not (relational-databases/security/password-policy).
  private Answer setPassword(Account me, String name, String password) {
    if (!canAlter(me, name)) {
      return cannotAlter(name);
    }
    if (password.length() < 8) {
      return rejected(15116, "too short");
    }
    if (password.length() > 128) {
      return rejected(15117, "too long");
    }
    if (kinds(password) < 3 || password.contains(name)) {
      return rejected(15118, "not complex enough");
    }
    accounts.get(name).password = password;
    return new Done();
  }

  private static long kinds(String password) {
    return Stream.<Predicate<String>>of(
            text -> text.matches("(?s).*[A-Z].*"),
            text -> text.matches("(?s).*[a-z].*"),
            text -> text.matches("(?s).*[0-9].*"),
            text -> text.matches("(?s).*[^A-Za-z0-9].*"))
        .filter(kind -> kind.test(password))
        .count();
  }

  private static Failed rejected(int number, String reason) {
    return new Failed(
        number,
        "Password validation failed. The password does not meet Windows policy requirements because it is "
            + reason
            + ".");
  }

  /// "Disabling a login doesn't affect the behavior of logins that are already connected"
  /// (t-sql/statements/alter-login-transact-sql).
  private Answer setStatus(Account me, String name, String status) {
    if (!canAlter(me, name)) {
      return cannotAlter(name);
    }
    accounts.get(name).isDisabled = status.equals("DISABLE");
    return new Done();
  }

  /// "Requires ALTER ANY LOGIN permission. If the login that is being changed is […] a grantee of
  /// CONTROL SERVER permission, also requires CONTROL SERVER permission"
  /// (t-sql/statements/alter-login-transact-sql#permissions).
  private boolean canAlter(Account me, String name) {
    var account = accounts.get(name);
    return account != null
        && me.has(ALTER_ANY_LOGIN)
        && (me.has(CONTROL_SERVER) || !account.has(CONTROL_SERVER));
  }

  private static Failed cannotAlter(String name) {
    return new Failed(
        15151,
        "Cannot alter the login '%s', because it does not exist or you do not have permission."
            .formatted(name));
  }

  /// "To see other logins, requires ALTER ANY LOGIN"
  /// (relational-databases/system-catalog-views/sys-server-principals-transact-sql#permissions).
  private Answer id(Account me, String name) {
    return new Numbers(
        List.of(
            Optional.ofNullable(accounts.get(name))
                .filter(account -> account == me || me.has(ALTER_ANY_LOGIN))
                .map(account -> account.id)));
  }

  /// "Everyone can see their own session information", and others with VIEW SERVER STATE, or from
  /// SQL Server 2022 on with VIEW SERVER PERFORMANCE STATE
  /// (relational-databases/system-dynamic-management-views/sys-dm-exec-sessions-transact-sql).
  private Stream<Integer> visible(Session session, Account me, String login) {
    return sessions.values().stream()
        .filter(other -> other.login().equals(login))
        .filter(other -> other == session || me.has("VIEW SERVER PERFORMANCE STATE"))
        .map(Session::number);
  }

  private static Numbers numbers(Stream<Integer> numbers) {
    return new Numbers(numbers.map(Optional::of).toList());
  }

  /// "Requires the ALTER ANY CONNECTION permission", "You can't kill your own process"
  /// (t-sql/language-elements/kill-transact-sql).
  private Answer kill(Session session, Account me, String login, int number) {
    if (visible(session, me, login).noneMatch(other -> other == number)) {
      return new Done();
    }
    if (!me.has("ALTER ANY CONNECTION")) {
      return new Failed(6102, "User does not have permission to use the KILL statement.");
    }
    if (number == session.number()) {
      return new Failed(6104, "Cannot use KILL to kill your own process.");
    }
    sessions.remove(number).end().run();
    return new Done();
  }

  /// What a trace has of a statement: "Passwords do not display when CREATE LOGIN or ALTER LOGIN
  /// statements execute" (t-sql/functions/eventdata-transact-sql).
  static String traced(String batch) {
    var match = PASSWORD.matcher(batch);
    return match.matches() ? batch.substring(0, match.start(2) - 2) + "'******'" : batch;
  }

  private static String name(MatchResult words) {
    return words.group(1).replace("]]", "]");
  }

  private static String text(MatchResult words, int group) {
    return words.group(group).replace("''", "'");
  }
}
