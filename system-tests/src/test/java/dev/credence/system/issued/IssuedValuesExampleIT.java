// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.issued;

import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.WithOperator;
import dev.credence.system.Readme;
import dev.credence.system.Scene;
import dev.credence.system.kubelet.TestKubelet;
import dev.credence.system.kubelet.TestKubelet.Ran;
import dev.credence.system.security.Canaries;
import dev.credence.testing.TestCertificate;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `examples/issued-values` with the hook image and a stand-in for GitLab: the manifests as they
/// are, with the address, the token of the maintainer and the certificate authority filled in, and
/// the commands of the README.
@WithOperator
class IssuedValuesExampleIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final String NAMESPACE = "delivery";
  private static final String SECRET = "release-notes-gitlab";
  private static final String README = "examples/issued-values/README.md";
  private static final Path HOOKS = LocalCluster.TOP.resolve("examples/issued-values/1-hooks.yaml");

  @Test
  void a_token_of_gitlab_is_issued_rotated_and_revoked(LocalCluster cluster, @TempDir Path folder)
      throws IOException {
    var scene = new Scene(cluster.client(), NAMESPACE);
    var readme = Readme.of(cluster, README);
    var certificate = TestCertificate.of(folder, "ip:127.0.0.1");
    cluster.kubectl("apply", "-f", HOOKS.toString());
    try (var gitlab = GitLabProject.start(certificate);
        var canaries = Canaries.in(cluster.client(), NAMESPACE);
        var kubelet = TestKubelet.start(cluster.client(), NAMESPACE, Path.of("/usr/bin"))) {
      fillIn(scene, gitlab, certificate);

      readme.follow("Create the identity");
      assertThat(gitlab.active()).isEqualTo(token(scene));
      gitlab.orphan(scene.identity("release-notes").get().getMetadata().getUid(), SECRET);

      readme.follow("Rotate the token");
      assertThat(gitlab.active()).as("no orphan").hasSize(2).containsAll(token(scene));

      readme.follow("Revoke a leaked token");
      within(DEADLINE, "the token of version 3 alone is active")
          .until(() -> gitlab.active().equals(token(scene)));

      readme.cleanUp();
      assertThat(gitlab.active()).isEmpty();
      assertThat(kubelet.ran()).extracting(Ran::exitCode).containsOnly(0);
      var printed = kubelet.ran().stream().map(Ran::output).collect(Collectors.joining("\n"));
      assertThat(canaries.foundIn(printed)).as("output of the hooks").isEmpty();
      assertThat(canaries.foundIn(gitlab.log())).as("access log of GitLab").isEmpty();
    } finally {
      cluster.client().namespaces().withName(NAMESPACE).delete();
    }
  }

  /// As the README tells the reader.
  private static void fillIn(Scene scene, GitLabProject gitlab, TestCertificate certificate)
      throws IOException {
    var authority = Files.readString(certificate.pem());
    scene
        .client()
        .configMaps()
        .inNamespace(NAMESPACE)
        .withName("gitlab-ca")
        .edit(map -> map.edit().addToData("ca.crt", authority).build());
    scene
        .secret("gitlab-admin")
        .edit(
            secret ->
                new SecretBuilder(secret).addToStringData("token", gitlab.maintainer()).build());
    for (var hook : List.of("release-notes-issue", "release-notes-hook")) {
      TestKubelet.take(
          scene.cronJob(hook),
          Map.of("HOOK_HOST", "127.0.0.1", "HOOK_PORT", String.valueOf(gitlab.port())));
    }
  }

  private static List<String> token(Scene scene) {
    return scene.value(SECRET, "token").stream().toList();
  }
}
