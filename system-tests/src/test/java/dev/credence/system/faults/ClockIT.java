// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.image.Image;
import dev.credence.system.Scene;
import dev.credence.system.faults.agent.PutClock;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The clock of the operator's machine jumps while it runs, and is put right again: nothing is
/// rotated more often than once, what the wrong clock wrote is put right with it, and then there is
/// quiet. (What each decision is, is told by the story `a-clock-that-jumps-and-is-put-right`.)
@OnCluster
class ClockIT {
  private static final Duration NOTICED = Duration.ofMinutes(1);
  private static final Duration A_WHILE = Duration.ofSeconds(12);
  private static final int IDENTITIES = 5;

  @TempDir private static Path folder;

  @Test
  void what_a_wrong_clock_does_is_bounded_and_ends_with_it(
      LocalCluster cluster, TestNamespace namespace) throws Exception {
    var scene = Scene.in(namespace);
    var clock = new PutClock(folder);
    try (var operator =
        OperatorProcess.on(cluster)
            .in(namespace)
            .with("CREDENCE_JAVA_OPTS", Image.FLAGS + " " + clock.flag())
            .with("CREDENCE_RESYNC_INTERVAL", "2s")
            .start()) {
      // Each at its own time of the month.
      names()
          .forEach(
              name ->
                  scene.identity(
                      name,
                      OWNER
                          + ", secrets: ["
                          + password(secret(name), "interval: 720h, overlap: 1h")
                          + "]"));
      names().forEach(scene::awaitReady);

      clock.aheadBy(Duration.ofHours(1));
      stays("an hour ahead", scene, versions(scene));
      clock.aheadBy(Duration.ofHours(-1));
      stays("an hour behind", scene, versions(scene));
      clock.aheadBy(Duration.ofDays(-400));
      stays("400 days behind", scene, versions(scene));

      clock.aheadBy(Duration.ofDays(400));
      within(NOTICED, "what is due by this clock is replaced")
          .until(() -> names().allMatch(name -> scene.version(secret(name)) == 2));
      stays("400 days ahead", scene, versions(scene));

      clock.aheadBy(Duration.ZERO);
      within(NOTICED, "no value says that it was made in a year to come")
          .until(() -> names().allMatch(name -> isOfThePast(scene, name)));
      stays("right again", scene, versions(scene));
      names().forEach(scene::awaitReady);
      assertThat(operator.isAlive()).isTrue();

      var audit = cluster.audit();
      Scene.stays(
          A_WHILE,
          "nothing is written",
          () -> audit.next().in(namespace).ofOperator().writes().count() == 0);
    }
  }

  private static void stays(String what, Scene scene, Map<String, Long> versions) {
    Scene.stays(A_WHILE, what, () -> versions(scene).equals(versions));
  }

  private static Map<String, Long> versions(Scene scene) {
    return scene.client().secrets().inNamespace(scene.namespace()).list().getItems().stream()
        .map(HasMetadata::getMetadata)
        .collect(
            toMap(
                ObjectMeta::getName,
                found ->
                    Long.valueOf(found.getAnnotations().getOrDefault(Api.SECRET_VERSION, "0"))));
  }

  private static boolean isOfThePast(Scene scene, String name) {
    return Scene.annotation(scene.secret(secret(name)), Api.ISSUED_AT)
        .map(Instant::parse)
        .filter(at -> at.isBefore(Instant.now()))
        .isPresent();
  }

  private static Stream<String> names() {
    return IntStream.range(0, IDENTITIES).mapToObj(number -> "crm-" + number);
  }

  private static String secret(String name) {
    return name + "-db";
  }
}
