// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import dev.credence.metrics.Permissions.Question;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/// May the operator do this? The authorizer says it, whatever the request would come to.
final class AccessReview {
  private final KubernetesClient client;

  AccessReview(KubernetesClient client) {
    this.client = client;
  }

  boolean has(Question question) {
    var right = question.right();
    var parts = right.resource().split("/", 2);
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withVerb(right.verb())
            .withGroup(right.group())
            .withResource(parts[0])
            .withSubresource(parts.length > 1 ? parts[1] : "")
            .withNamespace(right.namespace())
            .withName(question.name())
            .endResourceAttributes()
            .endSpec()
            .build();
    return client
        .authorization()
        .v1()
        .selfSubjectAccessReview()
        .create(review)
        .getStatus()
        .getAllowed();
  }
}
