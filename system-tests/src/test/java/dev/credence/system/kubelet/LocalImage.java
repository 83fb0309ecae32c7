// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.kubelet;

import dev.credence.cluster.LocalCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program of this machine in place of an image: what its entry point is here, and the variables
/// that name folders of the container. The name is the last part of the image's, without a tag.
record LocalImage(String name, List<String> entryPoint, Map<String, String> folders) {
  private static final Path HOOKS = LocalCluster.TOP.resolve("hooks/target/credence-hooks.jar");

  /// The image of ready-made hooks, as `mvn package` builds its program.
  private static final LocalImage CREDENCE_HOOKS =
      new LocalImage(
          "credence-hooks",
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xmx96m",
              "-jar",
              HOOKS.toString()),
          Map.of(
              "HOOK_CREDENTIAL_DIR",
              "/credential",
              "HOOK_ADMIN_DIR",
              "/admin",
              "HOOK_KNOWN_HOSTS",
              "/admin/known_hosts",
              "HOOK_SERVICE_ACCOUNT_DIR",
              "/var/run/secrets/kubernetes.io/serviceaccount"));

  /// Empty for an image that is not here.
  static Optional<LocalImage> of(String image) {
    var name = image.substring(image.lastIndexOf('/') + 1).replaceAll("[:@].*", "");
    if (!name.equals(CREDENCE_HOOKS.name)) {
      return Optional.empty();
    }
    if (!Files.exists(HOOKS)) {
      throw new Launch.Refused(HOOKS + " is not built: tools/mvn package -pl hooks -DskipTests");
    }
    return Optional.of(CREDENCE_HOOKS);
  }
}
