// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// A watch begins with a list, and one of all Secrets of a cluster may be more than the memory
/// holds.
class PagedWatchTest {
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();

  @Test
  void it_begins_with_pages() {
    api.answers(200, page("a", ", continue: more"));
    api.answers(200, page("b", ""));
    var watch = KindCache.of(client, Kinds.SECRET, Set.of(), (before, after) -> {});
    var _ = watch.start();
    eventually("both pages are known")
        .until(() -> watch.get("sales", "a").isPresent() && watch.get("sales", "b").isPresent());
    watch.stop();
    assertThat(api.asked().get(0).query()).containsEntry("limit", "500");
    assertThat(api.asked().get(1).query())
        .containsEntry("limit", "500")
        .containsEntry("continue", "more");
  }

  private static String page(String name, String more) {
    return FakeApi.json(
        FakeApi.yaml(
            "{kind: SecretList, apiVersion: v1, metadata: {resourceVersion: '7'%s}, items: [{metadata: {name: %s, namespace: sales}}]}"
                .formatted(more, name)));
  }
}
