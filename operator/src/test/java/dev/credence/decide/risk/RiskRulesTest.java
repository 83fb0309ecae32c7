package dev.credence.decide.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.credence.decide.Standing.Finding;
import dev.credence.facts.Oversight.Exemption;
import dev.credence.facts.Oversight.Privileges;
import dev.credence.facts.Severity;
import dev.credence.facts.rbac.Who;
import dev.credence.world.Golden;
import dev.credence.world.Rbac;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Each folder of `risks/` is a rule, with `found.yaml` (a cluster in which it finds something)
/// and `not-found.yaml` (one that is nearly the same, in which it does not). The account that is
/// looked at is the one in the file; where there is none, it is `crm-sync`, which is missing, and
/// everybody without a credential.
///
/// What the rules say of the first is in `found.txt`; `make golden` writes it anew.
class RiskRulesTest {
  private static final Path FOLDER = Path.of("src/test/resources/risks");
  private static final Path REFERENCE = Path.of("../docs/reference/risks.md");
  private static final Path SAID = Path.of("src/test/resources/risk-findings.txt");
  private static final Set<String> PRIVILEGED = Set.of("kube-system", "credence-system");
  private static final String SYNC = "{kind: ServiceAccount, name: crm-sync, namespace: sales}";

  @TestFactory
  Stream<DynamicTest> every_rule_finds_what_it_should_and_nothing_that_is_nearly_so() {
    return RiskRules.ALL.stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.id(),
                    () -> {
                      assertThat(found(rule.id(), "found.yaml")).contains(rule.id());
                      assertThat(found(rule.id(), "not-found.yaml")).doesNotContain(rule.id());
                    }));
  }

  private static List<String> found(String rule, String file) throws IOException {
    return in(Files.readString(FOLDER.resolve(rule).resolve(file))).stream()
        .map(Finding::rule)
        .toList();
  }

  @Test
  void every_rule_has_a_folder_and_a_row_in_the_reference() throws IOException {
    var ids = RiskRules.ALL.stream().map(RiskRule::id).toList();
    assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(60);
    try (var folders = Files.list(FOLDER)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()).toList())
          .containsExactlyInAnyOrderElementsOf(ids);
    }
    assertThat(Files.readAllLines(REFERENCE))
        .filteredOn(line -> line.startsWith("| `RBAC-") || line.startsWith("| `SUBJ-"))
        .hasSameSizeAs(ids);
  }

  @Test
  void this_is_what_the_rules_say() throws IOException {
    var said = new ArrayList<String>();
    for (var rule : RiskRules.ALL) {
      said.add(rule.id());
      for (var finding : in(Files.readString(FOLDER.resolve(rule.id()).resolve("found.yaml")))) {
        said.add(
            "  %s %s by %s: %s"
                .formatted(finding.severity(), finding.rule(), finding.via(), finding.detail()));
      }
    }
    var text = String.join("\n", said) + "\n";
    Golden.check(SAID, text);
  }

  @Test
  void a_privileged_namespace_weighs_more_than_another_and_less_than_all() {
    assertThat(severity("RBAC-SECRETS-LIST", role("sales", secrets("list", ""))))
        .contains(Severity.High);
    assertThat(severity("RBAC-SECRETS-LIST", role("kube-system", secrets("list", ""))))
        .contains(Severity.Critical);
    assertThat(severity("RBAC-SECRETS-GET", role("sales", secrets("get", ""))))
        .contains(Severity.Medium);
    assertThat(severity("RBAC-SECRETS-GET", role("credence-system", secrets("get", ""))))
        .contains(Severity.High);
    assertThat(severity("RBAC-SECRETS-GET", role("", secrets("get", "")))).contains(Severity.High);
  }

  @Test
  void names_take_one_step_off_or_make_a_right_mean_nothing() {
    assertThat(severity("RBAC-SECRETS-LIST", role("sales", secrets("list", "crm-db"))))
        .contains(Severity.Medium);
    assertThat(severity("RBAC-SECRETS-WRITE", role("sales", secrets("patch", "crm-db"))))
        .contains(Severity.Low);
    assertThat(severity("RBAC-SECRETS-WRITE", role("sales", secrets("create", "crm-db"))))
        .isEmpty();
    assertThat(severity("RBAC-SECRETS-GET", role("sales", secrets("get", "crm-db")))).isEmpty();
  }

  @Test
  void the_worst_of_several_cases_counts() {
    var oneUser =
        "- {apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [a]}";
    var anyAccount = "- {apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate]}";
    assertThat(severity("RBAC-IMPERSONATE", role("", oneUser))).contains(Severity.High);
    assertThat(severity("RBAC-IMPERSONATE", role("", oneUser + "\n" + anyAccount)))
        .contains(Severity.Critical);
  }

  @Test
  void the_worst_of_several_places_counts_and_is_the_one_that_is_named() {
    var findings =
        in(
            role("sales", secrets("list", ""))
                + "---\n"
                + role("kube-system", secrets("list", ""))
                + "---\n"
                + role("billing", secrets("list", "")));
    assertThat(findings)
        .filteredOn(finding -> finding.rule().equals("RBAC-SECRETS-LIST"))
        .extracting(Finding::severity, Finding::via)
        .containsExactly(tuple(Severity.Critical, "RoleBinding/kube-system/crm"));
  }

  @Test
  void the_account_is_also_a_user_and_in_three_groups() {
    for (var subject :
        List.of(
            "{kind: User, name: 'system:serviceaccount:sales:crm-sync'}",
            "{kind: Group, name: 'system:serviceaccounts'}",
            "{kind: Group, name: 'system:serviceaccounts:sales'}",
            "{kind: Group, name: 'system:authenticated'}")) {
      assertThat(
              severity(
                  "RBAC-SECRETS-LIST", role("sales", secrets("list", "")).replace(SYNC, subject)))
          .as(subject)
          .contains(Severity.High);
    }
    for (var subject :
        List.of(
            "{kind: User, name: crm-sync}",
            "{kind: ServiceAccount, name: crm-sync, namespace: other}",
            "{kind: Group, name: 'system:serviceaccounts:other'}")) {
      assertThat(in(role("sales", secrets("list", "")).replace(SYNC, subject)))
          .as(subject)
          .isEmpty();
    }
  }

  @Test
  void who_may_do_everything_has_one_finding() {
    var all = "- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}";
    assertThat(in(role("", all))).extracting(Finding::rule).containsExactly("RBAC-CLUSTER-ADMIN");
    assertThat(in(role("sales", all)))
        .extracting(Finding::rule)
        .containsExactly("RBAC-WILDCARD-NS");
  }

  @Test
  void an_exception_for_a_rule_that_is_not_there_is_a_problem_of_the_policy() {
    var known = new Exemption("RBAC-SECRETS-GET", "reads its own", Optional.empty());
    var unknown = new Exemption("RBAC-SECRET-GET", "reads its own", Optional.empty());
    assertThat(RiskRules.problems(new Privileges(Optional.empty(), List.of(known)))).isEmpty();
    assertThat(RiskRules.problems(new Privileges(Optional.empty(), List.of(known, unknown))))
        .singleElement()
        .asString()
        .contains("there is no rule 'RBAC-SECRET-GET'");
  }

  private static Optional<Severity> severity(String rule, String yaml) {
    return in(yaml).stream()
        .filter(finding -> finding.rule().equals(rule))
        .map(Finding::severity)
        .findFirst();
  }

  private static String secrets(String verb, String name) {
    return "- {apiGroups: [''], resources: [secrets], verbs: [%s]%s}"
        .formatted(verb, name.isEmpty() ? "" : ", resourceNames: [" + name + "]");
  }

  /// A role bound to the account; without a namespace, everywhere.
  private static String role(String namespace, String rules) {
    var cluster = namespace.isEmpty() ? "Cluster" : "";
    return """
    {apiVersion: v1, kind: ServiceAccount, metadata: {name: crm-sync, namespace: sales}}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: %1$sRole
    metadata: {name: crm, namespace: '%2$s'}
    rules:
    %3$s
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: %1$sRoleBinding
    metadata: {name: crm, namespace: '%2$s'}
    roleRef: {kind: %1$sRole, name: crm}
    subjects: [%4$s]
    """
        .formatted(cluster, namespace, rules, SYNC);
  }

  private static List<Finding> in(String yaml) {
    List<HasMetadata> objects =
        Yaml.documents(yaml).stream().map(document -> Yaml.read(Yaml.node(document))).toList();
    var accounts =
        objects.stream()
            .filter(ServiceAccount.class::isInstance)
            .map(HasMetadata::getMetadata)
            .map(meta -> (Who) new Who.ServiceAccount(meta.getNamespace(), meta.getName(), true))
            .collect(Collectors.toSet());
    var catalog = Rbac.of(objects);
    return (accounts.isEmpty()
            ? Stream.of(new Who.ServiceAccount("sales", "crm-sync", false), new Who.Anonymous())
            : accounts.stream())
        .flatMap(who -> Findings.of(who, catalog.grants(who), PRIVILEGED).stream())
        .toList();
  }
}
