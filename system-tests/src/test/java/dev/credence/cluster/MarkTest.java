// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class MarkTest {
  private KubernetesClient client;

  @Test
  void a_cluster_that_is_not_marked_as_a_throw_away_one_is_refused() {
    assertThatThrownBy(() -> LocalCluster.refuseUnlessMarked(client))
        .hasMessageContaining("kube-system/credence-test-cluster");

    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("credence-test-cluster")
                .withNamespace("kube-system")
                .endMetadata()
                .build())
        .create();
    assertThatCode(() -> LocalCluster.refuseUnlessMarked(client)).doesNotThrowAnyException();
  }
}
