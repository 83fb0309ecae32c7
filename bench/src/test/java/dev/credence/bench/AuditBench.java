// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.testing.Program;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How long does `credence audit` take for an audit log of 1 GiB, in which 2,000 ServiceAccounts of
/// 200 namespaces act for 90 days? A setting of the JVM chooses another size in MiB.
class AuditBench {
  private static final long MIB = 1024 * 1024;
  private static final long WANTED = Long.getLong("credence.bench.audit.mib", 1024);
  private static final Duration BOUND_OF_A_GIB = Duration.ofSeconds(60);
  private static final Instant BEGIN = Instant.parse("2026-09-01T00:00:00Z");
  private static final long SECONDS = Duration.ofDays(90).toSeconds();
  private static final List<String> VERBS =
      List.of("get", "get", "list", "watch", "update", "patch", "create", "delete");
  private static final List<String> KINDS =
      List.of("pods", "secrets", "configmaps", "services", "leases", "events", "nodes", "jobs");

  @TempDir Path folder;

  @Test
  void an_audit_log_of_one_gibibyte_is_read_within_a_minute() throws IOException {
    var log = folder.resolve("audit.log");
    var events = write(log);
    var output = folder.resolve("use.json");
    var started = System.nanoTime();
    var end =
        Program.run(
            Map.of("CREDENCE_JAVA_HOME", System.getProperty("java.home")),
            List.of(
                LocalCluster.TOP.resolve("operator/bin/credence").toString(),
                "audit",
                "--from",
                log.toString(),
                "--format",
                "json",
                "--output",
                output.toString()));
    var took = Duration.ofNanos(System.nanoTime() - started);
    assertThat(end.code()).as(end.err()).isZero();
    assertThat(Files.readString(output)).contains("\"namespace-7/account-7\"");
    new Results("audit")
        .line(
            "%,d MiB, %,d events: %.1f s, %,.0f MiB/s",
            Files.size(log) / MIB,
            events,
            took.toMillis() / 1000.0,
            Files.size(log) / (double) MIB / took.toMillis() * 1000);
    assertThat(took).isLessThan(BOUND_OF_A_GIB.multipliedBy(WANTED).dividedBy(1024));
  }

  private static long write(Path log) throws IOException {
    var random = new Random(1);
    var events = 0L;
    var bytes = 0L;
    try (var out = new BufferedOutputStream(Files.newOutputStream(log), 1 << 20)) {
      while (bytes < WANTED * MIB) {
        var share = (double) bytes / (WANTED * MIB);
        var line = event(random, BEGIN.plusSeconds((long) (share * SECONDS))).getBytes(UTF_8);
        out.write(line);
        bytes += line.length;
        events++;
      }
    }
    return events;
  }

  /// As an API server writes it at the level Metadata.
  private static String event(Random random, Instant time) {
    var number = random.nextInt(2_000);
    return event(random, "namespace-" + number % 200, number, time);
  }

  static String event(Random random, String namespace, int number, Instant time) {
    var account = "account-" + number;
    var kind = KINDS.get(random.nextInt(KINDS.size()));
    var verb = VERBS.get(random.nextInt(VERBS.size()));
    var name = kind + "-" + random.nextInt(8);
    var id = new java.util.UUID(random.nextLong(), random.nextLong());
    return """
        {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"%s","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/%s/%s/%s","verb":"%s","user":{"username":"system:serviceaccount:%s:%s","uid":"8f5f2c52-90c3-4c33-a4c7-0dd3c0a9c0b6","groups":["system:serviceaccounts","system:serviceaccounts:%s","system:authenticated"],"extra":{"authentication.kubernetes.io/credential-id":["JTI=%s-%d"],"authentication.kubernetes.io/node-name":["worker-%d"],"authentication.kubernetes.io/pod-name":["%s-7d9f8b6c5-x2k4p"]}},"sourceIPs":["10.%d.1.7"],"userAgent":"%s/v1.2 (linux/amd64)","objectRef":{"resource":"%s","namespace":"%s","name":"%s","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":"%s","stageTimestamp":"%s","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed by RoleBinding \\"%s/%s\\" of Role \\"%s\\" to ServiceAccount \\"%s/%s\\""}}
        """
        .formatted(
            id,
            namespace,
            kind,
            name,
            verb,
            namespace,
            account,
            namespace,
            account,
            random.nextInt(4),
            number % 50,
            account,
            number % 4,
            account,
            kind,
            namespace,
            name,
            time,
            time,
            account,
            namespace,
            account,
            account,
            namespace);
  }
}
