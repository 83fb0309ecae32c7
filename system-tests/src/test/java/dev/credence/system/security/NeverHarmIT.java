// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.Scene.print;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.Requests;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import dev.credence.system.faults.Gate;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What must not happen, whatever others do: nothing of theirs is touched, nothing that was made is
/// lost, and no value is told.
@OnCluster
class NeverHarmIT {
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private static LocalCluster cluster;
  private static Gate gate;
  private static OperatorProcess operator;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
    gate = Gate.to(cluster);
    operator =
        OperatorProcess.on(cluster)
            .through(gate.address())
            .with("CREDENCE_RESYNC_INTERVAL", "1s")
            .with("CREDENCE_LOG_LEVEL", "TRACE")
            .start();
  }

  @AfterAll
  static void stop() {
    operator.close();
    gate.close();
  }

  /// What others have made, under the name that an identity wants.
  static Stream<Arguments> secretsOfOthers() {
    return Stream.of(
        Arguments.of("a plain one", ""),
        Arguments.of(
            "one with our marks",
            """
            labels: {credence.dev/identity: crm, app.kubernetes.io/managed-by: credence},
            annotations: {credence.dev/version: '7', credence.dev/issued-at: '2026-01-01T00:00:00Z',
            credence.dev/owner: alice@example.com, credence.dev/rotate: now}
            """),
        Arguments.of(
            "one that another identity owns, but does not control",
            """
            ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity,
            name: billing, uid: BILLING}]
            """),
        Arguments.of(
            "one that the wanting identity owns, but does not control",
            """
            ownerReferences: [{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity,
            name: crm, uid: CRM},
            {apiVersion: v1, kind: ConfigMap, name: settings, uid: SETTINGS}]
            """),
        Arguments.of(
            "one that a workload controls",
            """
            ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: settings, uid: SETTINGS,
            controller: true}]
            """));
  }

  @ParameterizedTest(name = "{0}")
  @Execution(ExecutionMode.CONCURRENT)
  @MethodSource("secretsOfOthers")
  void a_secret_of_others_is_never_touched(String what, String metadata, TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("billing", OWNER);
    scene.identity("crm", OWNER);
    scene.create("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}");
    var inside =
        metadata
            .replace("\n", " ")
            .replace("BILLING", uid(scene.identity("billing")))
            .replace("CRM", uid(scene.identity("crm")))
            .replace("SETTINGS", uid(namespace.client().configMaps().withName("settings")));
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: crm-db, %s}, data: {password: bWluZQ==}}"
            .formatted(inside));

    assertUntouched(scene, "NotManaged");
  }

  @BesideOthers
  void a_helm_release_is_never_touched(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create(
        """
        {apiVersion: v1, kind: Secret, type: helm.sh/release.v1, metadata: {name: crm-db, labels: {owner: helm}},
         data: {release: bWluZQ==}}
        """);
    scene.identity("crm", OWNER);
    assertUntouched(scene, "NotManaged");
  }

  @BesideOthers
  void a_token_of_a_service_account_is_never_touched(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("robot");
    scene.create(
        """
        {apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token,
         metadata: {name: crm-db, annotations: {kubernetes.io/service-account.name: robot}}}
        """);
    eventually("the token is there").until(() -> scene.secret("crm-db").get().getData() != null);
    scene.identity("crm", OWNER);
    assertUntouched(scene, "NotManaged");
  }

  @BesideOthers
  void a_secret_that_another_identity_controls_stays_with_it(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("billing", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.awaitReady("billing");
    scene.identity("crm", OWNER);
    assertUntouched(scene, "ClaimedByOther");
    assertThat(scene.version("crm-db")).isEqualTo(1);
  }

  /// The garbage collector takes such a reference away; the value must survive that.
  @BesideOthers
  void a_secret_with_an_owner_of_our_name_and_another_uid_is_not_ours(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER);
    scene.create("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}");
    var audit = cluster.audit();
    scene.create(
        """
        {apiVersion: v1, kind: Secret, data: {password: bWluZQ==}, metadata: {name: crm-db, ownerReferences: [
         {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, name: crm, controller: true,
          uid: 11111111-2222-3333-4444-555555555555},
         {apiVersion: v1, kind: ConfigMap, name: settings, uid: %s}]}}
        """
            .formatted(uid(namespace.client().configMaps().withName("settings"))));
    var uid = uid(scene.secret("crm-db"));
    want(scene, "crm-db");

    scene.await("crm", "MembersLinked", "False NotManaged");
    stays(SWEEP.multipliedBy(2), "its uid", () -> uid(scene.secret("crm-db")).equals(uid));
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(Map.of("password", "bWluZQ=="));
    assertThat(audit.requests().ofOperator().in(namespace).writes().on("secrets")).hasToString("");
  }

  private static void assertUntouched(Scene scene, String reason) {
    var before = print(scene.secret("crm-db"));
    want(scene, "crm-db");

    scene.await("crm", "MembersLinked", "False " + reason);
    assertThat(scene.result("crm", "Ready")).isEqualTo("False " + reason);
    assertThat(scene.result("crm", "Stalled")).isEqualTo("True " + reason);
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now!");
    stays(
        SWEEP.multipliedBy(2),
        "nobody writes it",
        () -> print(scene.secret("crm-db")).equals(before));
    var uid = uid(scene.secret("crm-db"));
    var data = scene.secret("crm-db").get().getData();
    scene.identity("crm").delete();
    stays(
        SWEEP.multipliedBy(2), "nobody deletes it", () -> uid(scene.secret("crm-db")).equals(uid));
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(data);
  }

  private static void want(Scene scene, String secret) {
    scene.patch(scene.identity("crm"), "{spec: {secrets: [%s]}}".formatted(password(secret)));
  }

  @BesideOthers
  void a_secret_made_by_others_between_look_and_creation_is_left_alone(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER);
    scene.awaitReady("crm");
    var creation = gate.holdBack("POST /api/v1/namespaces/%s/secrets".formatted(namespace));
    want(scene, "crm-db");
    creation.awaitMet();
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: crm-db}, data: {password: bWluZQ==}}");
    var before = print(scene.secret("crm-db"));
    creation.letThrough();

    scene.await("crm", "MembersLinked", "False NotManaged");
    assertThat(print(scene.secret("crm-db"))).isEqualTo(before);
    assertThat(scene.status("crm").members().notManaged()).isEqualTo(1);
  }

  @BesideOthers
  void a_secret_written_by_others_between_look_and_rotation_keeps_what_they_wrote(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 12s, overlap: 3s") + "]");
    scene.awaitReady("crm");
    var rotation = gate.holdBack("PUT /api/v1/namespaces/%s/secrets/crm-db".formatted(namespace));
    rotation.awaitMet();
    scene.patch(scene.secret("crm-db"), "{data: {theirs: bWluZQ==}}");
    rotation.letThrough();

    scene.awaitVersion("crm-db", 2);
    assertThat(scene.secret("crm-db").get().getData())
        .containsKeys("password", "password.previous")
        .containsEntry("theirs", "bWluZQ==");
  }

  @BesideOthers
  void a_creation_whose_answer_is_lost_is_done_once(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER);
    scene.awaitReady("crm");
    var creation = gate.loseTheAnswerTo("POST /api/v1/namespaces/%s/secrets".formatted(namespace));
    want(scene, "crm-db");
    creation.awaitMet();
    eventually("it was made").until(() -> scene.secret("crm-db").get() != null);
    var created = scene.secret("crm-db").get().getData();

    scene.awaitReady("crm");
    assertThat(scene.version("crm-db")).isEqualTo(1);
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(created);
  }

  @BesideOthers
  void a_rotation_whose_answer_is_lost_is_done_once(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 30s, overlap: 20s") + "]");
    scene.awaitReady("crm");
    var first = scene.secret("crm-db").get().getData().get("password");
    stays(Duration.ofSeconds(10), "the first version", () -> scene.version("crm-db") == 1);
    var rotation =
        gate.loseTheAnswerTo("PUT /api/v1/namespaces/%s/secrets/crm-db".formatted(namespace));
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    rotation.awaitMet();

    eventually("the status tells of the second version")
        .until(() -> scene.credential("crm", "crm-db").version() == 2);
    stays(SWEEP.multipliedBy(3), "the second version", () -> scene.version("crm-db") == 2);
    assertThat(scene.secret("crm-db").get().getData()).containsEntry("password.previous", first);
  }

  @BesideOthers
  void marks_that_others_planted_on_their_objects_are_left(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var planted =
        "labels: {credence.dev/identity: %s}, annotations: {credence.dev/owner: mallory, credence.dev/team: theirs}";
    scene.create(
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: of-nobody, %s}}"
            .formatted(planted.formatted("not-there")));
    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: of-crm, %s}}"
            .formatted(planted.formatted("crm")));
    var audit = cluster.audit();
    scene.identity("crm", OWNER);
    scene.awaitReady("crm");
    var account = print(scene.account("of-nobody"));
    var secret = print(scene.secret("of-crm"));

    stays(SWEEP.multipliedBy(3), "the operator lives", operator::isAlive);
    scene.identity("crm").delete();
    stays(SWEEP.multipliedBy(3), "the operator lives", operator::isAlive);

    assertThat(print(scene.account("of-nobody"))).isEqualTo(account);
    assertThat(print(scene.secret("of-crm"))).isEqualTo(secret);
    assertThat(audit.requests().ofOperator().in(namespace).writes())
        .hasToString("patch machineidentities/status: 1");
  }

  @BesideOthers
  void an_owner_that_others_wrote_on_a_member_is_reported_and_not_fought_over(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create(
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: crm-sync, annotations: {credence.dev/owner: mallory@example.com}}}");
    scene.createAccount("crm-report");
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}, {name: crm-report}]");
    scene.awaitReady("crm");
    // One more who comes later and overwrites what was ours.
    eventually("marked").until(() -> scene.isMarked(scene.account("crm-report"), "crm"));
    scene.annotate(scene.account("crm-report"), Api.OWNER, "eve@example.com");

    eventually("both are reported")
        .until(
            () ->
                Stream.of(
                        "'mallory@example.com' by another writer",
                        "'eve@example.com' by another writer")
                    .allMatch(scene.message("crm", "MembersLinked")::contains));
    assertThat(scene.result("crm", "MembersLinked")).isEqualTo("True Linked");
    assertThat(scene.isMarked(scene.account("crm-sync"), "crm")).isTrue();
    var audit = cluster.audit();
    stays(Duration.ofSeconds(10), "the operator lives", operator::isAlive);
    assertThat(audit.requests().ofOperator().in(namespace).writes()).hasToString("");
    assertThat(Scene.annotation(scene.account("crm-sync"), Api.OWNER))
        .hasValue("mallory@example.com");
    assertThat(Scene.annotation(scene.account("crm-report"), Api.OWNER))
        .hasValue("eve@example.com");
  }

  @BesideOthers
  void one_broken_identity_stops_nobody_else(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "bad-cron", OWNER + ", secrets: [" + password("a", "schedule: '99 2 * * *'") + "]");
    scene.identity(
        "bad-zone",
        OWNER
            + ", secrets: ["
            + password("b", "schedule: '0 2 * * *', timeZone: Mars/Olympus")
            + "]");
    scene.identity(
        "bad-template",
        OWNER
            + ", secrets: [{name: c, generate: {keys: [{name: url, template: 'x{nothing}'}]}}, %s]"
                .formatted(password("c2")));
    scene.identity(
        "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 10s, overlap: 2s") + "]");

    scene.awaitReady("crm");
    scene.awaitVersion("crm-db", 2);
    for (var broken : new String[] {"bad-cron", "bad-zone", "bad-template"}) {
      scene.await(broken, "CredentialsFresh", "False RotationBlocked");
      assertThat(scene.result(broken, "Stalled")).isEqualTo("True RotationBlocked");
    }
    assertThat(scene.message("bad-template", "Ready")).contains("nothing");
    assertThat(scene.message("bad-zone", "Ready")).contains("Mars/Olympus");
    assertThat(scene.version("c2")).as("its other Secret").isEqualTo(1);
    assertThat(scene.secret("c").get()).isNull();
  }

  @BesideOthers
  void an_account_that_was_made_anew_is_linked_anew(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-sync}]");
    scene.awaitReady("crm");
    eventually("marked").until(() -> scene.isMarked(scene.account("crm-sync"), "crm"));

    scene.account("crm-sync").delete();
    scene.await("crm", "MembersLinked", "False MemberMissing");
    scene.createAccount("crm-sync");

    scene.awaitReady("crm");
    eventually("marked again").until(() -> scene.isMarked(scene.account("crm-sync"), "crm"));
  }

  @BesideOthers
  void a_generated_secret_that_was_deleted_is_made_anew_with_the_next_version(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.awaitReady("crm");
    var first = scene.secret("crm-db").get().getData();

    scene.secret("crm-db").delete();
    scene.awaitVersion("crm-db", 2);
    scene.awaitReady("crm");
    assertThat(scene.secret("crm-db").get().getData())
        .containsOnlyKeys("password")
        .isNotEqualTo(first);
  }

  @BesideOthers
  void an_immutable_secret_blocks_its_rotation_and_no_other(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm",
        OWNER
            + ", secrets: [%s, %s]"
                .formatted(
                    password("crm-db", "interval: 10s, overlap: 2s"),
                    password("crm-smtp", "interval: 10s, overlap: 2s")));
    scene.awaitReady("crm");
    scene.patch(scene.secret("crm-db"), "{immutable: true}");
    var before = scene.secret("crm-db").get().getData();

    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh"))
        .contains(
            "Secret crm-db", "The API server rejected the request to update it (422)", "immutable");
    assertThat(scene.result("crm", "Ready")).isEqualTo("False RotationBlocked");
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(before);
    eventually("the other one goes on").until(() -> scene.version("crm-smtp") >= 3);
  }

  @BesideOthers
  void a_namespace_that_ends_is_not_stormed(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: brake, finalizers: [tests.credence.dev/brake]}}");
    scene.createAccount("crm-sync");
    var names = IntStream.range(0, 10).mapToObj(n -> "crm-" + n).toList();
    names.forEach(
        name ->
            scene.identity(
                name,
                OWNER
                    + ", serviceAccounts: [{name: crm-sync}, {name: %s, provision: {}}], secrets: [%s]"
                        .formatted(name, password(name, "interval: 10s, overlap: 2s"))));
    eventually("all are made")
        .until(() -> names.stream().allMatch(name -> scene.version(name) == 1));
    // One that stays while the namespace is ending.
    scene.patch(scene.identity("crm-0"), "{metadata: {finalizers: [tests.credence.dev/brake]}}");
    var audit = cluster.audit();

    namespace.close();
    eventually("the Secrets are gone")
        .until(
            () ->
                namespace.client().secrets().list().getItems().isEmpty()
                    && names.stream().skip(1).allMatch(name -> scene.identity(name).get() == null));
    stays(Duration.ofSeconds(8), "the operator lives", operator::isAlive);

    var asked = audit.requests().ofOperator().in(namespace);
    System.out.printf(
        "Counts: 10 identities in a namespace that ends: %d (%s)%n",
        asked.count(), asked.toString().replace("\n", ", "));
    assertThat(asked.count()).isLessThan(50);
    scene.patch(scene.identity("crm-0"), "{metadata: {finalizers: null}}");
    scene.patch(
        namespace.client().configMaps().withName("brake"), "{metadata: {finalizers: null}}");
    eventually("the namespace is gone")
        .until(() -> cluster.client().namespaces().withName(namespace.name()).get() == null);
  }

  @BesideOthers
  void no_value_is_ever_told(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var values = new HashSet<String>();
    scene.identity(
        "crm",
        OWNER
            + """
            , secrets: [{name: crm-db, rotation: {interval: 10s, overlap: 3s}, generate: {keys: [
              {name: password, password: {characters: Symbols}},
              {name: bytes, bytes: {encoding: Hex}},
              {name: raw, bytes: {encoding: Raw}},
              {name: id, uuid: {}},
              {name: key, keyPair: {algorithm: Ed25519}},
              {name: url, template: 'postgres://{password}@db'}]}}]
            """);
    for (var version = 1; version <= 3; version++) {
      scene.awaitVersion("crm-db", version);
      values.addAll(valuesOf(scene.secret("crm-db").get()));
      if (version == 2) {
        // Its third version is refused first: what the server says to that is told to people.
        scene.patch(scene.secret("crm-db"), "{immutable: true}");
        scene.await("crm", "CredentialsFresh", "False RotationBlocked");
        values.addAll(valuesOf(scene.secret("crm-db").get()));
        replaceByMutable(scene);
      }
    }
    assertThat(values).hasSizeGreaterThan(20);

    assertTellsNone("its log", operator.log(), values);
    assertTellsNone("metrics", operator.metrics(), values);
    assertTellsNone("the identity", Serialization.asJson(scene.identity("crm").get()), values);
    assertTellsNone(
        "Events",
        Serialization.asJson(
            cluster.client().events().v1().events().inNamespace(scene.namespace()).list()),
        values);
    assertTellsNone(
        "metadata of the Secret",
        Serialization.asJson(scene.secret("crm-db").get().getMetadata()),
        values);
    assertThat(operator.log()).contains("Rotate");
  }

  /// The only way back from immutable: without its Secret the next version is made.
  private static void replaceByMutable(Scene scene) {
    scene.secret("crm-db").delete();
  }

  private static Set<String> valuesOf(Secret secret) {
    var values = new HashSet<String>();
    secret
        .getData()
        .values()
        .forEach(
            base64 -> {
              values.add(base64);
              var text =
                  new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1);
              Arrays.stream(text.split("\n"))
                  .filter(line -> !line.startsWith("-----"))
                  .forEach(values::add);
            });
    values.removeIf(value -> value.length() < 8);
    return values;
  }

  private static void assertTellsNone(String where, String text, Set<String> values) {
    assertThat(values.stream().filter(text::contains).count())
        .as("values told by %s", where)
        .isZero();
  }

  @BesideOthers
  void its_requests_carry_its_name_and_its_account(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var audit = cluster.audit();
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.awaitReady("crm");
    eventually("its Event is written").until(() -> !scene.events("crm").isEmpty());

    var requests = audit.requests();
    assertThat(requests.ofOperator().in(namespace).all())
        .isNotEmpty()
        .allSatisfy(r -> assertThat(r.userAgent()).isEqualTo("credence"));
    assertThat(requests.by("credence").only(r -> !r.userAgent().startsWith("credence-tests")).all())
        .extracting(Requests.Request::user)
        .containsOnly("system:serviceaccount:credence-system:credence");
    // That a kind is not installed is an answer.
    assertThat(
            requests
                .ofOperator()
                .in(namespace)
                .failed()
                .only(r -> r.code() != 404 || !r.resource().equals("gateways")))
        .hasToString("");
  }

  private static String uid(io.fabric8.kubernetes.client.dsl.Resource<?> resource) {
    return ((io.fabric8.kubernetes.api.model.HasMetadata) resource.get()).getMetadata().getUid();
  }

  /// What a newer schema let in and this one does not know. On a cluster of its own, whose schema
  /// is then as loose as can be.
  @BesideOthers
  void odd_objects_stop_no_watch() {
    try (var odd = LocalCluster.fresh("odd")) {
      loosen(odd, "machineidentities.credence.dev");
      loosen(odd, "credentialpolicies.credence.dev");
      odd.awaitSchemas();
      var scene = Scene.fresh(odd, "odd");
      store(scene, "before");
      try (var operator = OperatorProcess.on(odd).with("CREDENCE_RESYNC_INTERVAL", "1s").start()) {
        scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
        scene.awaitReady("crm");
        store(scene, "later");
        scene.identity("billing", OWNER + ", secrets: [" + password("billing-db") + "]");
        scene.awaitReady("billing");
        eventually("each of them was looked at")
            .untilAsserted(() -> assertThat(unseen(scene)).isEmpty());
        // Still watching what is new, changed and gone.
        scene.patch(scene.identity("crm"), "{spec: {owner: {contact: bob@example.com}}}");
        eventually("the change was seen")
            .until(() -> scene.status("crm").owner().contact().equals("bob@example.com"));
        scene.identity("billing").delete();
        within(Duration.ofSeconds(45), "it has gone from the metrics")
            .until(() -> operator.isReady() && operator.status("/healthz/live") == 200);
        assertThat(operator.isAlive()).isTrue();
      }
    }
  }

  private static List<String> unseen(Scene scene) {
    return scene
        .client()
        .genericKubernetesResources("credence.dev/v1alpha1", "MachineIdentity")
        .inNamespace(scene.namespace())
        .list()
        .getItems()
        .stream()
        // No schema with lists by name could let in a member without one.
        .filter(identity -> !identity.getMetadata().getName().endsWith("nothing-said"))
        .filter(
            identity -> !Integer.valueOf(1).equals(identity.get("status", "observedGeneration")))
        .map(identity -> identity.getMetadata().getName())
        .toList();
  }

  private static void store(Scene scene, String when) {
    var odd =
        Map.ofEntries(
            Map.entry(
                "unknown-field",
                "owner: {contact: alice@example.com, pager: 7}, quantum: {spin: up}"),
            Map.entry("unknown-type", "type: Quantum"),
            Map.entry(
                "unknown-generator",
                "secrets: [{name: q, generate: {keys: [{name: k, dice: {sides: 6}}]}}]"),
            Map.entry(
                "unknown-characters",
                "secrets: [{name: %s-c, generate: {keys: [{name: k, password: {characters: Runes}}]}}]"
                    .formatted(when)),
            Map.entry(
                "unknown-algorithm",
                "secrets: [{name: a, generate: {keys: [{name: k, keyPair: {algorithm: Lattice9}}]}}]"),
            Map.entry(
                "unknown-account-kind",
                "secrets: [{name: l, account: {type: Mainframe, system: s, name: n}}]"),
            Map.entry(
                "unknown-operator",
                "selector: {matchExpressions: [{key: a, operator: Like, values: [b]}]}"),
            Map.entry(
                "nulls",
                "application: null, purpose: null, owner: null, type: null, serviceAccounts: null, secrets: null, certificates: null, selector: null"),
            Map.entry(
                "nulls-inside",
                "owner: {contact: null, team: null}, serviceAccounts: [null], secrets: [null], certificates: [null], selector: {matchLabels: null, matchExpressions: null}"),
            Map.entry(
                "little-said",
                "owner: {}, secrets: [{name: n1, generate: {}}, {name: n2, rotation: {}, generate: {keys: [{name: k}]}}], serviceAccounts: [{name: n3, provision: {}}]"),
            Map.entry(
                "nothing-said",
                "serviceAccounts: [{}], secrets: [{}], certificates: [{}], selector: {matchExpressions: [{}]}"));
    odd.forEach(
        (name, spec) ->
            scene.create(
                "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: %s-%s}, spec: {%s}}"
                    .formatted(when, name, spec)));
    scene.create(
        "{apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: %s-no-spec}}"
            .formatted(when));
    Map.of(
            "unknown", "enforcement: Beg, weather: rain, match: {types: [Quantum]}",
            "nulls",
                "enforcement: null, owner: null, rotation: null, lifetime: null, match: {types: null}",
            "nulls-inside",
                "match: {types: [null], namespaceSelector: null}, lifetime: {warnBefore: [null]}",
            "nothing-said", "owner: {}, rotation: {}, lifetime: {}, match: {namespaceSelector: {}}")
        .forEach(
            (name, spec) ->
                scene.create(
                    "{apiVersion: credence.dev/v1alpha1, kind: CredentialPolicy, metadata: {name: %s-%s}, spec: {%s}}"
                        .formatted(when, name, spec)));
  }

  private static void loosen(LocalCluster odd, String crd) {
    var definitions = odd.client().apiextensions().v1().customResourceDefinitions();
    definitions
        .withName(crd)
        .edit(
            definition -> {
              definition
                  .getSpec()
                  .getVersions()
                  .forEach(
                      version -> {
                        var root = version.getSchema().getOpenAPIV3Schema();
                        var spec = root.getProperties().get("spec");
                        root.setRequired(null);
                        root.setXKubernetesValidations(null);
                        spec.setProperties(null);
                        spec.setRequired(null);
                        spec.setXKubernetesValidations(null);
                        spec.setXKubernetesPreserveUnknownFields(true);
                        version.setSelectableFields(null);
                      });
              return definition;
            });
    // The API server takes a moment to go by it.
    eventually("the schema is loose")
        .ignoreExceptions()
        .until(
            () -> {
              var kind = crd.startsWith("machine") ? "MachineIdentity" : "CredentialPolicy";
              new Scene(odd.client(), "default")
                  .create(
                      "{apiVersion: credence.dev/v1alpha1, kind: %s, metadata: {name: probe-%s}, spec: {unheard: [null]}}"
                          .formatted(kind, System.nanoTime()));
              return true;
            });
  }
}
