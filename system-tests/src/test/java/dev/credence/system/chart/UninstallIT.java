// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.Kubeconfig;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Crm;
import dev.credence.system.Scene;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `helm uninstall` with an identity that is suspended: its hook really runs, with the rights that
/// the chart gives it. On a cluster of its own, since the admission policies go too.
@OnCluster
class UninstallIT {
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  /// The garbage collector learns of kinds that went in its own time.
  private static final Duration GARBAGE = Duration.ofSeconds(90);

  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();

  /// No node has it: the hook's pod waits for this test to play kubelet.
  private static final String NOBODY = "replicaCount=0,nodeSelector.played-by=this-test";

  private static LocalCluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.fresh("uninstall");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static void install(String values) {
    cluster.helm(
        "upgrade",
        "--install",
        "credence",
        CHART,
        "--namespace",
        LocalCluster.NAMESPACE,
        "--set",
        "image.repository=registry.example.com/platform/credence," + values);
    eventually("the API server knows identities")
        .ignoreExceptions()
        .until(
            () ->
                cluster.client().raw("/apis/credence.dev/v1alpha1/machineidentities?limit=1")
                    != null);
  }

  /// Whoever asks for it gets it: every identity goes, and what was made for it; what is others'
  /// stays.
  @Test
  void with_the_crds_everything_goes_and_nothing_hangs() {
    install("replicaCount=0,releaseOnUninstall=false,crds.keep=false");
    var scene = Scene.fresh(cluster, "all");
    scene.createAccount("crm-sync");
    try (var operator = OperatorProcess.on(cluster).start()) {
      scene.identity(
          "crm",
          Scene.OWNER
              + ", serviceAccounts: [{name: crm-sync}, {name: crm-report, provision: {}}], secrets: ["
              + Scene.password("crm-db")
              + "]");
      scene.awaitReady("crm");
      cluster.helm("uninstall", "credence", "--namespace", LocalCluster.NAMESPACE);
      eventually("the definitions are gone").until(() -> definitions().isEmpty());
      assertThat(operator.isAlive()).as("it waits for them").isTrue();
    }
    within(GARBAGE, "what was made is gone")
        .until(
            () ->
                scene.secret("crm-db").get() == null && scene.account("crm-report").get() == null);
    assertThat(scene.account("crm-sync").get()).isNotNull();
    assertThat(left()).isEmpty();
  }

  private static List<String> definitions() {
    return cluster
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .list()
        .getItems()
        .stream()
        .map(definition -> definition.getMetadata().getName())
        .filter(name -> name.endsWith(".credence.dev"))
        .toList();
  }

  @Test
  void nobody_is_left_frozen() throws Exception {
    install(NOBODY);
    var crm = Crm.of(Scene.fresh(cluster, "left"));
    try (var operator = OperatorProcess.on(cluster).start()) {
      crm.scene().awaitReady("crm");
      crm.suspend();
      crm.scene().await("crm", "Suspended", "True Requested");
    }
    var legacy = crm.token(Crm.LEGACY);
    within(AT_MOST, "it is refused").until(() -> !crm.isKnown(legacy));

    var uninstalled =
        new FutureTask<>(
            () -> cluster.helm("uninstall", "credence", "--namespace", LocalCluster.NAMESPACE));
    // A thread of its own: the client answers on the common pool, which has one or two.
    Thread.ofVirtual().start(uninstalled);
    var pod = eventually("the hook has a pod").until(UninstallIT::hooks, pods -> !pods.isEmpty());
    var end = played(pod.getFirst());
    assertThat(end.code()).as(end.err()).isZero();
    assertThat(end.out()).contains(crm.scene().namespace() + "/" + Crm.LEGACY);
    uninstalled.get(60, TimeUnit.SECONDS);

    within(AT_MOST, "it writes again").until(() -> crm.answer(legacy).isEmpty());
    crm.requestToken();
    assertThat(left()).isEmpty();
    assertThat(crm.scene().identity("crm").get()).as("what people declared stays").isNotNull();
  }

  /// The rights of the hook would be of use to whoever may create pods in the namespace later.
  @Test
  void a_hook_that_fails_leaves_no_rights_behind() throws Exception {
    install(NOBODY);
    var uninstalled =
        new FutureTask<>(
            () -> cluster.tryHelm("uninstall", "credence", "--namespace", LocalCluster.NAMESPACE));
    Thread.ofVirtual().start(uninstalled);
    eventually("the hook has a pod").until(UninstallIT::hooks, pods -> !pods.isEmpty());
    // As if its time was over.
    cluster
        .client()
        .batch()
        .v1()
        .jobs()
        .inNamespace(LocalCluster.NAMESPACE)
        .withName("credence-release")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"activeDeadlineSeconds\": 1}}");
    assertThat(uninstalled.get(60, TimeUnit.SECONDS).code()).as("helm reports it").isNotZero();
    assertThat(left()).isEmpty();
  }

  private static List<Pod> hooks() {
    return cluster
        .client()
        .pods()
        .inNamespace(LocalCluster.NAMESPACE)
        .withLabel("app.kubernetes.io/component", "release")
        .list()
        .getItems();
  }

  /// Runs what the pod says, as its ServiceAccount, and tells the API server how that ended.
  private Program.End played(Pod pod) throws Exception {
    var kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        Kubeconfig.with(
            cluster.client(),
            URI.create(cluster.client().getMasterUrl().toString()),
            tokenOf(pod)));
    var container = pod.getSpec().getContainers().getFirst();
    var environment = new HashMap<>(Map.of("KUBECONFIG", kubeconfig.toString()));
    for (var variable : container.getEnv()) {
      environment.put(
          variable.getName(),
          variable.getValueFrom() == null
              ? variable.getValue() == null ? "" : variable.getValue()
              : pod.getMetadata().getNamespace());
    }
    var program = LocalCluster.TOP.resolve("operator/bin/credence").toString();
    var words = Stream.concat(Stream.of(program), container.getArgs().stream()).toList();
    var end = Program.run(environment, words);
    cluster
        .client()
        .pods()
        .resource(pod)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"phase\": \"%s\"}}"
                .formatted(end.code() == 0 ? "Succeeded" : "Failed"));
    return end;
  }

  private static String tokenOf(Pod pod) {
    return cluster
        .client()
        .serviceAccounts()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getSpec().getServiceAccountName())
        .tokenRequest(
            new TokenRequestBuilder()
                .withNewSpec()
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec()
                .build())
        .getStatus()
        .getToken();
  }

  /// What the chart brought and is still there, but for the CRDs.
  private static List<String> left() {
    var client = cluster.client();
    return Stream.of(
            client.rbac().clusterRoles().list().getItems(),
            client.rbac().clusterRoleBindings().list().getItems(),
            client.admissionRegistration().v1().validatingAdmissionPolicies().list().getItems(),
            client
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .list()
                .getItems(),
            client
                .genericKubernetesResources(
                    "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy")
                .list()
                .getItems(),
            client.rbac().roles().inAnyNamespace().list().getItems(),
            client.rbac().roleBindings().inAnyNamespace().list().getItems(),
            client.serviceAccounts().inNamespace(LocalCluster.NAMESPACE).list().getItems(),
            client.batch().v1().jobs().inNamespace(LocalCluster.NAMESPACE).list().getItems())
        .flatMap(List::stream)
        .map(HasMetadata.class::cast)
        .filter(object -> object.getMetadata().getName().matches("credence.*|.*[.]credence[.]dev"))
        .map(object -> object.getKind() + " " + object.getMetadata().getName())
        .toList();
  }
}
