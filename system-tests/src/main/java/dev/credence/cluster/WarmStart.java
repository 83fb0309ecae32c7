// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import dev.credence.api.MachineIdentity;
import dev.credence.testing.Eventually;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The JVM's cache of loaded and linked classes (JEP 483), learned from one run of the operator:
/// each later start of an operator or a command takes half the processor time. The image of a
/// release has one as well; `operator/bin/credence` uses this one where it is newer than the
/// program.
final class WarmStart {
  private static final Path PROGRAM = LocalCluster.TOP.resolve("operator/target/credence.jar");
  private static final Path CACHE = LocalCluster.TOP.resolve("operator/target/credence.aot");

  /// Another JVM compiles the cache before this one ends: seconds, or a minute on a busy machine.
  private static final Duration WRITES_THE_CACHE = Duration.ofMinutes(5);

  /// Learns where there is no cache of this program yet. Of several JVMs one learns and the others
  /// wait for it.
  static void learn(LocalCluster cluster) {
    try (var file = new RandomAccessFile(CACHE + ".lock", "rw");
        var _ = file.getChannel().lock()) {
      if (!isUpToDate()) {
        learnAnew(cluster);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isUpToDate() throws IOException {
    return Files.exists(CACHE)
        && Files.getLastModifiedTime(CACHE).compareTo(Files.getLastModifiedTime(PROGRAM)) >= 0;
  }

  private static void learnAnew(LocalCluster cluster) throws IOException {
    Files.deleteIfExists(CACHE);
    var unfinished = Path.of(CACHE + ".new");
    try (var namespace = TestNamespace.create(cluster.client(), "warm-start");
        var operator =
            OperatorProcess.on(cluster)
                .in(namespace)
                .with("JAVA_TOOL_OPTIONS", "-XX:AOTCacheOutput=" + unfinished)
                .start()) {
      makeWork(namespace);
      Eventually.eventually("the identity is ready").until(() -> isReady(namespace));
      operator.terminate(WRITES_THE_CACHE);
    }
    // A run that could not write the cache is no reason to fail: the next starts are slower.
    if (Files.exists(unfinished)) {
      Files.move(unfinished, CACHE);
    }
  }

  /// An account, a password and a token: what most tests have.
  private static void makeWork(TestNamespace namespace) {
    for (var yaml :
        List.of(
            "{apiVersion: v1, kind: ServiceAccount, metadata: {name: warm}}",
            """
            {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: warm}, spec: {
              owner: {team: sales, contact: alice@example.com}, serviceAccounts: [{name: warm}], secrets: [
                {name: warm-db, generate: {keys: [{name: password, password: {}}]}},
                {name: warm-ci, token: {serviceAccountName: warm}}]}}
            """)) {
      var object = Serialization.unmarshal("---\n" + yaml, GenericKubernetesResource.class);
      namespace.client().resource(object).inNamespace(namespace.name()).create();
    }
  }

  private static boolean isReady(TestNamespace namespace) {
    var identity =
        namespace
            .client()
            .resources(MachineIdentity.class)
            .inNamespace(namespace.name())
            .withName("warm")
            .get();
    return Stream.ofNullable(identity.getStatus())
        .flatMap(status -> status.conditions().stream())
        .anyMatch(one -> one.type().equals("Ready") && one.reason().equals("Compliant"));
  }

  private WarmStart() {}
}
