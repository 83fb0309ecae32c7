// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.observe.Objects;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SecretTypesTest {
  private static final int KINDS = 7;

  private final AtomicLong nanos = new AtomicLong();
  @AutoClose private final FakeApi api = FakeApi.start();
  @AutoClose private final KubernetesClient client = api.metadataClient();
  private final SecretTypes types = new SecretTypes(client, Set.of(), nanos::get);

  /// Each type is answered with its number: `uid-0`, `uid-1`, …
  private void answers() {
    for (var kind = 0; kind < KINDS; kind++) {
      api.answers(list("uid-" + kind, ""));
    }
  }

  private static Map<String, ?> list(String uid, String next) {
    return Map.of(
        "kind",
        "PartialObjectMetadataList",
        "apiVersion",
        "meta.k8s.io/v1",
        "metadata",
        Map.of("continue", next),
        "items",
        List.of(Map.of("metadata", Map.of("name", uid, "namespace", "payments", "uid", uid))));
  }

  private static io.fabric8.kubernetes.api.model.Secret secret(String uid) {
    return Objects.secret(uid).editMetadata().withUid(uid).endMetadata().build();
  }

  @Test
  void the_api_server_is_asked_for_each_type_and_for_metadata_alone() {
    answers();
    var known = types.of(List.of(secret("uid-1"), secret("other")));
    assertThat(known)
        .containsEntry("uid-0", "kubernetes.io/service-account-token")
        .containsEntry("uid-1", "kubernetes.io/basic-auth")
        .containsEntry("other", "Opaque");
    assertThat(api.asked())
        .hasSize(KINDS)
        .allSatisfy(
            asked -> assertThat(asked.header("Accept")).contains("as=PartialObjectMetadata"));
    assertThat(api.asked().getFirst().query().get("fieldSelector"))
        .isEqualTo("type=kubernetes.io/service-account-token");
  }

  @Test
  void it_is_asked_again_only_for_a_secret_that_is_new() {
    answers();
    types.of(List.of(secret("uid-1")));
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    types.of(List.of(secret("uid-1")));
    assertThat(api.asked()).hasSize(KINDS);
    assertThat(types.isBehind()).isFalse();

    answers();
    types.of(List.of(secret("uid-1"), secret("new")));
    assertThat(api.asked()).hasSize(2 * KINDS);
  }

  @Test
  void many_new_ones_are_asked_for_together() {
    answers();
    types.of(List.of(secret("uid-1")));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    types.of(List.of(secret("uid-1"), secret("new")));
    assertThat(api.asked()).hasSize(KINDS);
    assertThat(types.isBehind()).as("it will say more soon").isTrue();
  }

  @Test
  void long_lists_come_in_pages() {
    api.answers(list("uid-0", "more")).answers(list("uid-00", ""));
    for (var kind = 1; kind < KINDS; kind++) {
      api.answers(list("uid-" + kind, ""));
    }
    assertThat(types.of(List.of(secret("x"))))
        .containsEntry("uid-00", "kubernetes.io/service-account-token");
    assertThat(api.asked().get(1).query().get("continue")).isEqualTo("more");
  }

  @Test
  void a_missing_right_is_said_and_asked_for_later() {
    api.refuses(403, "secrets is forbidden");
    assertThat(types.of(List.of(secret("uid-1")))).isEmpty();
    assertThat(types.problem()).hasValue("no permission to list Secrets");
    types.of(List.of(secret("uid-1")));
    assertThat(api.asked()).hasSize(1);

    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    answers();
    types.of(List.of(secret("uid-1")));
    assertThat(types.problem()).isEmpty();
  }
}
