// SPDX-License-Identifier: Apache-2.0
package dev.credence.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.metrics.Metric;
import dev.credence.metrics.ReceiverMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What Grafana's dashboard-linter asks of a dashboard. It is not run itself; each of its rules
/// that applies is a test here, with its name. That queries are PromQL and have data is
/// [MonitoringIT]'s.
class DashboardsTest {
  private static final String DATA_SOURCE = "${datasource}";
  private static final Set<String> WITH_QUERIES =
      Set.of("stat", "timeseries", "table", "bargauge", "gauge");

  /// Those of Grafana's that are in use here: a new one is looked up in its list first.
  private static final Set<String> UNITS =
      Set.of("none", "s", "bytes", "percentunit", "ops", "reqps", "dateTimeFromNow");

  private static final Pattern SELECTOR = Pattern.compile("\\b[a-z]+_[a-z0-9_]+\\{([^}]*)\\}");
  private static final Pattern RANGE = Pattern.compile("(\\w+)\\([^()]*\\{[^}]*\\}\\[([^\\]]+)\\]");

  static List<JsonNode> dashboards() {
    return Dashboards.all();
  }

  static List<Dashboards.Query> queries() {
    return Dashboards.queries();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void uneditable_dashboard(JsonNode dashboard) {
    assertThat(dashboard.path("editable").asBoolean(true)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void template_datasource_rule(JsonNode dashboard) {
    assertThat(ofType(dashboard, "datasource"))
        .singleElement()
        .satisfies(
            variable -> {
              assertThat(variable.path("name").asText()).isEqualTo("datasource");
              assertThat(variable.path("label").asText()).isEqualTo("Data source");
              assertThat(variable.path("query").asText()).isEqualTo("prometheus");
            });
  }

  /// `template-job-rule` and `template-instance-rule`.
  @ParameterizedTest
  @MethodSource("dashboards")
  void template_job_and_instance_rules(JsonNode dashboard) {
    for (var name : List.of("job", "instance")) {
      assertThat(ofType(dashboard, "query"))
          .filteredOn(variable -> variable.path("name").asText().equals(name))
          .singleElement()
          .satisfies(
              variable -> {
                assertThat(variable.path("label").asText()).isEqualToIgnoringCase(name);
                assertThat(variable.path("multi").asBoolean()).isTrue();
                assertThat(variable.path("includeAll").asBoolean()).isTrue();
                assertThat(variable.path("allValue").asText()).isEqualTo(".+");
              });
    }
  }

  /// Several clusters, namespaces and teams in one Prometheus. A series may lack each of these
  /// labels.
  @ParameterizedTest
  @MethodSource("dashboards")
  void clusters_namespaces_and_teams_can_be_chosen(JsonNode dashboard) {
    var ofAllObjects = dashboard.path("uid").asText().equals("credence-fleet");
    for (var name :
        ofAllObjects ? List.of("cluster", "object_namespace", "team") : List.of("cluster")) {
      assertThat(ofType(dashboard, "query"))
          .filteredOn(variable -> variable.path("name").asText().equals(name))
          .singleElement()
          .satisfies(
              variable -> {
                assertThat(variable.path("multi").asBoolean()).isTrue();
                assertThat(variable.path("includeAll").asBoolean()).isTrue();
                assertThat(variable.path("allValue").asText()).isEqualTo(".*");
              });
    }
  }

  /// A gauge of the fleet comes from the leader: the largest value of an installation counts, and
  /// installations are added up.
  @ParameterizedTest
  @MethodSource("queries")
  void a_gauge_is_summed_over_installations(Dashboards.Query query) {
    if (query.dashboard().equals("Credence / Fleet")) {
      assertThat(query.expression())
          .doesNotMatch("(?s).*\\bmax\\(credence_(?!suspension_share|resync_interval).*");
    }
  }

  /// `template-on-time-change-reload-rule` and `template-label-promql-rule`.
  @ParameterizedTest
  @MethodSource("dashboards")
  void template_rules_of_every_query(JsonNode dashboard) {
    assertThat(ofType(dashboard, "query"))
        .allSatisfy(
            variable -> {
              assertThat(variable.path("datasource").path("uid").asText()).isEqualTo(DATA_SOURCE);
              assertThat(variable.path("refresh").asInt()).as("on time range change").isEqualTo(2);
              assertThat(variable.path("definition").asText())
                  .isEqualTo(variable.path("query").path("query").asText())
                  .matches("label_values\\(.+, [a-z_]+\\)");
            });
  }

  /// `panel-datasource-rule`, `panel-no-targets-rule`.
  @ParameterizedTest
  @MethodSource("dashboards")
  void panel_datasource_and_targets_rules(JsonNode dashboard) {
    assertThat(withQueries(dashboard))
        .isNotEmpty()
        .allSatisfy(
            panel -> {
              assertThat(panel.path("datasource").path("uid").asText()).isEqualTo(DATA_SOURCE);
              assertThat(panel.path("targets").valueStream())
                  .isNotEmpty()
                  .allMatch(
                      target -> target.path("datasource").path("uid").asText().equals(DATA_SOURCE));
            });
    assertThat(Dashboards.panels(dashboard).map(panel -> panel.path("type").asText()))
        .as("a type of panel that is not known here is not looked at")
        .allMatch(type -> WITH_QUERIES.contains(type) || Set.of("row", "text").contains(type));
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panel_title_description_rule(JsonNode dashboard) {
    assertThat(Dashboards.panels(dashboard))
        .filteredOn(panel -> !panel.path("type").asText().equals("row"))
        .allSatisfy(
            panel -> {
              assertThat(panel.path("title").asText()).isNotBlank();
              assertThat(panel.path("description").asText()).endsWith(".");
            });
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panel_units_rule(JsonNode dashboard) {
    assertThat(withQueries(dashboard))
        .allMatch(
            panel ->
                UNITS.contains(panel.path("fieldConfig").path("defaults").path("unit").asText()));
  }

  /// `target-job-rule` and `target-instance-rule`.
  @ParameterizedTest
  @MethodSource("queries")
  void target_job_and_instance_rules(Dashboards.Query query) {
    var selectors = SELECTOR.matcher(query.expression()).results().toList();
    assertThat(selectors).hasSize((int) Promql.metrics(query.expression()).count()).isNotEmpty();
    assertThat(selectors)
        .allSatisfy(
            selector ->
                assertThat(Arrays.asList(selector.group(1).split(", ")))
                    .contains("job=~\"$job\"", "instance=~\"$instance\"", "cluster=~\"$cluster\""));
  }

  /// `target-rate-interval-rule`; what looks at all of the time that is shown says so.
  @ParameterizedTest
  @MethodSource("queries")
  void target_rate_interval_rule(Dashboards.Query query) {
    var ranges = RANGE.matcher(query.expression()).results().toList();
    assertThat(ranges).hasSize((int) query.expression().chars().filter(c -> c == '[').count());
    assertThat(ranges)
        .allMatch(
            range ->
                range.group(2).equals("$__rate_interval")
                    || range.group(2).equals("$__range") && !range.group(1).matches("i?rate"));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void target_counter_agg_rule(Dashboards.Query query) {
    var counters =
        Pattern.compile("(\\w*)\\(?\\bcredence_[a-z_]+_(total|bucket|count)\\{")
            .matcher(query.expression())
            .results();
    assertThat(counters).allMatch(found -> Set.of("rate", "increase").contains(found.group(1)));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void no_query_asks_for_a_metric_that_there_is_not(Dashboards.Query query) {
    assertThat(Promql.metrics(query.expression())).isNotEmpty().allMatch(Promql::isOurs);
  }

  /// Another job serves them; the policies are those of the chart.
  @Test
  void metrics_of_the_api_server_are_those_of_the_policies_of_the_chart() throws IOException {
    assertThat(Dashboards.apiServerQueries())
        .isNotEmpty()
        .allSatisfy(
            query ->
                assertThat(query.expression())
                    .containsPattern(
                        "increase\\(apiserver_validating_admission_policy_check_total\\{policy=~\"\\.\\+\\[\\.]credence\\[\\.]dev\", enforcement_action=~?\"[a-z|]+\", cluster=~\"\\$cluster\"}\\[\\$__rate_interval]\\)"));
    var templates =
        Path.of(System.getProperty("user.dir")).getParent().resolve("helm/credence/templates");
    try (var files = Files.list(templates)) {
      for (var file : files.toList()) {
        assertThat(
                Pattern.compile("kind: ValidatingAdmissionPolicy\\nmetadata:\\n  name: (\\S+)")
                    .matcher(Files.readString(file))
                    .results()
                    .map(found -> found.group(1)))
            .as(file.toString())
            .allMatch(name -> name.matches(".+[.]credence[.]dev"));
      }
    }
  }

  @Test
  void every_metric_is_shown_somewhere() {
    var shown =
        Dashboards.queries().stream()
            .flatMap(query -> Promql.metrics(query.expression()))
            .map(name -> name.replaceFirst("_(bucket|count|sum)$", ""))
            .collect(Collectors.toSet());
    assertThat(Stream.of(Metric.values()).map(Metric::page)).allMatch(shown::contains);
    assertThat(Stream.of(ReceiverMetric.values()).map(ReceiverMetric::page))
        .allMatch(shown::contains);
  }

  /// Two panels in one place hide each other, and one outside the grid is lost.
  @ParameterizedTest
  @MethodSource("dashboards")
  void panels_have_places_of_their_own(JsonNode dashboard) {
    assertThat(Dashboards.panels(dashboard).map(panel -> panel.path("id").asInt()))
        .doesNotHaveDuplicates();
    assertThat(Dashboards.panels(dashboard).flatMap(DashboardsTest::cells))
        .doesNotHaveDuplicates()
        .allMatch(cell -> Integer.parseInt(cell.split(",")[0]) < 24);
  }

  private static Stream<String> cells(JsonNode panel) {
    var place = panel.path("gridPos");
    return Stream.iterate(0, n -> n < place.path("w").asInt() * place.path("h").asInt(), n -> n + 1)
        .map(
            n ->
                "%d,%d"
                    .formatted(
                        place.path("x").asInt() + n % place.path("w").asInt(),
                        place.path("y").asInt() + n / place.path("w").asInt()));
  }

  private static List<JsonNode> withQueries(JsonNode dashboard) {
    return Dashboards.panels(dashboard)
        .filter(panel -> WITH_QUERIES.contains(panel.path("type").asText()))
        .toList();
  }

  private static List<JsonNode> ofType(JsonNode dashboard, String type) {
    return Dashboards.variables(dashboard)
        .filter(variable -> variable.path("type").asText().equals(type))
        .toList();
  }
}
