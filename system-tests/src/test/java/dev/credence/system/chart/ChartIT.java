// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static dev.credence.testing.Eventually.eventually;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.Requests;
import dev.credence.cluster.TestNamespace;
import dev.credence.image.Image;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceRule;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// The chart on a real API server.
@OnCluster
class ChartIT {
  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();

  /// The one value that has no default.
  private static final String IMAGE = "image.repository=registry.example.com/platform/credence";

  private static final List<String> RIGHTS_EVERYWHERE =
      List.of(
          "list credence.dev/machineidentities",
          "watch credence.dev/machineidentities",
          "patch credence.dev/machineidentities/status",
          "list credence.dev/credentialpolicies",
          "watch credence.dev/credentialpolicies",
          "patch credence.dev/credentialpolicies/status",
          "get secrets",
          "list secrets",
          "watch secrets",
          "create secrets",
          "update secrets",
          "patch secrets",
          "delete secrets",
          "list serviceaccounts",
          "watch serviceaccounts",
          "create serviceaccounts",
          "patch serviceaccounts",
          "delete serviceaccounts",
          "create serviceaccounts/token",
          "list namespaces",
          "watch namespaces",
          "get cert-manager.io/certificates",
          "list cert-manager.io/certificates",
          "watch cert-manager.io/certificates",
          "create cert-manager.io/certificates",
          "patch cert-manager.io/certificates",
          "delete cert-manager.io/certificates",
          "list cert-manager.io/issuers",
          "watch cert-manager.io/issuers",
          "list cert-manager.io/clusterissuers",
          "watch cert-manager.io/clusterissuers",
          "patch cert-manager.io/certificates/status",
          "list pods",
          "list networking.k8s.io/ingresses",
          "list gateway.networking.k8s.io/gateways",
          "list configmaps kube-apiserver-legacy-service-account-token-tracking",
          "create pods/eviction",
          "list apps/deployments",
          "patch apps/deployments",
          "list apps/statefulsets",
          "patch apps/statefulsets",
          "list apps/daemonsets",
          "patch apps/daemonsets",
          "list argoproj.io/rollouts",
          "patch argoproj.io/rollouts",
          "get batch/cronjobs",
          "list batch/cronjobs",
          "list batch/jobs",
          "watch batch/jobs",
          "create batch/jobs",
          "delete batch/jobs",
          "list apiextensions.k8s.io/customresourcedefinitions certificates.cert-manager.io",
          "watch apiextensions.k8s.io/customresourcedefinitions certificates.cert-manager.io",
          "list apiextensions.k8s.io/customresourcedefinitions rollouts.argoproj.io",
          "watch apiextensions.k8s.io/customresourcedefinitions rollouts.argoproj.io",
          "list rbac.authorization.k8s.io/roles",
          "watch rbac.authorization.k8s.io/roles",
          "list rbac.authorization.k8s.io/rolebindings",
          "watch rbac.authorization.k8s.io/rolebindings",
          "list rbac.authorization.k8s.io/clusterroles",
          "watch rbac.authorization.k8s.io/clusterroles",
          "list rbac.authorization.k8s.io/clusterrolebindings",
          "watch rbac.authorization.k8s.io/clusterrolebindings",
          "list admissionregistration.k8s.io/validatingadmissionpolicies",
          "watch admissionregistration.k8s.io/validatingadmissionpolicies",
          "list admissionregistration.k8s.io/validatingadmissionpolicybindings",
          "watch admissionregistration.k8s.io/validatingadmissionpolicybindings",
          "create events.k8s.io/events");

  private static final List<String> RIGHTS_AT_HOME =
      List.of(
          "get coordination.k8s.io/leases credence",
          "create coordination.k8s.io/leases",
          "watch coordination.k8s.io/leases credence",
          "patch coordination.k8s.io/leases credence",
          "list credence.dev/suspensionlists",
          "watch credence.dev/suspensionlists",
          "create credence.dev/suspensionlists",
          "patch credence.dev/suspensionlists",
          "delete credence.dev/suspensionlists",
          "list configmaps credence-suspended",
          "watch configmaps credence-suspended",
          "delete configmaps credence-suspended",
          "list configmaps",
          "watch configmaps");

