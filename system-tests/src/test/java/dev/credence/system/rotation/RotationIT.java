// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.rotation;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/// What one may ask of a rotation: to go back, to end a value at once, to keep to the windows of a
/// policy. The values need no proof, and nobody uses them.
@WithOperator
class RotationIT {
  private static final Duration A_MINUTE_AND_MORE = Duration.ofSeconds(80);

  private static Scene crm(TestNamespace namespace, String secret) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + secret + "]");
    scene.awaitReady("crm");
    return scene;
  }

  private static Optional<String> current(Scene scene) {
    return scene.value("crm-db", "password");
  }

  private static Optional<String> previous(Scene scene) {
    return scene.value("crm-db", "password.previous");
  }

  private static Instant issuedAt(Scene scene) {
    return Instant.parse(Scene.annotation(scene.secret("crm-db"), Api.ISSUED_AT).orElseThrow());
  }

  @BesideOthers
  void during_the_overlap_the_value_before_can_be_taken_back(TestNamespace namespace) {
    var scene = crm(namespace, password("crm-db"));
    var first = current(scene);
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion("crm-db", 2);
    var second = current(scene);

    scene.annotate(scene.secret("crm-db"), Api.ROLLBACK, "it does not work");
    scene.awaitVersion("crm-db", 3);
    assertThat(current(scene)).isEqualTo(first).isNotEqualTo(second);
    assertThat(previous(scene)).isEqualTo(second);
    scene.awaitStand("crm", "crm-db", "Overlapping 3");
    assertThat(scene.credential("crm", "crm-db").handled().rollback())
        .isEqualTo("it does not work");
    stays(Duration.ofSeconds(3), "once", () -> scene.version("crm-db") == 3);
  }

  @BesideOthers
  void later_there_is_nothing_to_take_back_and_that_is_said(TestNamespace namespace) {
    var scene = crm(namespace, password("crm-db"));
    var first = current(scene);
    scene.annotate(scene.secret("crm-db"), Api.ROLLBACK, "monday");
    eventually("it is acknowledged")
        .until(
            () ->
                Scene.annotation(scene.secret("crm-db"), Api.ROLLED_BACK_FOR)
                    .filter("monday"::equals)
                    .isPresent());
    assertThat(scene.version("crm-db")).isEqualTo(1);
    assertThat(current(scene)).isEqualTo(first);
    eventually("an Event says why")
        .until(
            () ->
                namespace.client().events().v1().events().list().getItems().stream()
                    .anyMatch(event -> event.getNote().contains("The rollback is not possible")));

    // What was answered is not answered again when there is a value to go back to.
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion("crm-db", 2);
    stays(Duration.ofSeconds(3), "the second version", () -> scene.version("crm-db") == 2);
    assertThat(previous(scene)).isEqualTo(first);
  }

  @BesideOthers
  void what_is_revoked_is_gone_at_once_with_the_value_before_it(TestNamespace namespace) {
    var scene = crm(namespace, password("crm-db"));
    var first = current(scene);
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion("crm-db", 2);
    assertThat(previous(scene)).isEqualTo(first);
    var second = current(scene);

    scene.annotate(scene.secret("crm-db"), Api.REVOKE, "seen in a log, INC-1");
    scene.awaitVersion("crm-db", 3);
    assertThat(scene.secret("crm-db").get().getData()).containsOnlyKeys("password");
    assertThat(current(scene)).isNotEqualTo(second).isNotEqualTo(first);
    scene.awaitStand("crm", "crm-db", "Fresh 3");
    assertThat(scene.credential("crm", "crm-db").handled().revoke())
        .isEqualTo("seen in a log, INC-1");
    stays(Duration.ofSeconds(3), "once", () -> scene.version("crm-db") == 3);
  }

  @BesideOthers
  void an_identity_can_be_revoked_as_a_whole(TestNamespace namespace) {
    var scene = crm(namespace, password("crm-db") + ", " + password("crm-smtp"));
    scene.annotate(scene.identity("crm"), Api.REVOKE, "INC-2");
    for (var secret : new String[] {"crm-db", "crm-smtp"}) {
      scene.awaitVersion(secret, 2);
      assertThat(scene.secret(secret).get().getData()).containsOnlyKeys("password");
    }
    scene.awaitReady("crm");
  }

  @BesideOthers
  void outside_its_window_a_rotation_is_put_off_unless_it_is_urgent(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, rotation: {windows: [{schedule: '0 0 1 1 *', duration: 1m, timeZone: UTC}]}")) {
      scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      scene.awaitPolicy("crm");
      scene.awaitReady("crm");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "some day");

      scene.awaitStand("crm", "crm-db", "Deferred 1");
      var opening = (Instant.now().atZone(ZoneOffset.UTC).getYear() + 1) + "-01-01T00:00:00Z";
      assertThat(scene.credential("crm", "crm-db").message()).contains(opening);
      assertThat(scene.result("crm", "CredentialsFresh")).isEqualTo("False RotationDeferred");
      assertThat(scene.message("crm", "CredentialsFresh")).contains(opening);
      assertThat(scene.result("crm", "Ready")).isEqualTo("True Compliant");
      assertThat(scene.status("crm").nextActionTime()).isEqualTo(Instant.parse(opening));
      stays(Duration.ofSeconds(3), "the first version", () -> scene.version("crm-db") == 1);

      scene.annotate(scene.identity("crm"), Api.ROTATE_NOW, "leaked");
      scene.awaitVersion("crm-db", 2);
      scene.awaitStand("crm", "crm-db", "Overlapping 2");
      scene.await("crm", "CredentialsFresh", "True Current");
    }
  }

  @BesideOthers
  void a_window_that_opens_in_a_moment_is_met(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy(
            "enforcement: Enforce, rotation: {windows: [{schedule: '* * * * *', duration: 5s}], overlap: 1s}")) {
      scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      scene.awaitPolicy("crm");
      scene.awaitReady("crm");
      within(A_MINUTE_AND_MORE, "between two windows, and the first value is old enough")
          .until(
              () ->
                  Instant.now().getEpochSecond() % 60 >= 8
                      && Instant.now().isAfter(issuedAt(scene).plusSeconds(10)));
      scene.annotate(scene.identity("crm"), Api.ROTATE, "soon");
      eventually("it is put off, or done in a window that has opened meanwhile")
          .until(
              () ->
                  scene.credential("crm", "crm-db").state() == CredentialState.Deferred
                      || scene.version("crm-db") == 2);

      scene.awaitVersion(A_MINUTE_AND_MORE, "crm-db", 2);
      assertThat(issuedAt(scene).getEpochSecond() % 60).isBetween(0L, 5L);
    }
  }

  @BesideOthers
  void two_requests_in_a_row_are_two_versions_ten_seconds_apart(TestNamespace namespace) {
    var scene = crm(namespace, password("crm-db"));
    scene.annotate(scene.identity("crm"), Api.ROTATE, "one");
    scene.awaitVersion("crm-db", 2);
    var second = current(scene);
    var before = issuedAt(scene);

    scene.annotate(scene.identity("crm"), Api.ROTATE, "two");
    scene.awaitVersion("crm-db", 3);
    assertThat(issuedAt(scene)).isBetween(before.plusSeconds(10), before.plusSeconds(13));
    assertThat(previous(scene)).isEqualTo(second);
    stays(Duration.ofSeconds(11), "not one more", () -> scene.version("crm-db") == 3);
  }

  @BesideOthers
  void what_people_write_into_the_secret_during_the_overlap_stays(TestNamespace namespace) {
    var scene = crm(namespace, password("crm-db", "overlap: 5s"));
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion("crm-db", 2);
    var second = current(scene);
    scene.patch(scene.secret("crm-db"), "{data: {theirs: bWluZQ==}}");

    eventually("the previous value is gone").until(() -> previous(scene).isEmpty());
    scene.awaitStand("crm", "crm-db", "Fresh 2");
    assertThat(scene.value("crm-db", "theirs")).hasValue("mine");
    assertThat(current(scene)).isEqualTo(second);

    scene.annotate(scene.identity("crm"), Api.ROTATE, "again");
    scene.awaitVersion("crm-db", 3);
    assertThat(scene.secret("crm-db").get().getData())
        .containsOnlyKeys("password", "password.previous", "theirs");
    assertThat(previous(scene)).isEqualTo(second);
  }
}
