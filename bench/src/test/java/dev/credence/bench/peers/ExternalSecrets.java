// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.bench.gauge.Account;
import dev.credence.bench.gauge.Load;
import dev.credence.cluster.LocalCluster;
import dev.credence.testing.Ports;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// External Secrets with its password generator, which asks nobody outside of the cluster.
public final class ExternalSecrets implements Contender {
  public static final String TUNED = "external-secrets-tuned";

  private static final String TOOL = "external-secrets";
  private static final String GENERATORS = "/apis/generators.external-secrets.io/v1alpha1";

  private final String name;
  private final List<String> flags;

  /// As its chart runs it: one worker.
  public static ExternalSecrets byDefault() {
    return new ExternalSecrets(TOOL, List.of("--concurrent=1"));
  }

  /// Fifty workers, and nothing that holds its client back.
  public static ExternalSecrets tuned() {
    return new ExternalSecrets(TUNED, List.of("--concurrent=50", "--client-qps=-1"));
  }

  private ExternalSecrets(String name, List<String> flags) {
    this.name = name;
    this.flags = flags;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String version() {
    return Versions.of(TOOL, "github.com/external-secrets/external-secrets");
  }

  @Override
  public List<String> flags() {
    return flags;
  }

  @Override
  public String user() {
    return "system:serviceaccount:" + TOOL + ":" + TOOL;
  }

  @Override
  public void install(LocalCluster cluster) {
    Child.kinds(cluster, TOOL);
  }

  @Override
  public Running start(LocalCluster cluster) throws IOException {
    var words = new ArrayList<>(flags);
    words.add("--metrics-addr=127.0.0.1:" + Ports.free());
    words.add("--live-addr=127.0.0.1:" + Ports.free());
    words.add("--loglevel=info");
    words.add("--zap-time-encoding=epoch");
    return Child.start(
        TOOL, Account.admin(cluster, TOOL, TOOL).kubeconfig(), words, "Starting workers");
  }

  @Override
  public String root() {
    return "/apis/external-secrets.io/v1";
  }

  @Override
  public String plural() {
    return "externalsecrets";
  }

  @Override
  public void prepare(Load load, String namespace) {
    load.create(
        GENERATORS + "/namespaces/" + namespace + "/passwords",
        """
        {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "Password",
         "metadata": {"name": "password"},
         "spec": {"length": 32, "digits": 5, "symbols": 5, "noUpper": false, "allowRepeat": true}}
        """);
  }

  @Override
  public String object(String namespace, String name) {
    return """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
         "metadata": {"namespace": "%1$s", "name": "%2$s"},
         "spec": {"refreshInterval": "1h", "target": {"name": "%2$s", "creationPolicy": "Owner"},
           "dataFrom": [{"sourceRef": {"generatorRef": {
             "apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "Password",
             "name": "password"}}}]}}
        """
        .formatted(namespace, name);
  }

  @Override
  public Optional<String> reported(JsonNode object) {
    return Contender.is(object, "Ready", "True")
        ? Optional.of(object.at("/status/syncedResourceVersion").asText())
        : Optional.empty();
  }

  @Override
  public String label() {
    return "reconcile.external-secrets.io/managed";
  }

  @Override
  public String held(JsonNode secret) {
    return Contender.annotation(secret, "reconcile.external-secrets.io/data-hash");
  }

  @Override
  public void renew(Load load, String namespace, String name) {
    load.patch(
        in(namespace) + "/" + name,
        Load.MERGE_PATCH,
        "{\"metadata\": {\"annotations\": {\"force-sync\": \"%s\"}}}".formatted(Instant.now()));
  }
}
