// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RenewalTest {

  private static ServiceAccount account(String labels) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: crm-sync
          namespace: sales
          uid: 6f1c
          resourceVersion: "12"
          creationTimestamp: "2026-01-01T00:00:00Z"
          finalizers: [example.com/hold]
          labels: {%s}
          annotations:
            example.com/role: sync
            credence.dev/owner: alice@example.com
            credence.dev/written: "identity,owner"
            credence.dev/held-by: 6f1d
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: crm, uid: 6f1e}]
        imagePullSecrets: [{name: registry}]
        secrets: [{name: crm-sync-token}]
        automountServiceAccountToken: false
        """
            .formatted(labels),
        ServiceAccount.class);
  }

  @Test
  void an_account_comes_back_as_its_users_wrote_it() {
    var copy = Renewal.copy(account("team: sales, credence.dev/identity: crm"));
    var meta = copy.getMetadata();
    assertThat(meta.getLabels()).containsOnlyKeys("team");
    assertThat(meta.getAnnotations()).containsOnlyKeys("example.com/role", "credence.dev/owner");
    assertThat(meta.getOwnerReferences()).hasSize(1);
    assertThat(copy.getImagePullSecrets()).extracting("name").containsExactly("registry");
    assertThat(copy.getAutomountServiceAccountToken()).isFalse();
  }

  /// Else the API server would refuse it, or never let it go again.
  @Test
  void it_comes_back_without_what_the_api_server_wrote() {
    var copy = Renewal.copy(account("team: sales"));
    assertThat(copy.getMetadata().getUid()).isNull();
    assertThat(copy.getMetadata().getResourceVersion()).isNull();
    assertThat(copy.getMetadata().getFinalizers()).isEmpty();
    assertThat(copy.getSecrets()).isEmpty();
  }

  @Test
  void only_accounts_that_the_identity_has_are_deleted() {
    assertThat(Renewal.isIts("crm", Set.of("crm-sync"), account("team: sales"))).isTrue();
    assertThat(Renewal.isIts("crm", Set.of(), account("credence.dev/identity: crm"))).isTrue();
    assertThat(Renewal.isIts("crm", Set.of("crm-sync"), account("credence.dev/identity: other")))
        .isFalse();
    assertThat(Renewal.isIts("crm", Set.of(), account("team: sales"))).isFalse();
  }
}
