// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cli.Failed;
import dev.credence.cli.KubeOptions.Answer;
import dev.credence.cli.Times;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The problems of `credence status`, as a table with one line for each object, and as JSON.
///
/// @param scope such as `namespace sales`
/// @param suspended the number of suspended identities, which are no problem
/// @param gaps what could not be read
/// @param isUnread whether a cluster is among the gaps
record StatusPage(
    Instant now,
    String scope,
    List<StatusRow> problems,
    int suspended,
    List<String> gaps,
    boolean isUnread) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLUSTER = "CLUSTER";
  private static final List<String> HEAD =
      List.of("OBJECT", "REASON", "SINCE", "ACTION", "OWNER", "MESSAGE");
  private static final String BETWEEN = "   ";

  /// Those of several clusters as one.
  static StatusPage of(List<Answer<StatusPage>> answers, Instant now) {
    var problems = new ArrayList<StatusRow>();
    var gaps = new ArrayList<String>();
    var suspended = 0;
    for (var answer : answers) {
      var name = answer.context();
      if (answer.result().isEmpty()) {
        gaps.add("Cluster %s could not be read. %s".formatted(name, answer.failure()));
        continue;
      }
      var page = answer.result().get();
      page.problems().forEach(problem -> problems.add(problem.in(name)));
      page.gaps().forEach(gap -> gaps.add("Cluster " + name + ": " + gap));
      suspended += page.suspended();
    }
    var read = answers.stream().flatMap(answer -> answer.result().stream()).toList();
    if (read.isEmpty()) {
      throw new Failed(String.join("; ", gaps));
    }
    return new StatusPage(
        now,
        read.getFirst().scope(),
        problems.stream().sorted(StatusRow.ORDER).toList(),
        suspended,
        gaps,
        read.size() < answers.size());
  }

  boolean isManualActionRequired() {
    return problems.stream().anyMatch(problem -> problem.urgency().isManual());
  }

  /// Line by line.
  List<String> lines() {
    var lines = new ArrayList<String>();
    if (problems.isEmpty()) {
      lines.add(gaps.isEmpty() ? "Nothing is wrong." : "Nothing is wrong in what could be read.");
    } else {
      lines.addAll(table());
    }
    if (suspended > 0) {
      lines.add("");
      lines.add(
          suspended == 1
              ? "1 identity is suspended. See credence report."
              : suspended + " identities are suspended. See credence report.");
    }
    return lines;
  }

  private List<String> table() {
    var rows =
        Stream.concat(Stream.of(head()), problems.stream().map(this::rowWithCluster)).toList();
    var widths =
        IntStream.range(0, rows.getFirst().size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream()
        .map(
            row ->
                IntStream.range(0, row.size())
                    .mapToObj(
                        column ->
                            column == row.size() - 1
                                ? row.get(column)
                                : row.get(column)
                                    + " ".repeat(widths[column] - row.get(column).length()))
                    .collect(Collectors.joining(BETWEEN)))
        .toList();
  }

  private boolean isOfSeveralClusters() {
    return problems.stream().anyMatch(problem -> problem.cluster().isPresent());
  }

  private List<String> head() {
    return isOfSeveralClusters() ? Stream.concat(Stream.of(CLUSTER), HEAD.stream()).toList() : HEAD;
  }

  private List<String> rowWithCluster(StatusRow problem) {
    return Stream.concat(problem.cluster().stream(), row(problem).stream()).toList();
  }

  private List<String> row(StatusRow problem) {
    return List.of(
        problem.object(),
        problem.reason() + (problem.others() == 0 ? "" : " (+" + problem.others() + ")"),
        problem.since().map(new Times(now)::distance).orElse("-"),
        problem.urgency().isManual() ? "manual" : "-",
        owner(problem),
        problem.message());
  }

  private static String owner(StatusRow problem) {
    var team = problem.team().map(name -> "team " + name);
    var both =
        Stream.of(problem.contact(), team)
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    return both.isEmpty() ? "-" : both;
  }

  String json() {
    var root = JSON.createObjectNode();
    root.put("generatedAt", now.truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("scope", scope);
    root.put("manualActionRequired", isManualActionRequired());
    root.put("suspendedIdentities", suspended);
    var list = root.putArray("problems");
    for (var problem : problems) {
      var node = list.addObject();
      problem.cluster().ifPresent(cluster -> node.put("cluster", cluster));
      node.put("object", problem.object());
      node.put("urgency", problem.urgency().name());
      node.put("manualAction", problem.urgency().isManual());
      node.put("reason", problem.reason());
      problem
          .since()
          .ifPresent(at -> node.put("since", at.truncatedTo(ChronoUnit.SECONDS).toString()));
      node.put("message", problem.message());
      problem.contact().ifPresent(contact -> node.put("owner", contact));
      problem.team().ifPresent(team -> node.put("team", team));
      node.put("others", problem.others());
    }
    gaps.forEach(root.putArray("gaps")::add);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
