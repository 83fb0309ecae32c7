// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.chart;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A namespace is lost and comes back from a backup of objects, as docs/operations.md tells it: new
/// UIDs, no ownerReferences, no status.
@OnCluster
class RestoreIT {
  private static final Duration TO_COLLECT = Duration.ofSeconds(90);

  @Test
  void what_was_restored_and_given_back_goes_on_where_it_was(
      LocalCluster cluster, TestNamespace namespace) {
    var scene = Scene.in(namespace);
    String spec =
        OWNER
            + ", secrets: [{name: crm-db, generate: {keys: [{name: password, password: {length: 32}}]},"
            + " rotation: {interval: 720h, overlap: 300h}}]";
    Secret saved;
    try (var operator = OperatorProcess.on(cluster).in(namespace).start()) {
      scene.identity("crm", spec);
      scene.awaitReady("crm");
      scene.annotate(scene.identity("crm"), "credence.dev/rotate", "once");
      scene.awaitVersion("crm-db", 2);
      scene.awaitStand("crm", "crm-db", "Overlapping 2");
      saved = scene.secret("crm-db").get();
    }
    scene.identity("crm").delete();
    within(TO_COLLECT, "the Secret is gone").until(() -> scene.secret("crm-db").get() == null);

    // The identity as it was applied, the Secret as a backup keeps it.
    scene.identity("crm", spec);
    namespace.client().resource(kept(saved)).create();
    try (var operator = OperatorProcess.on(cluster).in(namespace).start()) {
      scene.await("crm", "MembersLinked", "False NotManaged");
      stays(
          Duration.ofSeconds(2),
          "it is left alone until it is given",
          () -> scene.secret("crm-db").get().getData().equals(saved.getData()));

      scene.annotate(scene.secret("crm-db"), "credence.dev/adopt", "crm");
      scene.awaitReady("crm");
      scene.awaitStand("crm", "crm-db", "Overlapping 2");
      var restored = scene.secret("crm-db").get();
      assertThat(restored.getData()).isEqualTo(saved.getData());
      assertThat(marks(restored)).isEqualTo(marks(saved));
      assertThat(scene.isMarked(scene.secret("crm-db"), "crm")).isTrue();

      scene.annotate(scene.identity("crm"), "credence.dev/rotate", "again");
      scene.awaitVersion("crm-db", 3);
    }
  }

  private static Secret kept(Secret saved) {
    var metadata = saved.getMetadata();
    return new SecretBuilder(saved)
        .withMetadata(
            new ObjectMetaBuilder()
                .withName(metadata.getName())
                .withNamespace(metadata.getNamespace())
                .withLabels(metadata.getLabels())
                .withAnnotations(metadata.getAnnotations())
                .build())
        .build();
  }

  /// How far the value is.
  private static Map<String, String> marks(Secret secret) {
    var annotations = new TreeMap<>(secret.getMetadata().getAnnotations());
    annotations
        .keySet()
        .retainAll(
            List.of(
                "credence.dev/version",
                "credence.dev/issued-at",
                "credence.dev/previous-retires-at",
                "credence.dev/recipe"));
    return annotations;
  }
}
