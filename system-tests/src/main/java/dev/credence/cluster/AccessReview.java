// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/// Asks the authorizer of the API server.
public final class AccessReview {

  /// Whether a ServiceAccount may do this, with the groups that every one of them is in.
  public static boolean allows(
      KubernetesClient client, String namespace, String account, ResourceAttributes what) {
    return client
        .resource(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("system:serviceaccount:" + namespace + ":" + account)
                .withGroups(
                    "system:serviceaccounts",
                    "system:serviceaccounts:" + namespace,
                    "system:authenticated")
                .withResourceAttributes(what)
                .endSpec()
                .build())
        .create()
        .getStatus()
        .getAllowed();
  }

  private AccessReview() {}
}
