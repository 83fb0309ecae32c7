// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.show.StatusRow;
import dev.credence.facts.text.Digests;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The problems of one recipient, the most urgent first.
record Group(Recipient recipient, List<StatusRow> problems) {
  /// A user of one namespace can invent contacts and teams: further ones are grouped for the
  /// fallback.
  static final int RECIPIENTS_OF_A_NAMESPACE = 50;

  static final int RECIPIENTS = 1000;

  Group {
    problems = List.copyOf(problems);
  }

  /// One group for each pair of address and team.
  static List<Group> of(List<StatusRow> problems, Addresses addresses) {
    var groups = new LinkedHashMap<Recipient, List<StatusRow>>();
    var ofNamespaces = new HashMap<String, Set<Recipient>>();
    var others = new Recipient(addresses.fallback(), Optional.empty());
    for (var problem : problems.stream().sorted(StatusRow.ORDER).toList()) {
      var wanted =
          new Recipient(
              problem.contact().flatMap(addresses::of).or(addresses::fallback), problem.team());
      var known =
          ofNamespaces.computeIfAbsent(problem.namespace().orElse(""), _ -> new HashSet<>());
      var isIn =
          groups.containsKey(wanted)
              ? known.contains(wanted) || known.size() < RECIPIENTS_OF_A_NAMESPACE
              : known.size() < RECIPIENTS_OF_A_NAMESPACE && groups.size() < RECIPIENTS;
      var recipient = isIn ? wanted : others;
      known.add(recipient);
      groups.computeIfAbsent(recipient, _ -> new ArrayList<>()).add(problem);
    }
    return groups.entrySet().stream()
        .map(
            (Map.Entry<Recipient, List<StatusRow>> group) ->
                new Group(group.getKey(), group.getValue()))
        .toList();
  }

  /// What tells a problem from another one.
  static String print(StatusRow problem) {
    return Digests.of(problem.object() + "\n" + problem.reason() + "\n" + problem.urgency());
  }

  /// What tells these problems from others.
  String print() {
    return Digests.of(
        problems.stream().map(Group::print).sorted().collect(Collectors.joining("\n")));
  }
}