  /// What an operator that observes may do: it writes nothing but the status, Events and the Lease.
  private static final List<String> RIGHTS_TO_OBSERVE =
      List.of(
          "list credence.dev/machineidentities",
          "watch credence.dev/machineidentities",
          "patch credence.dev/machineidentities/status",
          "list credence.dev/credentialpolicies",
          "watch credence.dev/credentialpolicies",
          "patch credence.dev/credentialpolicies/status",
          "list secrets",
          "watch secrets",
          "list serviceaccounts",
          "watch serviceaccounts",
          "list namespaces",
          "watch namespaces",
          "list cert-manager.io/certificates",
          "watch cert-manager.io/certificates",
          "list cert-manager.io/issuers",
          "watch cert-manager.io/issuers",
          "list cert-manager.io/clusterissuers",
          "watch cert-manager.io/clusterissuers",
          "list pods",
          "list networking.k8s.io/ingresses",
          "list gateway.networking.k8s.io/gateways",
          "list configmaps kube-apiserver-legacy-service-account-token-tracking",
          "list credence.dev/suspensionlists",
          "watch credence.dev/suspensionlists",
          "list configmaps credence-suspended",
          "watch configmaps credence-suspended",
          "list configmaps",
          "watch configmaps",
          "list apps/deployments",
          "list apps/statefulsets",
          "list apps/daemonsets",
          "list argoproj.io/rollouts",
          "list batch/cronjobs",
          "list batch/jobs",
          "watch batch/jobs",
          "list apiextensions.k8s.io/customresourcedefinitions certificates.cert-manager.io",
          "watch apiextensions.k8s.io/customresourcedefinitions certificates.cert-manager.io",
          "list apiextensions.k8s.io/customresourcedefinitions rollouts.argoproj.io",
          "watch apiextensions.k8s.io/customresourcedefinitions rollouts.argoproj.io",
          "list rbac.authorization.k8s.io/roles",
          "watch rbac.authorization.k8s.io/roles",
          "list rbac.authorization.k8s.io/rolebindings",
          "watch rbac.authorization.k8s.io/rolebindings",
          "list rbac.authorization.k8s.io/clusterroles",
          "watch rbac.authorization.k8s.io/clusterroles",
          "list rbac.authorization.k8s.io/clusterrolebindings",
          "watch rbac.authorization.k8s.io/clusterrolebindings",
          "list admissionregistration.k8s.io/validatingadmissionpolicies",
          "watch admissionregistration.k8s.io/validatingadmissionpolicies",
          "list admissionregistration.k8s.io/validatingadmissionpolicybindings",
          "watch admissionregistration.k8s.io/validatingadmissionpolicybindings",
          "create events.k8s.io/events",
          "get coordination.k8s.io/leases credence",
          "create coordination.k8s.io/leases",
          "watch coordination.k8s.io/leases credence",
          "patch coordination.k8s.io/leases credence");

  /// What one that enforces may do, and one that rotates may not.
  private static final List<String> RIGHTS_TO_ENFORCE =
      List.of(
          "delete cert-manager.io/certificates",
          "create serviceaccounts",
          "patch serviceaccounts",
          "delete serviceaccounts",
          "create credence.dev/suspensionlists",
          "patch credence.dev/suspensionlists",
          "delete credence.dev/suspensionlists",
          "delete configmaps credence-suspended");

  @Test
  void helm_lint_has_nothing_to_say(LocalCluster cluster) {
    assertThat(cluster.helm("lint", "--strict", CHART)).contains("0 chart(s) failed");
  }

  @Test
  void the_operator_may_do_this_and_nothing_else(LocalCluster cluster) {
    var everywhere = new TreeSet<>(RIGHTS_EVERYWHERE);
    assertThat(rightsOfOperator(cluster, "default")).isEqualTo(everywhere);

    everywhere.addAll(RIGHTS_AT_HOME);
    assertThat(rightsOfOperator(cluster, LocalCluster.NAMESPACE)).isEqualTo(everywhere);
  }

