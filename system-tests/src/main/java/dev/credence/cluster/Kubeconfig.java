// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/// The text of a kubeconfig for a ServiceAccount of the operator's namespace.
public final class Kubeconfig {
  private static final String USER = "operator";

  /// `admin` says whose certificate to believe.
  public static String with(KubernetesClient admin, URI server, String token) {
    return Serialization.asYaml(
        new ConfigBuilder()
            .withApiVersion("v1")
            .withKind("Config")
            .withCurrentContext(USER)
            .addNewContext()
            .withName(USER)
            .withNewContext()
            .withCluster("cluster")
            .withUser(USER)
            .withNamespace(LocalCluster.NAMESPACE)
            .endContext()
            .endContext()
            .addNewCluster()
            .withName("cluster")
            .withNewCluster()
            .withServer(server.toString())
            .withCertificateAuthorityData(authority(admin))
            .endCluster()
            .endCluster()
            .addNewUser()
            .withName(USER)
            .withNewUser()
            .withToken(token)
            .endUser()
            .endUser()
            .build());
  }

  /// The certificate of whom `client` believes, in Base64.
  public static String authority(KubernetesClient client) {
    var configuration = client.getConfiguration();
    if (configuration.getCaCertData() != null) {
      return configuration.getCaCertData();
    }
    try {
      return Base64.getEncoder()
          .encodeToString(Files.readAllBytes(Path.of(configuration.getCaCertFile())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Kubeconfig() {}
}
