// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.controller.Wall;
import dev.credence.metrics.Standings;
import dev.credence.observe.Objects;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class StatusWriterTest {
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient metadata = api.metadataClient();
  private final StatusWriter<MachineIdentity> writes =
      new StatusWriter<>(metadata, MachineIdentity::new);

  @Test
  void what_was_answered_is_newer_than_what_the_watch_has_shown() {
    var cached = identity("5");
    write(cached, 6);
    assertThat(cached.getStatus()).isNull();
    assertThat(writes.newest(cached).getStatus()).isNotNull();
  }

  @Test
  void what_the_watch_shows_later_is_newer() {
    write(identity("5"), 6);
    var later = identity("7");
    assertThat(writes.newest(later)).isSameAs(later);
  }

  @Test
  void once_the_watch_has_shown_it_it_is_not_kept() {
    var cached = identity("5");
    write(cached, 6);
    writes.seen(identity("4"));
    assertThat(writes.newest(cached)).isNotSameAs(cached);
    writes.seen(identity("6"));
    assertThat(writes.newest(cached)).isSameAs(cached);
  }

  @Test
  void of_what_is_gone_nothing_is_kept() {
    var cached = identity("5");
    write(cached, 6);
    writes.forget(cached);
    assertThat(writes.newest(cached)).isSameAs(cached);
  }

  @Test
  void an_object_of_the_same_name_is_another() {
    write(identity("5"), 6);
    var another = identity("5");
    another.getMetadata().setUid("another");
    assertThat(writes.newest(another)).isSameAs(another);
  }

  @Test
  void the_answer_is_metadata_alone() {
    var cached = identity("5");
    write(cached, 6);
    assertThat(api.last().header("Accept")).contains("as=PartialObjectMetadata;");
  }

  @Test
  void what_the_watch_has_shown_of_the_spec_counts() {
    write(identity("5"), 7);
    var changed = identity("6");
    changed.setSpec(Objects.naming("payments-api", "payments-db").getSpec());
    assertThat(writes.newest(changed).getSpec()).isSameAs(changed.getSpec());
    assertThat(writes.newest(changed).getMetadata()).isSameAs(changed.getMetadata());
    assertThat(writes.newest(changed).getStatus()).isNotNull();
  }

  private static Map<String, ?> answer(int version) {
    var metadata = identity(String.valueOf(version)).getMetadata();
    return Map.of(
        "apiVersion",
        "meta.k8s.io/v1",
        "kind",
        "PartialObjectMetadata",
        "metadata",
        FakeApi.tree(FakeApi.json(metadata)));
  }

  private void write(MachineIdentity cached, int version) {
    api.answers(answer(version));
    writes.write(fresh(cached), cached);
  }

  private static MachineIdentity fresh(MachineIdentity cached) {
    var fresh = new MachineIdentity();
    fresh.setStatus(StatusMapper.of(Standings.inOrder(), cached, new Wall().instant()));
    return fresh;
  }

  private static MachineIdentity identity(String version) {
    var identity = Objects.naming("payments-api");
    identity.getMetadata().setResourceVersion(version);
    return identity;
  }
}
