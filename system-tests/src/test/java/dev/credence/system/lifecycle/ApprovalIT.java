// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.lifecycle;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// One asks, another one approves, and the operator makes what was approved and nothing else.
@WithOperator
class ApprovalIT {
  private static final String ROB = "rob@example.com";
  private static final String ANNA = "anna@example.com";
  private static final Pattern SCOPE = Pattern.compile("approval of scope ([0-9a-f]+)");

  @Test
  void nothing_is_made_before_somebody_else_approves(TestNamespace namespace) {
    var admin = Scene.in(namespace);
    admin.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: people}, rules: [
         {apiGroups: [credence.dev], resources: [machineidentities], verbs: [get, list, create, patch, approve]},
         {apiGroups: [""], resources: [secrets], verbs: [create]}]}
        """);
    admin.create(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: people},
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: people},
         subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: rob@example.com},
           {apiGroup: rbac.authorization.k8s.io, kind: User, name: anna@example.com}]}
        """);
    try (var policy = admin.policy("enforcement: Enforce, approval: {required: true}");
        var ofRob = as(ROB);
        var ofAnna = as(ANNA)) {
      var rob = new Scene(ofRob, namespace.name());
      var anna = new Scene(ofAnna, namespace.name());
      eventually("they may")
          .until(
              () -> {
                try {
                  return anna.client()
                          .resources(dev.credence.api.MachineIdentity.class)
                          .inNamespace(namespace.name())
                          .list()
                      != null;
                } catch (KubernetesClientException notYet) {
                  return false;
                }
              });
      rob.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      admin.await("crm", "Ready", "False ApprovalPending");
      assertThat(admin.status("crm").state()).isEqualTo(LifeState.Requested);
      Scene.stays(
          Duration.ofSeconds(2), "nothing is made", () -> admin.secret("crm-db").get() == null);

      if (admin.client().supports("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy")) {
        // Elsewhere nobody writes down who asked.
        assertThatExceptionOfType(KubernetesClientException.class)
            .isThrownBy(() -> approve(rob, ROB, scope(admin)));
      }
      approve(anna, ANNA, scope(admin));
      admin.awaitVersion("crm-db", 1);
      admin.await("crm", "Approved", "True Approved");
      assertThat(admin.status("crm").approval().approvedBy()).isEqualTo(ANNA);
      assertThat(admin.status("crm").history().getLast().reason()).isEqualTo("Approved");

      // The record is the operator's own.
      admin.patch(
          admin.identity("crm"),
          "{metadata: {annotations: {credence.dev/approve: null, credence.dev/rotate: now}}}");
      admin.awaitVersion("crm-db", 2);

      rob.patch(
          rob.identity("crm"),
          "{spec: {secrets: [" + password("crm-db") + ", " + password("crm-api") + "]}}");
      admin.await("crm", "Approved", "False ScopeChanged");
      Scene.stays(
          Duration.ofSeconds(2), "nothing is made", () -> admin.secret("crm-api").get() == null);
      assertThat(admin.version("crm-db")).isEqualTo(2);
      approve(anna, ANNA, scope(admin));
      admin.awaitVersion("crm-api", 1);
    }
  }

  private static void approve(Scene scene, String name, String scope) {
    scene.annotate(scene.identity("crm"), Api.APPROVE, name + " " + scope);
  }

  /// As it is shown.
  private static String scope(Scene scene) {
    var shown = SCOPE.matcher(scene.message("crm", "Approved"));
    assertThat(shown.find()).isTrue();
    return shown.group(1);
  }

  private static KubernetesClient as(String user) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.fromKubeconfig(LocalCluster.shared().kubeconfig().toFile()))
                .withRequestRetryBackoffLimit(0)
                .withImpersonateUsername(user)
                .build())
        .build();
  }
}
