// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OperatorProcess;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// 10,000 Secrets that are nobody's business: the operator holds their metadata and nothing else.
class ForeignSecretsBench {
  private static final int SECRETS = 10_000;
  private static final int BYTES = 10 * 1024;
  private static final int CONNECTIONS = 24;
  private static final long MIB = 1024 * 1024;
  private static final long BOUND = 256 * MIB;

  @Test
  void ten_thousand_foreign_secrets_stay_under_256_mib() throws IOException {
    var results = new Results("foreign-secrets");
    try (var cluster = LocalCluster.fresh("bench")) {
      try (var operator = OperatorProcess.on(cluster).start()) {
        results.line("before, resident: %d MiB", operator.rssBytes() / MIB);
        fill(cluster);
        var atRest = highest(operator);
        results.line(
            "%,d Secrets of %,d bytes came, resident: %d MiB", SECRETS, BYTES, atRest / MIB);
        assertThat(atRest).isLessThan(BOUND);
      }
      try (var operator = OperatorProcess.on(cluster).start()) {
        var atStart = highest(operator);
        results.line("started with them, resident: %d MiB", atStart / MIB);
        assertThat(atStart).isLessThan(BOUND);
      }
    }
  }

  /// The highest of what is resident over some seconds.
  private static long highest(OperatorProcess operator) {
    return IntStream.range(0, 20)
        .mapToLong(
            observe -> {
              operator.metrics();
              return operator.rssBytes();
            })
        .max()
        .orElseThrow();
  }

  private static void fill(LocalCluster cluster) {
    cluster
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName("foreign").endMetadata().build())
        .create();
    var noise = new byte[BYTES];
    new SecureRandom().nextBytes(noise);
    var value = Base64.getEncoder().encodeToString(noise);
    try (var connections = Executors.newFixedThreadPool(CONNECTIONS)) {
      IntStream.range(0, SECRETS)
          .forEach(
              number ->
                  connections.submit(
                      () ->
                          cluster
                              .client()
                              .resource(
                                  new SecretBuilder()
                                      .withNewMetadata()
                                      .withNamespace("foreign")
                                      .withName("foreign-" + number)
                                      .endMetadata()
                                      .addToData("noise", value)
                                      .build())
                              .create()));
    }
  }
}
