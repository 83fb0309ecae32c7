// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.certificates;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Tools;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The real cert-manager beside a cluster, and its resources. `cluster`: its name, or the path of
/// its kubeconfig.
public record CertManagers(String cluster) {

  static CertManagers of(LocalCluster cluster) {
    return new CertManagers(cluster.kubeconfig().toString());
  }

  public static void assumeBuilt() {
    Tools.require("cert-manager", "cert-manager");
  }

  /// `up`, `down`, `crds-up` or `crds-down`.
  public void run(String command) {
    var words = new String[] {"tools/cert-manager.sh", command, cluster};
    try {
      // Not inherited: what goes on running would hold this process's output open.
      var process =
          new ProcessBuilder(words)
              .directory(LocalCluster.TOP.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(String.join(" ", words)).isTrue();
      assertThat(process.exitValue()).as(String.join(" ", words)).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// With its CRDs and every object of these kinds: other tests of a shared cluster have none.
  void remove() {
    run("down");
    run("crds-down");
  }

  /// A resource of cert-manager's in a namespace.
  public static void create(Scene scene, String namespace, String yaml) {
    scene
        .client()
        .resource(Scene.read(yaml, GenericKubernetesResource.class))
        .inNamespace(namespace)
        .create();
  }

  /// The Issuer `self`, when it can sign.
  public static void selfSigned(Scene scene, String namespace) {
    create(
        scene,
        namespace,
        "{apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: self}, spec: {selfSigned: {}}}");
    var issuer =
        scene
            .client()
            .genericKubernetesResources("cert-manager.io/v1", "Issuer")
            .inNamespace(namespace)
            .withName("self");
    eventually("it can sign")
        .until(() -> String.valueOf(issuer.get().<Object>get("status")).contains("type=Ready"));
  }

  public static Resource<GenericKubernetesResource> certificate(Scene scene, String name) {
    return certificate(scene, scene.namespace(), name);
  }

  public static Resource<GenericKubernetesResource> certificate(
      Scene scene, String namespace, String name) {
    return scene
        .client()
        .genericKubernetesResources("cert-manager.io/v1", "Certificate")
        .inNamespace(namespace)
        .withName(name);
  }

  /// How often it was issued.
  public static int revision(Resource<GenericKubernetesResource> certificate) {
    Integer revision = certificate.get().get("status", "revision");
    return revision == null ? 0 : revision;
  }

  /// Whether it is being issued at this moment.
  public static boolean isIssuing(Resource<GenericKubernetesResource> certificate) {
    List<Map<String, String>> conditions = certificate.get().get("status", "conditions");
    return conditions != null
        && conditions.stream()
            .anyMatch(
                condition ->
                    "Issuing".equals(condition.get("type"))
                        && "True".equals(condition.get("status")));
  }

  public static Instant notBefore(Resource<GenericKubernetesResource> certificate) {
    String time = certificate.get().get("status", "notBefore");
    return time == null ? Instant.MAX : Instant.parse(time);
  }

  public static boolean isReady(Resource<GenericKubernetesResource> certificate) {
    return "True".equals(certificate.get().get("status", "conditions", 0, "status"));
  }
}
