// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static dev.credence.testing.Eventually.eventually;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// ServiceMonitor and PrometheusRule, as the Prometheus Operator brings them.
public final class MonitoringKinds {
  private static final Path FILE = Tools.path("monitoring.crds.yaml");

  /// Returns when the API server knows them, and tells their schemas.
  public static void install(LocalCluster cluster) {
    Tools.await("prometheus-operator");
    Assumptions.assumeTrue(
        Files.exists(FILE), "the kinds of the Prometheus Operator are a tool: `make tools`");
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", FILE.toString());
    eventually("the API server knows the kinds of the Prometheus Operator")
        .ignoreExceptions()
        .until(
            () ->
                cluster
                        .client()
                        .raw("/apis/monitoring.coreos.com/v1/prometheusrules?limit=1")
                        .contains("items")
                    && cluster.client().raw("/openapi/v3").contains("monitoring.coreos.com/v1"));
  }

  private MonitoringKinds() {}
}
