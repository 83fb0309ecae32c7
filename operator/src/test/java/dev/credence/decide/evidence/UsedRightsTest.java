// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.evidence.BindingUse.Advice;
import dev.credence.decide.evidence.JudgedRight.Answer;
import dev.credence.facts.evidence.DatedGrant;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.PolicyRule;
import dev.credence.facts.rbac.Subject;
import dev.credence.world.Requested;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UsedRightsTest {
  private static final Instant BEGIN = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant END = BEGIN.plus(Duration.ofDays(100));
  private static final Requested CRM = Requested.by("sales/crm").at(END);
  private static final Subject ACCOUNT = new Subject.Account("sales", "crm");

  private final List<Requested> requests = new ArrayList<>();

  @Test
  void what_was_requested_is_used_and_the_rest_is_not() {
    wholeLog();
    requests.add(CRM.does("get", "secrets").named("crm-db"));
    assertThat(judged(rule("secrets", "get", "list", "delete")))
        .containsExactly("delete secrets Unused", "get secrets Used", "list secrets Unused");
  }

  @Test
  void a_right_of_another_namespace_is_not_used() {
    wholeLog();
    requests.add(CRM.does("get", "secrets").in("other"));
    assertThat(judged(rule("secrets", "get"))).containsExactly("get secrets Unused");
  }

  @Test
  void a_right_on_names_is_used_by_these_names_alone() {
    wholeLog();
    requests.add(CRM.does("get", "secrets").named("crm-db"));
    assertThat(
            judged(
                new PolicyRule(Set.of(""), Set.of("secrets"), Set.of("get"), Set.of("crm-api")),
                new PolicyRule(Set.of(""), Set.of("secrets"), Set.of("get"), Set.of("crm-db"))))
        .containsExactly("get secrets (crm-api) Unused", "get secrets (crm-db) Used");
  }

  @Test
  void an_account_without_events_is_unknown() {
    wholeLog();
    assertThat(whys(Optional.empty(), rule("secrets", "get")))
        .containsExactly("The log contains no event of this account.");
  }

  @Test
  void a_log_that_begins_too_late_makes_nothing_unused() {
    wholeLog();
    requests.add(CRM.does("get", "configmaps"));
    assertThat(whys(Optional.of(BEGIN.minus(Duration.ofDays(20))), rule("secrets", "delete")))
        .containsExactly("The log begins at 2027-01-01T00:00:00Z, after the requested time.");
  }

  @Test
  void a_log_with_a_gap_makes_nothing_unused() {
    requests.add(CRM.at(BEGIN));
    requests.add(CRM.does("create", "configmaps"));
    assertThat(whys(Optional.empty(), rule("secrets", "delete")))
        .singleElement()
        .asString()
        .startsWith("The log has no events from 2027-01-01T01:00:00Z");
  }

  @Test
  void a_kind_whose_reads_nobody_logs_is_unknown() {
    wholeLog();
    requests.add(CRM.does("create", "configmaps"));
    assertThat(whys(Optional.empty(), rule("leases", "get")))
        .containsExactly(
            "The log contains no read of leases by any user: reads may not be logged.");
  }

  @Test
  void verbs_that_are_no_requests_are_unknown() {
    wholeLog();
    requests.add(CRM.does("get", "configmaps"));
    assertThat(whys(Optional.empty(), rule("secrets", "approve")))
        .containsExactly("Audit events do not show the verb approve.");
  }

  @Test
  void a_right_that_is_younger_than_the_log_is_unknown() {
    wholeLog();
    requests.add(CRM.does("get", "configmaps"));
    var changed = BEGIN.plus(Duration.ofDays(40));
    var evidence = evidence();
    assertThat(
            new UsedRights(evidence.log(), Optional.empty())
                .of(
                    Optional.ofNullable(evidence.accounts().get("sales/crm")),
                    List.of(
                        new DatedGrant(
                            grant("RoleBinding/sales/crm", ACCOUNT, rule("secrets", "delete")),
                            Optional.of(changed)))))
        .extracting(JudgedRight::answer)
        .containsExactly(
            new Answer.Unknown(
                "The binding or its role was created or changed at 2027-02-10T00:00:00Z."));
  }

  /// The log is older than the time that is asked about.
  @Test
  void only_the_time_that_was_asked_for_counts() {
    wholeLog();
    var asked = BEGIN.plus(Duration.ofDays(50));
    requests.add(CRM.does("get", "secrets").at(BEGIN.plus(Duration.ofDays(20))));
    requests.add(CRM.does("list", "secrets").at(BEGIN.plus(Duration.ofDays(60))));
    requests.add(CRM.does("update", "secrets").answered(404).at(BEGIN.plus(Duration.ofDays(20))));
    var evidence = evidence();
    assertThat(
            new UsedRights(evidence.log(), Optional.of(asked))
                .of(
                    Optional.ofNullable(evidence.accounts().get("sales/crm")),
                    List.of(
                        new DatedGrant(
                            grant(
                                "RoleBinding/sales/crm",
                                ACCOUNT,
                                rule("secrets", "get", "list", "update")),
                            Optional.of(BEGIN.plus(Duration.ofDays(40)))))))
        .extracting(right -> right.verb() + " " + right.answer().getClass().getSimpleName())
        .containsExactlyInAnyOrder("get Unused", "list Used", "update Unused");
  }

  @Test
  void a_right_that_was_used_without_success_is_unknown() {
    wholeLog();
    requests.add(CRM.does("get", "secrets").named("missing").answered(404));
    assertThat(whys(Optional.empty(), rule("secrets", "get")))
        .containsExactly("Requested without success: the API server answered 404.");
  }

  @Test
  void each_binding_has_an_advice() {
    wholeLog();
    requests.add(CRM.does("get", "configmaps"));
    var evidence = evidence();
    var rights =
        new UsedRights(evidence.log(), Optional.empty())
            .of(
                Optional.ofNullable(evidence.accounts().get("sales/crm")),
                List.of(
                    undated("RoleBinding/sales/keep", ACCOUNT, rule("configmaps", "get")),
                    undated("RoleBinding/sales/reduce", ACCOUNT, rule("configmaps", "get", "list")),
                    undated("RoleBinding/sales/remove", ACCOUNT, rule("secrets", "get", "list")),
                    undated("RoleBinding/sales/unknown", ACCOUNT, rule("signers", "approve")),
                    undated(
                        "RoleBinding/sales/group",
                        new Subject.Group("system:serviceaccounts"),
                        rule("secrets", "get"))));
    var advice = new TreeMap<String, Advice>();
    BindingUse.of(rights)
        .forEach(
            binding ->
                advice.put(binding.via().replace("RoleBinding/sales/", ""), binding.advice()));
    assertThat(advice)
        .containsEntry("keep", Advice.Keep)
        .containsEntry("reduce", Advice.Reduce)
        .containsEntry("remove", Advice.Remove)
        .containsEntry("unknown", Advice.Unknown)
        .containsEntry("group", Advice.Group);
  }

  @Test
  void the_suggested_role_has_names_where_few_are_used() {
    requests.add(CRM.does("get", "secrets").named("crm-db"));
    requests.add(CRM.does("get", "secrets").named("crm-api"));
    requests.add(CRM.does("list", "configmaps"));
    requests.add(CRM.does("watch", "configmaps"));
    requests.add(CRM.does("watch", "services"));
    requests.add(CRM.does("list", "services"));
    requests.add(CRM.does("create", "configmaps").named("cache"));
    requests.add(CRM.does("get", "pods").named("crm-7d9f-x2k4"));
    requests.add(CRM.does("get", "nodes").in("").named("worker-1"));
    requests.add(CRM.does("get", "secrets").named("foreign").answered(403));
    var roles =
        SuggestedRole.of(Optional.ofNullable(evidence().accounts().get("sales/crm")).orElseThrow());
    assertThat(roles).extracting(SuggestedRole::namespace).containsExactly("", "sales");
    assertThat(roles.getFirst().rules())
        .containsExactly(
            new PolicyRule(Set.of(""), Set.of("nodes"), Set.of("get"), Set.of("worker-1")));
    assertThat(roles.getLast().rules())
        .containsExactlyInAnyOrder(
            new PolicyRule(
                Set.of(""), Set.of("secrets"), Set.of("get"), Set.of("crm-db", "crm-api")),
            new PolicyRule(
                Set.of(""), Set.of("configmaps"), Set.of("create", "list", "watch"), Set.of()),
            new PolicyRule(Set.of(""), Set.of("services"), Set.of("list", "watch"), Set.of()),
            new PolicyRule(Set.of(""), Set.of("pods"), Set.of("get"), Set.of()));
  }

  /// A hundred days in which others read and write.
  private void wholeLog() {
    for (var time = BEGIN; !time.isAfter(END); time = time.plus(Duration.ofHours(3))) {
      var someone = CRM.user("system:kube-controller-manager").at(time);
      requests.add(someone.does("list", "secrets"));
      requests.add(someone.does("list", "configmaps"));
      requests.add(someone.does("update", "configmaps"));
    }
  }

  private Evidence evidence() {
    var evidence = new Evidence(EvidenceLimits.DEFAULT, Networks.NONE);
    requests.forEach(request -> evidence.add(request.event()));
    return evidence;
  }

  private List<JudgedRight> rights(Optional<Instant> asked, PolicyRule... rules) {
    var evidence = evidence();
    return new UsedRights(evidence.log(), asked)
        .of(
            Optional.ofNullable(evidence.accounts().get("sales/crm")),
            List.of(undated("RoleBinding/sales/crm", ACCOUNT, rules)));
  }

  private List<String> judged(PolicyRule... rules) {
    return rights(Optional.empty(), rules).stream()
        .map(right -> right.title() + " " + right.answer().getClass().getSimpleName())
        .toList();
  }

  private List<String> whys(Optional<Instant> asked, PolicyRule... rules) {
    return rights(asked, rules).stream()
        .map(
            right ->
                right.answer() instanceof Answer.Unknown(var why)
                    ? why
                    : right.answer().getClass().getSimpleName())
        .toList();
  }

  private static PolicyRule rule(String resource, String... verbs) {
    return new PolicyRule(Set.of(""), Set.of(resource), Set.of(verbs), Set.of());
  }

  private static DatedGrant undated(String via, Subject to, PolicyRule... rules) {
    return new DatedGrant(grant(via, to, rules), Optional.empty());
  }

  private static Grant grant(String via, Subject to, PolicyRule... rules) {
    return new Grant(via, "sales", to, Optional.of(List.of(rules)));
  }
}
