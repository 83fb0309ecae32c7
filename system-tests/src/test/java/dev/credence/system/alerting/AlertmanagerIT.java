// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.credence.monitoring.Rules;
import dev.credence.system.alerting.Pager.Alert;
import dev.credence.system.alerting.Pager.Notification;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The routes and inhibition rules that the chart ships, in a real Alertmanager.
class AlertmanagerIT {
  private static final Pattern MATCHER =
      Pattern.compile("([a-z_]+)\\s*(=~|!=|=)\\s*\"?([^\"]*)\"?");

  private static Pager pager;

  @BeforeAll
  static void start() {
    pager = new Pager();
  }

  @AfterAll
  static void stop() {
    if (pager != null) {
      pager.close();
    }
  }

  @AfterEach
  void forget() {
    pager.taken();
  }

  private static Alert blocked(String namespace, String identity, String team) {
    return object("CredenceRotationsBlocked", "warning", namespace, identity, team);
  }

  private static Alert object(
      String alert, String severity, String namespace, String identity, String team) {
    var labels = new HashMap<String, String>();
    labels.put("alertname", alert);
    labels.put("severity", severity);
    labels.put("namespace", "credence-system");
    labels.put("object_namespace", namespace);
    labels.put("identity", identity);
    labels.put("name", identity + "-db");
    if (!team.isEmpty()) {
      labels.put("team", team);
    }
    return new Alert(labels);
  }

  @Test
  void each_team_gets_its_own_once_and_when_it_is_fixed() {
    var sales = blocked("sales", "crm", "sales-platform");
    var payments = blocked("payments", "gateway", "payments");
    var nobodys = blocked("shop", "web", "");
    var unknown = blocked("lab", "probe", "a-team-without-a-route");
    var leader =
        new Alert(Map.of("alertname", "CredenceResyncStale", "namespace", "credence-system"));
    var all = List.of(sales, payments, nobodys, unknown, leader);
    pager.report(all, List.of());
    assertThat(pager.taken())
        .containsExactlyInAnyOrder(
            firing("sales-platform", sales),
            firing("payments", payments),
            firing("platform", nobodys),
            firing("platform", unknown),
            firing("platform", leader));
    pager.report(all, List.of());
    assertThat(pager.taken()).as("once").isEmpty();
    pager.report(List.of(payments, nobodys, unknown, leader), List.of(sales));
    assertThat(pager.taken()).containsExactly(resolved("sales-platform", sales));
    pager.report(List.of(), List.of(payments, nobodys, unknown, leader));
    assertThat(pager.taken()).hasSize(4).allMatch(one -> one.status().equals("resolved"));
  }

  @Test
  void an_old_problem_does_not_hide_a_new_one() {
    var old = blocked("finance", "ledger", "payments");
    pager.report(List.of(old), List.of());
    assertThat(pager.taken()).containsExactly(firing("payments", old));

    var other = blocked("finance", "billing", "payments");
    pager.report(List.of(old, other), List.of());
    assertThat(pager.taken()).as("another identity").containsExactly(firing("payments", other));

    var worse = object("CredenceCredentialsExpired", "critical", "finance", "ledger", "payments");
    pager.report(List.of(old, other, worse), List.of());
    assertThat(pager.taken()).as("more severe").containsExactly(firing("payments", worse));

    var second = object("CredenceConsumersPending", "warning", "finance", "ledger", "payments");
    pager.report(List.of(old, other, worse, second), List.of());
    assertThat(pager.taken())
        .as("the same identity and severity: both are named")
        .singleElement()
        .satisfies(one -> assertThat(one.firing()).containsExactlyInAnyOrder(old, second));
    pager.report(List.of(), List.of(old, other, worse, second));
  }

  @Test
  void one_object_can_be_silenced() {
    var known = blocked("silent", "known", "payments");
    var other = blocked("silent", "other", "payments");
    pager.silence(
        Map.of(
            "alertname",
            "CredenceRotationsBlocked",
            "object_namespace",
            "silent",
            "identity",
            "known",
            "name",
            "known-db"));
    pager.report(List.of(known, other), List.of());
    assertThat(pager.taken()).containsExactly(firing("payments", other));
    pager.report(List.of(), List.of(known, other));
  }

  /// For each rule: the source and the target about one object, and the target alone in another
  /// cluster.
  @Test
  void every_inhibition_rule_mutes_its_target_and_nothing_else() throws IOException {
    var rules =
        YAMLMapper.builder()
            .build()
            .readTree(Files.readString(Rules.INHIBITIONS))
            .path("inhibit_rules");
    var all = new ArrayList<Alert>();
    var muted = new ArrayList<Alert>();
    var heard = new ArrayList<Alert>();
    for (var number = 0; number < rules.size(); number++) {
      var rule = rules.get(number);
      var both = "both-" + number;
      heard.add(matching(rule.path("source_matchers"), both));
      heard.add(matching(rule.path("target_matchers"), "alone-" + number));
      muted.add(matching(rule.path("target_matchers"), both));
    }
    all.addAll(heard);
    all.addAll(muted);
    pager.report(all, List.of());
    var told = pager.taken().stream().flatMap((Notification one) -> one.firing().stream()).toList();
    assertThat(told).containsAll(heard).doesNotContainAnyElementsOf(muted);
    pager.report(List.of(), all);
  }

  /// An alert with these labels, the first alternative of each, about one object.
  private static Alert matching(JsonNode matchers, String cluster) {
    var labels = new HashMap<String, String>();
    matchers
        .valueStream()
        .map(matcher -> MATCHER.matcher(matcher.asText()))
        .filter(matcher -> matcher.matches() && !matcher.group(2).equals("!="))
        .forEach(
            matcher ->
                labels.put(
                    matcher.group(1), matcher.group(3).split("\\|")[0].replace(".+", "Blocked")));
    var isOfOperator =
        labels
            .get("alertname")
            .matches("Credence(Absent|NoLeader|PermissionsMissing|RotationErr.*)");
    labels.put("cluster", cluster);
    labels.put("namespace", "credence-system");
    if (labels.get("alertname").equals("CredenceAbsent")) {
      labels.remove("namespace");
    }
    if (!isOfOperator) {
      labels.put("object_namespace", "sales");
      labels.put("identity", "crm");
      labels.put("name", "crm-db");
    }
    return new Alert(labels);
  }

  private static Notification firing(String receiver, Alert alert) {
    return new Notification(receiver, "firing", List.of(alert), List.of());
  }

  private static Notification resolved(String receiver, Alert alert) {
    return new Notification(receiver, "resolved", List.of(), List.of(alert));
  }
}
