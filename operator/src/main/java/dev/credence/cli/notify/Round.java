// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.show.StatusRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The notices that are due now: a digest once a day, unless the recipient knows it from the last
/// one, and a notice when a problem becomes urgent.
///
/// @param notices in the order in which they are to be sent
/// @param memory what is remembered before the first of them was sent
record Round(List<Notice> notices, Memory memory) {
  /// Urgent problems that are remembered, so that the state has a bound. Others wait for the
  /// digest.
  static final int URGENT = 15_000;

  static final int URGENT_OF_A_NAMESPACE = 500;

  Round {
    notices = List.copyOf(notices);
  }

  /// `slot`: the last time of day for digests that has passed. `repeat`: after this time a digest
  /// is sent again though nothing has changed.
  static Round of(List<Group> groups, Memory before, Instant slot, Instant now, Duration repeat) {
    var isNewSlot = before.slot().filter(last -> !last.isBefore(slot)).isEmpty();
    var urgent = urgent(groups);
    var notices = new ArrayList<Notice>();
    var pending = new TreeSet<String>();
    var digests = new TreeMap<String, Memory.Sent>();
    for (var group : groups) {
      var key = group.recipient().key();
      var last = Optional.ofNullable(before.digests().get(key));
      last.ifPresent(sent -> digests.put(key, sent));
      var isDue = (isNewSlot || before.pending().contains(key)) && isNews(group, last, now, repeat);
      var marks = marks(group.problems(), urgent);
      if (isDue) {
        pending.add(key);
        notices.add(new Notice(Notice.Kind.digest, group, group.problems(), marks, slot));
        continue;
      }
      var fresh =
          group.problems().stream()
              .filter(
                  problem ->
                      marks.contains(Group.print(problem))
                          && !before.urgent().contains(Group.print(problem)))
              .toList();
      if (!fresh.isEmpty()) {
        notices.add(new Notice(Notice.Kind.urgent, group, fresh, marks(fresh, urgent), slot));
      }
    }
    var known = new HashSet<>(before.urgent());
    known.retainAll(urgent);
    return new Round(
        notices,
        new Memory(
            Optional.of(before.slot().filter(_ -> !isNewSlot).orElse(slot)),
            pending,
            digests,
            known));
  }

  private static boolean isNews(
      Group group, Optional<Memory.Sent> last, Instant now, Duration repeat) {
    return last.filter(
            sent -> sent.print().equals(group.print()) && sent.time().plus(repeat).isAfter(now))
        .isEmpty();
  }

  /// Those that are remembered.
  private static Set<String> urgent(List<Group> groups) {
    var ofNamespaces = new HashMap<String, Integer>();
    return groups.stream()
        .flatMap(group -> group.problems().stream())
        .filter(problem -> problem.urgency().isManual())
        .filter(
            problem ->
                ofNamespaces.merge(problem.namespace().orElse(""), 1, Integer::sum)
                    <= URGENT_OF_A_NAMESPACE)
        .limit(URGENT)
        .map(Group::print)
        .collect(Collectors.toSet());
  }

  private static Set<String> marks(List<StatusRow> problems, Set<String> urgent) {
    return problems.stream().map(Group::print).filter(urgent::contains).collect(Collectors.toSet());
  }
}
