// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.observe.Objects;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// The bytes of Secrets are not asked for, whatever is asked.
class MetadataOnlyTest {
  private static final String ONE = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  private static final String LIST =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.metadataClient();

  @Test
  void a_list_is_a_list_of_metadata() {
    api.answers(new SecretList());
    client.secrets().inAnyNamespace().list();
    assertThat(api.last().header("Accept")).isEqualTo(LIST);
  }

  @Test
  void a_watch_shows_metadata() {
    api.answers("{}");
    client.secrets().inAnyNamespace().watch(new Deaf()).close();
    assertThat(api.last().query()).containsEntry("watch", "true");
    assertThat(api.last().header("Accept")).isEqualTo(ONE);
  }

  @Test
  void a_patch_is_answered_with_metadata() {
    api.echoes();
    var secret = Objects.secret("payments-db").build();
    var merge = new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).build();
    client.resource(secret).patch(merge, "{\"metadata\": {\"name\": \"payments-db\"}}");
    assertThat(api.last().method()).isEqualTo("PATCH");
    assertThat(api.last().header("Accept")).isEqualTo(ONE);
  }

  private static final class Deaf implements Watcher<Secret> {
    @Override
    public void eventReceived(Action action, Secret secret) {}

    @Override
    public void onClose(WatcherException cause) {}
  }
}
