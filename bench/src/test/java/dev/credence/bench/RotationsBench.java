// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OperatorProcess;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// How late are values when many are due?
class RotationsBench {
  private static final int AT_ONCE = 1_000;
  private static final int A_MINUTE = 100;
  private static final int ROUNDS = 6;
  private static final int CONNECTIONS = 24;
  private static final String NAMESPACE = "wave";

  @Test
  void a_thousand_due_in_one_second_are_done_within_a_minute_and_none_twice() throws IOException {
    var results = new Results("rotation-wave");
    try (var cluster = LocalCluster.fresh("bench");
        var operator = OperatorProcess.on(cluster).start()) {
      create(cluster, AT_ONCE, "");
      within(Duration.ofMinutes(5), "all are issued").until(() -> issued(cluster, 1) == AT_ONCE);

      var due = Instant.now().truncatedTo(ChronoUnit.MINUTES).plus(Duration.ofMinutes(2));
      var cron =
          "%d %d * * *"
              .formatted(
                  due.atZone(ZoneOffset.UTC).getMinute(), due.atZone(ZoneOffset.UTC).getHour());
      apply(
          cluster,
          """
          {apiVersion: credence.dev/v1alpha1, kind: CredentialPolicy, metadata: {name: wave},
           spec: {enforcement: Enforce, rotation: {schedule: "%s", overlap: 1h, windows: [{schedule: "%s", duration: 30m}]}}}
          """
              .formatted(cron, cron));
      within(Duration.ofMinutes(8), "all are replaced").until(() -> issued(cluster, 2) == AT_ONCE);

      var late =
          secrets(cluster)
              .map(meta -> Duration.between(due, Instant.parse(annotation(meta, Api.ISSUED_AT))))
              .sorted()
              .toList();
      results.line(
          "%,d Secrets due in one second: half of them after %d s, the last after %d s; none twice",
          AT_ONCE, late.get(AT_ONCE / 2).toSeconds(), late.getLast().toSeconds());
      assertThat(late.getLast()).isLessThan(Duration.ofSeconds(60));
    }
  }

  @Test
  void a_hundred_due_in_a_minute_are_late_by_less_than_two_seconds() throws IOException {
    var results = new Results("rotation-lateness");
    try (var cluster = LocalCluster.fresh("bench");
        var operator = OperatorProcess.on(cluster).start()) {
      create(cluster, A_MINUTE, ", rotation: {interval: 60s, overlap: 5s}");
      within(Duration.ofMinutes(8), "five minutes of it")
          .until(
              () -> secrets(cluster).filter(meta -> version(meta) >= ROUNDS).count() == A_MINUTE);

      var page = operator.metrics();
      var all = number(page, "credence_rotation_lateness_seconds_count");
      var inTime = number(page, "credence_rotation_lateness_seconds_bucket{le=\"1.0\"}");
      results.line(
          "%d rotations at %d a minute: %.2f %% within a second",
          all, A_MINUTE, 100.0 * inTime / all);
      assertThat(inTime).isGreaterThanOrEqualTo(all * 99 / 100);
    }
  }

  private static long number(String page, String series) {
    return page.lines()
        .filter(line -> line.startsWith(series))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static void create(LocalCluster cluster, int count, String rotation) {
    cluster
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    try (var connections = Executors.newFixedThreadPool(CONNECTIONS)) {
      IntStream.range(0, count)
          .mapToObj(
              number ->
                  CompletableFuture.runAsync(
                      () -> apply(cluster, identity(number, rotation)), connections))
          .toList()
          .forEach(CompletableFuture::join);
    }
  }

  private static String identity(int number, String rotation) {
    return """
        {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity,
         metadata: {name: app-%d, namespace: %s},
         spec: {owner: {contact: alice@example.com}, secrets: [{name: app-%d,
           generate: {keys: [{name: password, password: {length: 32}}]}%s}]}}
        """
        .formatted(number, NAMESPACE, number, rotation);
  }

  private static void apply(LocalCluster cluster, String yaml) {
    cluster
        .client()
        .resource(Serialization.unmarshal("---\n" + yaml, GenericKubernetesResource.class))
        .create();
  }

  private static long issued(LocalCluster cluster, long version) {
    var versions = secrets(cluster).map(RotationsBench::version).toList();
    assertThat(versions).allMatch(found -> found <= version);
    return versions.stream().filter(found -> found == version).count();
  }

  private static Stream<ObjectMeta> secrets(LocalCluster cluster) {
    List<Secret> all = cluster.client().secrets().inNamespace(NAMESPACE).list().getItems();
    return all.stream().map(Secret::getMetadata);
  }

  private static long version(ObjectMeta meta) {
    return Long.parseLong(annotation(meta, Api.SECRET_VERSION));
  }

  private static String annotation(ObjectMeta meta, String key) {
    return meta.getAnnotations().get(key);
  }
}
