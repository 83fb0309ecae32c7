// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Tools;
import dev.credence.monitoring.Rules;
import dev.credence.system.alerting.Pager.Alert;
import dev.credence.system.alerting.Pager.Notification;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One night in which much breaks: Prometheus' rule engine evaluates the rules each minute over the
/// recorded series, a real Alertmanager gets every change, and the notifications are those of the
/// page in the documentation. Between two changes no time passes.
class OneNightIT {
  private static final Path SERIES = Path.of("src/test/resources/night/series.yaml");
  private static final Path PAGE = LocalCluster.TOP.resolve("docs/monitoring-one-night.md");
  private static final int MINUTES = 270;
  private static final LocalTime BEGIN = LocalTime.of(22, 0);
  private static final Pattern TIME = Pattern.compile("alertname: \\w+, time: ([0-9hms]+), ");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
  private static final String HEAD = "| time | receiver | notification | judgement |";

  @Test
  void a_team_gets_the_pages_that_the_documentation_shows(@TempDir Path folder) throws Exception {
    Tools.require("prometheus", "promtool");
    var nights = firing(folder);
    var lines = new ArrayList<String>();
    try (var pager = new Pager()) {
      Set<Alert> before = Set.of();
      for (var minute = 0; minute <= MINUTES; minute++) {
        var now = nights.getOrDefault(minute, Set.of());
        if (!now.equals(before)) {
          var ended = new HashSet<>(before);
          ended.removeAll(now);
          pager.report(List.copyOf(now), List.copyOf(ended));
          var time = BEGIN.plusMinutes(minute);
          pager.taken().stream().map(one -> line(time, one)).sorted().forEach(lines::add);
        }
        before = now;
      }
    }
    var page = rows();
    assertThat(page.stream().map(row -> row.get(0)).toList()).isEqualTo(lines);
    assertThat(page).allSatisfy(row -> assertThat(row.get(1)).startsWith("Right"));
  }

  private static String line(LocalTime time, Notification one) {
    return "| %s | %s | %s |"
        .formatted(
            time,
            one.receiver(),
            Stream.of(words("FIRING", one.firing()), words("RESOLVED", one.resolved()))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; ")));
  }

  private static String words(String status, List<Alert> alerts) {
    return alerts.isEmpty()
        ? ""
        : status
            + " "
            + alerts.stream()
                .map(
                    alert ->
                        "%s (%s)%s".formatted(alert.name(), alert.label("severity"), object(alert)))
                .sorted()
                .collect(Collectors.joining(", "));
  }

  private static String object(Alert alert) {
    return alert.label("object_namespace").isEmpty()
        ? ""
        : " %s/%s %s"
            .formatted(
                alert.label("object_namespace"), alert.label("identity"), alert.label("name"));
  }

  /// Each row of the page without its last column, and that column.
  private static List<List<String>> rows() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .dropWhile(line -> !line.equals(HEAD))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(
            line -> {
              var columns = line.split("\\|");
              return List.of(
                  "|" + columns[1] + "|" + columns[2] + "|" + columns[3] + "|",
                  columns.length > 4 ? columns[4].strip() : "");
            })
        .toList();
  }

  /// The alerts that fire in each minute, as promtool finds them where none is expected.
  private static Map<Integer, Set<Alert>> firing(Path folder) throws IOException {
    var text = new StringBuilder();
    text.append("rule_files: ['%s']\nevaluation_interval: 1m\ntests:\n".formatted(Rules.FILE));
    text.append("- interval: 1m\n  input_series:\n");
    Files.readAllLines(SERIES).forEach(line -> text.append("  ").append(line).append('\n'));
    text.append("  alert_rule_test:\n");
    for (var alert : Rules.alerts().map(rule -> rule.path("alert").asText()).distinct().toList()) {
      for (var minute = 0; minute <= MINUTES; minute++) {
        text.append(
            "  - {eval_time: %dm, alertname: %s, exp_alerts: []}\n".formatted(minute, alert));
      }
    }
    var file = Files.writeString(folder.resolve("night.test.yaml"), text);
    var end =
        Program.run(
            Map.of(), List.of(Tools.path("promtool").toString(), "test", "rules", file.toString()));
    var found = found(Stream.of(end.out(), end.err()).flatMap(String::lines).toList());
    assertThat(found).as(end.err().lines().limit(5).toList().toString()).isNotEmpty();
    return found;
  }

  private static Map<Integer, Set<Alert>> found(List<String> lines) {
    var found = new TreeMap<Integer, Set<Alert>>();
    var minute = -1;
    for (var line : lines) {
      var time = TIME.matcher(line);
      if (time.find()) {
        minute = (int) Duration.parse("PT" + time.group(1).toUpperCase(Locale.ROOT)).toMinutes();
      } else if (line.strip().startsWith("Labels:{")) {
        var labels = new HashMap<String, String>();
        LABEL.matcher(line).results().forEach(one -> labels.put(one.group(1), one.group(2)));
        found.computeIfAbsent(minute, _ -> new HashSet<>()).add(new Alert(labels));
      }
    }
    return found;
  }
}
