// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.rotation;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Values that are proven before anyone sees them: what hooks are told, what becomes of a value
/// that does not pass, and of one that somebody disturbs on its way.
@WithOperator
class HookedRotationIT {
  private static final String PROVEN = "apply: {cronJobName: apply}, verify: {cronJobName: verify}";
  private static final String ENDED = PROVEN + ", revoke: {cronJobName: revoke}";

  private static void identify(Scene scene, String name, String hooks) {
    scene.identity(
        name,
        OWNER
            + ", secrets: [{name: %s-db, generate: {keys: [{name: password, password: {}}]}, rotation: {overlap: 2s}, hooks: {%s}}]"
                .formatted(name, hooks));
  }

  /// The identity `crm` with its first value in place, and three hooks that succeed.
  private static Scene crm(TestNamespace namespace, String hooks) {
    var scene = Scene.in(namespace);
    List.of("apply", "verify", "revoke").forEach(scene::createHook);
    identify(scene, "crm", hooks);
    scene.awaitReady("crm");
    scene.awaitStand("crm", "crm-db", "Fresh 1");
    return scene;
  }

  /// A rotation that has come as far as this Job, which runs until somebody ends it.
  private static void heldUp(Scene scene, String hook, String job) {
    scene.holdUp(hook);
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    awaitJob(scene, job);
  }

  private static void awaitJob(Scene scene, String name) {
    eventually("Job " + name + " is there").until(() -> scene.job(name).get() != null);
  }

  private static String password(Scene scene, String secret) {
    return scene.value(secret, "password").orElseThrow();
  }

  private static void assertAtRest(Scene scene, long version) {
    scene.awaitStand("crm", "crm-db", "Fresh " + version);
    scene.awaitReady("crm");
    assertThat(scene.version("crm-db")).isEqualTo(version);
    assertThat(scene.secret("crm-db").get().getData()).containsOnlyKeys("password");
    eventually("nothing is left of the rotation")
        .until(() -> scene.secret("crm-db-pending").get() == null && scene.jobs().isEmpty());
  }

  private static Map<String, String> variables(Scene scene, String job) {
    return scene
        .job(job)
        .get()
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getEnv()
        .stream()
        .collect(
            toMap(
                EnvVar::getName, variable -> Objects.requireNonNullElse(variable.getValue(), "")));
  }

  /// On its way its Job is deleted, too: that is started anew.
  @BesideOthers
  void the_first_value_is_proven_before_anyone_sees_it(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    List.of("apply", "verify").forEach(scene::createHook);
    scene.holdUp("apply");
    identify(scene, "crm", PROVEN);
    awaitJob(scene, "crm-db-v1-apply-1");
    scene.awaitStand("crm", "crm-db", "Applying");
    var staged = password(scene, "crm-db-pending");
    assertThat(scene.secret("crm-db").get()).isNull();
    assertThat(scene.result("crm", "Ready")).startsWith("False");
    assertThat(scene.result("crm", "Reconciling")).startsWith("True");

    assertThat(variables(scene, "crm-db-v1-apply-1"))
        .isEqualTo(
            Map.of(
                "CREDENCE_STEP", "apply",
                "CREDENCE_NAMESPACE", namespace.name(),
                "CREDENCE_IDENTITY", "crm",
                "CREDENCE_IDENTITY_UID", scene.identity("crm").get().getMetadata().getUid(),
                "CREDENCE_SECRET", "crm-db",
                "CREDENCE_VALUE_SECRET", "crm-db-pending",
                "CREDENCE_KEY_SUFFIX", "",
                "CREDENCE_VERSION", "1",
                "CREDENCE_ATTEMPT", "1",
                "STEP", "$(CREDENCE_STEP)"));
    var job = scene.job("crm-db-v1-apply-1").get();
    assertThat(job.getSpec().getActiveDeadlineSeconds()).isEqualTo(300);
    for (var created : List.of(job, scene.secret("crm-db-pending").get())) {
      assertThat(created.getMetadata().getLabels())
          .containsEntry("credence.dev/identity", "crm")
          .containsEntry("app.kubernetes.io/managed-by", "credence");
      assertThat(created.getMetadata().getOwnerReferences())
          .singleElement()
          .matches(owner -> owner.getController() && owner.getName().equals("crm"));
    }

    scene.letSucceed("apply");
    scene.job("crm-db-v1-apply-1").delete();
    assertAtRest(scene, 1);
    assertThat(password(scene, "crm-db")).isEqualTo(staged);
  }

