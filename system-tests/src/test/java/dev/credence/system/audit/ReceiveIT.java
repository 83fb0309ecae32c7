// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.audit;

import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.Kubeconfig;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.ReceiverProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.facts.evidence.Right;
import dev.credence.observe.audit.AuditFormat;
import dev.credence.observe.audit.AuditInput;
import dev.credence.observe.audit.StoredEvidence;
import dev.credence.observe.audit.UnreadableEvidence;
import dev.credence.testing.Ports;
import dev.credence.testing.TestKey;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two receivers with the rights of the chart: one that an API server sends its audit events to,
/// and that is killed; one that gets the same events from files, twice and in any order.
@OnCluster
class ReceiveIT {
  private static final String TOKEN = "the-token-of-the-forwarder";

  private static final Path EXAMPLE = LocalCluster.TOP.resolve("examples/audit-receiver");

  @TempDir Path folder;

  private final int port = Ports.free();
  private final int otherPort = Ports.free();

  @Test
  void two_receivers_agree(LocalCluster cluster, TestNamespace release) throws Exception {
    install(cluster, release);
    hasNoOtherRights(cluster, release.name());
    writesOnlyEvidence(cluster, release);
    var server = TestKey.of(folder, "receiver");
    var sender = TestKey.of(folder, "sender");
    Files.writeString(folder.resolve("token"), TOKEN);
    var places = new Places(cluster, release, server, sender);
    try (var sales = TestNamespace.create(cluster.client(), "sales", Map.of());
        var http = HttpClient.newBuilder().sslContext(server.clientContext()).build()) {
      theAnswerEqualsTheScript(places, sales, http);
      atTheEndTheRestIsWritten(places, http);
    }
    removesTheEvidenceOfDeletedNamespaces(places);
  }

  /// Where the receivers of this test are.
  private record Places(
      LocalCluster cluster, TestNamespace release, TestKey server, TestKey sender) {}

  private void theAnswerEqualsTheScript(Places places, TestNamespace sales, HttpClient http)
      throws Exception {
    try (var first = start(places, port, "1s");
        var other = start(places, otherPort, "1s");
        var slow = slowClient(places.server());
        var audited =
            new AuditedApiServer(
                places.cluster(), folder, EXAMPLE.resolve("audit-policy.yaml"), webhook(places))) {
      var crm = prepare(places.cluster(), audited, sales);
      AuditIT.script(crm, sales);
      awaitRights(places.release(), sales);
      first.kill();
      // What it had received and not written is lost. The API server repeats only what was not
      // answered; the file has all of it.
      crm.configMaps().inNamespace(sales.name()).withName("only-the-file").get();
      crm.close();
      var events = awaitFile(audited, "only-the-file");
      forward(http, events);
      try (var again = start(places, port, "1s")) {
        awaitEqual(places.release(), sales, events);
        coversItsTime(places.release());
        assertThat(again.log()).doesNotContain("ERROR");
        isClosed(slow);
      }
      assertThat(other.terminate().exitCode()).isZero();
    }
  }

  private void install(LocalCluster cluster, TestNamespace release) {
    cluster.helm(
        "install",
        release.name(),
        LocalCluster.TOP.resolve("helm/credence").toString(),
        "--namespace",
        release.name(),
        "--set",
        String.join(
            ",",
            "image.repository=registry.example.com/platform/credence",
            "crds.enabled=false",
            // Only that of the receiver: the names are those of the cluster's other release.
            "admission.suspension=false",
            "admission.approval=false",
            "admission.review=false",
            "admission.owner.enabled=false",
            "admission.marks=false",
            "admission.issued=false",
            "admission.escalation=false",
            "admission.operator=false",
            "operator.enabled=false",
            "fullnameOverride=" + release.name(),
            // No node has it: the receivers are processes of this test.
            "nodeSelector.played-by=this-test",
            "audit.enabled=true",
            "audit.tls.secretName=tls",
            "audit.clients.caSecretName=ca",
            "audit.clients.tokenSecretName=token"));
  }

  private OperatorProcess start(Places places, int at, String interval) throws IOException {
    var cluster = places.cluster();
    var release = places.release();
    var token =
        cluster
            .client()
            .serviceAccounts()
            .inNamespace(release.name())
            .withName(release.name() + "-audit")
            .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
            .getStatus()
            .getToken();
    var kubeconfig =
        Files.writeString(
            Files.createTempFile(folder, "receiver", ".kubeconfig"),
            Kubeconfig.with(
                cluster.client(), URI.create(cluster.client().getMasterUrl().toString()), token));
    return OperatorProcess.on(cluster)
        .with("KUBECONFIG", kubeconfig.toString())
        .with("CREDENCE_NAMESPACE", release.name())
        .running(
            LocalCluster.TOP.resolve("operator/bin/credence").toString(),
            "audit",
            "--listen=127.0.0.1:" + at,
            "--tls-cert=" + places.server().certificate(),
            "--tls-key=" + places.server().key(),
            "--client-ca=" + places.sender().certificate(),
            "--token-file=" + folder.resolve("token"),
            "--write-interval=" + interval)
        .start();
  }

