// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ListWritesTest {
  private static final String LISTS =
      "/apis/credence.dev/v1alpha1/namespaces/credence-system/suspensionlists";

  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.client();
  private final Remembered memory = new Remembered();
  private final ListWrites writes = new ListWrites(client, "credence-system", memory);

  @Test
  void all_accounts_of_a_change_are_one_write() {
    memory.wrote(list("suspended-1", Map.of("shop.web", "web 1 2026-03-03T13:00:00Z")));
    api.answers(list("suspended-1", Map.of()));
    writes.write(
        Map.of(
            "sales.crm", Optional.of("crm 4f1c8a2b 2026-03-03T13:00:00Z"),
            "sales.erp", Optional.of("erp 4f1c8a2b 2026-03-03T13:00:00Z"),
            "shop.web", Optional.empty()));
    assertThat(api.lines()).containsExactly("PATCH " + LISTS + "/suspended-1");
    var spec = api.last().json().path("spec");
    assertThat(spec.path("accounts"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"sales.crm": "crm 4f1c8a2b 2026-03-03T13:00:00Z",
                 "sales.erp": "erp 4f1c8a2b 2026-03-03T13:00:00Z", "shop.web": null}
                """));
    assertThat(spec.path("revision").asText()).hasSize(13);
  }

  @Test
  void the_first_entry_creates_the_list_and_the_last_one_deletes_it() {
    api.answers(list("suspended-1", Map.of("sales.crm", "crm")));
    writes.write(Map.of("sales.crm", Optional.of("crm")));
    assertThat(api.lines()).containsExactly("POST " + LISTS);
    api.answers(Map.of("kind", "Status", "apiVersion", "v1", "status", "Success"));
    writes.write(Map.of("sales.crm", Optional.empty()));
    assertThat(api.last().line()).isEqualTo("DELETE " + LISTS + "/suspended-1");
    assertThat(api.last().json().path("preconditions").path("resourceVersion").asText())
        .isEqualTo("7");
    assertThat(memory.lists).isEmpty();
  }

  @Test
  void what_is_written_already_is_not_written_again() {
    memory.wrote(list("suspended-1", Map.of("sales.crm", "crm")));
    writes.write(Map.of("sales.crm", Optional.of("crm"), "sales.erp", Optional.empty()));
    assertThat(api.lines()).isEmpty();
  }

  @Test
  void a_list_that_is_full_is_followed_by_another() {
    var entries = new TreeMap<String, String>();
    IntStream.range(0, 1_300)
        .forEach(number -> entries.put("sales.%090d".formatted(number), "crm"));
    memory.wrote(list("suspended-1", entries));
    api.answers(list("suspended-2", Map.of("shop.web", "web")));
    writes.write(Map.of("shop.web", Optional.of("web")));
    assertThat(api.lines()).containsExactly("POST " + LISTS);
    assertThat(api.last().json().path("metadata").path("name").asText()).isEqualTo("suspended-2");
    // An account that is in the first one stays there.
    api.answers(list("suspended-1", entries));
    var key = entries.firstKey();
    writes.write(Map.of(key, Optional.of("crm since later")));
    assertThat(api.last().line()).isEqualTo("PATCH " + LISTS + "/suspended-1");
  }

  @Test
  void an_account_that_is_in_two_lists_is_taken_off_both() {
    memory.wrote(list("suspended-1", Map.of("sales.crm", "crm", "shop.web", "web")));
    memory.wrote(list("suspended-2", Map.of("sales.crm", "crm", "shop.api", "web")));
    api.answers(list("suspended-1", Map.of())).answers(list("suspended-2", Map.of()));
    writes.write(Map.of("sales.crm", Optional.empty()));
    assertThat(api.lines())
        .containsExactlyInAnyOrder(
            "PATCH " + LISTS + "/suspended-1", "PATCH " + LISTS + "/suspended-2");
  }

  @Test
  void a_namespace_has_a_share_and_takes_no_room_of_others() {
    memory.mostSuspended = 2;
    memory.wrote(list("suspended-1", Map.of("sales.crm", "crm", "sales-eu.crm", "crm")));
    api.answers(list("suspended-1", Map.of()));
    assertThat(
            writes.write(
                Map.of(
                    "sales.a", Optional.of("a"),
                    "sales.b", Optional.of("b"),
                    "sales.crm", Optional.of("crm since later"),
                    "sales-eu.a", Optional.of("a"))))
        .isFalse();
    assertThat(api.last().json().at("/spec/accounts"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"sales.a": "a", "sales.crm": "crm since later", "sales-eu.a": "a"}
                """));
  }

  @Test
  void a_refusal_reaches_the_one_who_asked() {
    memory.wrote(list("suspended-1", Map.of("shop.web", "web")));
    api.refuses(422, "too long");
    var change = new HashMap<String, Optional<String>>();
    change.put("sales.crm", Optional.of("crm"));
    assertThatThrownBy(() -> writes.write(change)).isInstanceOf(KubernetesClientException.class);
    api.answers(list("suspended-1", Map.of()));
    writes.write(change);
  }

  private static SuspensionList list(String name, Map<String, String> accounts) {
    var list = new SuspensionList();
    list.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace("credence-system")
            .withUid("uid-of-" + name)
            .withResourceVersion("7")
            .build());
    list.setSpec(new SuspensionListSpec("1", accounts, null));
    return list;
  }
}
