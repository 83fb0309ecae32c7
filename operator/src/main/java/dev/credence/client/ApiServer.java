// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.SuspensionList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URL;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Is the API server there, does it know our kinds, and may we list them? Until then nothing else
/// is started: an operator may be installed before its CRDs, and may start before the API server.
public final class ApiServer {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final Duration TRY_EVERY = Duration.ofSeconds(1);
  private static final int TELL_EVERY = 10;
  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;

  /// Empty `namespaces`: all. `operatorNamespace`: the operator's own namespace.
  public static void await(
      KubernetesClient client, Set<String> namespaces, String operatorNamespace)
      throws InterruptedException {
    for (var tries = 0; ; tries++) {
      var missing =
          missing(client, MachineIdentity.class, namespaces)
              .or(() -> missing(client, CredentialPolicy.class, Set.of()))
              .or(() -> missing(client, SuspensionList.class, Set.of(operatorNamespace)));
      if (missing.isEmpty()) {
        return;
      }
      if (tries % TELL_EVERY == 0) {
        LOG.warn("waiting: {}", missing.get());
      }
      Thread.sleep(TRY_EVERY);
    }
  }

  private static <T extends HasMetadata> Optional<String> missing(
      KubernetesClient client, Class<T> kind, Set<String> namespaces) {
    var resources = client.resources(kind);
    var one = new ListOptionsBuilder().withLimit(1L).build();
    try {
      if (namespaces.isEmpty()) {
        resources.inAnyNamespace().list(one);
      } else {
        namespaces.forEach(namespace -> resources.inNamespace(namespace).list(one));
      }
      return Optional.empty();
    } catch (KubernetesClientException answer) {
      return Optional.of(
          switch (answer.getCode()) {
            case NOT_FOUND ->
                "the API server does not know %s; install the CRDs".formatted(kind.getSimpleName());
            case FORBIDDEN ->
                "no permission to list %s; check the ClusterRole of the chart and its binding"
                    .formatted(kind.getSimpleName());
            case -1, 0 -> "the API server at %s does not answer".formatted(client.getMasterUrl());
            default ->
                "the API server answered %s: %s"
                    .formatted(answer.getCode(), String.valueOf(answer.getMessage()));
          });
    }
  }

  /// Without a path, for a sentence.
  public static String address(URL server) {
    return server.getProtocol() + "://" + server.getAuthority();
  }

  private ApiServer() {}
}
