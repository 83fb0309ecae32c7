// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.cli.Times;
import dev.credence.report.Entry;
import dev.credence.report.Entry.Condition;
import dev.credence.report.Entry.Credential;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Lines that describe the status of an identity.
final class StatusText {

  static List<String> lines(Entry entry, Instant now) {
    var times = new Times(now);
    var lines = new ArrayList<String>();
    lines.add(
        "MachineIdentity "
            + entry.id()
            + ": "
            + entry.state()
            + (entry.ready().is("True")
                ? ", Ready"
                : ", not Ready (" + entry.ready().reason() + ")"));
    lines.add("  " + entry.ready().message());
    lines.add(
        "  Owner: "
            + entry.owner().contact().orElse("none")
            + entry.owner().team().map(team -> ", team " + team).orElse("")
            + "; policies: "
            + (entry.policies().isEmpty() ? "none" : String.join(", ", entry.policies())));
    entry.conditions().stream()
        .filter(Condition::isProblem)
        .forEach(
            condition ->
                lines.add(
                    "  "
                        + condition.type()
                        + " "
                        + condition.status()
                        + ", "
                        + condition.reason()
                        + ": "
                        + condition.message()));
    entry.credentials().forEach(credential -> lines.add("  " + line(credential, times)));
    entry.ends().ifPresent(at -> lines.add("  Expires: " + times.words(at)));
    entry.nextAction().ifPresent(at -> lines.add("  Next scheduled action: " + times.words(at)));
    return lines;
  }

  private static String line(Credential credential, Times times) {
    return Stream.of(
            Optional.of(credential.name() + ": " + credential.kind() + ", " + credential.state()),
            credential.version().map(version -> "version " + version),
            credential.next().map(at -> "next rotation " + times.words(at)),
            credential.ends().map(at -> "expires " + times.words(at)),
            credential.message())
        .flatMap(Optional::stream)
        .collect(Collectors.joining(", "));
  }

  private StatusText() {}
}
