// SPDX-License-Identifier: Apache-2.0
package dev.credence.monitoring;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every alert has its tests and its runbook. That the tests pass is PromtoolIT's.
class RulesTest {
  /// They fire on a series that is not there.
  private static final Set<String> ON_ABSENCE = Set.of("CredenceAbsent");

  private static final Set<String> COMMANDS =
      Set.of(
          "report", "explain", "plan", "rotate", "suspend", "resume", "approve", "review",
          "revoke");

  private static final Pattern IDENTITY_PROBLEM =
      Pattern.compile("credence_identity_problem\\{([^}]*)}");

  private static final Pattern MATCHER = Pattern.compile("([a-z]+)(=~|!~|!=|=)\"([^\"]*)\"");

  static Stream<JsonNode> alerts() {
    return Rules.alerts();
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void an_alert_says_how_bad_it_is_what_is_the_matter_and_where_to_read_on(JsonNode alert) {
    var name = alert.path("alert").asText();
    assertThat(name).matches("Credence[A-Z][A-Za-z]+");
    assertThat(alert.path("for").asText()).matches("[0-9]+[mhd]");
    assertThat(alert.path("labels").path("severity").asText()).isIn("critical", "warning", "info");
    var annotations = alert.path("annotations");
    // Tickets are grouped by the summary, so it does not change with the number or the object.
    assertThat(annotations.path("summary").asText())
        .matches("(?s)\\S.{10,120}\\.")
        .doesNotContain("{{");
    assertThat(annotations.path("description").asText()).matches("(?s)\\S.{40,480}\\.");
    assertThat(annotations.path("runbook_url").asText()).isEqualTo("docs/runbooks/" + name + ".md");
  }

  static Stream<JsonNode> alertsOfObjects() {
    return Rules.alerts().filter(RulesTest::isOfAnObject);
  }

  private static boolean isOfAnObject(JsonNode alert) {
    return alert.path("expr").asText().matches("(?s).*credence_(identity|credential)_problem.*");
  }

  /// The labels of the object are those of the alert, so that one can be routed and silenced.
  @ParameterizedTest
  @MethodSource("alertsOfObjects")
  void an_alert_of_an_object_shows_it_and_survives_a_new_leader(JsonNode alert) {
    assertThat(alert.path("annotations").path("description").asText())
        .containsPattern(
            "`kubectl -n \\{\\{ \\$labels.object_namespace }} describe (mid|certificate) \\{\\{ \\$labels.(name|identity) }}`");
    assertThat(alert.path("expr").asText())
        .doesNotContain(" by (")
        .contains("max without (instance, pod, container, endpoint, service) (");
    if (alert
        .path("expr")
        .asText()
        .contains(
            "max without (instance, pod, container, endpoint, service) (credence_identity_problem")) {
      assertThat(alert.path("labels").path("identity").asText()).isEqualTo("{{ $labels.name }}");
    }
    assertThat(
            alert.has("keep_firing_for") || alert.path("expr").asText().contains("last_over_time"))
        .as("the problems are without series until a new leader has reconciled all identities")
        .isTrue();
  }

  /// Those of credentials have an alert of the credential.
  @ParameterizedTest
  @CsvSource({
    "OwnerAssigned, OwnerMissing OwnerInvalid BackupMissing, 1",
    "Approved, ApprovalPending ScopeChanged, 1",
    "MembersLinked, MemberMissing NotManaged ClaimedByOther ClaimedWhileSuspended CertManagerAbsent, 1",
    "CredentialsFresh, RotationDue RotationDeferred VerificationFailed ValueOverwritten RateLimited ConsumersPending LegacyTokenUnused IssuerNotAllowed KeyTooWeak CertificateTooLong RenewalTooLate CAOutdated CertificateNotReady, 1",
    "CredentialsFresh, RotationBlocked ConsumersLeftBehind, 0",
    "Expiring, Expired, 1",
    "Suspended, NotEnforced SuspensionLimit, 1",
    "InUse, Idle, 1",
    "BehaviorChanged, OddBehavior, 1",
    "LeastPrivilege, FindingsPresent UnusedRights, 1",
    "Reviewed, ReviewOverdue, 1",
    "Ready, EvaluationFailed TooLarge, 1",
    "Stalled, NotManaged ClaimedByOther ClaimedWhileSuspended EvaluationFailed TooLarge ValueOverwritten RotationDeferred ConsumersPending MemberMissing RotationBlocked, 1",
    "Stalled, OwnerMissing ApprovalPending NotEnforced SuspensionLimit Expired Idle OddBehavior FindingsPresent UnusedRights ReviewOverdue ConsumersLeftBehind RotationDue, 0"
  })
  void a_condition_that_counts_against_ready_has_one_alert(
      ConditionType condition, String reasons, int alerts) {
    for (var reason : reasons.split(" ")) {
      var labels = Map.of("condition", condition.name(), "reason", Reason.valueOf(reason).name());
      assertThat(
              Rules.alerts()
                  .filter(alert -> matches(alert.path("expr").asText(), labels))
                  .map(alert -> alert.path("alert").asText()))
          .as("%s %s", condition, reason)
          .hasSize(alerts);
    }
  }

  /// By the first selector of the expression; `unless` removes some.
  private static boolean matches(String expression, Map<String, String> labels) {
    var selector = IDENTITY_PROBLEM.matcher(expression);
    return selector.find()
        && MATCHER
            .matcher(selector.group(1))
            .results()
            .allMatch(
                one -> {
                  var is = labels.getOrDefault(one.group(1), "").matches(one.group(3));
                  return one.group(2).startsWith("!") != is;
                });
  }

  @Test
  void alerts_that_are_inhibited_exist_and_so_do_those_that_inhibit() {
    var names = Rules.alerts().map(alert -> alert.path("alert").asText()).collect(toSet());
    var rules = Rules.read(Rules.INHIBITIONS).path("inhibit_rules");
    assertThat(rules).hasSizeGreaterThan(5);
    assertThat(
            rules
                .valueStream()
                .flatMap(
                    rule ->
                        Stream.concat(
                            rule.path("source_matchers").valueStream(),
                            rule.path("target_matchers").valueStream()))
                .map(JsonNode::asText)
                .filter(matcher -> matcher.startsWith("alertname"))
                .flatMap(matcher -> Pattern.compile("Credence[A-Za-z]+").matcher(matcher).results())
                .map(found -> found.group()))
        .isNotEmpty()
        .allMatch(names::contains);
    assertThat(rules)
        .allSatisfy(
            rule ->
                assertThat(rule.path("equal").valueStream().map(JsonNode::asText))
                    .containsAll(
                        isAboutAbsence(rule)
                            ? List.of("cluster")
                            : List.of("cluster", "namespace")));
  }

  /// Where there is no replica, the alert has no namespace.
  private static boolean isAboutAbsence(JsonNode rule) {
    return rule.path("source_matchers").toString().contains("CredenceAbsent");
  }

  @Test
  void the_page_on_routes_shows_the_file_of_the_chart() throws IOException {
    var file = Files.readString(Rules.ROUTES);
    assertThat(Files.readString(Rules.RUNBOOKS.resolveSibling("how-to/route-alerts-to-teams.md")))
        .contains("```yaml\n" + file.substring(file.indexOf("route:")) + "```\n");
  }

  @Test
  void a_recording_rule_is_named_by_level_metric_and_operation() {
    assertThat(Rules.all())
        .filteredOn(rule -> rule.has("record"))
        .hasSizeGreaterThan(10)
        .extracting(rule -> rule.path("record").asText())
        .allMatch(name -> name.matches("job:credence_[a-z_]+:[a-z0-9_]+"))
        .doesNotHaveDuplicates();
  }

  @Test
  void no_rule_asks_for_a_metric_that_there_is_not() {
    var expressions = Rules.all().stream().map(rule -> rule.path("expr").asText()).toList();
    var recorded =
        Rules.all().stream()
            .filter(rule -> rule.has("record"))
            .map(rule -> rule.path("record").asText())
            .collect(toSet());
    assertThat(expressions.stream().flatMap(Promql::metrics))
        .filteredOn(name -> !recorded.contains(name))
        .isNotEmpty()
        .allMatch(Promql::isOurs);
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void an_alert_is_tested_firing_quiet_resolving_without_series_and_after_a_reset(JsonNode alert) {
    var name = alert.path("alert").asText();
    var tests = Rules.read(Rules.TESTS.resolve(name + ".test.yaml")).path("tests");

    assertThat(answers(tests, name + " fires")).contains("fires");
    assertThat(answers(tests, name + " stays quiet")).isNotEmpty().containsOnly("quiet");
    var resolving = answers(tests, name + " resolves");
    assertThat(resolving).startsWith("fires").endsWith("quiet");
    assertThat(answers(tests, name + " without series"))
        .containsExactly(ON_ABSENCE.contains(name) ? "fires" : "quiet");
    assertThat(test(tests, name + " without series").path("input_series")).isEmpty();
    if (isOfAnObject(alert)) {
      var both = test(tests, name + " names each object").path("alert_rule_test");
      assertThat(both.valueStream().map(asked -> asked.path("exp_alerts").size()))
          .as("an old problem does not hide a new one")
          .containsExactly(1, 2);
      assertThat(answers(tests, name + " survives a change of the leader"))
          .isNotEmpty()
          .containsOnly("fires");
    }
    if (countsEvents(alert)) {
      assertThat(answers(tests, name + " after a counter reset")).containsExactly("quiet");
      assertThat(test(tests, name + " after a counter reset").path("input_series")).isNotEmpty();
    }
  }

  /// By a counter, or by what is recorded of one.
  private static boolean countsEvents(JsonNode alert) {
    return alert.path("expr").asText().matches("(?s).*(_total|_bucket|_count|job:credence_).*");
  }

  /// In the order of time.
  private static List<String> answers(JsonNode tests, String name) {
    var answers = new ArrayList<String>();
    test(tests, name)
        .path("alert_rule_test")
        .forEach(asked -> answers.add(asked.path("exp_alerts").isEmpty() ? "quiet" : "fires"));
    return answers;
  }

  private static JsonNode test(JsonNode tests, String name) {
    return tests
        .valueStream()
        .filter(test -> test.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no test called " + name));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void a_runbook_tells_meaning_impact_diagnosis_and_mitigation(JsonNode alert) {
    var name = alert.path("alert").asText();
    var runbook = Runbooks.text(name);
    assertThat(runbook.lines().filter(line -> line.startsWith("#")).toList())
        .containsExactly("# " + name, "## Meaning", "## Impact", "## Diagnosis", "## Mitigation");
    assertThat(runbook)
        .contains("Severity " + alert.path("labels").path("severity").asText())
        .contains("\n```bash\n");
    assertThat(Pattern.compile("\\]\\(([^)]+\\.md)\\)").matcher(runbook).results())
        .allMatch(link -> Files.exists(Rules.RUNBOOKS.resolve(link.group(1))));
    assertThat(Pattern.compile("kubectl credence ([a-z]+)").matcher(runbook).results())
        .extracting(command -> command.group(1))
        .isSubsetOf(COMMANDS);
  }

  @Test
  void there_is_no_test_and_no_runbook_without_an_alert() throws IOException {
    var names =
        Rules.alerts()
            .map(alert -> alert.path("alert").asText())
            .collect(toCollection(TreeSet::new));
    assertThat(names(Rules.RUNBOOKS, ".md")).isEqualTo(names);
    assertThat(names(Rules.TESTS, ".test.yaml")).isEqualTo(names);
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void the_page_on_monitoring_lists_an_alert_as_it_is(JsonNode alert) throws IOException {
    var name = alert.path("alert").asText();
    var after = alert.path("for").asText();
    assertThat(Files.readString(Rules.RUNBOOKS.resolveSibling("monitoring.md")))
        .contains(
            "| [%s](runbooks/%s.md) | %s | %s |"
                .formatted(
                    name,
                    name,
                    alert.path("labels").path("severity").asText(),
                    after.equals("0m") ? "at once" : after));
  }

  private static Set<String> names(Path folder, String ending) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .map(file -> file.endsWith(ending) ? file.replace(ending, "") : "not ours: " + file)
          .collect(toCollection(TreeSet::new));
    }
  }
}
