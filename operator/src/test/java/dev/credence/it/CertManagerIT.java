package dev.credence.it;

import static dev.credence.cluster.Eventually.eventually;
import static dev.credence.cluster.Eventually.within;
import static dev.credence.it.Scene.OWNER;
import static dev.credence.it.Scene.password;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Certificates of the real cert-manager, which comes, goes and comes back while the operator runs.
@OnCluster
class CertManagerIT {
  private static final Duration TO_NOTICE = Duration.ofSeconds(45);

  private static LocalCluster cluster;
  private static OperatorProcess operator;

  @BeforeAll
  static void start() {
    Assumptions.assumeTrue(
        Files.exists(LocalCluster.TOP.resolve(".tools/bin/cert-manager")),
        "cert-manager is one of the tools: `make tools`");
    cluster = LocalCluster.fresh("certificates");
    operator = OperatorProcess.on(cluster).start();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      operator.close();
      certManager("down");
      cluster.close();
    }
  }

  @Test
  void certificates_come_and_go_with_cert_manager() {
    var scene = Scene.fresh(cluster, "crm");
    scene.identity(
        "crm",
        OWNER
            + ", certificates: [{name: crm-mtls}], secrets: ["
            + password("crm-db", "every: 10s, overlap: 0s")
            + "]");
    scene.identity("billing", OWNER);
    scene.await("crm", "Ready", "False CertManagerAbsent");
    assertThat(scene.verdict("crm", "Reconciling")).isEqualTo("True CertManagerAbsent");
    assertThat(scene.version("crm-db")).as("the rest of it is made").isEqualTo(1);
    scene.awaitReady("billing");

    install(scene);
    var credential = scene.credential("crm", "crm-mtls");
    assertThat(credential.kind().name()).isEqualTo("Certificate");
    assertThat(credential.state()).isEqualTo(CredentialState.Fresh);
    assertThat(credential.expirationTime())
        .isBetween(
            Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(25)));
    assertThat(credential.nextRotationTime())
        .isBetween(
            Instant.now().plus(Duration.ofHours(11)), Instant.now().plus(Duration.ofHours(13)));
    assertThat(scene.status("crm").members().certificates()).isEqualTo(1);
    eventually("it is marked").until(() -> scene.isMarked(certificate(scene, "crm-mtls"), "crm"));

    // A new one on request, once for each.
    scene.annotate(scene.identity("crm"), "credence.dev/rotate", "now");
    eventually("a second one is issued").until(() -> revision(scene, "crm-mtls") == 2);
    scene.annotate(scene.identity("crm"), "credence.dev/revoke", "leaked");
    eventually("a third one is issued").until(() -> revision(scene, "crm-mtls") == 3);
    eventually("both were answered")
        .until(
            () ->
                "now".equals(scene.status("crm").handled().rotate())
                    && "leaked".equals(scene.status("crm").handled().revoke()));
    scene.await(TO_NOTICE, "crm", "Ready", "True InOrder");

    // One whose issuer is not there.
    scene.identity("late", OWNER + ", certificates: [{name: late-mtls}]");
    issue(scene, "late-mtls", "nobody");
    scene.await("late", "CredentialsFresh", "False CertificateNotReady");
    assertThat(scene.credential("late", "late-mtls").state()).isEqualTo(CredentialState.Pending);
    eventually("cert-manager's own words")
        .until(
            () ->
                scene
                    .message("late", "Ready")
                    .contains("Issuing certificate as Secret does not exist"));

    // The same by selector.
    scene.patch(certificate(scene, "late-mtls"), "{metadata: {labels: {part-of: billing}}}");
    scene.identity("late").delete();
    eventually("its marks are gone").until(() -> scene.isUnmarked(certificate(scene, "late-mtls")));
    scene.patch(scene.identity("billing"), "{spec: {selector: {matchLabels: {part-of: billing}}}}");
    scene.await("billing", "Ready", "False CertificateNotReady");

    certManager("down");
    certManager("crds-down");
    scene.await(TO_NOTICE, "crm", "Ready", "False CertManagerAbsent");
    scene.await(TO_NOTICE, "billing", "Ready", "True InOrder");
    var version = scene.version("crm-db");
    eventually("everything else goes on").until(() -> scene.version("crm-db") > version);
    within(TO_NOTICE, "the operator is well").until(operator::isReady);

    install(scene);
    eventually("it is marked again")
        .until(() -> scene.isMarked(certificate(scene, "crm-mtls"), "crm"));
    assertThat(operator.isAlive()).isTrue();
  }

  /// cert-manager comes, and with it the Certificate that `crm` lists.
  private static void install(Scene scene) {
    certManager("up");
    scene.await(TO_NOTICE, "crm", "Ready", "False MemberMissing");
    scene.create(
        "{apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: own}, spec: {selfSigned: {}}}");
    issue(scene, "crm-mtls", "own");
    scene.await(TO_NOTICE, "crm", "Ready", "True InOrder");
  }

  private static int revision(Scene scene, String name) {
    return certificate(scene, name).get().get("status", "revision");
  }

  private static void issue(Scene scene, String name, String issuer) {
    scene.create(
        """
        {apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: %s},
         spec: {secretName: %s-tls, commonName: crm.sales, duration: 24h, renewBefore: 12h,
                issuerRef: {kind: Issuer, name: %s}}}
        """
            .formatted(name, name, issuer));
  }

  private static Resource<GenericKubernetesResource> certificate(Scene scene, String name) {
    return scene
        .client()
        .genericKubernetesResources("cert-manager.io/v1", "Certificate")
        .inNamespace(scene.namespace())
        .withName(name);
  }

  private static void certManager(String command) {
    var words = new String[] {"tools/cert-manager.sh", command, "certificates"};
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
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
