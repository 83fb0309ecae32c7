// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.journey;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.CredentialPolicy;
import dev.credence.cluster.Audit;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.Requests;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// How much the operator asks of the API server, by the API server's own audit log. Nothing is
/// counted that other tests cause: those that share its cluster are over.
@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CountsIT {
  private static LocalCluster cluster;
  private static OperatorProcess operator;

  private final List<TestNamespace> namespaces = new ArrayList<>();

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
    cluster.forgetIdentities();
    operator = operator();
  }

  @AfterAll
  static void stop() {
    operator.close();
  }

  /// What one test made asks for nothing while the next one counts.
  @AfterEach
  void clean() {
    cluster.forgetIdentities();
    namespaces.forEach(TestNamespace::close);
    namespaces.clear();
  }

  /// As the chart runs it, but for the sweep: at rest that is to be seen resting, too.
  private static OperatorProcess operator() {
    return OperatorProcess.on(cluster)
        .with("CREDENCE_LEADER_ELECTION", "true")
        .with("CREDENCE_RESYNC_INTERVAL", "5s")
        .start();
  }

  private Scene scene(String name) {
    var namespace = TestNamespace.create(cluster.client(), name, Map.of());
    namespaces.add(namespace);
    return Scene.in(namespace);
  }

  @Test
  void a_new_identity_with_an_account_and_a_secret_is_three_writes() {
    var scene = scene("three-writes");
    scene.createAccount("crm-sync");
    var audit = cluster.audit();

    scene.identity(
        "crm", OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [%s]".formatted(db()));
    scene.awaitReady("crm");
    settle();

    assertWrites(
        "a new identity with an account and a Secret",
        audit,
        scene,
        "create secrets: 1\npatch machineidentities/status: 1\npatch serviceaccounts: 1");
  }

  @Test
  void an_identity_without_members_is_one_write() {
    var scene = scene("one-write");
    var audit = cluster.audit();

    scene.identity("crm", OWNER);
    scene.awaitReady("crm");
    settle();

    assertWrites("an identity alone", audit, scene, "patch machineidentities/status: 1");
  }

  @Test
  void a_rotation_is_two_writes_and_so_is_a_retirement() {
    var scene = scene("two-writes");
    scene.identity(
        "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 20s, overlap: 6s") + "]");
    scene.awaitReady("crm");
    settle();
    var audit = cluster.audit();

    scene.awaitVersion("crm-db", 2);
    eventually("the status tells of the rotation")
        .until(() -> scene.credential("crm", "crm-db").version() == 2);
    assertWrites(
        "a rotation on schedule",
        audit,
        scene,
        "patch machineidentities/status: 1\nupdate secrets: 1");
    audit.mark();

    eventually("the previous value is gone")
        .until(() -> scene.credential("crm", "crm-db").previousRetirementTime() == null);
    assertWrites(
        "a retirement", audit, scene, "patch machineidentities/status: 1\nupdate secrets: 1");
    assertThat(scene.secret("crm-db").get().getData()).containsOnlyKeys("password");
  }

  /// The second takes more than a second to make: when it was issued is not when it was decided.
  @Test
  void a_rotation_on_request_is_two_writes() {
    var scenes =
        Stream.of("password: {}", "keyPair: {algorithm: RSA, size: 3072}")
            .map(this::withOneKey)
            .toList();
    scenes.forEach(scene -> scene.awaitReady("crm"));
    // A value lives for ten seconds at least: the wait for that is not what is counted.
    Scene.stays(
        Duration.ofSeconds(12),
        "the first version",
        () -> scenes.stream().allMatch(scene -> scene.version("crm-db") == 1));
    var audit = cluster.audit();

    scenes.forEach(scene -> scene.annotate(scene.identity("crm"), "credence.dev/rotate", "now"));
    within(Duration.ofMinutes(1), "the status tells of the rotation")
        .until(
            () ->
                scenes.stream()
                    .allMatch(scene -> scene.credential("crm", "crm-db").version() == 2));
    settle();

    for (var scene : scenes) {
      assertWrites(
          "a rotation on request",
          audit,
          scene,
          "patch machineidentities/status: 1\nupdate secrets: 1");
    }
  }

  private Scene withOneKey(String key) {
    var scene = scene("on-request");
    scene.identity(
        "crm",
        OWNER + ", secrets: [{name: crm-db, generate: {keys: [{name: key, %s}]}}]".formatted(key));
    return scene;
  }

  @Test
  void at_rest_nothing_is_asked_but_to_keep_the_lease() {
    var scene = scene("at-rest");
    scene.createAccount("crm-sync");
    try (var policy = scene.policy("enforcement: Enforce, owner: {required: true}")) {
      scene.identity(
          "crm", OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [" + db() + "]");
      scene.identity("nobodys", "serviceAccounts: [{name: not-there}]");
      scene.awaitReady("crm");
      scene.await("nobodys", "Ready", "False OwnerMissing");
      eventually("the policy counts them").until(() -> counted(policy) == 2);
      // Whatever the tests before asked for ends first: versions that are due, the policy's
      // numbers.
      eventually("the operator rests").until(CountsIT::nothingFor5Seconds);
      var audit = cluster.audit();

      Scene.stays(Duration.ofSeconds(20), "the operator lives", operator::isAlive);

      var asked = audit.requests().ofOperator();
      report("at rest for 20 s, leases apart", withoutLeases(asked));
      assertThat(asked.leases().only(r -> r.verb().equals("patch")).count())
          .as("renewals each 5 s")
          .isBetween(3, 5);
      assertThat(asked.leases().only(r -> !r.verb().equals("patch")).count())
          .as("the published settings are compared at each resync, here each 5 s")
          .isLessThanOrEqualTo(5);
      assertThat(withoutLeases(asked).only(r -> !r.verb().equals("watch"))).hasToString("");
    }
  }

  @Test
  void a_restart_with_100_identities_in_order_asks_for_lists_and_watches_alone() {
    var scene = scene("restart");
    var names = IntStream.range(0, 100).mapToObj(n -> "crm-" + n).toList();
    names.forEach(
        name -> {
          scene.createAccount(name);
          scene.identity(
              name,
              OWNER
                  + ", serviceAccounts: [{name: %s}], secrets: [%s]"
                      .formatted(name, password(name)));
        });
    within(Duration.ofSeconds(60), "100 identities are Ready").until(() -> areReady(scene) == 100);
    eventually("every mark is there")
        .until(
            () ->
                scene
                        .client()
                        .serviceAccounts()
                        .inNamespace(scene.namespace())
                        .withLabel("credence.dev/identity")
                        .list()
                        .getItems()
                        .size()
                    == 100);
    settle();
    var audit = cluster.audit();

    operator.terminate();
    operator = operator();
    eventually("it has looked at each of them and swept")
        .until(
            () ->
                operator.metric("credence_reconcile_seconds_count").orElse(0) >= 100
                    && operator.metric("credence_last_resync_timestamp_seconds").orElse(0) > 0);
    settle();

    var asked = withoutLeases(audit.requests().ofOperator());
    report("a restart with 100 identities, leases apart", asked);
    assertThat(asked.writes()).hasToString("");
    assertThat(asked.only(r -> !List.of("list", "watch").contains(r.verb())))
        .matches(
            others ->
                others.all().stream()
                    .allMatch(r -> r.verb().equals("get") && r.resource().isEmpty()),
            "only the question for the version");
    assertThat(asked.count()).as("not one for each identity").isLessThan(names.size());
  }

  /// The periodic resync would reconcile as well: it is as far away as in the chart here. The last
  /// test, since the operator of the others ends.
  @Test
  @Order(Integer.MAX_VALUE)
  void a_change_is_at_most_two_reconciles() {
    operator.terminate();
    try (var seldom =
        OperatorProcess.on(cluster).with("CREDENCE_LEADER_ELECTION", "true").start()) {
      var scene = scene("reconciles");
      var before = reconciles(seldom);
      scene.identity(
          "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 720h, overlap: 6s") + "]");
      scene.awaitReady("crm");
      assertReconciles("a new identity", seldom, before);

      // A value lives for ten seconds at least.
      Scene.stays(Duration.ofSeconds(12), "the first version", () -> scene.version("crm-db") == 1);
      before = reconciles(seldom);
      scene.annotate(scene.identity("crm"), "credence.dev/rotate", "now");
      eventually("the status tells of the rotation")
          .until(() -> scene.credential("crm", "crm-db").version() == 2);
      var rotated = assertReconciles("a rotation", seldom, before);

      eventually("the previous value is gone")
          .until(() -> scene.credential("crm", "crm-db").previousRetirementTime() == null);
      assertReconciles("a retirement", seldom, rotated);
    }
  }

  private static double reconciles(OperatorProcess operator) {
    return operator.metric("credence_reconcile_seconds_count").orElse(0);
  }

  private static double assertReconciles(String what, OperatorProcess operator, double before) {
    Scene.stays(Duration.ofSeconds(2), "the operator lives", operator::isAlive);
    var now = reconciles(operator);
    System.out.printf("Counts: %s: %.0f reconciles%n", what, now - before);
    assertThat(now - before).as("reconciles for " + what).isBetween(1.0, 2.0);
    return now;
  }

  private static String db() {
    return password("crm-db");
  }

  private static int counted(Scene.Policy policy) {
    var status =
        cluster
            .client()
            .resources(CredentialPolicy.class)
            .withName(policy.name())
            .get()
            .getStatus();
    return status == null || status.identities() == null ? 0 : status.identities();
  }

  private static boolean nothingFor5Seconds() {
    var audit = cluster.audit();
    Scene.stays(Duration.ofSeconds(5), "the operator lives", operator::isAlive);
    return withoutLeases(audit.requests().ofOperator()).count() == 0;
  }

  private static long areReady(Scene scene) {
    return scene
        .identities()
        .flatMap(identity -> identity.getStatus().conditions().stream())
        .filter(c -> c.type().equals("Ready") && c.status().name().equals("True"))
        .count();
  }

  /// One more look that costs nothing, after the one that was waited for: a write too many would
  /// come in these moments.
  private static void settle() {
    Scene.stays(Duration.ofSeconds(2), "the operator lives", operator::isAlive);
  }

  private static Requests withoutLeases(Requests requests) {
    return requests.only(r -> !r.resource().equals("leases"));
  }

  private static void assertWrites(String what, Audit audit, Scene scene, String expected) {
    var writes = audit.requests().ofOperator().in(scene.namespace()).writes();
    report(what, writes);
    assertThat(writes).as(what).hasToString(expected);
  }

  private static void report(String what, Requests requests) {
    System.out.printf(
        "Counts: %s: %d (%s)%n", what, requests.count(), requests.toString().replace("\n", ", "));
  }
}
