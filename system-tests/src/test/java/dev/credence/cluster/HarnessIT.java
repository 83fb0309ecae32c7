// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The tools of the other tests do what they say.
@OnCluster
class HarnessIT {

  @Test
  void every_test_has_a_namespace_of_its_own(LocalCluster cluster, TestNamespace namespace) {
    assertThat(namespace.name()).startsWith("every-test-has-a-namespace-of-its-own-");
    assertThat(cluster.client().namespaces().withName(namespace.name()).get()).isNotNull();
    assertThat(namespace.client().getNamespace()).isEqualTo(namespace.name());
  }

  @Test
  void the_audit_log_tells_who_wrote_what(LocalCluster cluster, TestNamespace namespace) {
    try (var one = client(cluster, "harness-one/1");
        var other = client(cluster, "harness-other")) {
      create(one, namespace, "before-the-mark");
      var audit = cluster.audit();
      create(one, namespace, "first");
      create(one, namespace, "second");
      create(other, namespace, "third");
      one.configMaps().inNamespace(namespace.name()).withName("first").get();
      one.configMaps().inNamespace(namespace.name()).withName("first").delete();
      assertThatThrownBy(() -> create(other, namespace, "third"))
          .isInstanceOf(KubernetesClientException.class);
      one.serviceAccounts().inNamespace("default").list();

      var requests = audit.requests();
      assertThat(requests.by("harness-one").writes())
          .hasToString("create configmaps: 2\ndelete configmaps: 1");
      assertThat(requests.by("harness-one").in(namespace).verb("get").count()).isEqualTo(1);
      assertThat(requests.by("harness-one").in("default").on("serviceaccounts").count())
          .isEqualTo(1);
      assertThat(requests.by("harness-other").writes().count()).isEqualTo(2);
      assertThat(requests.by("harness-other").failed())
          .extracting(Requests::all)
          .asString()
          .contains("create configmaps " + namespace + "/third 409");

      audit.mark();
      assertThat(audit.requests().by("harness-").count()).isZero();
    }
  }

  @Test
  void a_watch_counts_once_and_when_it_begins(LocalCluster cluster, TestNamespace namespace) {
    try (var client = client(cluster, "harness-watch")) {
      var seen = new AtomicInteger();
      var audit = cluster.audit();
      var watch =
          client
              .configMaps()
              .inNamespace(namespace.name())
              .watch(
                  new Watcher<>() {
                    @Override
                    public void eventReceived(
                        Action action, io.fabric8.kubernetes.api.model.ConfigMap configMap) {
                      seen.incrementAndGet();
                    }

                    @Override
                    public void onClose(WatcherException cause) {}
                  });
      create(cluster.client(), namespace, "seen");
      eventually("the watch tells").until(() -> seen.get() > 0);
      assertThat(audit.requests().by("harness-watch").verb("watch").count()).isEqualTo(1);
      watch.close();
      eventually("the end of the watch is in the log, and does not count")
          .during(Duration.ofMillis(300))
          .until(() -> audit.requests().by("harness-watch").verb("watch").count() == 1);
    }
  }

  @Test
  void the_operator_runs_as_the_account_of_the_chart(LocalCluster cluster) {
    try (var operator = standIn(cluster).start()) {
      assertThat(operator.log())
          .contains("I am system:serviceaccount:credence-system:credence")
          .doesNotContain("asked to end");
      assertThat(operator.metric("credence_leader")).hasValue(1);
      assertThat(operator.metric("credence_build_info{version=\"0\"}")).hasValue(1);
      assertThat(operator.metric("credence_identities")).isEmpty();
      assertThat(operator.rssBytes()).isBetween(10_000_000L, 1_000_000_000L);
      assertThat(cluster.audit().requests().ofOperator().count()).isZero();

      var ended = operator.terminate();
      assertThat(ended.exitCode()).isEqualTo(143);
      assertThat(ended.took()).isLessThan(Duration.ofSeconds(10));
      assertThat(operator.log()).contains("asked to end");
      assertThat(operator.isAlive()).isFalse();
      assertThat(operator.isReady()).isFalse();
    }
  }

  @Test
  void a_killed_operator_is_not_asked(LocalCluster cluster) {
    try (var operator = standIn(cluster).start()) {
      assertThat(operator.kill().exitCode()).isEqualTo(137);
      assertThat(operator.log()).doesNotContain("asked to end");
    }
  }

  @Test
  void an_operator_that_ends_at_once_is_reported_with_its_log(LocalCluster cluster) {
    var start =
        OperatorProcess.on(cluster)
            .running("sh", "-c", "echo no permission to list secrets; exit 3");
    assertThatThrownBy(start::start)
        .hasMessageContaining("the operator ended with 3")
        .hasMessageContaining("no permission to list secrets");
  }

  @Test
  void nobody_breaks_the_cluster_that_all_share(LocalCluster cluster) {
    assertThatThrownBy(cluster::apiserverDown).hasMessageContaining("fresh");
  }

  private static OperatorProcess.Start standIn(LocalCluster cluster) {
    return OperatorProcess.on(cluster)
        .running(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            StandIn.class.getName());
  }

  private static KubernetesClient client(LocalCluster cluster, String userAgent) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                .withUserAgent(userAgent)
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  private static void create(KubernetesClient client, TestNamespace namespace, String name) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace.name())
                .endMetadata()
                .withData(Map.of("a", "b"))
                .build())
        .create();
  }
}
