// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.certificates;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.certificates.CertManagers.certificate;
import static dev.credence.system.certificates.CertManagers.create;
import static dev.credence.system.certificates.CertManagers.notBefore;
import static dev.credence.system.certificates.CertManagers.revision;
import static dev.credence.system.certificates.CertManagers.selfSigned;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Certificates that identities have issued, by the SelfSigned and CA issuers of the real
/// cert-manager.
@OnCluster
class IssuedCertificatesIT {
  private static final Duration TO_NOTICE = Duration.ofSeconds(60);

  private static LocalCluster cluster;
  private static CertManagers certManager;
  private static OperatorProcess operator;

  @BeforeAll
  static void start(LocalCluster shared) {
    CertManagers.assumeBuilt();
    cluster = shared;
    certManager = CertManagers.of(cluster);
    certManager.run("up");
    operator = OperatorProcess.on(cluster).start();
  }

  @AfterAll
  static void stop() {
    if (operator != null) {
      operator.close();
    }
    if (certManager != null) {
      certManager.remove();
    }
  }

  @Test
  void a_certificate_is_issued_changed_renewed_and_removed(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    authority(scene, scene.namespace(), "root");
    issuer(scene, "Issuer", "own", "root");
    scene.identity(
        "crm",
        OWNER
            + ", certificates: ["
            + issue("crm-client", "own", ", duration: 24h, renewBefore: 8h")
            + "]");
    scene.await(TO_NOTICE, "crm", "Ready", "True Compliant");

    var certificate = certificate(scene, "crm-client");
    var meta = certificate.get().getMetadata();
    assertThat(meta.getOwnerReferences()).hasSize(1);
    assertThat(meta.getLabels())
        .containsOnly(
            Map.entry("app.kubernetes.io/managed-by", "credence"),
            Map.entry("credence.dev/identity", "crm"));
    assertThat(certificate.get().<String>get("spec", "duration")).isEqualTo("24h");
    var issued = x509(scene, "crm-client-tls", "tls.crt");
    assertThat(issued.getPublicKey().getAlgorithm()).isEqualTo("EC");
    assertThat(names(issued))
        .containsExactlyInAnyOrder("crm.sales.svc", "spiffe://example.com/ns/sales/sa/crm");
    assertThat(scene.credential("crm", "crm-client").state()).isEqualTo(CredentialState.Fresh);
    assertThat(scene.events("crm")).contains("Normal Ordered");

    // At rest nobody writes.
    var audit = cluster.audit();
    Scene.stays(
        Duration.ofSeconds(5),
        "nothing is written at rest",
        () -> audit.requests().ofOperator().in(scene.namespace()).writes().count() == 0);

    // The identity changes, and the Certificate with it; then somebody else has a word.
    scene.patch(
        scene.identity("crm"),
        "{spec: {certificates: ["
            + issue("crm-client", "own", ", duration: 48h, ipAddresses: [10.1.2.3]")
            + "]}}");
    eventually("the Certificate says the same")
        .until(
            () ->
                "48h".equals(certificate.get().get("spec", "duration"))
                    && certificate.get().get("spec", "renewBefore") == null
                    && List.of("10.1.2.3").equals(certificate.get().get("spec", "ipAddresses")));
    within(TO_NOTICE, "it is issued anew").until(() -> revision(certificate) == 2);
    // A client chooses the name of its field manager.
    certificate.patch(
        new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager("credence")
            .build(),
        "{\"spec\": {\"duration\": \"36h\"}}");
    eventually("it is reported")
        .until(
            () ->
                String.valueOf(scene.credential("crm", "crm-client").message())
                    .contains("`duration` was set by another writer"));
    assertThat(certificate.get().<String>get("spec", "duration")).isEqualTo("36h");
    within(TO_NOTICE, "as somebody else wants it").until(() -> revision(certificate) == 3);

    // The CA is renewed, as its own identity asks: what it signed before is seen, and put right.
    afterTheSecondOf(certificate);
    scene.identity("pki", OWNER + ", certificates: [{name: root}]");
    scene.awaitReady("pki");
    scene.annotate(scene.identity("pki"), "credence.dev/rotate", "now");
    scene.await(TO_NOTICE, "crm", "CredentialsFresh", "False CAOutdated");
    assertThat(scene.message("crm", "CredentialsFresh")).contains(scene.namespace() + "/root");
    assertThat(x509(scene, "crm-client-tls", "ca.crt"))
        .isNotEqualTo(x509(scene, "root", "tls.crt"));
    scene.annotate(scene.identity("crm"), "credence.dev/rotate", "new CA");
    scene.await(TO_NOTICE, "crm", "CredentialsFresh", "True Current");
    assertThat(x509(scene, "crm-client-tls", "ca.crt")).isEqualTo(x509(scene, "root", "tls.crt"));

    // Not listed any more: it goes, and its Secret stays.
    scene.patch(scene.identity("crm"), "{spec: {certificates: []}}");
    eventually("it is gone").until(() -> certificate.get() == null);
    assertThat(scene.secret("crm-client-tls").get()).isNotNull();
    eventually("it is told").until(() -> scene.events("crm").contains("Normal Removed"));
    scene.awaitReady("crm");

    // Listed again: the Secret is its own, and nothing has to be issued for it.
    var before = x509(scene, "crm-client-tls", "tls.crt");
    scene.patch(
        scene.identity("crm"),
        "{spec: {certificates: ["
            + issue("crm-client", "own", ", duration: 36h, ipAddresses: [10.1.2.3]")
            + "]}}");
    scene.await(TO_NOTICE, "crm", "Ready", "True Compliant");
    assertThat(x509(scene, "crm-client-tls", "tls.crt")).isEqualTo(before);
    scene.identity("crm").delete();
    within(TO_NOTICE, "it goes with its identity").until(() -> certificate.get() == null);
  }

