// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.certificates;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.certificates.CertManagers.certificate;
import static dev.credence.system.certificates.CertManagers.isIssuing;
import static dev.credence.system.certificates.CertManagers.revision;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Certificates of the real cert-manager, which comes, goes and comes back while the operator runs.
@OnCluster
class CertManagerIT {
  private static final Duration TO_NOTICE = Duration.ofSeconds(45);

  private static LocalCluster cluster;
  private static CertManagers certManager;
  private static OperatorProcess operator;

  @BeforeAll
  static void start(LocalCluster shared) {
    CertManagers.assumeBuilt();
    cluster = shared;
    certManager = CertManagers.of(cluster);
    operator = OperatorProcess.on(cluster).start();
  }

  @AfterAll
  static void stop() {
    if (operator != null) {
      operator.close();
      certManager.remove();
    }
  }

  @Test
  void certificates_come_and_go_with_cert_manager(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm",
        OWNER
            + ", certificates: [{name: crm-mtls}, {name: crm-client, issue: {issuerRef: {name: own}, secretName: crm-client-tls, commonName: crm.sales}}], secrets: ["
            + password("crm-db", "interval: 10s, overlap: 0s")
            + "]");
    scene.identity("billing", OWNER);
    scene.await("crm", "Ready", "False CertManagerAbsent");
    assertThat(scene.result("crm", "Reconciling")).isEqualTo("True CertManagerAbsent");
    assertThat(scene.version("crm-db")).as("the rest of it is made").isEqualTo(1);
    scene.awaitReady("billing");

    install(scene);
    var credential = scene.credential("crm", "crm-mtls");
    assertThat(credential.type().name()).isEqualTo("Certificate");
    assertThat(credential.state()).isEqualTo(CredentialState.Fresh);
    assertThat(credential.expirationTime())
        .isBetween(
            Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(25)));
    assertThat(credential.nextRotationTime())
        .isBetween(
            Instant.now().plus(Duration.ofHours(11)), Instant.now().plus(Duration.ofHours(13)));
    assertThat(scene.status("crm").members().certificates()).isEqualTo(2);
    eventually("it is marked").until(() -> scene.isMarked(certificate(scene, "crm-mtls"), "crm"));

    // A new one on request, once for each.
    scene.annotate(scene.identity("crm"), "credence.dev/rotate", "now");
    eventually("a second one is issued").until(() -> revision(certificate(scene, "crm-mtls")) == 2);
    scene.annotate(scene.identity("crm"), "credence.dev/revoke", "leaked");
    eventually("a third one is issued").until(() -> revision(certificate(scene, "crm-mtls")) == 3);
    eventually("both were answered")
        .until(
            () ->
                "now".equals(scene.status("crm").handled().rotate())
                    && "leaked".equals(scene.status("crm").handled().revoke()));
    scene.await(TO_NOTICE, "crm", "Ready", "True Compliant");

    // Upgraded: the definitions change, the controllers start anew, and nobody has anything to do.
    eventually("nothing is being issued").until(() -> !isIssuing(certificate(scene, "crm-client")));
    var before = revision(certificate(scene, "crm-client"));
    certManager.run("down");
    scene
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("certificates.cert-manager.io")
        .edit(
            crd -> {
              crd.getSpec().getNames().setCategories(List.of("cert-manager", "all"));
              return crd;
            });
    certManager.run("crds-up");
    certManager.run("up");
    var audit = cluster.audit();
    Scene.stays(
        Duration.ofSeconds(5),
        "nothing is written to Certificates",
        () -> audit.requests().ofOperator().on("certificates").writes().count() == 0);
    assertThat(revision(certificate(scene, "crm-client"))).isEqualTo(before);
    scene.await(TO_NOTICE, "crm", "Ready", "True Compliant");

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

    certManager.run("down");
    certManager.run("crds-down");
    scene.await(TO_NOTICE, "crm", "Ready", "False CertManagerAbsent");
    scene.await(TO_NOTICE, "billing", "Ready", "True Compliant");
    var kept = scene.secret("crm-client-tls").get().getData().get("tls.crt");
    assertThat(kept).as("the Secret stays").isNotNull();
    var version = scene.version("crm-db");
    var deleted = cluster.audit();
    eventually("everything else goes on").until(() -> scene.version("crm-db") > version);
    within(TO_NOTICE, "the operator is well").until(operator::isReady);
    assertThat(
            deleted
                .requests()
                .ofOperator()
                .only(one -> one.resource().startsWith("certificates"))
                .count())
        .as("requests about Certificates that nobody knows")
        .isLessThan(20);

    install(scene);
    eventually("it is marked again")
        .until(() -> scene.isMarked(certificate(scene, "crm-mtls"), "crm"));
    eventually("the issued one is there again")
        .until(() -> scene.isMarked(certificate(scene, "crm-client"), "crm"));
    assertThat(scene.secret("crm-client-tls").get().getData().get("tls.crt"))
        .as("in the Secret that stayed, as it was")
        .isEqualTo(kept);
    assertThat(operator.isAlive()).isTrue();
  }

  /// cert-manager comes, and with it the Certificate that `crm` lists.
  private static void install(Scene scene) {
    certManager.run("up");
    scene.await(TO_NOTICE, "crm", "Ready", "False MemberMissing");
    scene.create(
        "{apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: own}, spec: {selfSigned: {}}}");
    issue(scene, "crm-mtls", "own");
    scene.await(TO_NOTICE, "crm", "Ready", "True Compliant");
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
}
