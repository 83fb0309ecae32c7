// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What the cluster's own role `edit` may do with our kinds in one namespace, as the API server
/// answers to somebody who has nothing else.
@OnCluster
class TenantIT {
  private static final String TENANT = "tenant@example.com";

  @Test
  void edit_reaches_our_kinds_only_where_the_chart_adds_them_and_never_beyond(
      LocalCluster cluster, TestNamespace namespace) {
    var admin = Scene.in(namespace);
    admin.identity("crm", OWNER);
    admin.create(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: edit}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}, subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: %s}]}"
            .formatted(TENANT));
    try (var client = impersonating(cluster, TENANT)) {
      var tenant = new Scene(client, namespace.name());
      eventually("the tenant may edit")
          .ignoreExceptions()
          .until(() -> client.secrets().inNamespace(namespace.name()).list() != null);

      assertThat(ofOurs(client, namespace)).isEmpty();
      assertForbidden(() -> tenant.identity("crm").get());
      assertForbidden(() -> tenant.identity("mine", OWNER));

      try (var _ = aggregated(cluster)) {
        eventually("the chart has added our kinds")
            .until(() -> !ofOurs(client, namespace).isEmpty());
        var ofOurs = ofOurs(client, namespace);
        assertThat(ofOurs.keySet()).containsExactly("credentialpolicies", "machineidentities");
        assertThat(ofOurs.get("machineidentities"))
            .containsExactlyInAnyOrder(
                "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

        tenant.identity("mine", OWNER);
        // Theirs is the spec alone.
        assertForbidden(
            () ->
                tenant
                    .identity("mine")
                    .subresource("status")
                    .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"state\":\"Active\"}}"));
        // Beyond the namespace there is nothing, ours and the operator's included.
        var operatorNamespace = new Scene(client, LocalCluster.NAMESPACE);
        assertForbidden(() -> operatorNamespace.identity("theirs", OWNER));
        assertForbidden(() -> client.secrets().inNamespace(LocalCluster.NAMESPACE).list());
        assertForbidden(
            () ->
                client.resources(SuspensionList.class).inNamespace(LocalCluster.NAMESPACE).list());
        // Not even in a namespace of their own, where no policy would go by it.
        assertForbidden(() -> client.resource(list(namespace.name())).create());
        assertForbidden(() -> client.resource(list(LocalCluster.NAMESPACE)).create());
        assertForbidden(() -> client.resources(MachineIdentity.class).inAnyNamespace().list());
        // Policies are of the cluster, and a right in a namespace does not reach them.
        assertForbidden(() -> tenant.policy("owner: {required: false}"));
        assertForbidden(() -> client.resources(CredentialPolicy.class).list());
        for (var verb : Set.of("approve", "review", "mark")) {
          assertThat(ofOurs.get("machineidentities")).doesNotContain(verb);
        }
      }
      eventually("what the chart adds goes with it")
          .until(() -> ofOurs(client, namespace).isEmpty());
    }
  }

  private static SuspensionList list(String namespace) {
    var list = new SuspensionList();
    list.setMetadata(new ObjectMetaBuilder().withName("mine").withNamespace(namespace).build());
    list.setSpec(new SuspensionListSpec("1", Map.of(), null));
    return list;
  }

  /// Every right on our kinds there, subresources too: by resource its verbs.
  private static Map<String, Set<String>> ofOurs(KubernetesClient client, TestNamespace namespace) {
    var rights =
        client
            .resource(
                new SelfSubjectRulesReviewBuilder()
                    .withNewSpec()
                    .withNamespace(namespace.name())
                    .endSpec()
                    .build())
            .create()
            .getStatus();
    var verbs = new TreeMap<String, Set<String>>();
    rights.getResourceRules().stream()
        .filter(
            rule ->
                rule.getApiGroups().contains("credence.dev") || rule.getApiGroups().contains("*"))
        .forEach(
            rule ->
                rule.getResources()
                    .forEach(
                        resource ->
                            verbs
                                .computeIfAbsent(resource, _ -> new TreeSet<>())
                                .addAll(rule.getVerbs())));
    return verbs;
  }

  private static void assertForbidden(ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, no -> assertThat(no.getCode()).isEqualTo(403));
  }

  /// The chart with `rbac.aggregate`, until it is closed.
  private static AutoClosing aggregated(LocalCluster cluster) {
    aggregate(cluster, true);
    return () -> aggregate(cluster, false);
  }

  private interface AutoClosing extends AutoCloseable {
    @Override
    void close();
  }

  private static void aggregate(LocalCluster cluster, boolean wanted) {
    cluster.chart("rbac.aggregate=" + wanted);
  }

  private static KubernetesClient impersonating(LocalCluster cluster, String user) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                .withUserAgent("credence-tests")
                .withRequestRetryBackoffLimit(0)
                .withImpersonateUsername(user)
                .build())
        .build();
  }
}
