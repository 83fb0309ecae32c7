// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows whether a custom resource is installed, by a watch on its one CustomResourceDefinition.
/// Nothing is asked about the resource itself while it is not.
public final class Installed {
  private static final Logger LOG = LoggerFactory.getLogger(Installed.class);

  private final String name;
  private final KindCache<CustomResourceDefinition> definitions;

  /// `name` is that of the definition: `rollouts.argoproj.io`.
  public Installed(KubernetesClient metadata, String name) {
    this.name = name;
    this.definitions =
        KindCache.of(
            metadata
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withField("metadata.name", name),
            WatchedKind.of(CustomResourceDefinition.class),
            (before, after) -> {
              if (before == null || after == null) {
                LOG.info("{} {}", name, after == null ? "was removed" : "is installed");
              }
            });
  }

  /// Completes when it is known.
  public CompletableFuture<?> start() {
    return definitions.start();
  }

  /// Whether the API server does not let us see the definition.
  public boolean isRefused() {
    return definitions.isRefused();
  }

  public boolean isThere() {
    return definitions.get("", name).isPresent();
  }

  public void stop() {
    definitions.stop();
  }
}
