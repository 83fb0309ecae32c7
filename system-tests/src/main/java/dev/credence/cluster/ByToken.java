// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/// A client that authenticates by a token only. It asks once: a denial is an answer.
public final class ByToken {

  /// `admin` says where the API server is, and whose certificate to believe.
  public static KubernetesClient client(KubernetesClient admin, String token) {
    var known = admin.getConfiguration();
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.empty())
                .withMasterUrl(known.getMasterUrl())
                .withCaCertFile(known.getCaCertFile())
                .withCaCertData(known.getCaCertData())
                .withOauthToken(token)
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  private ByToken() {}
}
