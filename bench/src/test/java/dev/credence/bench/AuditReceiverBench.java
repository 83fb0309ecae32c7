// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.testing.Ports;
import dev.credence.testing.TestKey;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How much of a core and how much memory do 2,000 audit events a second take, sent in batches as
/// an API server sends them, with a write to the cluster every 10 seconds? 1,000 ServiceAccounts of
/// 20 namespaces act.
@OnCluster
class AuditReceiverBench {
  private static final int RATE = 2_000;
  private static final int BATCH = 400;
  private static final int SECONDS = Integer.getInteger("credence.bench.receiver.seconds", 120);
  private static final int NAMESPACES = 20;
  private static final int ACCOUNTS = 1_000;
  private static final long MIB = 1 << 20;
  private static final long MOST_MIB = 128;
  private static final String TOKEN = "the-token-of-the-measurement";

  @TempDir Path folder;

  @Test
  void two_thousand_events_a_second_take_one_core_and_128_mib(LocalCluster cluster)
      throws Exception {
    IntStream.range(0, NAMESPACES).forEach(n -> namespace(cluster, "bench-" + n));
    var server = TestKey.of(folder, "receiver");
    Files.writeString(folder.resolve("token"), TOKEN);
    var port = Ports.free();
    try (var receiver = start(cluster, server, port);
        var http = HttpClient.newBuilder().sslContext(trusting(server)).build()) {
      var random = new Random(1);
      post(http, port, batch(random));
      var cpu = receiver.cpu();
      var started = System.nanoTime();
      var late = Duration.ZERO;
      for (var sent = 0; sent < SECONDS * RATE; sent += BATCH) {
        var due = started + Duration.ofSeconds(1).toNanos() * sent / RATE;
        late = Duration.ofNanos(Math.max(late.toNanos(), System.nanoTime() - due));
        LockSupport.parkNanos(due - System.nanoTime());
        post(http, port, batch(random));
      }
      var took = Duration.ofNanos(System.nanoTime() - started);
      var used = receiver.cpu().minus(cpu);
      var peak = peak(receiver.pid());
      new Results("audit-receiver")
          .line(
              "%,d events in %.0f s: %.0f %% of a core, at most %d MiB resident, at most %.1f s late",
              SECONDS * RATE,
              took.toMillis() / 1000.0,
              100.0 * used.toMillis() / took.toMillis(),
              peak / MIB,
              late.toMillis() / 1000.0);
      assertThat(receiver.metric("credence_audit_events_total"))
          .hasValue((double) SECONDS * RATE + BATCH);
      assertThat(receiver.metric("credence_audit_writes_total{result=\"written\"}").orElseThrow())
          .isGreaterThan(NAMESPACES);
      assertThat(used).isLessThan(took);
      assertThat(peak / MIB).isLessThanOrEqualTo(MOST_MIB);
    } finally {
      IntStream.range(0, NAMESPACES)
          .forEach(n -> cluster.client().namespaces().withName("bench-" + n).delete());
    }
  }

  private OperatorProcess start(LocalCluster cluster, TestKey server, int port) {
    return OperatorProcess.on(cluster)
        .with("KUBECONFIG", cluster.kubeconfig().toString())
        // As the chart sets them.
        .with(
            "CREDENCE_JAVA_OPTS",
            "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UseCompactObjectHeaders -Xms16m -Xmx64m"
                + " -XX:MaxNewSize=20m -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40 -Xss512k"
                + " -XX:+ExitOnOutOfMemoryError")
        .running(
            LocalCluster.TOP.resolve("operator/bin/credence").toString(),
            "audit",
            "--listen=127.0.0.1:" + port,
            "--tls-cert=" + server.certificate(),
            "--tls-key=" + server.key(),
            "--token-file=" + folder.resolve("token"),
            "--write-interval=10s")
        .start();
  }

  private static void namespace(LocalCluster cluster, String name) {
    cluster
        .client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .serverSideApply();
  }

  private static void post(HttpClient http, int port, String body)
      throws IOException, InterruptedException {
    var answer =
        http.send(
            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/events"))
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static String batch(Random random) {
    var list =
        new StringBuilder("{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[");
    for (var i = 0; i < BATCH; i++) {
      var number = random.nextInt(ACCOUNTS);
      list.append(i == 0 ? "" : ",")
          .append(AuditBench.event(random, "bench-" + number % NAMESPACES, number, Instant.now()));
    }
    return list.append("]}").toString();
  }

  /// The kernel's own count.
  private static long peak(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status"), UTF_8).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  private static SSLContext trusting(TestKey server) throws IOException, GeneralSecurityException {
    var known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    try (var pem = Files.newInputStream(server.certificate())) {
      known.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