  @BesideOthers
  void the_next_value_is_proven_and_the_old_one_ended(TestNamespace namespace) {
    var scene = crm(namespace, ENDED);
    var first = password(scene, "crm-db");
    scene.holdUp("revoke");
    heldUp(scene, "verify", "crm-db-v2-verify-1");
    scene.awaitStand("crm", "crm-db", "Verifying 1");
    var staged = password(scene, "crm-db-pending");
    assertThat(scene.secret("crm-db").get().getData()).containsOnlyKeys("password");
    assertThat(password(scene, "crm-db")).isEqualTo(first).isNotEqualTo(staged);
    assertThat(scene.result("crm", "Ready")).isEqualTo("True Compliant");

    scene.letSucceed("verify");
    scene.job("crm-db-v2-verify-1").delete();
    scene.awaitVersion("crm-db", 2);
    assertThat(password(scene, "crm-db")).isEqualTo(staged);
    assertThat(scene.value("crm-db", "password.previous")).hasValue(first);

    awaitJob(scene, "crm-db-v1-revoke-1");
    scene.awaitStand("crm", "crm-db", "Retiring 2");
    assertThat(variables(scene, "crm-db-v1-revoke-1"))
        .containsEntry("CREDENCE_STEP", "revoke")
        .containsEntry("CREDENCE_VALUE_SECRET", "crm-db")
        .containsEntry("CREDENCE_KEY_SUFFIX", ".previous")
        .containsEntry("CREDENCE_VERSION", "1");
    assertThat(scene.value("crm-db", "password.previous")).as("not ended yet").hasValue(first);
    scene.letSucceed("revoke");
    scene.job("crm-db-v1-revoke-1").delete();
    assertAtRest(scene, 2);
  }

  @BesideOthers
  void a_hook_needs_the_consent_of_its_holder(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createHook("unasked");
    scene.patch(scene.cronJob("unasked"), "{metadata: {annotations: {credence.dev/hook: null}}}");
    scene.createHook("at-work");
    scene.patch(scene.cronJob("at-work"), "{spec: {suspend: false}}");
    var sentences =
        Map.of(
            "unasked", "CronJob unasked is not a hook",
            "at-work", "CronJob at-work is not suspended",
            "missing", "CronJob missing does not exist");
    sentences.keySet().forEach(name -> identify(scene, name, "apply: {cronJobName: " + name + "}"));
    sentences.forEach(
        (name, sentence) -> {
          scene.await(name, "CredentialsFresh", "False RotationBlocked");
          assertThat(scene.message(name, "CredentialsFresh")).contains(sentence);
          assertThat(scene.result(name, "Ready")).isEqualTo("False RotationBlocked");
          assertThat(scene.result(name, "Stalled")).isEqualTo("True RotationBlocked");
          assertThat(scene.credential(name, name + "-db").state().name()).isEqualTo("Blocked");
        });
    assertThat(scene.jobs()).isEmpty();

    scene.annotate(scene.cronJob("unasked"), Api.HOOK, "true");
    scene.patch(scene.cronJob("at-work"), "{spec: {suspend: true}}");
    scene.createHook("missing");
    sentences.keySet().forEach(scene::awaitReady);
  }

