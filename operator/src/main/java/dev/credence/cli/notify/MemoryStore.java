// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.api.Api;
import dev.credence.cli.ApiErrors;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.Failed;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The ConfigMap that contains what was sent. A write applies to the version that was read, so
/// that two runs at the same time do not both send.
final class MemoryStore {
  static final String KEY = "state.json";

  private static final PatchContext MERGE =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager(Api.MANAGER)
          .build();

  private final KubernetesClient client;
  private final Name name;
  private @Nullable ConfigMap seen;
  private Memory saved = Memory.NONE;

  MemoryStore(KubernetesClient client, Name name) {
    this.client = client;
    this.name = name;
  }

  /// Where the text is no state, everything counts as unsent.
  Memory load() {
    seen = map().get();
    var text =
        Optional.ofNullable(seen).map(ConfigMap::getData).map(data -> data.get(KEY)).orElse("");
    var read = Memory.parse(text);
    if (read.isEmpty() && !text.isBlank()) {
      System.err.println(
          "credence: The state in ConfigMap "
              + name
              + " cannot be read. All problems are sent again.");
    }
    saved = read.orElse(Memory.NONE);
    return saved;
  }

  /// Writes nothing where nothing changed.
  void save(Memory memory) {
    if (memory.equals(saved)) {
      return;
    }
    try {
      seen = seen == null ? created(memory) : patched(memory, seen);
      saved = memory;
    } catch (KubernetesClientException refused) {
      if (ApiErrors.isConflict(refused)) {
        throw new Failed(
            "Another run has written ConfigMap " + name + " at the same time. This run ends.");
      }
      throw refused;
    }
  }

  private ConfigMap created(Memory memory) {
    return client.resource(named().withData(Map.of(KEY, memory.json())).build()).create();
  }

  private ConfigMapBuilder named() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(name.namespace())
        .withName(name.name())
        .endMetadata();
  }

  private ConfigMap patched(Memory memory, ConfigMap before) {
    var metadata = Map.of("resourceVersion", before.getMetadata().getResourceVersion());
    // By its name alone, so that it is not read before it is written.
    return client
        .resource(named().build())
        .patch(
            MERGE,
            Serialization.asJson(Map.of("metadata", metadata, "data", Map.of(KEY, memory.json()))));
  }

  private Resource<ConfigMap> map() {
    return client.configMaps().inNamespace(name.namespace()).withName(name.name());
  }
}
