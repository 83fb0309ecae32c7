// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.lifecycle;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// What others have made is taken over where its holder agrees, and given back; what is to stay
/// outlives its identity and is taken back.
@OnCluster
class AdoptionIT {
  /// The garbage collector looks for new kinds every 30 s, and this one may be new to it.
  private static final Duration TO_COLLECT = Duration.ofSeconds(90);

  private static final Map<String, String> THEIRS = Map.of("password", "bWluZQ==", "note", "eA==");

  private static OperatorProcess operator;

  @BeforeAll
  static void start(LocalCluster cluster) {
    operator = OperatorProcess.on(cluster).with("CREDENCE_RESYNC_INTERVAL", "1s").start();
  }

  @AfterAll
  static void stop() {
    operator.close();
  }

  /// A Secret that somebody else has made and gives to the identity `crm`.
  private static Scene given(TestNamespace namespace, String metadata, String more) {
    var scene = Scene.in(namespace);
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: crm-db, annotations: {credence.dev/adopt: crm%s}}, %s}"
            .formatted(metadata, more));
    return scene;
  }

  private static Scene adopted(TestNamespace namespace) {
    var scene = given(namespace, "", "data: {password: bWluZQ==, note: eA==}");
    identify(scene, "");
    scene.awaitReady("crm");
    scene.awaitStand("crm", "crm-db", "Fresh 1");
    return scene;
  }

  private static void identify(Scene scene, String more) {
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]" + more);
  }

  private static String uid(Resource<? extends HasMetadata> resource) {
    return resource.get().getMetadata().getUid();
  }

  private static List<String> ourAnnotations(Scene scene) {
    return Stream.ofNullable(scene.secret("crm-db").get().getMetadata().getAnnotations())
        .flatMap(all -> all.keySet().stream())
        .filter(key -> key.startsWith("credence.dev/"))
        .sorted()
        .toList();
  }

  @BesideOthers
  void a_secret_that_is_given_keeps_its_value_until_the_first_rotation(TestNamespace namespace) {
    var scene = adopted(namespace);
    assertThat(scene.version("crm-db")).isEqualTo(1);
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(THEIRS);
    assertThat(scene.secret("crm-db").get().getMetadata().getOwnerReferences()).isEmpty();
    eventually("it is marked").until(() -> scene.isMarked(scene.secret("crm-db"), "crm"));

    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion("crm-db", 2);
    assertThat(scene.value("crm-db", "password").orElseThrow()).matches("[A-Za-z0-9]{32}");
    assertThat(scene.value("crm-db", "password.previous")).hasValue("mine");
    assertThat(scene.value("crm-db", "note")).hasValue("x");
    assertThat(scene.secret("crm-db").get().getData()).hasSize(3);
    scene.awaitReady("crm");
  }

  @BesideOthers
  void a_secret_that_is_taken_back_stays_without_our_marks(TestNamespace namespace) {
    var scene = adopted(namespace);
    eventually("it is marked").until(() -> scene.isMarked(scene.secret("crm-db"), "crm"));
    scene.patch(scene.secret("crm-db"), "{metadata: {annotations: {credence.dev/adopt: null}}}");

    scene.await("crm", "Ready", "False NotManaged");
    eventually("nothing of ours is left")
        .until(() -> scene.isUnmarked(scene.secret("crm-db")) && ourAnnotations(scene).isEmpty());
    assertThat(scene.message("crm", "MembersLinked")).contains("credence.dev/adopt");
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(THEIRS);
    var before = Scene.print(scene.secret("crm-db"));
    scene.annotate(scene.identity("crm"), Api.ROTATE_NOW, "now");
    stays(
        Duration.ofSeconds(3),
        "nobody writes it",
        () -> Scene.print(scene.secret("crm-db")).equals(before));
  }

  @BesideOthers
  void a_token_of_a_service_account_is_not_taken_over(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("robot");
    given(
        namespace,
        ", kubernetes.io/service-account.name: robot",
        "type: kubernetes.io/service-account-token");
    eventually("the token is there").until(() -> scene.value("crm-db", "token").isPresent());
    var before = Scene.print(scene.secret("crm-db"));
    identify(scene, "");

    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh"))
        .contains("has the type kubernetes.io/service-account-token, which cannot be adopted");
    assertThat(scene.result("crm", "Ready")).isEqualTo("False RotationBlocked");
    assertThat(scene.result("crm", "Stalled")).isEqualTo("True RotationBlocked");
    stays(
        Duration.ofSeconds(3),
        "nobody writes it",
        () -> Scene.print(scene.secret("crm-db")).equals(before));
  }

  @BesideOthers
  void what_helm_looks_after_is_not_taken_over(TestNamespace namespace) {
    var scene =
        given(
            namespace,
            "}, labels: {app.kubernetes.io/managed-by: Helm",
            "data: {password: bWluZQ==}");
    var before = Scene.print(scene.secret("crm-db"));
    identify(scene, "");

    scene.await("crm", "Ready", "False NotManaged");
    assertThat(scene.message("crm", "MembersLinked")).contains("is managed by Helm");
    assertThat(scene.result("crm", "Stalled")).isEqualTo("True NotManaged");
    stays(
        Duration.ofSeconds(3),
        "nobody writes it",
        () -> Scene.print(scene.secret("crm-db")).equals(before));
  }

  @BesideOthers
  void what_was_taken_over_outlives_the_identity(TestNamespace namespace) {
    var scene = adopted(namespace);
    var uid = uid(scene.secret("crm-db"));
    scene.identity("crm").delete();
    eventually("the marks are taken off").until(() -> scene.isUnmarked(scene.secret("crm-db")));
    stays(Duration.ofSeconds(3), "the Secret", () -> uid(scene.secret("crm-db")).equals(uid));
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(THEIRS);
  }

  @BesideOthers
  void what_is_retained_is_taken_back_by_an_identity_of_the_same_name(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var retained = ", deletionPolicy: Retain, serviceAccounts: [{name: crm-report, provision: {}}]";
    identify(scene, retained);
    scene.awaitReady("crm");
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitVersion("crm-db", 2);
    var data = scene.secret("crm-db").get().getData();
    var uids = uids(scene);

    scene.identity("crm").delete();
    stays(Duration.ofSeconds(3), "both stay", () -> uids(scene).equals(uids));
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(data);

    identify(scene, retained);
    scene.awaitReady("crm");
    scene.awaitStand("crm", "crm-db", "Overlapping 2");
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(data);
    assertThat(uids(scene)).isEqualTo(uids);
    eventually("both are marked")
        .until(
            () ->
                scene.isMarked(scene.secret("crm-db"), "crm")
                    && scene.isMarked(scene.account("crm-report"), "crm"));
    scene.annotate(scene.identity("crm"), Api.ROTATE, "again");
    scene.awaitVersion("crm-db", 3);

    scene.patch(scene.identity("crm"), "{spec: {deletionPolicy: Delete}}");
    assertGoesWithItsIdentity(scene);
  }

  @BesideOthers
  void what_is_no_longer_retained_goes_with_its_identity(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    identify(
        scene, ", deletionPolicy: Retain, serviceAccounts: [{name: crm-report, provision: {}}]");
    scene.awaitReady("crm");
    assertThat(owners(scene)).isEmpty();
    scene.patch(scene.identity("crm"), "{spec: {deletionPolicy: Delete}}");
    assertGoesWithItsIdentity(scene);
  }

  @BesideOthers
  void what_is_retained_from_now_on_stays(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    identify(scene, ", serviceAccounts: [{name: crm-report, provision: {}}]");
    scene.awaitReady("crm");
    var uids = uids(scene);
    scene.patch(scene.identity("crm"), "{spec: {deletionPolicy: Retain}}");
    eventually("none is tied to it").untilAsserted(() -> assertThat(owners(scene)).isEmpty());
    scene.identity("crm").delete();
    stays(Duration.ofSeconds(3), "both stay", () -> uids(scene).equals(uids));
  }

  @BesideOthers
  void what_is_not_retained_goes_with_its_identity(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    identify(scene, ", serviceAccounts: [{name: crm-report, provision: {}}]");
    scene.awaitReady("crm");
    assertGoesWithItsIdentity(scene);
  }

  private static void assertGoesWithItsIdentity(Scene scene) {
    eventually("both are tied to it")
        .untilAsserted(() -> assertThat(owners(scene)).containsExactly("crm-db", "crm-report"));
    scene.identity("crm").delete();
    within(TO_COLLECT, "both are gone")
        .until(
            () ->
                scene.secret("crm-db").get() == null && scene.account("crm-report").get() == null);
  }

  private static List<String> uids(Scene scene) {
    return List.of(uid(scene.secret("crm-db")), uid(scene.account("crm-report")));
  }

  /// Which of the two have an owner.
  private static List<String> owners(Scene scene) {
    return Stream.of(scene.secret("crm-db"), scene.account("crm-report"))
        .map(resource -> resource.get().getMetadata())
        .filter(meta -> !meta.getOwnerReferences().isEmpty())
        .map(meta -> meta.getName())
        .toList();
  }
}