  @Test
  void a_ca_of_a_cluster_issuer_is_known_too(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName("cert-manager").endMetadata().build())
        .serverSideApply();
    authority(scene, "cert-manager", "corp-root");
    issuer(scene, "ClusterIssuer", "corp", "corp-root");
    scene.identity(
        "crm",
        OWNER
            + ", certificates: ["
            + issue("crm-client", "corp", "")
                .replace("{name: corp}", "{kind: ClusterIssuer, name: corp}")
            + "]");
    scene.await(TO_NOTICE, "crm", "Ready", "True Compliant");

    afterTheSecondOf(certificate(scene, "crm-client"));
    var root = certificate(scene, "cert-manager", "corp-root");
    renew(scene, root);
    scene.await(TO_NOTICE, "crm", "CredentialsFresh", "False CAOutdated");
  }

  @Test
  void what_others_have_is_not_written_over(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: crm-client-tls}, stringData: {password: theirs}}");
    scene.create(
        """
        {apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: shop},
         spec: {secretName: shop-tls, commonName: shop, issuerRef: {name: nobody}}}
        """);
    selfSigned(scene, scene.namespace());
    scene.identity("crm", OWNER + ", certificates: [" + issue("crm-client", "self", "") + "]");
    scene.identity("shop", OWNER + ", certificates: [" + issue("shop", "self", "") + "]");
    scene.identity(
        "batch",
        OWNER
            + ", certificates: ["
            + issue("batch", "self", "").replace("batch-tls", "shop-tls")
            + "]");
    for (var name : List.of("crm", "shop", "batch")) {
      scene.await(name, "Ready", "False NotManaged");
      assertThat(scene.result(name, "Stalled")).isEqualTo("True NotManaged");
    }
    assertThat(certificate(scene, "crm-client").get()).isNull();
    assertThat(certificate(scene, "batch").get()).isNull();
    assertThat(scene.value("crm-client-tls", "password")).contains("theirs");
    assertThat(certificate(scene, "shop").get().<String>get("spec", "issuerRef", "name"))
        .isEqualTo("nobody");

    // Its holder takes it away, and one is issued there.
    scene.secret("crm-client-tls").delete();
    scene.await(TO_NOTICE, "crm", "Ready", "True Compliant");
    // Seen by the operator before the Certificate goes, or `batch` would be the first to issue
    // there.
    scene.patch(scene.identity("batch"), "{spec: {certificates: []}}");
    scene.awaitReady("batch");
    certificate(scene, "shop").delete();
    // The garbage collector first looks at a new kind after up to 30 s, and cert-manager waits as
    // long again when the request `shop-1` of the Certificate before is in its way.
    scene
        .client()
        .genericKubernetesResources("cert-manager.io/v1", "CertificateRequest")
        .inNamespace(scene.namespace())
        .delete();
    scene.await(TO_NOTICE, "shop", "Ready", "True Compliant");
  }

  @Test
  void a_policy_says_what_may_be_issued(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    selfSigned(scene, scene.namespace());
    var rules =
        "certificates: {maxDuration: 24h, allowedIssuers: [{kind: Issuer, name: self}], keys: {algorithms: [ECDSA]}}, ";
    try (var policy = scene.policy(rules + "enforcement: Enforce").awaitSeen()) {
      scene.identity(
          "long", OWNER + ", certificates: [" + issue("long", "self", ", duration: 25h") + "]");
      scene.identity(
          "good", OWNER + ", certificates: [" + issue("good", "self", ", duration: 24h") + "]");
      scene.await("long", "Stalled", "True CertificateTooLong");
      scene.await(TO_NOTICE, "good", "Ready", "True Compliant");
      assertThat(certificate(scene, "long").get()).isNull();
      assertThat(scene.credential("long", "long").state()).isEqualTo(CredentialState.Blocked);

      policy.replace(rules + "enforcement: Audit");
      scene.await(TO_NOTICE, "long", "Ready", "True Compliant");
      scene.await("long", "CredentialsFresh", "False CertificateTooLong");
    }
  }

  @Test
  void an_attempt_that_failed_is_counted_and_told(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var others = operator.metric("credence_certificates_failing").orElse(0);
    scene.identity("crm", OWNER + ", certificates: [" + issue("crm-client", "late", "") + "]");
    eventually("that its issuer is not there is said")
        .until(
            () ->
                scene.isSeen("crm")
                    && scene.message("crm", "Ready").contains("Issuer late does not exist"));
    var requests =
        scene
            .client()
            .genericKubernetesResources("cert-manager.io/v1", "CertificateRequest")
            .inNamespace(scene.namespace());
    eventually("it was asked for").until(() -> requests.list().getItems().size() == 1);
    // As an issuer does that cannot sign.
    var request = requests.withName(requests.list().getItems().getFirst().getMetadata().getName());
    eventually("the issuer said no")
        .ignoreExceptions()
        .until(
            () -> {
              request
                  .subresource("status")
                  .patch(
                      PatchContext.of(PatchType.JSON_MERGE),
                      """
                      {"status": {"failureTime": "%1$s", "conditions": [
                        {"type": "Approved", "status": "True", "reason": "Test", "message": "yes", "lastTransitionTime": "%1$s"},
                        {"type": "Ready", "status": "False", "reason": "Failed", "message": "the CA is on holiday", "lastTransitionTime": "%1$s"}]}}
                      """
                          .formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
              return true;
            });
    within(TO_NOTICE, "it is counted")
        .until(
            () ->
                Integer.valueOf(1).equals(scene.credential("crm", "crm-client").failedAttempts()));
    assertThat(scene.credential("crm", "crm-client").message()).contains("failed once at");
    assertThat(operator.metric("credence_certificates_failing")).hasValue(others + 1);
  }

  @Test
  void the_example_does_what_its_readme_says() {
    var scene = new Scene(cluster.client(), "mesh");
    applyExample("1-ca.yaml", "2-policy.yaml");
    cluster.kubectl("wait", "--for=condition=Ready", "credpol/mesh", "--timeout=1m");
    applyExample("3-identities.yaml");
    scene.await(TO_NOTICE, "orders", "Ready", "True Compliant");
    scene.await("ledger", "Stalled", "True CertificateTooLong");
    assertThat(names(x509(scene, "orders-client-tls", "tls.crt")))
        .containsExactly("spiffe://example.com/ns/mesh/sa/orders");
    assertThat(certificate(scene, "ledger-server").get()).isNull();

    var client = certificate(scene, "orders-client");
    afterTheSecondOf(client);
    renew(scene, certificate(scene, "mesh-root"));
    scene.await(TO_NOTICE, "orders", "Ready", "False CAOutdated");
    scene.annotate(scene.identity("orders"), "credence.dev/rotate", "new CA");
    scene.await(TO_NOTICE, "orders", "Ready", "True Compliant");

    scene.patch(scene.identity("orders"), "{spec: {certificates: null}}");
    eventually("the Certificate goes").until(() -> client.get() == null);
    assertThat(scene.secret("orders-client-tls").get()).isNotNull();
    cluster.kubectl("delete", "credpol", "mesh");
    cluster.client().namespaces().withName("mesh").delete();
  }

  private static void applyExample(String... files) {
    for (var file : files) {
      cluster.kubectl(
          "apply", "-f", LocalCluster.TOP.resolve("examples/certificates/" + file).toString());
    }
  }

  private static String issue(String name, String issuer, String more) {
    return """
        {name: %1$s, issue: {issuerRef: {name: %2$s}, secretName: %1$s-tls, commonName: crm.sales,
         dnsNames: [crm.sales.svc], uris: ['spiffe://example.com/ns/sales/sa/crm'],
         privateKey: {algorithm: ECDSA}%3$s}}
        """
        .formatted(name, issuer, more);
  }

  /// A CA that signs itself, in the Secret of its name.
  private static void authority(Scene scene, String namespace, String name) {
    selfSigned(scene, namespace);
    create(
        scene,
        namespace,
        """
        {apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: %1$s},
         spec: {isCA: true, secretName: %1$s, commonName: %1$s, duration: 240h, issuerRef: {name: self},
                privateKey: {algorithm: ECDSA, rotationPolicy: Always}}}
        """
            .formatted(name));
  }

  private static void issuer(Scene scene, String kind, String name, String secret) {
    scene.create(
        "{apiVersion: cert-manager.io/v1, kind: %s, metadata: {name: %s}, spec: {ca: {secretName: %s}}}"
            .formatted(kind, name, secret));
  }

  /// Times of certificates are in whole seconds: what is issued now is seen to be later.
  private static void afterTheSecondOf(Resource<GenericKubernetesResource> certificate) {
    eventually("a second has passed")
        .until(() -> Instant.now().isAfter(notBefore(certificate).plusSeconds(1)));
  }

  /// As `cmctl renew` does.
  private static void renew(Scene scene, Resource<GenericKubernetesResource> certificate) {
    eventually("it is ready").until(() -> revision(certificate) == 1);
    var issuing =
        Map.of(
            "type", "Issuing",
            "status", "True",
            "reason", "ManuallyTriggered",
            "message", "by the test",
            "lastTransitionTime", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    certificate
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON),
            scene
                .client()
                .getKubernetesSerialization()
                .asJson(
                    List.of(
                        Map.of("op", "add", "path", "/status/conditions/-", "value", issuing))));
  }

  private static X509Certificate x509(Scene scene, String secret, String key) {
    var bytes = Base64.getDecoder().decode(scene.secret(secret).get().getData().get(key));
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> names(X509Certificate certificate) {
    try {
      return certificate.getSubjectAlternativeNames().stream()
          .map(name -> String.valueOf(name.get(1)))
          .toList();
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }
}