  @Test
  void each_tier_may_do_this_and_nothing_else(LocalCluster cluster) {
    var everything = new TreeSet<>(RIGHTS_EVERYWHERE);
    everything.addAll(RIGHTS_AT_HOME);
    assertThat(rendered(cluster, "Enforce")).isEqualTo(everything);

    var rotating = new TreeSet<>(everything);
    assertThat(rotating.removeAll(RIGHTS_TO_ENFORCE)).isTrue();
    assertThat(rendered(cluster, "Rotate")).isEqualTo(rotating);

    assertThat(rendered(cluster, "Observe")).isEqualTo(new TreeSet<>(RIGHTS_TO_OBSERVE));
    assertThat(rotating).containsAll(RIGHTS_TO_OBSERVE);
  }

  /// The rules of every role that the chart renders for the operator.
  private static Set<String> rendered(LocalCluster cluster, String tier) {
    var text =
        cluster.helm(
            "template", "credence", CHART, "--no-hooks", "--set", IMAGE + ",rbac.tier=" + tier);
    assertThat(text).contains("- name: CREDENCE_TIER\n          value: \"%s\"".formatted(tier));
    return Yaml.documents(text).stream()
        .map(document -> Yaml.node(document))
        .filter(node -> node.path("kind").asText().endsWith("Role"))
        .flatMap(node -> StreamSupport.stream(node.path("rules").spliterator(), false))
        .flatMap(rule -> rights(Serialization.unmarshal(rule.toString(), ResourceRule.class)))
        .collect(toCollection(TreeSet::new));
  }

  @Test
  void an_operator_that_only_observes_has_no_hook_that_writes(LocalCluster cluster) {
    assertThat(cluster.helm("template", CHART, "--set", IMAGE))
        .contains("helm.sh/hook: post-delete");
    assertThat(cluster.helm("template", CHART, "--set", IMAGE + ",rbac.tier=Observe"))
        .doesNotContain("helm.sh/hook");
  }

  @Test
  void a_tier_that_does_not_exist_is_refused(LocalCluster cluster) {
    var end = cluster.tryHelm("template", CHART, "--set", "rbac.tier=observe");
    assertThat(end.code()).isNotZero();
    assertThat(end.err()).contains("tier", "'Observe', 'Rotate', 'Enforce'");
  }

  @Test
  void without_an_account_to_make_one_is_to_be_named(LocalCluster cluster) {
    var end = cluster.tryHelm("template", CHART, "--set", IMAGE + ",serviceAccount.create=false");
    assertThat(end.code()).isNotZero();
    assertThat(end.err()).contains("set serviceAccount.name to an existing ServiceAccount");
    assertThat(
            cluster.helm(
                "template",
                CHART,
                "--set",
                IMAGE + ",serviceAccount.create=false,serviceAccount.name=mine"))
        .contains("serviceAccountName: mine", "'system:serviceaccount:default:mine'");
  }

  @Test
  void an_operator_of_some_namespaces_has_no_rights_in_others(LocalCluster cluster) {
    try (var mine = TestNamespace.create(cluster.client(), "mine", Map.of())) {
      var name = mine.name();
      cluster.helm(
          "install",
          name,
          CHART,
          "--namespace",
          name,
          "--set",
          "crds.enabled=false,admission.enabled=false,operator.enabled=false,settings.watchNamespaces={"
              + name
              + "},fullnameOverride="
              + name);
      try {
        assertThat(may(cluster, name, "list", name)).isTrue();
        assertThat(may(cluster, name, "list", "default")).isFalse();
      } finally {
        cluster.helm("uninstall", name, "--namespace", name);
      }
    }
  }

  /// Whether the release's account may do this with the Secrets of a namespace.
  private static boolean may(LocalCluster cluster, String release, String verb, String where) {
    var review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser("system:serviceaccount:" + release + ":" + release)
            .withNewResourceAttributes()
            .withVerb(verb)
            .withResource("secrets")
            .withNamespace(where)
            .endResourceAttributes()
            .endSpec()
            .build();
    return cluster.client().resource(review).create().getStatus().getAllowed();
  }

