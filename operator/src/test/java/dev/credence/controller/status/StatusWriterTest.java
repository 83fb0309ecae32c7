// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.MachineIdentity;
import dev.credence.controller.Wall;
import dev.credence.metrics.Standings;
import dev.credence.observe.Objects;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class StatusWriterTest {
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final StatusWriter<MachineIdentity> writes = new StatusWriter<>();

  @Test
  void what_was_answered_is_newer_than_what_the_watch_has_shown() {
    var cached = identity("5");
    write(cached, 6);
    assertThat(writes.newest(cached).getMetadata().getResourceVersion()).isEqualTo("6");
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

  private void write(MachineIdentity cached, int version) {
    api.writes(version);
    var fresh = new MachineIdentity();
    fresh.setStatus(StatusMapper.of(Standings.inOrder(), cached, new Wall().instant()));
    writes.write(fresh, cached, client);
  }

  private static MachineIdentity identity(String version) {
    var identity = Objects.naming("payments-api");
    identity.getMetadata().setResourceVersion(version);
    return identity;
  }
}
