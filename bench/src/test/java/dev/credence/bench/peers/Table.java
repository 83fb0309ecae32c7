// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import static java.util.stream.Collectors.joining;

import dev.credence.bench.peers.Goal.Number;
import dev.credence.bench.peers.Measurement.Layout;
import dev.credence.bench.peers.Measurement.Task;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The measurements as Markdown: how they stand against the goals, and the medians of the rounds.
final class Table {
  private static final String NONE = "–";

  /// What is shown of each task.
  private static final Map<Task, List<Number>> COLUMNS =
      Map.of(
          Task.CONVERGE,
          List.of(
              Number.SECONDS,
              Number.ASKED,
              Number.WRITES,
              Number.EVENTS,
              Number.READS,
              Number.REFUSED,
              Number.CPU,
              Number.PEAK,
              Number.PER_SECOND),
          Task.REST,
          List.of(
              Number.ALL_WRITES,
              Number.ALL_GETS,
              Number.ALL_LISTS,
              Number.CPU_A_MINUTE,
              Number.RESIDENT),
          Task.RESTART,
          List.of(
              Number.READY,
              Number.QUIET,
              Number.ALL_WRITES,
              Number.ALL_GETS,
              Number.ALL_LISTS,
              Number.ALL_WATCHES,
              Number.CPU,
              Number.PEAK),
          Task.RENEW,
          List.of(
              Number.SECONDS,
              Number.ASKED,
              Number.WRITES,
              Number.EVENTS,
              Number.READS,
              Number.REFUSED,
              Number.CPU,
              Number.PEAK,
              Number.PER_SECOND),
          Task.FOREIGN,
          List.of(Number.GROWN, Number.CPU, Number.PEAK, Number.ALL_WRITES, Number.ALL_GETS),
          Task.FOREIGN_RESTART,
          List.of(Number.GROWN, Number.QUIET, Number.ALL_GETS, Number.CPU, Number.PEAK),
          Task.DELETE,
          List.of(
              Number.SECONDS,
              Number.ASKED,
              Number.QUIET,
              Number.WRITES,
              Number.EVENTS,
              Number.READS,
              Number.REFUSED,
              Number.CPU,
              Number.PER_SECOND));

  private final List<Measurement> all;
  private final StringBuilder text = new StringBuilder();

  static String of(List<Measurement> measurements) {
    var table = new Table(measurements);
    table.head();
    table.goals();
    for (var task : Task.values()) {
      table.task(task);
    }
    return table.text.toString();
  }

  private Table(List<Measurement> all) {
    this.all = all;
  }

  private void head() {
    var first = all.getFirst();
    var rounds = all.stream().mapToInt(Measurement::round).max().orElseThrow();
    line("# Credence beside others");
    line("");
    line(
        "%,d objects, medians of %d rounds, order shuffled by seed %d, begun %s on %s. Written by `make bench`; `bench/README.md` tells what was done and how to read it.",
        first.objects(), rounds, first.seed(), first.run(), first.machine());
    line("");
    line("| | version | flags |");
    line("|---|---|---|");
    for (var name : contenders().toList()) {
      var one =
          all.stream().filter(each -> each.contender().equals(name)).findFirst().orElseThrow();
      if (!one.version().isEmpty()) {
        line(
            "| %s | %s | %s |",
            name, one.version(), one.flags().isEmpty() ? NONE : code(one.flags()));
      }
    }
  }

  /// The ratio is what was measured to what is allowed: up to 1 is met.
  private void goals() {
    line("");
    line("## Goals");
    line("");
    line("| task | layout | at most | allowed | measured | ratio | |");
    line("|---|---|---|---:|---:|---:|---|");
    for (var goal : Goal.ALL) {
      for (var layout : layouts().toList()) {
        var ours = median(goal.task(), layout, Credence.NAME, goal.number());
        var bound =
            goal.bound(
                goal.beside().flatMap(other -> median(goal.task(), layout, other, goal.number())));
        line(
            "| %s | %s | %s | %s | %s | %s | %s |",
            goal.task().words,
            layout.words,
            goal.beside()
                .map(other -> "%s: %s × %s".formatted(goal.words(), number(goal.most()), other))
                .orElse(goal.words()),
            bound.map(Table::number).orElse(NONE),
            ours.map(Table::number).orElse(NONE),
            bound
                .filter(most -> most > 0)
                .flatMap(most -> ours.map(it -> number(it / most)))
                .orElse(NONE),
            bound.flatMap(most -> ours.map(it -> it <= most ? "met" : "missed")).orElse(NONE));
      }
    }
  }

  private void task(Task task) {
    if (all.stream().noneMatch(one -> one.task() == task)) {
      return;
    }
    line("");
    line("## %s", task.words);
    line("");
    var columns =
        COLUMNS.get(task).stream()
            .filter(
                number ->
                    all.stream().anyMatch(one -> one.task() == task && number.of(one).isPresent()))
            .toList();
    line("| | layout | %s |", columns.stream().map(it -> it.unit).collect(joining(" | ")));
    line("|---|---|%s|", columns.stream().map(it -> "---:").collect(joining("|")));
    for (var name : contenders().toList()) {
      for (var layout : layouts().toList()) {
        var cells =
            columns.stream()
                .map(number -> median(task, layout, name, number).map(Table::number).orElse(NONE))
                .toList();
        if (!cells.stream().allMatch(NONE::equals)) {
          line("| %s | %s | %s |", name, layout.words, String.join(" | ", cells));
        }
      }
    }
  }

  private Optional<Double> median(Task task, Layout layout, String contender, Number number) {
    var sorted =
        all.stream()
            .filter(
                one ->
                    one.task() == task
                        && one.layout() == layout
                        && one.contender().equals(contender))
            .flatMap(one -> number.of(one).stream())
            .sorted()
            .toList();
    var size = sorted.size();
    return size == 0
        ? Optional.empty()
        : Optional.of((sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2);
  }

  private Stream<String> contenders() {
    return all.stream().map(Measurement::contender).distinct().sorted();
  }

  private Stream<Layout> layouts() {
    return Arrays.stream(Layout.values())
        .filter(layout -> all.stream().anyMatch(one -> one.layout() == layout));
  }

  private static String code(List<String> flags) {
    return flags.stream().map(flag -> "`" + flag + "`").collect(joining(" "));
  }

  /// With as many digits as it takes to tell it from another.
  private static String number(double number) {
    var format = number == Math.rint(number) ? "%,.0f" : number < 10 ? "%.2f" : "%,.1f";
    return String.format(Locale.ROOT, format, number);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