  @Test
  void two_replicas_run_in_a_namespace_of_restricted_pods(LocalCluster cluster) {
    var restricted = Map.of("pod-security.kubernetes.io/enforce", "restricted");
    try (var namespace = TestNamespace.create(cluster.client(), "restricted-pods", restricted)) {
      cluster.helm(
          "install",
          namespace.name(),
          CHART,
          "--namespace",
          namespace.name(),
          "--set",
          IMAGE
              + ",crds.enabled=false,admission.enabled=false,releaseOnUninstall=false,fullnameOverride="
              + namespace.name());
      try {
        eventually("two pods of the Deployment were let in")
            .until(() -> podsOf(namespace).size() == 2);
        var spec = podsOf(namespace).getFirst().getSpec();
        assertThat(spec.getServiceAccountName()).isEqualTo(namespace.name());
        assertThat(spec.getAutomountServiceAccountToken()).isFalse();
        var container = spec.getContainers().getFirst();
        assertThat(container.getImage()).isEqualTo("registry.example.com/platform/credence:0.1.0");
        assertThat(container.getArgs()).containsExactly("run");
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getEnv())
            .extracting(variable -> variable.getName())
            .containsExactly(
                "CREDENCE_NAMESPACE",
                "CREDENCE_WATCH_NAMESPACES",
                "CREDENCE_ADDRESS",
                "CREDENCE_PORT",
                "CREDENCE_LEADER_ELECTION",
                "CREDENCE_LOG_FORMAT",
                "CREDENCE_LOG_LEVEL",
                "CREDENCE_RESYNC_INTERVAL",
                "CREDENCE_IDENTITY_SERIES",
                "CREDENCE_PROBLEM_SERIES",
                "CREDENCE_NEVER_SUSPEND",
                "CREDENCE_SUSPENSION_LIMIT",
                "CREDENCE_DISCOVERY_EXCLUDE",
                "CREDENCE_API_SERVER",
                "CREDENCE_API_SERVER_CA",
                "CREDENCE_API_SERVER_SYSTEM_TRUST",
                "CREDENCE_REPORTS",
                "CREDENCE_CLUSTER_RESOURCE_NAMESPACE",
                "CREDENCE_RISK",
                "CREDENCE_RISK_EXCLUDE",
                "CREDENCE_TIER",
                "JDK_JAVA_OPTIONS");
        assertThat(namespace.client().policy().v1().podDisruptionBudget().list().getItems())
            .hasSize(1);
        assertThat(namespace.client().services().withName(name(namespace)).get()).isNotNull();
      } finally {
        cluster.helm("uninstall", namespace.name(), "--namespace", namespace.name());
      }
    }
  }

  @Test
  void values_of_the_chart_before_are_enough(LocalCluster cluster, TestNamespace namespace)
      throws IOException {
    var name = namespace.name();
    try (var previous =
        Files.list(LocalCluster.TOP.resolve("system-tests/src/test/resources/chart/previous"))) {
      cluster.helm(
          "install",
          name,
          previous.findFirst().orElseThrow().toString(),
          "--namespace",
          name,
          "--set",
          "crds.enabled=false,admission.enabled=false,releaseOnUninstall=false,replicaCount=0,fullnameOverride="
              + name);
    }
    try {
      // Settings that were renamed are named by the schema; values of the user's own stay.
      assertThatThrownBy(
              () -> cluster.helm("upgrade", name, CHART, "--namespace", name, "--reuse-values"))
          .hasMessageContainingAll("'sweepEvery'", "'baseline'", "not allowed");
      cluster.helm(
          "upgrade", name, CHART, "--namespace", name, "--reset-then-reuse-values", "--set", IMAGE);
      var deployment = namespace.client().apps().deployments().withName(name).get();
      assertThat(deployment.getMetadata().getLabels()).containsEntry("helm.sh/chart", version());
      assertThat(deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv())
          .filteredOn(
              variable -> List.of("CREDENCE_TIER", "CREDENCE_RISK").contains(variable.getName()))
          .extracting(variable -> variable.getValue())
          .containsExactlyInAnyOrder("Enforce", "true");
      assertThat(may(cluster, name, "update", name)).isTrue();
    } finally {
      cluster.helm("uninstall", name, "--namespace", name);
    }
  }

  /// As the label of every object has it: `credence-0.2.0`.
  private static String version() throws IOException {
    var chart = Files.readString(Path.of(CHART, "Chart.yaml"));
    return "credence-" + Yaml.node(Yaml.documents(chart).getFirst()).path("version").asText();
  }

  @Test
  void who_was_suspended_is_let_go_when_the_release_goes(LocalCluster cluster) {
    var audit = cluster.audit();
    var restricted = Map.of("pod-security.kubernetes.io/enforce", "restricted");
    try (var namespace = TestNamespace.create(cluster.client(), "released", restricted)) {
      var name = namespace.name();
      cluster.helm(
          "install",
          name,
          CHART,
          "--namespace",
          name,
          "--set",
          IMAGE
              + ",crds.enabled=false,admission.enabled=false,replicaCount=0,fullnameOverride="
              + name);
      assertThat(audit.requests().in(namespace).on("jobs").all()).isEmpty();
      cluster.helm("uninstall", name, "--namespace", name);

      assertThat(audit.requests().in(namespace).on("jobs").all())
          .extracting(Requests.Request::verb)
          .contains("create", "delete");
      assertThat(audit.requests().in(namespace).on("pods").all())
          .extracting(Requests.Request::verb)
          .contains("create");
      var release = name + "-release";
      assertThat(namespace.client().serviceAccounts().withName(release).get()).isNull();
      assertThat(cluster.client().rbac().clusterRoles().withName(release).get()).isNull();
      assertThat(cluster.client().rbac().clusterRoleBindings().withName(release).get()).isNull();
    }
  }

  @Test
  void the_crds_stay_when_the_release_goes(LocalCluster cluster) {
    for (var crd : List.of("machineidentities", "credentialpolicies")) {
      assertThat(
              cluster
                  .client()
                  .apiextensions()
                  .v1()
                  .customResourceDefinitions()
                  .withName(crd + ".credence.dev")
                  .get()
                  .getMetadata()
                  .getAnnotations())
          .containsEntry("helm.sh/resource-policy", "keep");
    }
  }

  @Test
  void two_operators_without_leader_election_are_refused(LocalCluster cluster) {
    var end = cluster.tryHelm("template", CHART, "--set", IMAGE + ",settings.leaderElection=false");
    assertThat(end.code()).isNotZero();
    assertThat(end.err()).contains("replicaCount above 1 needs settings.leaderElection");
  }

  @Test
  void the_rights_to_reports_come_with_their_value(LocalCluster cluster) {
    assertThat(cluster.helm("template", CHART, "--set", IMAGE))
        .doesNotContain("apiGroups: [openreports.io]", "apiGroups: [wgpolicyk8s.io]");
    assertThat(cluster.helm("template", CHART, "--set", IMAGE + ",reports.enabled=true"))
        .contains(
            """
            - apiGroups: [openreports.io]
              resources: [reports]
              verbs: [list, create, patch, delete]
            - apiGroups: [wgpolicyk8s.io]
              resources: [policyreports]
              verbs: [list, create, patch, delete]
            """,
            """
                    - name: CREDENCE_REPORTS
                      value: "true"
            """);
  }

  @Test
  void without_an_image_helm_names_the_value_to_set(LocalCluster cluster) {
    for (var words : List.of("template", "install")) {
      var end = cluster.tryHelm(words, "no-image", CHART, "--set", "crds.enabled=false");
      assertThat(end.code()).isNotZero();
      assertThat(end.err())
          .contains("Set image.repository to the image of the operator", "make image");
    }
    assertThat(cluster.helm("template", CHART, "--set", "operator.enabled=false"))
        .doesNotContain("image:");
  }

  @Test
  void the_image_comes_from_the_registry_of_the_umbrella_chart(LocalCluster cluster) {
    var image =
        "image.registry=images.example.com,image.repository=platform/credence,image.tag=1.2.3";
    assertThat(cluster.helm("template", CHART, "--set", image))
        .contains("image: \"images.example.com/platform/credence:1.2.3\"");
    assertThat(
            cluster.helm(
                "template",
                CHART,
                "--set",
                image + ",enabled=true,global.imageRegistry=mirror.example.com:5000",
                "--set",
                "global.imagePullSecrets={mirror},imagePullSecrets[0].name=own"))
        .contains(
            "image: \"mirror.example.com:5000/platform/credence:1.2.3\"",
            "      imagePullSecrets:\n      - name: mirror\n      - name: own\n");
  }

  @Test
  void safety_options_of_the_jvm_are_last(LocalCluster cluster) {
    var options =
        cluster
            .helm(
                "template",
                CHART,
                "--set",
                IMAGE + ",heap.max=1g,extraJavaOptions={-XX:+HeapDumpOnOutOfMemoryError}")
            .lines()
            .filter(line -> line.contains("-XX:"))
            .toList();
    assertThat(options)
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .containsSubsequence(
                        "-Xmx1g",
                        "-XX:+HeapDumpOnOutOfMemoryError",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:-HeapDumpOnOutOfMemoryError",
                        "-XX:+DisableAttachMechanism"));
  }

  @Test
  void without_other_values_the_jvm_has_the_options_of_the_image(LocalCluster cluster) {
    var options =
        cluster
            .helm("template", CHART, "--set", IMAGE)
            .lines()
            .filter(line -> line.contains("-XX:"))
            .map(line -> line.replaceFirst("\\s+value: \"(.*)\"", "$1"))
            .distinct()
            .toList();
    assertThat(options).containsExactly(Image.FLAGS);
  }

  @Test
  void all_objects_are_in_the_namespace_and_have_the_annotations_of_the_values(
      LocalCluster cluster) {
    var text =
        cluster.helm(
            "template",
            "trial",
            CHART,
            "--namespace",
            "of-the-release",
            "--set",
            IMAGE + ",namespaceOverride=platform,commonAnnotations.example\\.com/ticket=INC-7");
    assertThat(text).doesNotContain("of-the-release");
    assertThat(Yaml.documents(text))
        .hasSizeGreaterThan(30)
        .allSatisfy(
            document ->
                assertThat(
                        Yaml.node(document)
                            .at("/metadata/annotations/example.com~1ticket")
                            .asText())
                    .as(document.toString())
                    .isEqualTo("INC-7"));
  }

  @Test
  void roles_for_users_come_with_their_value(LocalCluster cluster) {
    var roles = "ClusterRole";
    assertThat(names(cluster, roles, "rbac.userRoles=true"))
        .contains("trial-credence-approver", "trial-credence-reviewer", "trial-credence-auditor");
    assertThat(names(cluster, roles, "rbac.aggregateToView=true"))
        .contains("trial-credence-view")
        .doesNotContain("trial-credence-edit", "trial-credence-approver");
    assertThat(names(cluster, roles, "rbac.aggregateToEdit=true"))
        .contains("trial-credence-edit")
        .doesNotContain("trial-credence-view");
  }

  private static List<String> names(LocalCluster cluster, String kind, String value) {
    return Yaml.documents(cluster.helm("template", "trial", CHART, "--set", IMAGE + "," + value))
        .stream()
        .map(document -> Yaml.node(document))
        .filter(node -> node.path("kind").asText().equals(kind))
        .map(node -> node.at("/metadata/name").asText())
        .toList();
  }

  @Test
  void missing_owners_are_warned_about_only_on_request(LocalCluster cluster) {
    var kind = "ValidatingAdmissionPolicyBinding";
    assertThat(names(cluster, kind, "admission.owner.warn=true")).contains("owner.credence.dev");
    assertThat(names(cluster, kind, "admission.owner.excludedNamespaces={legacy}"))
        .contains("owner-enforced.credence.dev")
        .doesNotContain("owner.credence.dev");
    assertThat(
            cluster.helm(
                "template",
                CHART,
                "--set",
                IMAGE + ",admission.owner.excludedNamespaces={legacy,default}"))
        .contains("[\"kube-system\",\"kube-public\",\"kube-node-lease\",\"default\",\"legacy\"]");
  }

  @Test
  void a_misspelt_value_is_refused(LocalCluster cluster) {
    var end = cluster.tryHelm("template", CHART, "--set", "settings.logLevl=DEBUG");
    assertThat(end.code()).isNotZero();
    assertThat(end.err()).contains("logLevl");
  }

  @Test
  void what_is_no_name_of_an_account_is_refused(LocalCluster cluster) {
    for (var name : List.of("Sales", "sales:crm", "sales/crm/sync", "sales/'", "*")) {
      var end = cluster.tryHelm("template", CHART, "--set", "settings.neverSuspend={" + name + "}");
      assertThat(end.code()).as(name).isNotZero();
      assertThat(end.err()).contains("neverSuspend");
    }
  }

  @Test
  void a_bundle_and_the_trust_of_the_system_exclude_each_other(LocalCluster cluster) {
    var bundle = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----";
    var end =
        cluster.tryHelm(
            "template",
            CHART,
            "--set",
            "settings.apiServer.useSystemTrust=true",
            "--set-string",
            "settings.apiServer.caBundle=" + bundle);
    assertThat(end.code()).isNotZero();
    assertThat(end.err()).contains("caBundle");
  }

  @Test
  void an_address_without_https_is_refused(LocalCluster cluster) {
    var end =
        cluster.tryHelm("template", CHART, "--set", "settings.apiServer.url=api.example.com:6443");
    assertThat(end.code()).isNotZero();
    assertThat(end.err()).contains("apiServer");
  }

  @Test
  void every_option_at_once_is_accepted(LocalCluster cluster, TestNamespace namespace)
      throws IOException {
    MonitoringKinds.install(cluster);
    var rendered =
        cluster.helm(
            "template",
            "everything",
            CHART,
            "--namespace",
            namespace.name(),
            "--api-versions",
            "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy",
            "--values",
            LocalCluster.TOP.resolve("helm/credence/ci/everything-values.yaml").toString());
    var file = Files.createTempFile("rendered", ".yaml");
    try {
      Files.writeString(file, rendered);
      assertThat(
              cluster.kubectl(
                  "apply",
                  "--server-side",
                  "--dry-run=server",
                  "--force-conflicts",
                  "-f",
                  file.toString()))
          .contains(
              "clusterrole.rbac.authorization.k8s.io/everything-credence-view",
              "deployment",
              "mutatingadmissionpolicy.admissionregistration.k8s.io/requester.credence.dev",
              "job.batch/everything-credence-release",
              "/everything-credence-release serverside-applied (server dry run)")
          .doesNotContain("clusterrole.rbac.authorization.k8s.io/everything-credence-release");
    } finally {
      Files.delete(file);
    }
  }

  private static String name(TestNamespace namespace) {
    var longest = namespace.name();
    return longest.substring(0, Math.min(longest.length(), 55)) + "-metrics";
  }

  private static List<Pod> podsOf(TestNamespace namespace) {
    return namespace
        .client()
        .pods()
        .withLabel("app.kubernetes.io/name", "credence")
        .list()
        .getItems();
  }

  /// Without what every account may do.
  private static Set<String> rightsOfOperator(LocalCluster cluster, String namespace) {
    var operator = Config.fromKubeconfig(OperatorProcess.on(cluster).kubeconfig());
    try (var client = new KubernetesClientBuilder().withConfig(operator).build()) {
      return client
          .authorization()
          .v1()
          .selfSubjectRulesReview()
          .create(
              new SelfSubjectRulesReviewBuilder()
                  .withNewSpec()
                  .withNamespace(namespace)
                  .endSpec()
                  .build())
          .getStatus()
          .getResourceRules()
          .stream()
          .flatMap(ChartIT::rights)
          .filter(right -> !right.startsWith("create auth"))
          .collect(toCollection(TreeSet::new));
    }
  }

  private static Stream<String> rights(ResourceRule rule) {
    var names = rule.getResourceNames().isEmpty() ? List.of("") : rule.getResourceNames();
    var rights = new ArrayList<String>();
    for (var verb : rule.getVerbs()) {
      for (var group : rule.getApiGroups()) {
        for (var resource : rule.getResources()) {
          for (var name : names) {
            rights.add(
                (verb + " " + (group.isEmpty() ? "" : group + "/") + resource + " " + name)
                    .strip());
          }
        }
      }
    }
    return rights.stream();
  }
}
