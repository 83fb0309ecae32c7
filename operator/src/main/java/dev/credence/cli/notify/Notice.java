// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.show.StatusRow;
import dev.credence.facts.text.Digests;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// One message to one recipient.
///
/// @param shown the problems that the message lists: all, or those that became urgent
/// @param marks what tells those of them apart that are remembered as sent
record Notice(Kind kind, Group group, List<StatusRow> shown, Set<String> marks, Instant time) {
  /// As in the type of a CloudEvent.
  enum Kind {
    digest,
    urgent
  }

  Notice {
    shown = List.copyOf(shown);
    marks = Set.copyOf(marks);
  }

  /// The same for the same problems at the same time, so that a receiver can recognize a second
  /// delivery.
  String id() {
    return Digests.of(
        "%s\n%s\n%s\n%s"
            .formatted(
                kind,
                group.recipient().key(),
                time,
                shown.stream()
                    .map(problem -> Group.print(problem) + " " + problem.since())
                    .sorted()
                    .collect(Collectors.joining("\n"))),
        16);
  }

  long manual() {
    return shown.stream().filter(problem -> problem.urgency().isManual()).count();
  }

  /// The namespaces of the listed problems.
  List<String> namespaces() {
    return shown.stream()
        .flatMap(problem -> problem.namespace().stream())
        .collect(Collectors.toCollection(HashSet::new))
        .stream()
        .sorted()
        .toList();
  }
}
