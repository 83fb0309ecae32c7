// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.audit;

import static dev.credence.testing.Eventually.within;

import dev.credence.cluster.AtExit;
import dev.credence.cluster.LocalCluster;
import dev.credence.testing.Ports;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One more API server of the cluster, with an audit log of its own and a webhook for its audit
/// events.
final class AuditedApiServer implements AutoCloseable {
  private final Process process;
  private final KubernetesClient client;
  private final Path log;
  private final Runnable ending = this::close;

  /// `webhook`: its kubeconfig.
  AuditedApiServer(LocalCluster cluster, Path folder, Path policy, Path webhook)
      throws IOException {
    log = folder.resolve("audit.log");
    var port = Ports.free();
    var first = Path.of("/proc/" + cluster.pid("kube-apiserver"));
    var words =
        new ArrayList<>(
            List.of(
                Files.readString(first.resolve("cmdline"), StandardCharsets.UTF_8).split("\0")));
    words.removeIf(
        word ->
            word.startsWith("--secure-port=")
                || word.startsWith("--audit-log-path=")
                || word.startsWith("--audit-policy-file="));
    words.addAll(
        List.of(
            "--secure-port=" + port,
            "--audit-log-path=" + log,
            "--audit-policy-file=" + policy,
            "--audit-webhook-config-file=" + webhook,
            "--audit-webhook-initial-backoff=1s",
            "--audit-webhook-batch-max-wait=300ms",
            "--audit-webhook-batch-max-size=20"));
    process =
        new ProcessBuilder(words)
            .directory(Files.readSymbolicLink(first.resolve("cwd")).toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("apiserver.log").toFile())
            .start();
    AtExit.run(ending);
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(cluster.client().getConfiguration())
                    .withMasterUrl("https://127.0.0.1:" + port + "/")
                    .build())
            .build();
    within(Duration.ofMinutes(2), "the API server with the webhook is ready")
        .ignoreExceptions()
        .until(() -> "ok".equals(client.raw("/readyz")));
  }

  KubernetesClient client() {
    return client;
  }

  /// Its audit log, one event in a line.
  List<String> events() throws IOException {
    return Files.readAllLines(log);
  }

  @Override
  public void close() {
    AtExit.forget(ending);
    client.close();
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
