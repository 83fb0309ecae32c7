// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.policy.PolicySections.Exemption;
import dev.credence.facts.policy.PolicySections.Privileges;
import dev.credence.facts.policy.Severity;
import dev.credence.facts.rbac.Who;
import dev.credence.plan.IdentityStatus.Finding;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Each folder of `risks/` is a rule, with `found.yaml` (a cluster in which it finds something)
/// and `not-found.yaml` (one that is nearly the same, in which it does not). The account that is
/// looked at is the one in the file; where there is none, it is `crm-sync`, which is missing, and
/// everybody without a credential.
///
/// What the rules say of the first is in `risk-findings.txt`; `make golden` writes it anew. In
/// `known-rbac/` are roles as well-known charts and distributions bring them, as short as they can
/// be; what is said of those is in `known-rbac-findings.txt`.
class RiskRulesTest {
  private static final Path FOLDER = Path.of("src/test/resources/risks");
  private static final Path REFERENCE = Path.of("../docs/reference/risks.md");
  private static final Path SAID = Path.of("src/test/resources/risk-findings.txt");
  private static final Path KNOWN = Path.of("src/test/resources/known-rbac");
  private static final Path SAID_OF_KNOWN = Path.of("src/test/resources/known-rbac-findings.txt");
  private static final Set<String> PRIVILEGED = Set.of("kube-system", "credence-system");
  private static final Optional<ServerVersion> SERVER = Optional.of(new ServerVersion(1, 36));
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
    var stated = new ArrayList<String>();
    for (var rule : RiskRules.ALL) {
      stated.add(rule.id());
      for (var finding : in(Files.readString(FOLDER.resolve(rule.id()).resolve("found.yaml")))) {
        stated.add(
            "  %s %s by %s: %s"
                .formatted(finding.severity(), finding.rule(), finding.via(), finding.detail()));
      }
    }
    var text = String.join("\n", stated) + "\n";
    Golden.check(SAID, text);
  }

  @Test
  void this_is_what_the_rules_say_of_well_known_charts() throws IOException {
    var stated = new ArrayList<String>();
    try (var files = Files.list(KNOWN)) {
      for (var file : files.sorted().toList()) {
        stated.add(file.getFileName().toString().replace(".yaml", ""));
        for (var finding : in(Files.readString(file))) {
          stated.add(
              "  %s %s by %s: %s"
                  .formatted(finding.severity(), finding.rule(), finding.via(), finding.detail()));
        }
      }
    }
    Golden.check(SAID_OF_KNOWN, String.join("\n", stated) + "\n");
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
  void get_on_a_session_counts_where_the_server_does_not_ask_for_create() {
    for (var resource : List.of("pods/exec", "pods/attach", "pods/portforward")) {
      var id = resource.equals("pods/portforward") ? "RBAC-PORTFORWARD" : "RBAC-POD-EXEC";
      var read = role("", "- {apiGroups: [''], resources: [%s], verbs: [get]}".formatted(resource));
      assertThat(rules(read, Optional.of(new ServerVersion(1, 34)))).contains(id);
      assertThat(rules(read, Optional.empty())).contains(id);
      assertThat(rules(read, Optional.of(new ServerVersion(1, 35)))).doesNotContain(id);
      assertThat(rules(read, Optional.of(new ServerVersion(2, 0)))).doesNotContain(id);
      assertThat(rules(read.replace("verbs: [get]", "verbs: [create]"), SERVER)).contains(id);
      assertThat(rules(read.replace("verbs: [get]", "verbs: ['*']"), SERVER)).contains(id);
    }
    // Proxies ask for no second right in any version.
    var proxy = role("", "- {apiGroups: [''], resources: [pods/proxy, nodes/proxy], verbs: [get]}");
    assertThat(rules(proxy, SERVER)).contains("RBAC-PROXY", "RBAC-NODES-PROXY");
  }

  @Test
  void a_right_to_oneself_is_no_finding() {
    var token = "- {apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]%s}";
    assertThat(severity("RBAC-TOKEN-REQUEST", role("sales", named(token, "crm-sync")))).isEmpty();
    assertThat(severity("RBAC-TOKEN-REQUEST", role("sales", named(token, "crm-db"))))
        .contains(Severity.Medium);
    assertThat(severity("RBAC-TOKEN-REQUEST", role("sales", named(token, "crm-sync, crm-db"))))
        .contains(Severity.Medium);
    // An account of the same name in another namespace, or in every one.
    assertThat(severity("RBAC-TOKEN-REQUEST", role("billing", named(token, "crm-sync"))))
        .contains(Severity.Medium);
    assertThat(severity("RBAC-TOKEN-REQUEST", role("", named(token, "crm-sync"))))
        .contains(Severity.High);
    // Of a group that may do it, each other account is a finding.
    var group = "{kind: Group, name: 'system:serviceaccounts:sales'}";
    assertThat(
            severity(
                "RBAC-TOKEN-REQUEST", role("sales", named(token, "crm-db")).replace(SYNC, group)))
        .contains(Severity.Medium);

    var user = "- {apiGroups: [''], resources: [users], verbs: [impersonate]%s}";
    assertThat(
            severity(
                "RBAC-IMPERSONATE",
                role("", named(user, "'system:serviceaccount:sales:crm-sync'"))))
        .isEmpty();
    assertThat(severity("RBAC-IMPERSONATE", role("", named(user, "alice"))))
        .contains(Severity.High);
    var account = "- {apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate]%s}";
    assertThat(severity("RBAC-IMPERSONATE", role("sales", named(account, "crm-sync")))).isEmpty();
    assertThat(severity("RBAC-IMPERSONATE", role("sales", named(account, "crm-db"))))
        .contains(Severity.Medium);
  }

  private static String named(String rule, String names) {
    return rule.formatted(", resourceNames: [" + names + "]");
  }

  @Test
  void half_of_a_right_is_judged_with_the_other_half() {
    var approval =
        "- {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}\n";
    var signer = "- {apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve]%s}\n";
    var create =
        "- {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [create]}\n";
    var id = "RBAC-CSR-APPROVE";
    assertThat(severity(id, role("", approval))).contains(Severity.Low);
    assertThat(severity(id, role("", signer.formatted("")))).isEmpty();
    assertThat(severity(id, role("", approval + signer.formatted("")))).contains(Severity.High);
    assertThat(severity(id, role("", create + approval + signer.formatted(""))))
        .contains(Severity.Critical);
    for (var client :
        List.of(
            "kubernetes.io/kube-apiserver-client",
            "kubernetes.io/kube-apiserver-client-kubelet",
            "'kubernetes.io/*'")) {
      assertThat(severity(id, role("", approval + named(signer, client))))
          .as(client)
          .contains(Severity.High);
    }
    assertThat(
            severity(
                id, role("", create + approval + named(signer, "kubernetes.io/kubelet-serving"))))
        .contains(Severity.Medium);
    assertThat(severity(id, role("", create + approval + named(signer, "'example.com/*'"))))
        .contains(Severity.Low);

    var status =
        "- {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/status], verbs: [patch]}\n";
    var signs = signer.replace("approve", "sign");
    assertThat(severity("RBAC-CSR-SIGN", role("", status + named(signs, "example.com/ca"))))
        .contains(Severity.Low);
    assertThat(
            severity(
                "RBAC-CSR-SIGN", role("", status + named(signs, "kubernetes.io/kubelet-serving"))))
        .contains(Severity.Critical);

    var groups = "- {apiGroups: [''], resources: [groups], verbs: [impersonate]%s}\n";
    var itself =
        "- {apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: ['system:serviceaccount:sales:crm-sync']}\n";
    assertThat(severity("RBAC-IMPERSONATE", role("", groups.formatted("")))).contains(Severity.Low);
    assertThat(severity("RBAC-IMPERSONATE", role("", groups.formatted("") + itself)))
        .contains(Severity.Critical);
    assertThat(
            severity(
                "RBAC-IMPERSONATE-MASTERS", role("", named(groups, "'system:masters'") + itself)))
        .contains(Severity.Critical);
    var extras =
        "- {apiGroups: [authentication.k8s.io], resources: [userextras/scopes], verbs: [impersonate]}\n";
    assertThat(severity("RBAC-IMPERSONATE", role("", extras))).isEmpty();
    assertThat(severity("RBAC-IMPERSONATE", role("", extras + itself))).contains(Severity.High);
  }

  @Test
  void to_make_what_others_start_pods_for_is_as_good_as_to_start_pods() {
    for (var kind :
        List.of(
            "argoproj.io/workflows",
            "argoproj.io/rollouts",
            "tekton.dev/taskruns",
            "tekton.dev/pipelineruns",
            "serving.knative.dev/services",
            "sparkoperator.k8s.io/sparkapplications",
            "flink.apache.org/flinkdeployments",
            "ray.io/rayjobs",
            "kubeflow.org/pytorchjobs",
            "trainer.kubeflow.org/trainjobs",
            "serving.kserve.io/inferenceservices",
            "apps.kruise.io/clonesets",
            "batch.volcano.sh/jobs",
            "jobset.x-k8s.io/jobsets",
            "leaderworkerset.x-k8s.io/leaderworkersets",
            "kafka.strimzi.io/kafkaconnects",
            "keda.sh/scaledjobs",
            "kubevirt.io/virtualmachines",
            "apps.openshift.io/deploymentconfigs",
            "build.openshift.io/buildconfigs",
            "monitoring.coreos.com/prometheuses")) {
      var rule = ofKind(kind);
      assertThat(severity("RBAC-WORKLOAD-WRITE", role("", rule)))
          .as(kind)
          .contains(Severity.Critical);
      assertThat(severity("RBAC-WORKLOAD-WRITE", role("sales", rule)))
          .as(kind)
          .contains(Severity.High);
    }
    for (var kind :
        List.of(
            "argoproj.io/applications",
            "kustomize.toolkit.fluxcd.io/kustomizations",
            "helm.toolkit.fluxcd.io/helmreleases",
            "kubernetes.crossplane.io/objects",
            "kubernetes.m.crossplane.io/objects",
            "operators.coreos.com/subscriptions",
            "velero.io/restores")) {
      assertThat(severity("RBAC-GITOPS-WRITE", role("", ofKind(kind))))
          .as(kind)
          .contains(Severity.Critical);
    }
    // A name of such a kind in another group, and rights that make nothing.
    assertThat(in(role("", ofKind("example.com/workflows")))).isEmpty();
    assertThat(in(role("", ofKind("argoproj.io/workflows").replace("create", "get")))).isEmpty();
    assertThat(in(role("", ofKind("argoproj.io/workflows/status")))).isEmpty();
    assertThat(in(role("", ofKind("keda.sh/scaledobjects")))).isEmpty();
  }

  private static String ofKind(String kind) {
    var slash = kind.indexOf('/');
    return "- {apiGroups: [%s], resources: [%s], verbs: [create]}"
        .formatted(kind.substring(0, slash), kind.substring(slash + 1));
  }

  @Test
  void kinds_of_others_are_in_the_reference_and_said_once() throws IOException {
    var reference = Files.readString(REFERENCE);
    var resources =
        Stream.concat(OtherKinds.STARTING_PODS.stream(), OtherKinds.APPLYING_ANYTHING.stream())
            .flatMap(kind -> kind.resources().stream().map(name -> kind.group() + "/" + name))
            .toList();
    assertThat(resources).doesNotHaveDuplicates();
    assertThat(resources)
        .allSatisfy(resource -> assertThat(reference).contains("`" + resource + "`"));
  }

  @Test
  void what_writes_nothing_may_be_given_to_every_account() {
    var group = "{kind: Group, name: 'system:authenticated'}";
    for (var server : List.of("''", "authorization.openshift.io", "authorization.example.com")) {
      var reviews =
          "- {apiGroups: [%s], resources: [selfsubjectrulesreviews, selfsubjectaccessreviews], verbs: [create]}"
              .formatted(server);
      assertThat(in(role("", reviews).replace(SYNC, group))).as(server).isEmpty();
    }
    for (var rule :
        List.of(
            "{apiGroups: ['', authorization.openshift.io], resources: [selfsubjectrulesreviews, configmaps], verbs: [create]}",
            "{apiGroups: [''], resources: [configmaps], verbs: [create]}",
            "{apiGroups: [oauth.openshift.io], resources: [oauthaccesstokens], verbs: [create]}",
            "{apiGroups: ['*'], resources: [oauthaccesstokens], verbs: [delete]}",
            "{apiGroups: [example.com], resources: [productreviews], verbs: [create]}")) {
      assertThat(in(role("", "- " + rule).replace(SYNC, group)))
          .as(rule)
          .extracting(Finding::rule)
          .contains("SUBJ-ALL-SA");
    }
  }

  @Test
  void an_exception_for_a_rule_that_is_not_there_is_a_problem_of_the_policy() {
    var known = new Exemption("RBAC-SECRETS-GET", "reads its own", Optional.empty());
    var unknown = new Exemption("RBAC-SECRET-GET", "reads its own", Optional.empty());
    assertThat(RiskRules.problems(new Privileges(Severity.Medium, List.of(known)))).isEmpty();
    assertThat(RiskRules.problems(new Privileges(Severity.Medium, List.of(known, unknown))))
        .singleElement()
        .asString()
        .contains("unknown rule 'RBAC-SECRET-GET'");
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

  private static List<String> rules(String yaml, Optional<ServerVersion> server) {
    return in(yaml, server).stream().map(Finding::rule).toList();
  }

  private static List<Finding> in(String yaml) {
    return in(yaml, SERVER);
  }

  private static List<Finding> in(String yaml, Optional<ServerVersion> server) {
    List<HasMetadata> objects =
        Yaml.documents(yaml).stream().map(document -> Yaml.read(Yaml.node(document))).toList();
    var accounts =
        objects.stream()
            .filter(ServiceAccount.class::isInstance)
            .map(HasMetadata::getMetadata)
            .map(meta -> (Who) new Who.ServiceAccount(meta.getNamespace(), meta.getName(), true))
            .distinct()
            .toList();
    var catalog = Rbac.of(objects);
    return (accounts.isEmpty()
            ? Stream.of(new Who.ServiceAccount("sales", "crm-sync", false), new Who.Anonymous())
            : accounts.stream())
        .flatMap(who -> Findings.of(who, catalog.grants(who), PRIVILEGED, server).stream())
        .toList();
  }
}