  /// The file of the example, at the address of this test and with a client certificate.
  private Path webhook(Places places) throws IOException {
    var example = Files.readString(EXAMPLE.resolve("audit-webhook.yaml"));
    return Files.writeString(
        folder.resolve("webhook.yaml"),
        example
            .replace("https://10.96.0.50/", "https://127.0.0.1:" + port + "/")
            .replace("/etc/kubernetes/audit/tls.crt", places.server().certificate().toString())
            .replace(
                "tokenFile: /etc/kubernetes/audit/token",
                "{client-certificate: %s, client-key: %s}"
                    .formatted(places.sender().certificate(), places.sender().key())));
  }

  private static KubernetesClient prepare(
      LocalCluster cluster, AuditedApiServer audited, TestNamespace sales) {
    AuditIT.secret(cluster.client(), sales, "crm-db");
    AuditIT.account(cluster.client(), sales, "crm");
    AuditIT.role(sales, "crm", AuditIT.GRANTED);
    AuditIT.bind(sales, "crm", "crm");
    var crm = AuditIT.client(audited.client(), sales, "crm");
    AuditIT.awaitRights(crm, sales);
    return crm;
  }

  private static Optional<AccountEvidence> stored(TestNamespace release, String account)
      throws UnreadableEvidence {
    var map = map(release, account.substring(0, account.indexOf('/')));
    return map == null
        ? Optional.empty()
        : Optional.ofNullable(StoredEvidence.read(map).accounts().get(account));
  }

  private static ConfigMap map(TestNamespace release, String observed) {
    return release.client().configMaps().withName(StoredEvidence.name(observed)).get();
  }

  private static void awaitRights(TestNamespace release, TestNamespace sales) {
    var crm = sales.name() + "/crm";
    eventually("the rights of the script are in the ConfigMap")
        .untilAsserted(
            () ->
                assertThat(stored(release, crm))
                    .hasValueSatisfying(
                        evidence ->
                            assertThat(new TreeSet<>(evidence.used().keys()))
                                .extracting(Right::title)
                                .containsExactlyInAnyOrder(
                                    "get secrets",
                                    "list configmaps",
                                    "watch configmaps",
                                    "create configmaps",
                                    "patch configmaps",
                                    "delete configmaps",
                                    "create serviceaccounts/token")));
  }

  private static List<String> awaitFile(AuditedApiServer audited, String text) throws IOException {
    eventually("the file has all events")
        .until(() -> audited.events().stream().anyMatch(line -> line.contains(text)));
    return audited.events();
  }

