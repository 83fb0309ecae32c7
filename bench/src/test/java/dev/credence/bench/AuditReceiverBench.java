// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.bench.gauge.Vitals;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.ReceiverProcess;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
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

  @TempDir Path folder;

  @Test
  void two_thousand_events_a_second_take_one_core_and_128_mib(LocalCluster cluster)
      throws IOException {
    IntStream.range(0, NAMESPACES).forEach(n -> namespace(cluster, "bench-" + n));
    try (var receiver = start(cluster)) {
      var random = new Random(1);
      send(receiver, batch(random));
      var process = receiver.process();
      var cpu = process.cpu();
      var started = System.nanoTime();
      var late = Duration.ZERO;
      for (var sent = 0; sent < SECONDS * RATE; sent += BATCH) {
        var due = started + Duration.ofSeconds(1).toNanos() * sent / RATE;
        late = Duration.ofNanos(Math.max(late.toNanos(), System.nanoTime() - due));
        LockSupport.parkNanos(due - System.nanoTime());
        send(receiver, batch(random));
      }
      var took = Duration.ofNanos(System.nanoTime() - started);
      var used = process.cpu().minus(cpu);
      var peak = new Vitals(process.pid()).peak();
      new Results("audit-receiver")
          .line(
              "%,d events in %.0f s: %.0f %% of a core, at most %d MiB resident, at most %.1f s late",
              SECONDS * RATE,
              took.toMillis() / 1000.0,
              100.0 * used.toMillis() / took.toMillis(),
              peak / MIB,
              late.toMillis() / 1000.0);
      assertThat(process.metric("credence_audit_events_total"))
          .hasValue((double) SECONDS * RATE + BATCH);
      assertThat(process.metric("credence_audit_writes_total{result=\"written\"}").orElseThrow())
          .isGreaterThan(NAMESPACES);
      assertThat(used).isLessThan(took);
      assertThat(peak / MIB).isLessThanOrEqualTo(MOST_MIB);
    } finally {
      IntStream.range(0, NAMESPACES)
          .forEach(n -> cluster.client().namespaces().withName("bench-" + n).delete());
    }
  }

  private ReceiverProcess start(LocalCluster cluster) {
    return ReceiverProcess.on(
        cluster,
        OperatorProcess.on(cluster)
            // As the chart sets them.
            .with(
                "CREDENCE_JAVA_OPTS",
                "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UseCompactObjectHeaders"
                    + " -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
                    + " -Xms16m -Xmx48m -XX:MaxNewSize=8m -XX:MinHeapFreeRatio=20"
                    + " -XX:MaxHeapFreeRatio=40 -Xss512k -XX:+ExitOnOutOfMemoryError"),
        folder,
        "--write-interval=10s");
  }

  private static void namespace(LocalCluster cluster, String name) {
    cluster
        .client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .serverSideApply();
  }

  private static void send(ReceiverProcess receiver, String body) {
    assertThat(receiver.send(body)).isEqualTo(200);
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
}
