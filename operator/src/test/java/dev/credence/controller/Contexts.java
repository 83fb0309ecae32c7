// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import java.lang.reflect.Proxy;

/// What a reconciler is given by the framework, as far as ours look at it: client and cache.
final class Contexts {

  @SuppressWarnings("unchecked")
  static <R extends HasMetadata> Context<R> of(
      KubernetesClient client, IndexedResourceCache<R> cache) {
    return (Context<R>)
        Proxy.newProxyInstance(
            Contexts.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getClient" -> client;
                  case "getPrimaryCache" -> cache;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private Contexts() {}
}
