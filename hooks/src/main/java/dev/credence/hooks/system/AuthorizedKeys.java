// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// The lines of an `authorized_keys` file. Other lines stay as they are.
record AuthorizedKeys(List<String> lines) {
  private static final String SUSPENDED = "# credence-suspended ";

  /// A line and its comment.
  record Line(String entry, String comment) {}

  AuthorizedKeys {
    lines = List.copyOf(lines);
  }

  static AuthorizedKeys of(String text) {
    return new AuthorizedKeys(text.lines().toList());
  }

  String text() {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  /// With the line once, in place of any earlier one with this key. As a comment while the account
  /// is suspended.
  AuthorizedKeys with(Line line, String tag, String key) {
    var rest = new ArrayList<>(without(key).lines);
    var isSuspended =
        lines.stream()
            .anyMatch(
                other -> other.startsWith(SUSPENDED) && (tagged(other, tag) || has(other, key)));
    rest.add((isSuspended ? SUSPENDED : "") + line.entry() + " " + line.comment());
    return new AuthorizedKeys(rest);
  }

  AuthorizedKeys without(String key) {
    return new AuthorizedKeys(lines.stream().filter(line -> !has(line, key)).toList());
  }

  AuthorizedKeys suspended(String tag, String key) {
    return changed(tag, key, line -> line.startsWith(SUSPENDED) ? line : SUSPENDED + line);
  }

  AuthorizedKeys resumed(String tag, String key) {
    return changed(
        tag, key, line -> line.startsWith(SUSPENDED) ? line.substring(SUSPENDED.length()) : line);
  }

  private AuthorizedKeys changed(String tag, String key, UnaryOperator<String> change) {
    return new AuthorizedKeys(
        lines.stream()
            .map(line -> has(line, key) || tagged(line, tag) ? change.apply(line) : line)
            .toList());
  }

  private static boolean tagged(String line, String tag) {
    var comment = line.substring(line.lastIndexOf(' ') + 1);
    return comment.startsWith(tag) && (!line.startsWith("#") || line.startsWith(SUSPENDED));
  }

  /// `key` has the type and the key, with a space between.
  private static boolean has(String line, String key) {
    return (" " + line + " ").contains(" " + key + " ")
        && (!line.startsWith("#") || line.startsWith(SUSPENDED));
  }
}
