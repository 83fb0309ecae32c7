// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.Measure;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A suspension is enforced by every API server of a control plane, also after the policies of it
/// were away for a while, and the status says that it is only while it is. On a cluster of its own,
/// with two API servers.
@OnCluster
class SuspensionEnforcedIT {
  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();
  private static final List<String> POLICIES =
      List.of("suspended.credence.dev", "no-new-tokens.credence.dev");

  /// The API server notices a change of policies within a second, and the operator asks it again
  /// each two seconds, three times before it believes it.
  private static final Duration NOTICED = Duration.ofSeconds(30);

  private static final String REINSTALLED = "reinstalled";

  private static LocalCluster cluster;
  private static KubernetesClient second;
  private static OperatorProcess operator;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.fresh("enforced");
    second = cluster.second();
    operator = OperatorProcess.on(cluster).start();
  }

  @AfterAll
  static void stop() {
    operator.close();
    second.close();
    cluster.close();
  }

  @Test
  void bindings_that_were_away_for_seconds_leave_nobody_free() {
    afterwardsItIsEnforced(
        "bindings",
        scene -> {
          var bindings =
              cluster.client().admissionRegistration().v1().validatingAdmissionPolicyBindings();
          var kept = POLICIES.stream().map(name -> bindings.withName(name).get()).toList();
          POLICIES.forEach(name -> bindings.withName(name).delete());
          awaitNotEnforced(scene);
          Scene.stays(Duration.ofSeconds(3), "the API servers forget the lists", () -> true);
          kept.forEach(
              binding -> {
                binding.setMetadata(
                    new ObjectMetaBuilder()
                        .withName(binding.getMetadata().getName())
                        .withLabels(binding.getMetadata().getLabels())
                        .withAnnotations(binding.getMetadata().getAnnotations())
                        .build());
                bindings.resource(binding).create();
              });
        });
  }

  @Test
  void suspension_is_switched_off_and_on_by_an_upgrade() {
    afterwardsItIsEnforced(
        "switched",
        scene -> {
          cluster.chart("admission.suspension=false");
          awaitNotEnforced(scene);
          cluster.chart("admission.suspension=true");
        });
  }

  @Test
  void the_chart_is_uninstalled_and_installed() {
    afterwardsItIsEnforced(
        REINSTALLED,
        scene -> {
          cluster.helm("uninstall", "credence", "--namespace", LocalCluster.NAMESPACE, "--wait");
          Scene.stays(Duration.ofSeconds(3), "the API servers forget the lists", () -> true);
          cluster.helm(
              "install",
              "credence",
              CHART,
              "--namespace",
              LocalCluster.NAMESPACE,
              "--set",
              "operator.enabled=false");
          cluster.awaitSchemas();
        });
  }

  private interface Change {
    void make(Scene scene);
  }

  /// And by an operator that has not seen the change. It is the one that sees the next change.
  private static void afterwardsItIsEnforced(String name, Change change) {
    var scene = Scene.fresh(cluster, name);
    suspended(scene, "old");
    suspended(scene, "third");
    if (name.equals(REINSTALLED)) {
      // Its account goes with the chart.
      operator.close();
      change.make(scene);
    } else {
      change.make(scene);
      operator.close();
    }
    operator = OperatorProcess.on(cluster).start();
    // Their entries are as they were.
    awaitEnforced(scene, "old");
    awaitEnforced(scene, "third");
    // One is resumed, and another one is suspended: the API servers go by the list as it is now.
    scene.patch(scene.identity("third"), "{metadata: {annotations: {credence.dev/suspend: null}}}");
    eventually("it writes again")
        .until(() -> both().allMatch(client -> !isDenied(client, scene, "third")));
    suspended(scene, "young");
    scene.client().namespaces().withName(scene.namespace()).delete();
  }

  private static void suspended(Scene scene, String name) {
    scene.createAccount(name);
    scene.identity(name, OWNER + ", serviceAccounts: [{name: %s}]".formatted(name));
    scene.awaitReady(name);
    scene.annotate(scene.identity(name), Api.SUSPEND, "INC-7");
    awaitEnforced(scene, name);
  }

  private static Stream<KubernetesClient> both() {
    return Stream.of(cluster.client(), second);
  }

  private static void awaitEnforced(Scene scene, String identity) {
    within(NOTICED, "the status says that " + identity + " is suspended")
        .untilAsserted(
            () -> {
              assertThat(scene.result(identity, "Suspended")).isEqualTo("True Requested");
              assertThat(scene.status(identity).suspension().inForce())
                  .contains(Measure.WritesDenied, Measure.NoNewTokens);
              assertThat(scene.message(identity, "Suspended"))
                  .contains("The API server at " + address() + " enforces it");
            });
    within(NOTICED, "both API servers deny what it writes, and a new token")
        .until(
            () ->
                both()
                    .allMatch(
                        client ->
                            isDenied(client, scene, identity)
                                && isRefused(() -> token(client, scene, identity))));
  }

  private static void awaitNotEnforced(Scene scene) {
    within(NOTICED, "the status says that nothing denies it")
        .untilAsserted(
            () -> {
              assertThat(scene.result("old", "Suspended")).isEqualTo("True NotEnforced");
              assertThat(scene.result("old", "Ready")).isEqualTo("False NotEnforced");
              assertThat(scene.message("old", "Suspended"))
                  .contains("The API server at " + address() + " does not enforce it");
              assertThat(scene.status("old").suspension().inForce())
                  .doesNotContain(Measure.WritesDenied, Measure.NoNewTokens);
            });
  }

  /// Of the API server that answers the operator.
  private static String address() {
    var server = cluster.client().getMasterUrl();
    return server.getProtocol() + "://" + server.getAuthority();
  }

  /// What the API server says to the account itself.
  private static boolean isDenied(KubernetesClient server, Scene scene, String account) {
    var config =
        new ConfigBuilder(server.getConfiguration())
            .withImpersonateUsername("system:serviceaccount:" + scene.namespace() + ":" + account)
            .withImpersonateGroups("system:masters")
            .build();
    try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
      return isRefused(
          () ->
              client
                  .configMaps()
                  .inNamespace(scene.namespace())
                  .resource(
                      new ConfigMapBuilder()
                          .withNewMetadata()
                          .withGenerateName("probe-")
                          .endMetadata()
                          .build())
                  .dryRun()
                  .create());
    }
  }

  private static boolean isRefused(Runnable request) {
    try {
      request.run();
      return false;
    } catch (KubernetesClientException refused) {
      assertThat(refused).hasMessageContaining("is suspended");
      return true;
    }
  }

  private static void token(KubernetesClient server, Scene scene, String account) {
    server
        .serviceAccounts()
        .inNamespace(scene.namespace())
        .withName(account)
        .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build());
  }
}
