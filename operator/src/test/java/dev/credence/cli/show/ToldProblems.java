// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.Snapshot;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Decision;
import dev.credence.report.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The conditions that `explain` tells a user of, as `Type Status, Reason`.
public final class ToldProblems {
  private static final Pattern CONDITION =
      Pattern.compile(
          "^  ((?:%s) (?:True|False|Unknown), [A-Za-z]+): .*"
              .formatted(
                  Stream.of(ConditionType.values())
                      .map(Enum::name)
                      .collect(Collectors.joining("|"))));

  public static List<String> by(Snapshot snapshot, Decision decision) {
    return in(new Explanation(snapshot, decision).lines());
  }

  /// Without the rights to decide by oneself.
  public static List<String> by(Entry status, Instant now) {
    return in(StatusText.lines(status, now));
  }

  /// The names of the objects that `credence status` lists.
  public static List<String> listed(MachineIdentity identity, Instant now) {
    return Problems.of(List.of(identity), List.of(), Optional.empty(), now).stream()
        .map(row -> row.object().substring(row.object().indexOf('/') + 1))
        .toList();
  }

  private static List<String> in(List<String> lines) {
    return lines.stream()
        .flatMap(line -> CONDITION.matcher(line.lines().findFirst().orElse("")).results())
        .map(found -> found.group(1))
        .sorted()
        .toList();
  }

  private ToldProblems() {}
}
