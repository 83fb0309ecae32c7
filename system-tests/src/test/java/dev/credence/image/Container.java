// SPDX-License-Identifier: Apache-2.0
package dev.credence.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.cluster.Kubeconfig;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/// The operator from the root file system of its image, as a container runtime starts it: this root
/// alone, read-only but for /tmp, the user of the image, and the credentials of a pod.
public final class Container {
  /// Skips the test where a process cannot get another root.
  public static void assumeAllowed() {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name"))
            && Program.run(Map.of(), List.of("unshare", "--mount", "true")).code() == 0,
        "another root for a process is for the superuser to give, where mounting is allowed");
  }

  /// `config` is that of the image, and `credentials` a folder to write.
  public static OperatorProcess.Start of(
      LocalCluster cluster, Path root, JsonNode config, Path credentials) throws IOException {
    for (var place :
        List.of("proc", "dev", "tmp", "var/run/secrets/kubernetes.io/serviceaccount")) {
      Files.createDirectories(root.resolve(place));
    }
    write(cluster, credentials);
    var command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "sh",
                Path.of("src/test/resources/image/start.sh").toAbsolutePath().toString(),
                root.toString(),
                credentials.toString(),
                config.at("/config/User").asText()));
    command.addAll(Unpacked.words(config.at("/config/Entrypoint")));
    command.add("run");
    var server = cluster.client().getMasterUrl();
    return OperatorProcess.on(cluster)
        .with("KUBECONFIG", "")
        .with("KUBERNETES_SERVICE_HOST", server.getHost())
        .with("KUBERNETES_SERVICE_PORT", String.valueOf(server.getPort()))
        // Ends where what was learnt cannot be used, instead of a slow start without it.
        .with("JDK_JAVA_OPTIONS", Image.FLAGS + " -XX:AOTMode=on")
        .with("CREDENCE_LEADER_ELECTION", "true")
        .with("HOME", "/")
        .running(command.toArray(String[]::new));
  }

  /// What a pod finds of its account.
  private static void write(LocalCluster cluster, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("namespace"), LocalCluster.NAMESPACE);
    Files.writeString(folder.resolve("token"), OperatorProcess.token(cluster.client()));
    Files.write(
        folder.resolve("ca.crt"),
        Base64.getDecoder().decode(Kubeconfig.authority(cluster.client())));
  }

  private Container() {}
}
