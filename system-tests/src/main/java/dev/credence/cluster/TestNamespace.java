// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// A namespace that belongs to one test and goes with it.
public record TestNamespace(String name, NamespacedKubernetesClient client)
    implements AutoCloseable {
  private static final int LONGEST = 63;

  /// The name is that of the test and a random ending: `a-secret-is-generated-x7k2q`.
  static TestNamespace create(KubernetesClient client, String test) {
    return create(client, test, Map.of());
  }

  public static TestNamespace create(
      KubernetesClient client, String test, Map<String, String> labels) {
    var ending =
        "-"
            + RandomGenerator.getDefault()
                .ints(5, 0, 36)
                .collect(
                    StringBuilder::new,
                    (text, digit) -> text.append(Character.forDigit(digit, 36)),
                    StringBuilder::append);
    var start = test.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    var name = start.substring(0, Math.min(start.length(), LONGEST - ending.length())) + ending;
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .create();
    return new TestNamespace(
        name, client.adapt(NamespacedKubernetesClient.class).inNamespace(name));
  }

  /// Does not wait until all of it is gone.
  @Override
  public void close() {
    client.namespaces().withName(name).delete();
  }

  @Override
  public String toString() {
    return name;
  }
}
