// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.alerting;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.PrometheusProcess;
import dev.credence.cluster.ReceiverProcess;
import dev.credence.cluster.Tools;
import dev.credence.monitoring.Dashboards;
import dev.credence.monitoring.Dashboards.Query;
import dev.credence.monitoring.Rules;
import dev.credence.monitoring.Runbooks;
import dev.credence.system.Scene;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A real Prometheus scrapes two real operators, one of which leads, and a receiver of
/// audit events, on a cluster where much is not in order: every query of the dashboards has
/// data, and every rule can be evaluated.
@OnCluster
class MonitoringIT {
  private static final Duration SCRAPED = Duration.ofSeconds(90);
  private static final Pattern VARIABLE = Pattern.compile("label_values\\((.+), ([a-z_]+)\\)");

  private static LocalCluster cluster;
  private static OperatorProcess leader;
  private static OperatorProcess standby;
  private static ReceiverProcess receiver;
  private static PrometheusProcess prometheus;
  private static Scene sales;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = LocalCluster.fresh("monitoring");
    takeAwayTheRightTo("list", "daemonsets");
    leader = operator();
    standby = operator();
    receiver =
        ReceiverProcess.on(cluster, OperatorProcess.on(cluster), folder, "--write-interval=1s");
    assertThat(receiver.send(ReceiverProcess.event("default:crm"))).isEqualTo(200);
    sales = Scene.fresh(cluster, "sales");
    populate(sales);
    askForApproval(Scene.fresh(cluster, "tenant"));
    Scene.fresh(cluster, "misruled").policy("owner: {contactPattern: '[a'}");
    prometheus =
        PrometheusProcess.scraping(
            "credence",
            "namespace: credence-system, cluster: one",
            Rules.FILE,
            List.of(leader, standby, receiver.process()));
  }

  @AfterAll
  static void stop() {
    Stream.<AutoCloseable>of(prometheus, receiver, leader, standby, cluster)
        .filter(started -> started != null)
        .forEach(MonitoringIT::close);
  }

  private static void close(AutoCloseable started) {
    try {
      started.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static OperatorProcess operator() {
    return OperatorProcess.on(cluster)
        .with("CREDENCE_LEADER_ELECTION", "true")
        .with("CREDENCE_RESYNC_INTERVAL", "5s")
        .with("CREDENCE_IDENTITY_SERIES", "3")
        .start();
  }

  private static void takeAwayTheRightTo(String verb, String resource) {
    cluster
        .client()
        .rbac()
        .clusterRoles()
        .withName("credence")
        .edit(
            role -> {
              role.getRules().stream()
                  .filter(rule -> rule.getVerbs().contains(verb))
                  .map(PolicyRule::getResources)
                  .forEach(resources -> resources.remove(resource));
              return role;
            });
  }

  private static void populate(Scene scene) {
    scene.policy("enforcement: Enforce, owner: {required: true}, discovery: {mode: Report}");
    scene.createAccount("crm-sync");
    scene.createAccount("forgotten");
    scene.createHook("apply");
    scene.create(
        "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: crm-legacy, annotations: {kubernetes.io/service-account.name: crm-sync}}}");
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp, annotations: {credence.dev/expires-at: '%s'}}}"
            .formatted(Instant.now().plus(Duration.ofMinutes(50)).truncatedTo(ChronoUnit.SECONDS)));
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: crm}, rules: [{apiGroups: [''], resources: [secrets], verbs: [list]}]}");
    scene.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: crm}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: crm}, subjects: [{kind: ServiceAccount, name: crm-sync}]}");
    scene.identity(
        "crm",
        OWNER
            + ", type: Integration, expirationTime: '2099-01-01T00:00:00Z', serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-smtp}, {name: crm-legacy}, "
            + "{name: crm-db, generate: {keys: [{name: password, password: {}}]}, rotation: {interval: 10s, overlap: 5s}, hooks: {apply: {cronJobName: apply}}}]");
    scene.identity("nobodys", "serviceAccounts: [{name: not-there}]");
    // Of a type that is not taken over.
    scene.create(
        "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: billing-db, annotations: {kubernetes.io/service-account.name: crm-sync, credence.dev/adopt: billing}}}");
    scene.identity("billing", OWNER + ", secrets: [" + password("billing-db") + "]");
    scene.identity("leaver", OWNER + ", state: Suspended");
  }

  private static void askForApproval(Scene scene) {
    scene.policy("enforcement: Enforce, approval: {required: true}");
    scene.identity("newcomer", OWNER + ", secrets: [" + password("newcomer-db") + "]");
  }

  @Test
  void the_scene_is_as_it_should_be() {
    for (var asked :
        List.of(
            "sum(credence_identities) == 5",
            "sum(credence_leader) == 1",
            "max(credence_owner_missing) == 1",
            "max(credence_rotations_blocked) == 1",
            "max(credence_approvals_pending) == 1",
            "credence_identity_problem{name=\"nobodys\", condition=\"OwnerAssigned\", reason=\"OwnerMissing\"} == 1",
            "credence_identity_problem{name=\"newcomer\", team=\"sales\", condition=\"Approved\", reason=\"ApprovalPending\"} == 1",
            "credence_credential_problem{identity=\"billing\", name=\"billing-db\", team=\"sales\", type=\"Generated\", reason=\"RotationBlocked\"} == 1",
            "credence_credential_problem{identity=\"crm\", name=\"crm-smtp\", type=\"Linked\", reason=\"ExpiresWithinHour\"} == 1",
            "max(credence_problem_series_dropped) == 0",
            "max(credence_policies_stalled) == 1",
            "max(credence_credentials_running_out{within=\"1h\"}) == 1",
            "max(credence_credentials_running_out{within=\"expired\"}) == 0",
            "max(credence_unclaimed{kind=\"ServiceAccount\"}) > 0",
            "max(credence_permissions_missing) == 1",
            "max(credence_identity_series_dropped) == 2",
            "max(credence_rotations_total{result=\"rotated\"}) > 1",
            "max(credence_hook_duration_seconds_count{step=\"apply\", result=\"succeeded\"}) > 1",
            "max(credence_crd_fields_missing) == 0",
            "max(credence_suspensions_total{reason=\"Requested\"}) == 1")) {
      within(SCRAPED, asked).until(() -> !prometheus.query(asked).isEmpty());
    }
    for (var operator : List.of(leader, standby)) {
      var instance = "127.0.0.1:" + operator.port();
      System.out.printf(
          "Monitoring: %s serves %s samples, %s of them credence_, with 5 identities and 3 with series of their own%n",
          operator == leader ? "the leader" : "a standby",
          first("scrape_samples_scraped{instance=\"%s\"}".formatted(instance)),
          first("count({__name__=~\"credence_.+\", instance=\"%s\"})".formatted(instance)));
    }
  }

  private static String first(String expression) {
    return prometheus.query(expression).getFirst().path("value").get(1).asText();
  }

  static List<Query> queries() {
    return Dashboards.queries();
  }

  @ParameterizedTest
  @MethodSource("queries")
  void every_query_of_a_panel_has_data(Query query) {
    within(SCRAPED, query.toString()).until(() -> hasData(filledIn(query.expression())));
  }

  static List<Query> variableQueries() {
    return Dashboards.variableQueries();
  }

  @ParameterizedTest
  @MethodSource("variableQueries")
  void every_variable_has_values(Query query) {
    var asked = VARIABLE.matcher(query.expression());
    assertThat(asked.matches()).as(query.toString()).isTrue();
    var series = asked.group(1).contains("{") ? asked.group(1) : asked.group(1) + "{job=~\"$job\"}";
    within(SCRAPED, query.toString())
        .until(
            () ->
                prometheus
                    .query("count by (%s) (%s)".formatted(asked.group(2), filledIn(series)))
                    .stream()
                    .anyMatch(found -> found.path("metric").has(asked.group(2))));
  }

  /// Otherwise the tests above would say nothing.
  @Test
  void a_misspelt_query_has_none() {
    var right = "max(credence_owner_missing{job=~\"$job\", instance=~\"$instance\"})";
    within(SCRAPED, right).until(() -> hasData(filledIn(right)));
    assertThat(hasData(filledIn(right.replace("missing", "misssing")))).isFalse();
    assertThat(hasData(filledIn(right.replace("$job", "crendence")))).isFalse();
    assertThat(hasData("vector(NaN)")).isFalse();
  }

  /// As Grafana does it, with all jobs and instances and the identity `crm`.
  private static String filledIn(String expression) {
    return expression
        .replace("$__rate_interval", "30s")
        .replace("$__range", "5m")
        .replace("$job", ".+")
        .replace("$instance", ".+")
        .replace("$cluster", ".*")
        .replace("$team", ".*")
        .replace("$object_namespace", sales.namespace())
        .replace("$name", "crm");
  }

  private static boolean hasData(String expression) {
    return prometheus.query(expression).stream()
        .anyMatch(sample -> !sample.path("value").get(1).asText().equals("NaN"));
  }

  @Test
  void every_rule_is_evaluated_without_an_error() {
    within(SCRAPED, "every rule was evaluated")
        .untilAsserted(
            () ->
                assertThat(prometheus.rules())
                    .hasSameSizeAs(Rules.all())
                    .allSatisfy(rule -> assertThat(rule.path("health").asText()).isEqualTo("ok")));
    for (var rule : Rules.all()) {
      if (rule.has("record")) {
        var name = rule.path("record").asText();
        within(SCRAPED, name + " is recorded").until(() -> hasData(name));
      }
    }
  }

  @Test
  void alerts_go_off_for_what_is_not_in_order_and_for_nothing_else() {
    within(SCRAPED, "alerts are pending or firing")
        .untilAsserted(
            () ->
                assertThat(active())
                    .containsAll(
                        Set.of(
                            "CredenceOwnerMissing",
                            "CredenceRotationsBlocked",
                            "CredenceApprovalsPending",
                            "CredencePoliciesStalled",
                            "CredencePermissionsMissing",
                            "CredenceCredentialsExpireWithinDay",
                            "CredenceIdentitySeriesDropped")));
    assertThat(active())
        .doesNotContain(
            "CredenceAbsent",
            "CredenceNoLeader",
            "CredenceSeveralLeaders",
            "CredenceResyncStale",
            "CredenceKubeRequestsThrottled",
            "CredenceRotationErrorBudgetBurnsFast",
            "CredenceRotationErrorBudgetBurnsSlowly",
            "CredenceCredentialsExpireWithinHour",
            "CredenceCredentialsExpired",
            "CredenceLinkedSecretExpired",
            "CredenceProblemSeriesDropped",
            "CredenceEventsDropped",
            "CredenceCRDsOutOfDate",
            "CredenceHooksFailing",
            "CredenceDecommissionPending",
            "CredenceIdentitiesWithoutPolicy",
            "CredenceLegacyTokens",
            "CredenceSuspensionsQueued",
            "CredenceSuspensionNotEnforced",
            "CredenceSuspensionPolicyNotEnforced",
            "CredenceRotationsOverdue",
            "CredenceCertificatesFailing",
            "CredenceConsumerRestartsFailing",
            "CredenceSuspensionsBurst",
            "CredenceRiskCritical");
  }

  @Test
  void alerts_of_the_receiver_go_off_for_requests_that_it_refuses_and_for_nothing_else() {
    within(SCRAPED, "refused requests are noticed, and so are events")
        .until(
            () -> {
              assertThat(receiver.send(ReceiverProcess.event("default:crm"))).isEqualTo(200);
              assertThat(receiver.send(ReceiverProcess.event("default:crm"), "stolen"))
                  .isEqualTo(401);
              return active().contains("CredenceAuditEventsLost")
                  && !active().contains("CredenceAuditNothingReceived");
            });
    assertThat(active()).doesNotContain("CredenceAuditWritesFailing");
  }

  private static Set<String> active() {
    return prometheus.rules().stream()
        .filter(rule -> Set.of("pending", "firing").contains(rule.path("state").asText()))
        .map((JsonNode rule) -> rule.path("name").asText())
        .collect(toSet());
  }

  static List<String> findings() {
    return Runbooks.commands()
        .filter(
            command ->
                command.matches("(?s)kubectl get (machineidentities|credentialpolicies|events) .*")
                    && !command.contains("NAMESPACE"))
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("findings")
  void a_command_of_a_runbook_works(String command) {
    assertThat(shell(command).err()).as(command).isEmpty();
  }

  static List<String> questions() {
    return Runbooks.queries().distinct().toList();
  }

  /// One that is none is refused; that it has data is not to be expected of all.
  @ParameterizedTest
  @MethodSource("questions")
  void a_query_of_a_runbook_is_one(String query) {
    assertThat(prometheus.query(query)).isNotNull();
  }

  @Test
  void commands_of_runbooks_find_who_is_meant() {
    assertThat(diagnosis("CredenceOwnerMissing")).contains("/nobodys: ").doesNotContain("/crm: ");
    assertThat(diagnosis("CredenceRotationsBlocked")).contains("/billing: billing-db Blocked");
    assertThat(diagnosis("CredenceApprovalsPending")).contains("/newcomer: ");
    assertThat(diagnosis("CredenceCredentialsExpireWithinDay")).contains("/crm: crm-smtp");
    assertThat(diagnosis("CredenceCredentialsExpired")).doesNotContain("crm-smtp");
    assertThat(diagnosis("CredencePoliciesStalled")).contains("[a");
    assertThat(diagnosis("CredenceLegacyTokens")).contains("/crm: crm-legacy");
    assertThat(diagnosis("CredenceSuspensionsBurst")).contains("/leaver: Requested");
  }

  /// What the first command of its runbook prints that looks for objects in all namespaces.
  private static String diagnosis(String alert) {
    return shell(
            Runbooks.commands(alert)
                .filter(
                    command ->
                        command.matches(
                            "(?s)kubectl get (machineidentities -A|credentialpolicies) .*"))
                .findFirst()
                .orElseThrow())
        .out();
  }

  private static Program.End shell(String command) {
    Assumptions.assumeTrue(
        Program.run(Map.of(), List.of("bash", "-c", "command -v jq")).code() == 0,
        "runbooks use jq");
    var path = Tools.path(".") + ":" + System.getenv("PATH");
    var end =
        Program.run(
            Map.of("KUBECONFIG", cluster.kubeconfig().toString(), "PATH", path),
            List.of("bash", "-o", "pipefail", "-c", command));
    assertThat(end.code()).as("%s: %s", command, end.err()).isZero();
    return end;
  }
}
