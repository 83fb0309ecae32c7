// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import static dev.credence.testing.Eventually.DEADLINE;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.observe.FakeCluster;
import dev.credence.observe.Objects;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class KindCacheTest {
  @AutoClose private final FakeCluster cluster = FakeCluster.start();
  private final List<String> changes = new CopyOnWriteArrayList<>();
  private KindCache<Secret> watch;

  @AfterEach
  void stop() {
    watch.stop();
  }

  private void watching(String... namespaces) throws Exception {
    watch =
        KindCache.of(
            cluster.client(),
            Kinds.SECRET,
            Set.of(namespaces),
            (before, after) -> changes.add(version(before) + "→" + version(after)));
    watch.start().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void every_change_is_told_with_what_was_before() throws Exception {
    watching();
    var created = create(Objects.secret("payments-db"));
    eventually("the creation is seen").until(() -> changes.size() == 1);
    var changed = cluster.put(new SecretBuilder(created).addToData("a", "Yg==").build());
    eventually("the change is seen").until(() -> changes.size() == 2);
    cluster.remove(changed);
    eventually("the end is seen").until(() -> changes.size() == 3);
    assertThat(changes.get(0)).isEqualTo("none→" + version(created));
    assertThat(changes.get(1)).isEqualTo(version(created) + "→" + version(changed));
    assertThat(changes.get(2)).endsWith("→none");
  }

  @Test
  void what_was_there_before_is_known_after_the_start() throws Exception {
    create(Objects.secret("payments-db"));
    watching();
    assertThat(watch.isSynced()).isTrue();
    assertThat(watch.get("payments", "payments-db")).isPresent();
    assertThat(watch.get("payments", "another")).isEmpty();
    eventually("it is connected").until(watch::isHealthy);
  }

  @Test
  void what_we_wrote_is_true_at_once() throws Exception {
    watching();
    watch.wrote(ours("payments-db", "700", "first"));
    assertThat(watch.get("payments", "payments-db")).map(KindCacheTest::version).hasValue("700");
    watch.wrote(ours("payments-db", "701", "first"));
    assertThat(watch.get("payments", "payments-db")).map(KindCacheTest::version).hasValue("701");
  }

  @Test
  void what_we_wrote_is_true_before_an_older_version_that_the_watch_shows() throws Exception {
    var created = create(Objects.secret("payments-db"));
    watching();
    watch.wrote(later(created, 1_000));
    assertThat(watch.get("payments", "payments-db").map(KindCacheTest::number))
        .hasValue(number(created) + 1_000);
    assertThat(watch.by(KindCache.BY_NAMESPACE, "payments"))
        .extracting(KindCacheTest::number)
        .containsExactly(number(created) + 1_000);
  }

  @Test
  void what_the_watch_shows_is_true_once_it_is_as_new() throws Exception {
    var created = create(Objects.secret("payments-db"));
    watching();
    watch.wrote(later(created, 0));
    watch.wrote(later(created, -1));
    assertThat(watch.get("payments", "payments-db").map(KindCacheTest::number))
        .hasValue(number(created));
  }

  @Test
  void a_newer_version_from_somebody_else_takes_the_place_of_ours() throws Exception {
    var created = create(Objects.secret("payments-db"));
    watching();
    watch.wrote(later(created, 1));
    for (var times = 0; times < 3; times++) {
      cluster.put(labelled(created, "touched-" + times));
    }
    eventually("the watch is ahead")
        .until(
            () ->
                watch
                    .get("payments", "payments-db")
                    .filter(secret -> secret.getMetadata().getLabels().containsKey("touched-2"))
                    .isPresent());
  }

  @Test
  void what_is_gone_is_not_believed_to_be_there() throws Exception {
    var created = create(Objects.secret("payments-db"));
    watching();
    watch.wrote(later(created, 1_000));
    cluster.remove(created);
    eventually("the end is seen").until(() -> changes.stream().anyMatch(c -> c.endsWith("none")));
    assertThat(watch.get("payments", "payments-db")).isEmpty();
  }

  @Test
  void an_answer_that_comes_after_the_end_changes_nothing() throws Exception {
    var created = create(Objects.secret("payments-db"));
    watching();
    cluster.remove(created);
    eventually("the end is seen").until(() -> changes.stream().anyMatch(c -> c.endsWith("none")));
    watch.wrote(later(created, 1));
    assertThat(watch.get("payments", "payments-db")).isEmpty();
  }

  @Test
  void objects_are_found_by_our_label_and_by_their_controller() throws Exception {
    create(Objects.marked("by-label", "payments-api"));
    create(
        Objects.secret("by-controller")
            .editMetadata()
            .withOwnerReferences(Objects.controlledBy("payments-api"))
            .endMetadata());
    create(Objects.secret("neither"));
    watching();
    assertThat(watch.by(Kinds.BY_IDENTITY, "payments/payments-api"))
        .extracting(secret -> secret.getMetadata().getName())
        .containsExactlyInAnyOrder("by-label", "by-controller");
    assertThat(watch.all()).hasSize(3);
  }

  @Test
  void only_the_namespaces_that_were_asked_for_are_watched() throws Exception {
    for (var namespace : List.of("payments", "sales", "kube-system")) {
      create(Objects.secret("a").editMetadata().withNamespace(namespace).endMetadata());
    }
    watching("payments", "sales");
    assertThat(watch.all())
        .extracting(secret -> secret.getMetadata().getNamespace())
        .containsExactlyInAnyOrder("payments", "sales");
  }

  private Secret create(SecretBuilder secret) {
    return cluster.put(secret.build());
  }

  private static Secret ours(String name, String version, String uid) {
    return Objects.secret(name)
        .editMetadata()
        .withResourceVersion(version)
        .withUid(uid)
        .endMetadata()
        .build();
  }

  private static Secret later(Secret secret, long by) {
    return new SecretBuilder(secret)
        .editMetadata()
        .withResourceVersion(String.valueOf(number(secret) + by))
        .endMetadata()
        .build();
  }

  private static Secret labelled(Secret secret, String label) {
    return new SecretBuilder(secret).editMetadata().addToLabels(label, "").endMetadata().build();
  }

  private static long number(Secret secret) {
    return Long.parseLong(version(secret));
  }

  private static String version(Secret secret) {
    return secret == null ? "none" : secret.getMetadata().getResourceVersion();
  }
}
