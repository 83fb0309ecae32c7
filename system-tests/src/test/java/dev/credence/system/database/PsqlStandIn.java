// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;

/// A `psql` for machines without one, which knows what the scripts of the example say and refuses
/// the rest: `--no-psqlrc --quiet --set --dbname --file --command`, `\getenv`, `\gexec`, `:'name'`
/// and `:"name"`. A statement ends with the line, at `;` or `\gexec`. It stops at the first error
/// and prints no results.
public final class PsqlStandIn {
  private static final Pattern VARIABLE = Pattern.compile("(?<!:):(['\"])(\\w+)\\1");
  private static final String EXECUTE_RESULT = "\\gexec";

  private final Map<String, String> variables = new HashMap<>();
  private final Connection session;

  public static void main(String[] words) {
    System.exit(run(words));
  }

  /// Like psql: 1 for its own errors, 2 for a server that lets nobody in, 3 for an error in a
  /// script.
  private static int run(String[] words) {
    Connection session;
    List<String> lines;
    boolean isScript;
    try {
      var options = options(words);
      var command = options.get("--command");
      var file = options.get("--file");
      isScript = command == null;
      lines =
          command != null
              ? List.of(command + ";")
              : file != null
                  ? Files.readAllLines(Path.of(file))
                  : new String(System.in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      session = connect(options.get("--dbname"));
    } catch (IOException | IllegalArgumentException e) {
      return failed(1, e);
    } catch (SQLException e) {
      return failed(2, e);
    }
    try (session) {
      new PsqlStandIn(session).execute(lines);
      return 0;
    } catch (SQLException e) {
      return failed(isScript ? 3 : 1, e);
    } catch (IllegalArgumentException e) {
      return failed(1, e);
    }
  }

  private PsqlStandIn(Connection session) {
    this.session = session;
  }

  private static Map<String, String> options(String[] words) {
    var options = new HashMap<String, String>();
    var left = new ArrayDeque<>(List.of(words));
    while (!left.isEmpty()) {
      var option = left.pop();
      switch (option) {
        case "--no-psqlrc", "--quiet" -> {}
        case "--dbname", "--file", "--command" -> options.put(option, left.pop());
        case "--set" -> {
          if (!left.pop().equals("ON_ERROR_STOP=1")) {
            throw new IllegalArgumentException("only ON_ERROR_STOP=1 can be set");
          }
        }
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return options;
  }

  private static Connection connect(String database) throws SQLException {
    var given = System.getenv();
    var properties = new Properties();
    properties.setProperty("user", given.get("PGUSER"));
    properties.setProperty("password", given.get("PGPASSWORD"));
    properties.setProperty("sslmode", given.getOrDefault("PGSSLMODE", "prefer"));
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                given.get("PGHOST"),
                given.get("PGPORT"),
                database == null ? given.get("PGDATABASE") : database),
        properties);
  }

  private void execute(List<String> lines) throws SQLException {
    var sql = new StringBuilder();
    for (var line : lines) {
      var text = line.strip();
      if (text.isEmpty() || text.startsWith("--")) {
        continue;
      }
      if (text.startsWith("\\getenv ")) {
        var words = text.split(" +", -1);
        variables.put(words[1], System.getenv(words[2]));
      } else if (text.endsWith(EXECUTE_RESULT)) {
        sql.append(text, 0, text.length() - EXECUTE_RESULT.length());
        for (var statement : column(take(sql))) {
          send(statement);
        }
      } else {
        sql.append(text).append('\n');
        if (text.endsWith(";")) {
          send(take(sql));
        }
      }
    }
    if (!sql.isEmpty()) {
      throw new IllegalArgumentException("the last statement has no end");
    }
  }

  private String take(StringBuilder sql) throws SQLException {
    var text = sql.toString();
    sql.setLength(0);
    if (text.contains("\\")) {
      throw new IllegalArgumentException("unknown command in " + text);
    }
    var escape = session.unwrap(PGConnection.class);
    var result = new StringBuilder();
    var found = VARIABLE.matcher(text);
    while (found.find()) {
      var value = variables.get(found.group(2));
      if (value == null) {
        throw new IllegalArgumentException("there is no variable " + found.group(2));
      }
      var quoted =
          found.group(1).equals("'")
              ? "'" + escape.escapeLiteral(value) + "'"
              : escape.escapeIdentifier(value);
      found.appendReplacement(result, Matcher.quoteReplacement(quoted));
    }
    return found.appendTail(result).toString();
  }

  private List<String> column(String query) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      var all = new ArrayList<String>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }

  private void send(String sql) throws SQLException {
    try (var statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int failed(int exitCode, Exception e) {
    System.err.println("psql: " + e.getMessage());
    return exitCode;
  }
}
