// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the chart gives the Prometheus Operator and Grafana, on an API server that knows the real
/// kinds.
@OnCluster
class MonitoringChartIT {
  private static final String CHART = LocalCluster.TOP.resolve("helm/credence").toString();
  private static final String IMAGE = "image.repository=registry.example.com/platform/credence";
  private static final String EVERYTHING =
      LocalCluster.TOP.resolve("helm/credence/ci/monitoring-values.yaml").toString();

  @Test
  void without_being_asked_the_chart_brings_nothing_of_it(LocalCluster cluster) {
    assertThat(cluster.helm("template", CHART, "--set", IMAGE))
        .doesNotContain("monitoring.coreos.com", "grafana_dashboard");
  }

  @Test
  void the_api_server_accepts_what_is_asked_for(LocalCluster cluster, TestNamespace namespace)
      throws IOException {
    MonitoringKinds.install(cluster);
    var file = Files.createTempFile("monitoring", ".yaml");
    try {
      Files.writeString(
          file,
          render(
              cluster,
              namespace,
              "--values",
              EVERYTHING,
              "-s",
              "templates/servicemonitor.yaml",
              "-s",
              "templates/prometheusrule.yaml",
              "-s",
              "templates/dashboards.yaml"));
      assertThat(
              cluster.kubectl(
                  "apply",
                  "--server-side",
                  "--validate=strict",
                  "--dry-run=server",
                  "-f",
                  file.toString()))
          .contains(
              "servicemonitor.monitoring.coreos.com/watched-credence serverside-applied",
              "prometheusrule.monitoring.coreos.com/watched-credence serverside-applied",
              "configmap/watched-credence-dashboards serverside-applied");
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void the_service_monitor_selects_the_metrics_service_and_no_other(
      LocalCluster cluster, TestNamespace namespace) {
    var all = objects(cluster, render(cluster, namespace, "--values", EVERYTHING));
    var monitor = one(all, "ServiceMonitor", GenericKubernetesResource.class);
    Map<String, String> wanted = monitor.get("spec", "selector", "matchLabels");
    assertThat(all)
        .filteredOn(object -> object.getKind().equals("Service"))
        .filteredOn(
            service -> service.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()))
        .singleElement()
        .satisfies(
            service -> {
              assertThat(service.getMetadata().getNamespace()).isEqualTo(namespace.name());
              assertThat(service.getMetadata().getLabels())
                  .containsEntry(monitor.get("spec", "jobLabel"), "credence");
            });
    assertThat(monitor.<List<String>>get("spec", "namespaceSelector", "matchNames"))
        .containsExactly(namespace.name());
  }

  @Test
  void alerts_are_left_out_and_changed_by_name(LocalCluster cluster, TestNamespace namespace) {
    var rule =
        one(
            objects(cluster, render(cluster, namespace, "--values", EVERYTHING)),
            "PrometheusRule",
            GenericKubernetesResource.class);
    List<Map<String, Object>> groups = rule.get("spec", "groups");
    var alerts = new ArrayList<Map<String, Object>>();
    for (var group : groups) {
      for (var each : (List<?>) group.get("rules")) {
        @SuppressWarnings("unchecked")
        var one = (Map<String, Object>) each;
        if (one.containsKey("alert")) {
          alerts.add(one);
        }
      }
    }
    assertThat(alerts)
        .hasSizeGreaterThan(25)
        .allSatisfy(
            alert -> {
              assertThat(alert.get("labels"))
                  .asString()
                  .contains("severity=")
                  .contains(
                      alert.get("expr").toString().contains("_problem{")
                          ? "team={{ with $labels.team }}{{ . }}{{ else }}platform{{ end }}"
                          : "team=platform");
              assertThat(alert.get("annotations"))
                  .asString()
                  .contains(
                      "runbook_url=https://git.example.com/credence/docs/runbooks/"
                          + alert.get("alert")
                          + ".md",
                      "dashboard_url=https://grafana.example.com/d/credence-fleet");
            })
        .noneMatch(alert -> alert.get("alert").equals("CredenceLegacyTokens"))
        .anySatisfy(
            alert -> {
              assertThat(alert).containsEntry("alert", "CredenceRotationErrorBudgetBurnsFast");
              assertThat(alert.get("labels")).asString().contains("long=6h", "short=30m");
            })
        .anySatisfy(
            alert -> {
              assertThat(alert).containsEntry("alert", "CredenceIdentitiesStalled");
              assertThat(alert.get("labels")).asString().contains("identity={{ $labels.name }}");
              assertThat(alert).containsEntry("keep_firing_for", "15m");
            })
        .filteredOn(alert -> alert.get("alert").equals("CredenceOwnerMissing"))
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert).containsEntry("for", "1d");
              assertThat(alert.get("labels")).asString().contains("severity=info");
            });
  }

  @Test
  void an_alert_that_there_is_not_is_refused(LocalCluster cluster) {
    for (var value :
        List.of("disabled={CredenceOwnerMising}", "overrides.CredenceOwnerMising.severity=info")) {
      var end =
          cluster.tryHelm(
              "template",
              CHART,
              "--set",
              IMAGE + ",monitoring.prometheusRule.enabled=true,monitoring.prometheusRule." + value);
      assertThat(end.code()).isNotZero();
      assertThat(end.err()).contains("names CredenceOwnerMising, and there is no such alert");
    }
  }

  @Test
  void grafana_gets_the_dashboards_as_they_are(LocalCluster cluster, TestNamespace namespace)
      throws IOException {
    var rendered =
        render(cluster, namespace, "--values", EVERYTHING, "-s", "templates/dashboards.yaml");
    var map = one(objects(cluster, rendered), "ConfigMap", ConfigMap.class);
    assertThat(map.getMetadata().getLabels()).containsEntry("grafana_dashboard", "yes");
    for (var name : List.of("fleet", "identity")) {
      var source =
          LocalCluster.TOP.resolve("helm/credence/files/dashboards").resolve(name + ".json");
      assertThat(map.getData().get("credence-" + name + ".json"))
          .isEqualTo(Files.readString(source).stripTrailing());
    }
  }

  private static String render(LocalCluster cluster, TestNamespace namespace, String... more) {
    var words =
        new ArrayList<>(List.of("template", "watched", CHART, "--namespace", namespace.name()));
    words.addAll(List.of(more));
    return cluster.helm(words.toArray(String[]::new));
  }

  private static List<HasMetadata> objects(LocalCluster cluster, String yaml) {
    return cluster
        .client()
        .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
        .items();
  }

  private static <T> T one(List<HasMetadata> all, String kind, Class<T> type) {
    return all.stream()
        .filter(object -> object.getKind().equals(kind))
        .map(type::cast)
        .reduce(
            (first, second) -> {
              throw new AssertionError("more than one " + kind);
            })
        .orElseThrow(() -> new AssertionError("no " + kind));
  }
}
