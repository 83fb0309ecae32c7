// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.bench.gauge.Account;
import dev.credence.bench.gauge.Load;
import dev.credence.cluster.LocalCluster;
import dev.credence.testing.Ports;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// cert-manager with certificates that sign themselves, on the kind of key that costs least. It
/// does more work than the others: a key, a request and a certificate for each Secret.
public final class CertManager implements Contender {
  private static final String TOOL = "cert-manager";

  @Override
  public String name() {
    return TOOL;
  }

  @Override
  public String version() {
    return Versions.of(TOOL, "github.com/cert-manager/cert-manager");
  }

  /// Its defaults: five workers for each of its controllers.
  @Override
  public List<String> flags() {
    return List.of();
  }

  @Override
  public String user() {
    return "system:serviceaccount:" + TOOL + ":" + TOOL;
  }

  @Override
  public void install(LocalCluster cluster) {
    Child.kinds(cluster, TOOL);
    cluster
        .client()
        .resource(
            Serialization.unmarshal(
                """
                ---
                apiVersion: cert-manager.io/v1
                kind: ClusterIssuer
                metadata: {name: bench}
                spec: {selfSigned: {}}
                """,
                GenericKubernetesResource.class))
        .serverSideApply();
  }

  @Override
  public Running start(LocalCluster cluster) throws IOException {
    return Child.start(
        TOOL,
        Account.admin(cluster, TOOL, TOOL).kubeconfig(),
        List.of("--metrics-listen-address=127.0.0.1:" + Ports.free()),
        "started:");
  }

  @Override
  public String root() {
    return "/apis/cert-manager.io/v1";
  }

  @Override
  public String plural() {
    return "certificates";
  }

  @Override
  public String object(String namespace, String name) {
    return """
        {"apiVersion": "cert-manager.io/v1", "kind": "Certificate",
         "metadata": {"namespace": "%1$s", "name": "%2$s"},
         "spec": {"secretName": "%2$s", "dnsNames": ["%2$s.%1$s.svc"],
           "privateKey": {"algorithm": "ECDSA", "size": 256},
           "issuerRef": {"kind": "ClusterIssuer", "name": "bench"}}}
        """
        .formatted(namespace, name);
  }

  @Override
  public Optional<String> reported(JsonNode object) {
    return Contender.is(object, "Ready", "True") && !Contender.is(object, "Issuing", "True")
        ? Optional.of(object.at("/status/revision").asText())
        : Optional.empty();
  }

  @Override
  public String label() {
    return "controller.cert-manager.io/fao";
  }

  /// Nothing else in its metadata changes with the value.
  @Override
  public String held(JsonNode secret) {
    return secret.at("/metadata/resourceVersion").asText();
  }

  /// As `cmctl renew` does.
  @Override
  public void renew(Load load, String namespace, String name) {
    load.patch(
        in(namespace) + "/" + name + "/status",
        Load.JSON_PATCH,
        """
        [{"op": "add", "path": "/status/conditions/-", "value": {"type": "Issuing",
          "status": "True", "reason": "ManuallyTriggered", "message": "asked for by the benchmark",
          "lastTransitionTime": "%s"}}]
        """
            .formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
  }

  /// Its default: a certificate stays in use when its Certificate is gone.
  @Override
  public boolean takesItsSecrets() {
    return false;
  }
}