  /// Every event twice, in any order, in several requests.
  private void forward(HttpClient http, List<String> events)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(events);
    all.addAll(events);
    Collections.shuffle(all, new Random(1));
    for (var from = 0; from < all.size(); from += 50) {
      var body = String.join("\n", all.subList(from, Math.min(all.size(), from + 50)));
      assertThat(post(http, otherPort, body)).isEqualTo(200);
    }
  }

  private static int post(HttpClient http, int at, String body)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + at + "/events"))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  /// Exactly what reading the file gives.
  private static void awaitEqual(TestNamespace release, TestNamespace sales, List<String> events)
      throws IOException {
    var offline = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    new AuditInput(AuditFormat.k8s, offline::add)
        .stream(new ByteArrayInputStream(String.join("\n", events).getBytes(UTF_8)));
    var crm = sales.name() + "/crm";
    var expected = offline.accounts().get(crm);
    assertThat(expected).isNotNull();
    eventually("the ConfigMap says what the file says")
        .untilAsserted(() -> assertThat(stored(release, crm)).contains(expected));
  }

  private static void coversItsTime(TestNamespace release) throws UnreadableEvidence {
    var log = map(release, "");
    var covered = StoredEvidence.read(log).log();
    assertThat(covered.coverage().intervals()).hasSize(1);
    assertThat(covered.gaps()).isEmpty();
    assertThat(covered.hasReadsOf("", "secrets")).isTrue();
    assertThat(log.getMetadata().getAnnotations())
        .containsKeys(
            "credence.dev/evidence-begin",
            "credence.dev/evidence-end",
            "credence.dev/evidence-covered-until",
            "credence.dev/evidence-written");
  }

  /// With an interval that never comes.
  private void atTheEndTheRestIsWritten(Places places, HttpClient http)
      throws IOException, InterruptedException, UnreadableEvidence {
    var release = places.release();
    try (var receiver = start(places, port, "10h")) {
      assertThat(post(http, port, ReceiverProcess.event("default:late"))).isEqualTo(200);
      // Of no namespace that there is.
      assertThat(post(http, port, ReceiverProcess.event("nowhere-at-all:late"))).isEqualTo(200);
      assertThat(map(release, "default")).isNull();
      assertThat(receiver.terminate().exitCode()).isZero();
    }
    assertThat(stored(release, "default/late")).isPresent();
    assertThat(map(release, "nowhere-at-all")).isNull();
  }

  private void removesTheEvidenceOfDeletedNamespaces(Places places) throws IOException {
    var release = places.release();
    var observed =
        release.client().configMaps().withLabel(StoredEvidence.LABEL).list().getItems().stream()
            .map(StoredEvidence::observed)
            .filter(name -> name.startsWith("sales"))
            .findFirst()
            .orElseThrow();
    eventually("the namespace is gone")
        .until(() -> places.cluster().client().namespaces().withName(observed).get() == null);
    try (var _ = start(places, port, "1s")) {
      eventually("its evidence is gone").until(() -> map(release, observed) == null);
    }
    assertThat(map(release, "default")).isNotNull();
  }

  /// It announces a body and never sends it.
  private Socket slowClient(TestKey server) throws IOException {
    var socket = server.clientContext().getSocketFactory().createSocket("127.0.0.1", otherPort);
    var head =
        "POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\n\r\n{"
            .formatted(TOKEN);
    socket.getOutputStream().write(head.getBytes(UTF_8));
    socket.getOutputStream().flush();
    return socket;
  }

  /// A request without an end holds no connection for ever.
  private static void isClosed(Socket slow) throws IOException {
    slow.setSoTimeout((int) Duration.ofMinutes(1).toMillis());
    try {
      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    } catch (SSLException | SocketException closed) {
      assertThat(closed).isNotNull();
    }
  }

  private static void hasNoOtherRights(LocalCluster cluster, String release) {
    for (var verb : List.of("get", "list", "create", "update", "delete")) {
      assertThat(may(cluster, release, verb, "configmaps", release)).as(verb).isTrue();
      assertThat(may(cluster, release, verb, "configmaps", "default")).as(verb).isFalse();
    }
    assertThat(may(cluster, release, "get", "namespaces", "")).isTrue();
    for (var verb : List.of("get", "list", "watch", "create", "update", "patch", "delete")) {
      for (var resource : List.of("secrets", "serviceaccounts", "pods", "leases")) {
        assertThat(may(cluster, release, verb, resource, release)).as(verb).isFalse();
      }
    }
  }

  /// The list of suspended accounts of earlier versions, for example, is not its own.
  private static void writesOnlyEvidence(LocalCluster cluster, TestNamespace release) {
    var receiver =
        new ConfigBuilder(cluster.client().getConfiguration())
            .withImpersonateUsername(
                "system:serviceaccount:" + release.name() + ":" + release.name() + "-audit")
            .withRequestRetryBackoffLimit(0)
            .build();
    var evidence = Map.of("credence.dev/evidence", "audit");
    try (var client = new KubernetesClientBuilder().withConfig(receiver).build()) {
      within(Duration.ofSeconds(30), "the admission policy is enforced")
          .until(() -> refusal(client, release, "credence-suspended", evidence).isPresent());
      assertThat(refusal(client, release, "credence-suspended", evidence).orElseThrow())
          .contains("evidence.credence.dev", "contains no evidence");
      assertThat(refusal(client, release, "credence-audit-sales", Map.of())).isPresent();
      assertThat(refusal(client, release, "credence-audit-sales", evidence)).isEmpty();
    }
  }

  private static Optional<String> refusal(
      KubernetesClient client, TestNamespace release, String name, Map<String, String> labels) {
    var map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(release.name())
            .withName(name)
            .withLabels(labels)
            .endMetadata()
            .build();
    try {
      client.resource(map).dryRun().create();
      return Optional.empty();
    } catch (KubernetesClientException refused) {
      return Optional.of(refused.getMessage());
    }
  }

  private static boolean may(
      LocalCluster cluster, String release, String verb, String resource, String where) {
    var review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser("system:serviceaccount:" + release + ":" + release + "-audit")
            .withNewResourceAttributes()
            .withVerb(verb)
            .withGroup(resource.equals("leases") ? "coordination.k8s.io" : "")
            .withResource(resource)
            .withNamespace(where)
            .endResourceAttributes()
            .endSpec()
            .build();
    return cluster.client().resource(review).create().getStatus().getAllowed();
  }
}
