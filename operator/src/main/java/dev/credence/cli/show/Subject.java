// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The object whose history is asked for.
record Subject(Kind kind, Name name) {

  /// The kinds that Credence acts on, each with the names that kubectl accepts.
  enum Kind {
    MachineIdentity("mid"),
    Secret(),
    ServiceAccount("sa"),
    Certificate("cert"),
    Deployment("deploy"),
    StatefulSet("sts"),
    DaemonSet("ds"),
    Rollout("ro"),
    Pod("po");

    private final List<String> shortNames;

    Kind(String... shortNames) {
      this.shortNames = List.of(shortNames);
    }

    String lower() {
      return name().toLowerCase(Locale.ROOT);
    }

    private boolean isCalled(String word) {
      return word.equals(lower()) || word.equals(lower() + "s") || shortNames.contains(word);
    }

    static Optional<Kind> of(String word) {
      var lower = word.toLowerCase(Locale.ROOT);
      return Arrays.stream(values()).filter(kind -> kind.isCalled(lower)).findFirst();
    }

    /// For completion: `secret/`.
    static Stream<String> prefixes() {
      return Arrays.stream(values()).map(kind -> kind.lower() + "/");
    }
  }

  /// `crm` and `sales/crm` are MachineIdentities; `secret/crm-db` is in the namespace of the
  /// connection.
  static Subject of(Connection connection, String written) {
    var slash = written.indexOf('/');
    var kind = slash < 0 ? Optional.<Kind>empty() : Kind.of(written.substring(0, slash));
    return kind.map(
            found ->
                new Subject(found, new Name(connection.namespace(), written.substring(slash + 1))))
        .orElseGet(() -> new Subject(Kind.MachineIdentity, connection.name(written)));
  }

  /// As in the Events of the operator: `Secret crm-db`.
  String reference() {
    return kind + " " + name.name();
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
