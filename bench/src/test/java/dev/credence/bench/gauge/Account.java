// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.gauge;

import dev.credence.cluster.Kubeconfig;
import dev.credence.cluster.LocalCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import java.net.URI;
import java.time.Duration;

/// A ServiceAccount that may do everything: the audit log tells by it who asked.
public record Account(LocalCluster cluster, String namespace, String name) {
  private static final Duration VALID = Duration.ofHours(12);

  /// Makes it, with its namespace, where it is not there yet.
  public static Account admin(LocalCluster cluster, String namespace, String name) {
    var client = cluster.client();
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .serverSideApply();
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build())
        .serverSideApply();
    client
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName("bench-" + namespace + "-" + name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                .addNewSubject("", "ServiceAccount", name, namespace)
                .build())
        .serverSideApply();
    return new Account(cluster, namespace, name);
  }

  /// As the audit log calls it.
  public String user() {
    return "system:serviceaccount:" + namespace + ":" + name;
  }

  public String token() {
    return cluster
        .client()
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(name)
        .tokenRequest(
            new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(VALID.toSeconds())
                .endSpec()
                .build())
        .getStatus()
        .getToken();
  }

  /// The text of a kubeconfig.
  public String kubeconfig() {
    var server = URI.create(cluster.client().getMasterUrl().toString());
    return Kubeconfig.with(cluster.client(), server, token());
  }
}
