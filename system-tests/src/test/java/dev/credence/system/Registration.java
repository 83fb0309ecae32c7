// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import dev.credence.cluster.LocalCluster;

/// The right to write identities for accounts, as the chart gives it: from here until it is closed.
public record Registration(LocalCluster cluster) implements AutoCloseable {

  public static Registration allowed(LocalCluster cluster) {
    set(cluster, true);
    return new Registration(cluster);
  }

  private static void set(LocalCluster cluster, boolean register) {
    cluster.chart("discovery.register=" + register);
  }

  @Override
  public void close() {
    set(cluster, false);
  }
}
