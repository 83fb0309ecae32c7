// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import dev.credence.system.faults.weather.Call;
import dev.credence.system.faults.weather.Fate;
import dev.credence.system.faults.weather.Proxy;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The API server answers, but not as one would wish: it refuses one kind or every write, somebody
/// else denies or changes what is written, a namespace goes while there is work in it. It is said
/// where a person looks, others are not held up, and within a minute of its end all is made up for.
///
/// One operator lives through all of it and looks after two namespaces: one in trouble, one not.
/// Whose values are to be replaced is there from the beginning: a value lives for ten seconds at
/// least, and only the first fault waits for that. What [Aftermath] asks for is asked at the end;
/// `make faults` asks after each fault.
@OnCluster
class ServerFaultsIT {
  private static final Map<String, Long> VERSIONS = new ConcurrentHashMap<>();

  private static final List<String> OLD =
      List.of(
          "old-get-secrets",
          "old-update-secrets",
          "old-create-secrets",
          "old-patch-serviceaccounts",
          "old-patch-machineidentitiesstatus",
          "old-create-events",
          "full",
          "denied-old");

  private static LocalCluster cluster;
  private static TestNamespace trouble;
  private static TestNamespace peace;
  private static TestNamespace ending;
  private static Scene troubled;
  private static Scene peaceful;
  private static Proxy proxy;
  private static OperatorProcess operator;
  private static Aftermath aftermath;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
    trouble = TestNamespace.create(cluster.client(), "trouble", Map.of());
    peace = TestNamespace.create(cluster.client(), "peace", Map.of());
    ending = TestNamespace.create(cluster.client(), "ending", Map.of());
    troubled = Scene.in(trouble);
    peaceful = Scene.in(peace);
    troubled.create("{apiVersion: v1, kind: Secret, metadata: {name: theirs}, data: {a: Yg==}}");
    proxy = Proxy.to(cluster.client());
    operator =
        OperatorProcess.on(cluster)
            .with("CREDENCE_WATCH_NAMESPACES", trouble + "," + peace + "," + ending)
            .with("CREDENCE_LOG_LEVEL", "TRACE")
            .through(proxy.address())
            .start();
    aftermath = Aftermath.of(cluster, troubled, peaceful);
    OLD.forEach(name -> identity(troubled, name));
    OLD.forEach(troubled::awaitReady);
  }

  @AfterAll
  static void allIsWellAndStaysSo() {
    try (var way = proxy;
        var running = operator) {
      if (running != null) {
        aftermath.holds(running, ServerFaultsIT::version);
      }
    } finally {
      Stream.of(trouble, peace, ending).forEach(TestNamespace::close);
    }
  }

  @AfterEach
  void afterEach() {
    proxy.fates(call -> new Fate.Passes());
    if (Aftermath.THOROUGH) {
      aftermath.holds(operator, ServerFaultsIT::version);
    }
  }

  private static long version(String identity) {
    return VERSIONS.getOrDefault(identity, 1L);
  }

  /// With an account, which is marked, and a value that is made.
  private static void identity(Scene scene, String name) {
    scene.createAccount(name);
    scene.identity(
        name,
        OWNER
            + ", serviceAccounts: [{name: %s}], secrets: [%s]"
                .formatted(name, password(name + "-db", "interval: 720h, overlap: 1h")));
  }

  private static void rotate(String name) {
    VERSIONS.put(name, version(name) + 1);
    troubled.annotate(troubled.identity(name), "credence.dev/rotate", "v" + version(name));
  }

  private static void inTrouble(Fate fate, String right, String resource) {
    proxy.fates(
        call ->
            isIn(trouble, call) && call.right().equals(right) && call.resource().equals(resource)
                ? fate
                : new Fate.Passes());
  }

  private static boolean isIn(TestNamespace namespace, Call call) {
    return call.namespace().equals(namespace.name());
  }

  /// Said by the identity that is `old` or `new`; by `nobody` where the status is what cannot be
  /// written, or nothing rests on it. A mark that is missing on a member is said, and nothing is
  /// wrong with the identity.
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "get, secrets, old, Ready, False",
    "update, secrets, old, Ready, False",
    "create, secrets, new, Ready, False",
    "patch, serviceaccounts, new, MembersLinked, True",
    "patch, machineidentities/status, nobody, ,",
    "create, events, nobody, ,"
  })
  void what_is_forbidden_is_said_and_made_up_for(
      String right, String resource, String stated, String condition, String status) {
    var name = right + "-" + resource.replaceAll("[^a-z]", "");
    inTrouble(new Fate.Refused(403, 0, resource + " is forbidden: a drill"), right, resource);

    rotate("old-" + name);
    identity(troubled, "new-" + name);
    identity(peaceful, name);
    peaceful.awaitReady(name);
    if (!stated.equals("nobody")) {
      within(Duration.ofSeconds(45), "the identity says why")
          .untilAsserted(
              () ->
                  assertThat(troubled.message(stated + "-" + name, condition))
                      .contains("(403): " + resource + " is forbidden: a drill"));
      assertThat(troubled.result(stated + "-" + name, condition)).startsWith(status);
    }
    assertThat(operator.isReady()).isTrue();

    proxy.fates(call -> new Fate.Passes());
    aftermath.repairs(operator, Aftermath.TO_MEND, ServerFaultsIT::version);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "list, secrets, Secrets",
    "watch, secrets, Secrets",
    "watch, serviceaccounts, ServiceAccounts",
    "list, machineidentities, MachineIdentities"
  })
  void what_may_not_be_watched_is_told_by_health(String right, String resource, String kind) {
    var name = right + "-" + resource;
    // Each watch ends as one whose place in history is gone, so that all is listed again.
    inTrouble(new Fate.Refused(403, 0, "a drill"), right, resource);
    proxy.forgetHistory();
    within(Duration.ofSeconds(45), "it is not ready and says why")
        .until(() -> operator.page("/healthz/ready").contains("not watching " + kind));
    assertThat(operator.isReady()).isFalse();
    assertThat(operator.status("/healthz/live")).as("a restart would not help").isEqualTo(200);
    identity(peaceful, name);
    peaceful.awaitReady(name);

    proxy.fates(call -> new Fate.Passes());
    identity(troubled, name);
    aftermath.repairs(operator, Aftermath.TO_MEND, ServerFaultsIT::version);
  }

  /// etcd is out of space: it is read, and nothing can be written.
  @Test
  void what_cannot_be_written_is_put_off_and_not_lost() {
    proxy.fates(
        call ->
            call.writes()
                ? new Fate.Refused(500, 0, "etcdserver: mvcc: database space exceeded")
                : new Fate.Passes());
    rotate("full");
    identity(troubled, "while-full");
    stays(
        Duration.ofSeconds(8),
        "it lives, and nothing is half done",
        () ->
            operator.isAlive()
                && troubled.version("full-db") == 1
                && troubled.secret("while-full-db").get() == null);

    proxy.fates(call -> new Fate.Passes());
    aftermath.repairs(operator, Aftermath.TO_MEND, ServerFaultsIT::version);
  }

  // Admission

  @Test
  void what_a_policy_of_the_cluster_denies_is_said_in_its_words() {
    try (var policy =
        Admission.validating(troubled, "{expression: 'false', message: no Secrets on Sundays}")) {
      rotate("denied-old");
      identity(troubled, "denied-new");
      identity(peaceful, "not-denied");
      peaceful.awaitReady("not-denied");
      for (var name : new String[] {"denied-old", "denied-new"}) {
        within(Duration.ofSeconds(45), name + " says why")
            .untilAsserted(
                () ->
                    assertThat(troubled.message(name, "Ready")).contains("no Secrets on Sundays"));
      }
    }
    aftermath.repairs(operator, Aftermath.TO_MEND, ServerFaultsIT::version);
  }

  /// As service meshes and policy engines do.
  @Test
  void what_others_add_to_what_is_written_is_theirs() {
    try (var policy =
        Admission.mutating(
            troubled,
            """
            [JSONPatch{op: "add", path: "/metadata/labels/mesh", value: "on"},
             JSONPatch{op: "add", path: "/data/mesh", value: "b24="}]""")) {
      identity(troubled, "meshed");
      troubled.awaitReady("meshed");
      rotate("meshed");
      troubled.awaitVersion("meshed-db", 2);
      assertThat(Scene.label(troubled.secret("meshed-db"), "mesh")).contains("on");
      aftermath.repairs(operator, Aftermath.TO_MEND, ServerFaultsIT::version);
    }
  }

  /// Without its version nobody can tell what a value is: it must not be made again and again.
  @Test
  void who_strips_our_annotations_gets_no_storm() {
    try (var policy =
        Admission.mutating(
            troubled,
            """
            has(object.metadata.annotations) && "credence.dev/version" in object.metadata.annotations
              ? [JSONPatch{op: "remove", path: "/metadata/annotations/credence.dev~1version"}] : []""")) {
      var audit = cluster.audit();
      identity(troubled, "stripped");
      troubled.await("stripped", "CredentialsFresh", "False RotationBlocked");
      assertThat(troubled.message("stripped", "CredentialsFresh"))
          .contains("credence.dev/version", "Restore them");
      // Asked for, too: nothing may be built on what cannot be read.
      troubled.annotate(troubled.identity("stripped"), "credence.dev/rotate", "again");
      stays(
          Duration.ofSeconds(5),
          "its value is made once",
          () -> audit.requests().ofOperator().in(trouble).on("secrets").writes().count() == 1);
    }
    VERSIONS.put("stripped", 2L);
    troubled.annotate(troubled.secret("stripped-db"), "credence.dev/version", "1");
    aftermath.repairs(operator, Aftermath.TO_MEND, ServerFaultsIT::version);
  }

  // The end of a namespace

  @Test
  void a_namespace_that_goes_is_let_go() {
    var scene = Scene.in(ending);
    identity(scene, "old");
    scene.awaitReady("old");
    // Somebody else holds it up, and with it the identity, which is seen going for a while.
    scene.patch(scene.identity("old"), "{metadata: {finalizers: [example.com/hold]}}");
    var audit = cluster.audit();
    scene.annotate(scene.identity("old"), "credence.dev/rotate", "last");
    IntStream.range(0, 10).forEach(number -> identity(scene, "new-" + number));
    ending.close();
    eventually("its Secrets go")
        .until(
            () -> scene.client().secrets().inNamespace(ending.name()).list().getItems().isEmpty());
    stays(
        Duration.ofSeconds(8),
        "nothing of it comes back",
        () -> scene.client().secrets().inNamespace(ending.name()).list().getItems().isEmpty());
    scene.patch(scene.identity("old"), "{metadata: {finalizers: null}}");
    eventually("it is gone")
        .until(() -> cluster.client().namespaces().withName(ending.name()).get() == null);
    var refused = audit.requests().ofOperator().in(ending).writes().failed();
    assertThat(refused.count()).as("tries:\n%s", refused).isLessThan(20);
    aftermath.repairs(operator, Aftermath.TO_MEND, ServerFaultsIT::version);
  }

  /// An admission policy of the cluster for the Secrets of one namespace; goes when it is closed.
  private record Admission(Scene scene, String kind, String name) implements AutoCloseable {
    private static final String MATCH =
        "matchConstraints: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}, resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}]}";

    static Admission validating(Scene scene, String validation) {
      var created =
          new Admission(scene, "ValidatingAdmissionPolicy", "denies-" + scene.namespace())
              .create(
                  "failurePolicy: Fail, validations: [" + validation + "]",
                  ", validationActions: [Deny]");
      eventually("the policy is in force").until(() -> !created.passes());
      return created;
    }

    static Admission mutating(Scene scene, String expression) {
      var created =
          new Admission(scene, "MutatingAdmissionPolicy", "changes-" + scene.namespace())
              .create(
                  "failurePolicy: Fail, reinvocationPolicy: Never, mutations: [{patchType: JSONPatch, jsonPatch: {expression: '"
                      + expression.replace("\n", " ")
                      + "'}}]",
                  "");
      eventually("the policy is in force").until(created::changes);
      return created;
    }

    private Admission create(String spec, String binding) {
      object("", "spec: {" + MATCH.formatted(scene.namespace()) + ", " + spec + "}");
      object("Binding", "spec: {policyName: " + name + binding + "}");
      return this;
    }

    private void object(String suffix, String spec) {
      scene.create(
          "{apiVersion: admissionregistration.k8s.io/v1, kind: %s, metadata: {name: %s}, %s}"
              .formatted(kind + suffix, name, spec));
    }

    private Secret probe() {
      var secret =
          Scene.read(
              "{apiVersion: v1, kind: Secret, metadata: {name: probe, labels: {a: b}, annotations: {credence.dev/version: '1', a: b}}, data: {a: Yg==}}",
              Secret.class);
      NonDeletingOperation<Secret> dry =
          scene.client().resource(secret).inNamespace(scene.namespace()).dryRun();
      return dry.create();
    }

    private boolean passes() {
      try {
        return probe() != null;
      } catch (KubernetesClientException denied) {
        return false;
      }
    }

    private boolean changes() {
      var probe = probe();
      return probe.getMetadata().getLabels().containsKey("mesh")
          || !probe.getMetadata().getAnnotations().containsKey("credence.dev/version");
    }

    @Override
    public void close() {
      for (var suffix : new String[] {"Binding", ""}) {
        scene
            .client()
            .genericKubernetesResources("admissionregistration.k8s.io/v1", kind + suffix)
            .withName(name)
            .delete();
      }
      eventually("the policy is gone").until(() -> passes() && !changes());
    }
  }
}