  @BesideOthers
  void what_fails_too_often_is_given_up_until_one_asks_anew(TestNamespace namespace) {
    try (var policy =
        Scene.in(namespace).policy("enforcement: Enforce, rotation: {maxAttempts: 2}")) {
      var scene = crm(namespace, "apply: {cronJobName: apply}, verify: {cronJobName: verify}");
      scene.awaitPolicy("crm");
      var first = password(scene, "crm-db");
      scene.letFail("verify");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");

      scene.await("crm", "CredentialsFresh", "False VerificationFailed");
      assertThat(scene.message("crm", "CredentialsFresh"))
          .contains("Attempt 1 of 2 to verify version 2 failed: Job crm-db-v2-verify-1");
      scene.await("crm", "CredentialsFresh", "False RotationBlocked");
      assertThat(scene.message("crm", "CredentialsFresh"))
          .contains("Attempt 2 of 2", "does not retry");
      assertThat(scene.stand("crm", "crm-db")).isEqualTo("Blocked 1");
      assertThat(scene.result("crm", "Stalled")).isEqualTo("True RotationBlocked");
      assertThat(password(scene, "crm-db")).as("in force").isEqualTo(first);
      var givenUp = password(scene, "crm-db-pending");
      assertThat(scene.jobs()).contains("crm-db-v2-apply-2", "crm-db-v2-verify-2");

      scene.letSucceed("verify");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "mended");
      scene.awaitVersion("crm-db", 2);
      assertThat(password(scene, "crm-db")).isNotEqualTo(first).isNotEqualTo(givenUp);
      assertAtRest(scene, 2);
    }
  }

  @BesideOthers
  void what_was_given_up_can_be_dropped(TestNamespace namespace) {
    try (var policy =
        Scene.in(namespace).policy("enforcement: Enforce, rotation: {maxAttempts: 1}")) {
      var scene = crm(namespace, "apply: {cronJobName: apply}");
      scene.awaitPolicy("crm");
      var first = password(scene, "crm-db");
      scene.letFail("apply");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      scene.await("crm", "CredentialsFresh", "False RotationBlocked");

      scene.annotate(scene.secret("crm-db"), Api.ABORT, "not today");
      scene.await("crm", "CredentialsFresh", "True Current");
      assertAtRest(scene, 1);
      assertThat(password(scene, "crm-db")).isEqualTo(first);
      stays(Duration.ofSeconds(3), "nothing is begun", () -> scene.jobs().isEmpty());

      scene.letSucceed("apply");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "tomorrow");
      scene.awaitVersion("crm-db", 2);
      assertAtRest(scene, 2);
    }
  }

  @BesideOthers
  void a_rotation_under_way_can_be_aborted(TestNamespace namespace) {
    var scene = crm(namespace, PROVEN);
    var first = password(scene, "crm-db");
    heldUp(scene, "apply", "crm-db-v2-apply-1");
    scene.annotate(scene.secret("crm-db"), Api.ABORT, "wrong day");
    assertAtRest(scene, 1);
    assertThat(password(scene, "crm-db")).isEqualTo(first);
  }

  @BesideOthers
  void what_is_revoked_is_ended_before_there_is_a_new_value(TestNamespace namespace) {
    var scene = crm(namespace, ENDED);
    var first = password(scene, "crm-db");
    scene.holdUp("revoke");
    scene.annotate(scene.secret("crm-db"), Api.REVOKE, "INC-1");
    awaitJob(scene, "crm-db-v1-revoke-1");
    assertThat(variables(scene, "crm-db-v1-revoke-1"))
        .containsEntry("CREDENCE_VALUE_SECRET", "crm-db")
        .containsEntry("CREDENCE_KEY_SUFFIX", "");
    assertThat(scene.secret("crm-db-pending").get()).isNull();

    scene.letSucceed("revoke");
    scene.job("crm-db-v1-revoke-1").delete();
    scene.awaitVersion("crm-db", 2);
    assertThat(scene.secret("crm-db").get().getData()).containsOnlyKeys("password");
    assertThat(password(scene, "crm-db")).isNotEqualTo(first);
    assertAtRest(scene, 2);
  }

  @BesideOthers
  void a_secret_that_is_deleted_during_its_rotation_comes_back_with_the_next_version(
      TestNamespace namespace) {
    var scene = crm(namespace, ENDED);
    var first = password(scene, "crm-db");
    heldUp(scene, "apply", "crm-db-v2-apply-1");
    scene.secret("crm-db").delete();
    scene.letSucceed("apply");
    scene.job("crm-db-v2-apply-1").delete();

    scene.awaitVersion("crm-db", 2);
    assertThat(password(scene, "crm-db")).isNotEqualTo(first);
    assertAtRest(scene, 2);
  }

  @BesideOthers
  void a_staged_value_that_is_deleted_is_made_anew_and_proven_anew(TestNamespace namespace) {
    var scene = crm(namespace, PROVEN);
    heldUp(scene, "verify", "crm-db-v2-verify-1");
    var lost = password(scene, "crm-db-pending");
    scene.letSucceed("verify");
    scene.secret("crm-db-pending").delete();

    scene.awaitVersion("crm-db", 2);
    assertThat(password(scene, "crm-db")).isNotEqualTo(lost);
    assertAtRest(scene, 2);
  }

  @BesideOthers
  void a_hook_that_is_deleted_during_a_rotation_blocks_it_until_it_is_back(
      TestNamespace namespace) {
    var scene = crm(namespace, PROVEN);
    var first = password(scene, "crm-db");
    heldUp(scene, "apply", "crm-db-v2-apply-1");
    scene.cronJob("verify").delete();
    scene.letSucceed("apply");
    scene.job("crm-db-v2-apply-1").delete();

    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh")).contains("CronJob verify does not exist");
    assertThat(scene.stand("crm", "crm-db")).isEqualTo("Blocked 1");
    assertThat(password(scene, "crm-db")).isEqualTo(first);

    scene.createHook("verify");
    scene.awaitVersion("crm-db", 2);
    assertAtRest(scene, 2);
  }

  @BesideOthers
  void a_hook_that_was_mistyped_is_corrected_in_the_spec(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createHook("apply");
    identify(scene, "crm", "apply: {cronJobName: mistyped}");
    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    scene.patch(
        scene.identity("crm"),
        "{spec: {secrets: [{name: crm-db, generate: {keys: [{name: password, password: {}}]}, hooks: {apply: {cronJobName: apply}}}]}}");
    assertAtRest(scene, 1);
  }

  @BesideOthers
  void a_first_value_that_was_given_up_is_made_anew_on_request(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy = scene.policy("enforcement: Enforce, rotation: {maxAttempts: 1}")) {
      scene.createHook("apply");
      scene.letFail("apply");
      identify(scene, "crm", "apply: {cronJobName: apply}");
      scene.await("crm", "CredentialsFresh", "False RotationBlocked");
      eventually("it is given up")
          .until(() -> scene.message("crm", "CredentialsFresh").contains("does not retry"));
      scene.awaitStand("crm", "crm-db", "Blocked");
      var givenUp = password(scene, "crm-db-pending");

      scene.letSucceed("apply");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "mended");
      assertAtRest(scene, 1);
      assertThat(password(scene, "crm-db")).isNotEqualTo(givenUp);
    }
  }

  /// What its hook may have ended already opens nothing any more.
  @BesideOthers
  void what_is_being_ended_cannot_be_taken_back(TestNamespace namespace) {
    var scene = crm(namespace, ENDED);
    heldUp(scene, "revoke", "crm-db-v1-revoke-1");
    var second = password(scene, "crm-db");
    scene.annotate(scene.secret("crm-db"), Api.ROLLBACK, "too late");
    eventually("it is acknowledged")
        .until(
            () ->
                Scene.annotation(scene.secret("crm-db"), Api.ROLLED_BACK_FOR)
                    .filter("too late"::equals)
                    .isPresent());
    assertThat(scene.version("crm-db")).isEqualTo(2);
    assertThat(password(scene, "crm-db")).isEqualTo(second);
  }

  /// As the message says that is shown then.
  @BesideOthers
  void an_end_that_failed_too_often_is_tried_again_on_request(TestNamespace namespace) {
    try (var policy =
        Scene.in(namespace).policy("enforcement: Enforce, rotation: {maxAttempts: 1}")) {
      var scene = blockedAtItsEnd(namespace, Api.ROTATE, "Blocked 2");
      assertThat(scene.value("crm-db", "password.previous")).as("not ended").isPresent();
      scene.annotate(scene.identity("crm"), Api.ROTATE, "mended");
      scene.awaitVersion("crm-db", 3);
      assertAtRest(scene, 3);
    }
  }

  @BesideOthers
  void an_end_that_failed_too_often_is_tried_again_when_that_is_dropped(TestNamespace namespace) {
    try (var policy =
        Scene.in(namespace).policy("enforcement: Enforce, rotation: {maxAttempts: 1}")) {
      var scene = blockedAtItsEnd(namespace, Api.ROTATE, "Blocked 2");
      scene.annotate(scene.secret("crm-db"), Api.ABORT, "mended");
      assertAtRest(scene, 2);
    }
  }

  @BesideOthers
  void a_revocation_that_failed_too_often_is_carried_through_on_request(TestNamespace namespace) {
    try (var policy =
        Scene.in(namespace).policy("enforcement: Enforce, rotation: {maxAttempts: 1}")) {
      var scene = blockedAtItsEnd(namespace, Api.REVOKE, "Blocked 1");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "mended");
      scene.awaitVersion("crm-db", 2);
      assertAtRest(scene, 2);
    }
  }

  /// A Secret whose hook `revoke` was given up, and mended after that.
  private static Scene blockedAtItsEnd(TestNamespace namespace, String request, String stand) {
    var scene = crm(namespace, ENDED);
    scene.awaitPolicy("crm");
    scene.letFail("revoke");
    scene.annotate(scene.secret("crm-db"), request, "now");
    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh"))
        .contains("to revoke version 1 failed: Job crm-db-v1-revoke-1", "does not retry");
    scene.awaitStand("crm", "crm-db", stand);
    scene.letSucceed("revoke");
    return scene;
  }

  @BesideOthers
  void an_identity_that_is_deleted_during_a_rotation_leaves_nothing(TestNamespace namespace) {
    var scene = crm(namespace, PROVEN);
    heldUp(scene, "apply", "crm-db-v2-apply-1");
    scene.identity("crm").delete();
    eventually("all of it is gone")
        .until(
            () ->
                scene.secret("crm-db").get() == null
                    && scene.secret("crm-db-pending").get() == null
                    && scene.jobs().isEmpty()
                    && namespace.client().pods().list().getItems().isEmpty());
    stays(Duration.ofSeconds(2), "nothing comes back", () -> scene.jobs().isEmpty());
  }

  /// A hook that ends values does not put off new ones.
  @BesideOthers
  void a_value_may_be_ended_by_a_hook_and_proven_by_none(TestNamespace namespace) {
    var scene = crm(namespace, "revoke: {cronJobName: revoke}");
    var first = password(scene, "crm-db");
    scene.holdUp("revoke");
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion("crm-db", 2);
    awaitJob(scene, "crm-db-v1-revoke-1");
    assertThat(scene.value("crm-db", "password.previous")).hasValue(first);
    scene.letSucceed("revoke");
    scene.job("crm-db-v1-revoke-1").delete();
    assertAtRest(scene, 2);
  }
}
