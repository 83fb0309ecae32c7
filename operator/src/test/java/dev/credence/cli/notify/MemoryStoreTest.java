// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import static dev.credence.cli.notify.Sample.SLOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.cli.Connection.Name;
import dev.credence.cli.Failed;
import dev.credence.client.Clients;
import dev.credence.testing.FakeApi;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {
  private static final String MAPS = "/api/v1/namespaces/credence-system/configmaps";
  private static final Memory ONE =
      new Memory(Optional.of(SLOT), Set.of("a"), Map.of(), Set.of("b"));

  @AutoClose private final FakeApi api = FakeApi.startForAnybody();
  @AutoClose private final Clients clients = Clients.of(api.config());
  private final MemoryStore store =
      new MemoryStore(clients.full(), new Name("credence-system", "credence-notify"));

  private static Map<String, Object> map(String version, Map<String, String> data) {
    return Map.of(
        "apiVersion",
        "v1",
        "kind",
        "ConfigMap",
        "metadata",
        Map.of(
            "name", "credence-notify", "namespace", "credence-system", "resourceVersion", version),
        "data",
        data);
  }

  @Test
  void it_writes_what_changed_to_the_version_that_it_read() {
    api.answers(map("7", Map.of()));
    assertThat(store.load()).isEqualTo(Memory.NONE);
    store.save(Memory.NONE);
    assertThat(api.asked()).as("nothing changed").hasSize(1);

    api.answers(map("8", Map.of())).answers(map("9", Map.of()));
    store.save(ONE);
    store.save(ONE);
    assertThat(api.lines())
        .containsExactly("GET " + MAPS + "/credence-notify", "PATCH " + MAPS + "/credence-notify");
    var patch = api.asked().getLast().json();
    assertThat(patch.path("metadata").path("resourceVersion").asText()).isEqualTo("7");
    assertThat(Memory.parse(patch.path("data").path(MemoryStore.KEY).asText())).contains(ONE);

    store.save(Memory.NONE);
    assertThat(api.asked().getLast().json().path("metadata").path("resourceVersion").asText())
        .isEqualTo("8");
  }

  @Test
  void one_that_does_not_exist_is_created() {
    store.load();
    api.answers(map("1", Map.of()));
    store.save(ONE);
    assertThat(api.lines()).last().isEqualTo("POST " + MAPS);
  }

  @Test
  void a_run_at_the_same_time_ends_this_one() {
    api.answers(map("7", Map.of(MemoryStore.KEY, "no state")));
    assertThat(store.load()).isEqualTo(Memory.NONE);
    api.answers(
        409, Map.of("kind", "Status", "status", "Failure", "reason", "Conflict", "code", 409));
    assertThatThrownBy(() -> store.save(ONE))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("Another run");
  }
}
