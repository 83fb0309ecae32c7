// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.api.Api;
import dev.credence.bench.gauge.Load;
import dev.credence.bench.gauge.Vitals;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.image.Image;
import dev.credence.image.Unpacked;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// As it is shipped: the program, the runtime and what it learnt from the image, with the chart's
/// account, rights and flags.
public final class Credence implements Contender {
  static final String NAME = "credence";

  private final Path root;

  /// Builds the image and unpacks it into a folder.
  public static Credence ofImage(Path scratch) throws IOException {
    var tar = Image.build(LocalCluster.TOP.resolve("operator/target"), scratch.resolve("image"));
    return new Credence(
        Unpacked.of(tar, scratch.resolve("unpacked")).root(scratch.resolve("root")));
  }

  private Credence(Path root) {
    this.root = root;
  }

  @Override
  public String name() {
    return NAME;
  }

  /// The commit.
  @Override
  public String version() {
    var top = LocalCluster.TOP.toString();
    return Program.output(Map.of(), List.of("git", "-C", top, "describe", "--always", "--dirty"))
        .strip();
  }

  @Override
  public List<String> flags() {
    return List.of("JDK_JAVA_OPTIONS=" + Image.FLAGS, "CREDENCE_LEADER_ELECTION=true");
  }

  @Override
  public String user() {
    return "system:serviceaccount:" + LocalCluster.NAMESPACE + ":" + LocalCluster.ACCOUNT;
  }

  /// Every fresh cluster has the chart in it.
  @Override
  public void install(LocalCluster cluster) {}

  @Override
  public Running start(LocalCluster cluster) {
    var operator =
        OperatorProcess.on(cluster)
            .with("JDK_JAVA_OPTIONS", Image.FLAGS)
            .with("CREDENCE_LEADER_ELECTION", "true")
            .running(
                root.resolve("opt/java/bin/java").toString(),
                "-XX:AOTCache=" + root.resolve("app/credence.aot"),
                "-jar",
                root.resolve("app/credence.jar").toString(),
                "run")
            .startAnyway();
    return new Running() {
      @Override
      public Vitals vitals() {
        return new Vitals(operator.pid());
      }

      @Override
      public void awaitReady(Duration deadline) {
        operator.awaitReady(deadline);
      }

      @Override
      public void close() {
        operator.close();
      }
    };
  }

  @Override
  public String root() {
    return "/apis/" + Api.GROUP + "/" + Api.VERSION;
  }

  @Override
  public String plural() {
    return "machineidentities";
  }

  @Override
  public String object(String namespace, String name) {
    return """
        {"apiVersion": "%1$s/%2$s", "kind": "MachineIdentity",
         "metadata": {"namespace": "%3$s", "name": "%4$s"},
         "spec": {"owner": {"contact": "alice@example.com"}, "secrets": [{"name": "%4$s",
           "generate": {"keys": [{"name": "password", "password": {"length": 32}}]}}]}}
        """
        .formatted(Api.GROUP, Api.VERSION, namespace, name);
  }

  @Override
  public Optional<String> reported(JsonNode object) {
    return Contender.is(object, "Ready", "True")
        ? Optional.of(object.at("/status/credentials/0/version").asText())
        : Optional.empty();
  }

  @Override
  public String label() {
    return Api.IDENTITY;
  }

  @Override
  public String held(JsonNode secret) {
    return Contender.annotation(secret, Api.SECRET_VERSION);
  }

  @Override
  public void renew(Load load, String namespace, String name) {
    load.patch(
        in(namespace) + "/" + name,
        Load.MERGE_PATCH,
        "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(Api.ROTATE, Instant.now()));
  }
}
