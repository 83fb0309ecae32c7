// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import java.util.function.UnaryOperator;

/// A file on a server, which is replaced as a whole: a connection that breaks leaves the file as it
/// was, or as it shall be.
final class RemoteFile {
  /// The file changed since it was read (`EX_TEMPFAIL`).
  private static final int CHANGED = 75;

  private static final int TRIES = 3;

  private final Shell shell;
  private final String path;
  private final String sudo;

  /// `path` has no character that a shell interprets.
  RemoteFile(Shell shell, String path, boolean isSudo) {
    this.shell = shell;
    this.path = path;
    sudo = isSudo ? "sudo -n " : "";
  }

  /// Reads, changes and writes it; again if another process wrote it meanwhile.
  void change(UnaryOperator<String> change) {
    for (var at = 1; ; at++) {
      var read = read();
      var split = read.indexOf('\n');
      var sum = read.substring(0, split);
      var text = read.substring(split + 1);
      var changed = change.apply(text);
      if (changed.equals(text)) {
        return;
      }
      var answer = shell.run(script(WRITE.formatted(path, sum)), changed + END + "\n");
      if (answer.status() == 0) {
        return;
      }
      if (answer.status() != CHANGED || at == TRIES) {
        throw denied(answer, "written");
      }
    }
  }

  /// The checksum of the file, and its text.
  private String read() {
    var answer = shell.run(script(READ.formatted(path)), "");
    if (answer.status() != 0 || answer.output().indexOf('\n') < 0) {
      throw denied(answer, "read");
    }
    return answer.output();
  }

  private static final String READ =
      """
      f=%s; [ -e "$f" ] || { umask 077; : >>"$f"; }; cksum <"$f" && cat "$f"\
      """;

  /// Only a text that arrived whole is put in place. The copy has the owner and the mode of the
  /// file.
  private static final String WRITE =
      """
      f=%1$s; t="$f.credence.$$"; trap "rm -f \\"$t\\"" EXIT; \
      [ "$(cksum <"$f")" = "%2$s" ] || exit 75; \
      cp -p "$f" "$t" && cat >"$t" && [ "$(tail -n 1 "$t")" = "# credence-end" ] || exit 74; \
      sed -i -e "\\$d" "$t" && mv -f "$t" "$f"\
      """;

  private static final String END = "# credence-end";

  private String script(String commands) {
    return sudo + "sh -euc '" + commands + "'";
  }

  private Failure denied(Shell.Answer answer, String what) {
    return new Failure(
        Kind.Denied,
        "The administrative account lacks a right: %s cannot be %s. Log in as the owner of the file, or set HOOK_SUDO and allow `sudo -n sh`. The server reports: %s"
            .formatted(path, what, answer.error().isBlank() ? answer.status() : answer.error()));
  }
}
