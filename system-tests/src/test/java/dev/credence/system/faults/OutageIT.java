// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.system.Crm;
import dev.credence.system.Scene;
import dev.credence.system.faults.weather.Proxy;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The API server goes and comes, replicas come and go: what is due is done, once. On a cluster of
/// its own, which is broken on purpose.
@OnCluster
class OutageIT {
  private static final Duration TO_RECOVER = Duration.ofSeconds(45);

  /// Well inside the 30 s that Kubernetes gives a pod.
  private static final Duration TO_END = Duration.ofSeconds(15);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.fresh("outages");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @AfterEach
  void mend() {
    cluster.apiserverUp();
    lease().delete();
  }

  private static OperatorProcess.Start alone() {
    return OperatorProcess.on(cluster).with("CREDENCE_RESYNC_INTERVAL", "5s");
  }

  private static OperatorProcess.Start electing() {
    return alone().with("CREDENCE_LEADER_ELECTION", "true");
  }

  private static Scene scene(String name) {
    return Scene.fresh(cluster, name);
  }

  private static Resource<Lease> lease() {
    return cluster.client().leases().inNamespace(LocalCluster.NAMESPACE).withName("credence");
  }

  @Test
  void it_waits_for_the_crds() {
    var definitions = cluster.client().apiextensions().v1().customResourceDefinitions();
    var ours =
        Stream.of("machineidentities.credence.dev", "credentialpolicies.credence.dev")
            .map(name -> definitions.withName(name).get())
            .toList();
    definitions.resource(ours.get(0)).delete();
    definitions.resource(ours.get(1)).delete();
    eventually("the kinds are gone")
        .until(() -> ours.stream().allMatch(crd -> definitions.resource(crd).get() == null));
    try (var operator = alone().startAnyway()) {
      within(TO_RECOVER, "it says what it waits for")
          .until(() -> operator.log().contains("install the CRDs"));
      assertWaitsFor(operator, () -> ours.forEach(OutageIT::createAnew));
      var scene = scene("crds");
      eventually("the API server knows the kind")
          .ignoreExceptions()
          .until(
              () ->
                  scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]") != null);
      scene.awaitReady("crm");
    } finally {
      ours.stream()
          .filter(crd -> definitions.resource(crd).get() == null)
          .forEach(OutageIT::createAnew);
    }
  }

  private static void createAnew(CustomResourceDefinition crd) {
    crd.getMetadata().setResourceVersion(null);
    crd.getMetadata().setUid(null);
    crd.getMetadata().setManagedFields(null);
    crd.setStatus(null);
    cluster.client().resource(crd).create();
  }

  /// One operator without leader election and one with it, each with a namespace of its own, live
  /// through the same outages.
  @Test
  void after_an_outage_what_is_due_is_done_once() {
    try (var alone = new Witness("alone", false);
        var leader = new Witness("leader", true)) {
      outage(Duration.ofSeconds(5), alone, leader);
      assertThat(alone.recorded()).as("5 s, alone").isTrue();
      assertThat(leader.recorded()).as("5 s, as the leader").isTrue();
      alone.understandsTheWorldAgain();
      leader.understandsTheWorldAgain();

      outage(Duration.ofSeconds(30), alone, leader);
      assertThat(alone.recorded()).as("30 s, alone").isTrue();
      // Longer than its lease: it may not act any more and ends, and Kubernetes starts it again.
      assertThat(leader.recorded()).as("30 s, as the leader").isFalse();
      alone.understandsTheWorldAgain();
      leader.understandsTheWorldAgain();
      alone.stopsAtOnce();
    }
  }

  private static void outage(Duration time, Witness... witnesses) {
    Stream.of(witnesses).forEach(Witness::prepare);
    within(Duration.ofSeconds(45), "a value is nearly due")
        .until(() -> Stream.of(witnesses).anyMatch(Witness::isNearlyDue));
    cluster.apiserverDown();
    passes(time);
    Stream.of(witnesses).forEach(Witness::note);
    cluster.apiserverUp();
    var back = Instant.now();
    Stream.of(witnesses).forEach(witness -> witness.recovers(time, back));
  }

  /// An operator, and an identity of it with a value that is replaced every few seconds.
  private static final class Witness implements AutoCloseable {
    private final String name;
    private final boolean elects;
    private final Scene scene;
    private final OperatorProcess.Start start;
    private OperatorProcess operator;
    private boolean recorded;
    private long before;
    private int round;

    Witness(String name, boolean elects) {
      this.name = name;
      this.elects = elects;
      scene = scene("outage-" + name);
      start =
          alone()
              .with("CREDENCE_LEADER_ELECTION", String.valueOf(elects))
              .with("CREDENCE_WATCH_NAMESPACES", scene.namespace());
      operator = start.start();
      scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
      scene.identity(
          "once", OWNER + ", secrets: [" + password("once-db", "interval: 15s, overlap: 0s") + "]");
      scene.awaitReady("crm");
      scene.awaitReady("once");
    }

    void prepare() {
      before = scene.version("once-db");
    }

    boolean isNearlyDue() {
      before = scene.version("once-db");
      var due = scene.credential("once", "once-db").nextRotationTime();
      return Instant.now().plusSeconds(3).isAfter(due)
          && Instant.now().plusSeconds(1).isBefore(due);
    }

    void note() {
      recorded = operator.isAlive();
    }

    boolean recorded() {
      return recorded;
    }

    /// A leader ends where the start of the API server takes longer than what is left of its lease.
    private boolean lives() {
      if (elects) {
        within(TO_RECOVER, "it is ready or its process has exited")
            .until(() -> operator.isReady() || !operator.isAlive());
        return operator.isAlive();
      }
      return recorded;
    }

    void recovers(Duration time, Instant back) {
      var lived = lives();
      if (!lived) {
        operator = start.start();
      }
      operator.awaitReady(TO_RECOVER);
      within(TO_RECOVER, "what was due is done").until(() -> scene.version("once-db") > before);
      var issued =
          Instant.parse(
              Scene.annotation(scene.secret("once-db"), "credence.dev/issued-at").orElseThrow());
      System.out.printf(
          "Outage of %d s, %s: the process %s; a new value %d s after the API server took identities%n",
          time.toSeconds(),
          name,
          lived ? "lived" : "ended and was started again",
          Duration.between(back, issued).toSeconds());
      assertThat(scene.version("once-db"))
          .as("once, not for each that was missed")
          .isEqualTo(before + 1);
      stays(Duration.ofSeconds(3), "once", () -> scene.version("once-db") == before + 1);
      assertThat(scene.version("crm-db")).isEqualTo(1);
    }

    /// New identities, members and policies are seen.
    void understandsTheWorldAgain() {
      var account = "later-" + round++;
      scene.patch(
          scene.identity("crm"), "{spec: {serviceAccounts: [{name: %s}]}}".formatted(account));
      scene.await("crm", "Ready", "False MemberMissing");
      scene.createAccount(account);
      scene.awaitReady("crm");
      try (var policy = scene.policy("enforcement: Enforce, owner: {contactPattern: 'nobody'}")) {
        scene.await("crm", "Ready", "False OwnerInvalid");
      }
      scene.awaitReady("crm");
    }

    void stopsAtOnce() {
      var ended = operator.terminate();
      assertThat(ended.took()).as("at work, without an election").isLessThan(TO_END);
      assertThat(ended.exitCode()).isZero();
    }

    @Override
    public void close() {
      operator.close();
      scene.client().namespaces().withName(scene.namespace()).delete();
    }
  }

  static Stream<Duration> outages() {
    return Stream.of(5, 60).limit(Aftermath.THOROUGH ? 2 : 1).map(Duration::ofSeconds);
  }

  /// The API server goes in the middle of a wave of rotations and of a burst of new identities,
  /// which goes on meanwhile. When it is back, its own memory of history and that of etcd are gone:
  /// no watch goes on where it was.
  @ParameterizedTest(name = "{0}")
  @MethodSource("outages")
  void what_an_outage_interrupts_is_done_once(Duration time) {
    var scene = scene("burst");
    try (var operator = alone().with("CREDENCE_WATCH_NAMESPACES", scene.namespace()).start()) {
      scene.create("{apiVersion: v1, kind: Secret, metadata: {name: theirs}, data: {a: Yg==}}");
      var aftermath = Aftermath.of(cluster, scene);
      var old = names("old", 40);
      old.forEach(name -> insistOn(scene, name));
      aftermath.repairs(operator, Aftermath.TO_MEND, name -> 1);
      // Not in the common pool, which the client itself needs.
      var burst =
          CompletableFuture.runAsync(
              () -> names("new", 100).forEach(name -> insistOn(scene, name)),
              Thread::startVirtualThread);
      old.forEach(name -> scene.annotate(scene.identity(name), "credence.dev/rotate", "wave"));
      scene.create("{apiVersion: v1, kind: Secret, metadata: {name: unseen}, data: {a: Yg==}}");
      var unseen = scene.secret("unseen").get();

      var audit = cluster.audit();
      cluster.apiserverDown();
      // A change that no watch of before can be told: else one may go on where it was.
      cluster.backdate(unseen, Instant.EPOCH);
      cluster.compact();
      passes(time);
      cluster.apiserverUp();
      within(TO_RECOVER, "the burst is over").until(burst::isDone);
      burst.join();
      aftermath.holds(operator, TO_RECOVER, name -> name.startsWith("old") ? 2 : 1);
      assertThat(audit.requests().ofOperator().verb("list").on("secrets").count())
          .as("lists")
          .isPositive();
    }
  }

  private static List<String> names(String start, int count) {
    return IntStream.range(0, count).mapToObj(number -> start + "-" + number).toList();
  }

  /// Created, whatever it takes: who deploys tries again as well.
  private static void insistOn(Scene scene, String name) {
    var spec = OWNER + ", secrets: [" + password(name + "-db", "interval: 720h, overlap: 1h") + "]";
    within(Duration.ofMinutes(3), name + " is created")
        .ignoreExceptions()
        .until(() -> scene.identity(name).get() != null || scene.identity(name, spec) != null);
  }

  /// etcd is compacted again and again while rotations run and watches end: each watch resumes
  /// where it was, or lists again.
  @Test
  void what_history_has_forgotten_is_not_missed() {
    var scene = scene("compacted");
    try (var proxy = Proxy.to(cluster.client());
        var operator =
            alone()
                .with("CREDENCE_WATCH_NAMESPACES", scene.namespace())
                .through(proxy.address())
                .start()) {
      var aftermath = Aftermath.of(cluster, scene);
      var names = names("crm", 20);
      for (var round = 0; round < names.size(); round += 5) {
        names.subList(round, round + 5).forEach(name -> insistOn(scene, name));
        names.subList(0, round).forEach(name -> rotateOnce(scene, name));
        cluster.compact();
        assertThat(proxy.endWatches()).as("watches").isPositive();
      }
      aftermath.holds(operator, TO_RECOVER, name -> names.indexOf(name) < 15 ? 2 : 1);
    }
  }

  /// Asked for before there is a value, a rotation is done with the first one.
  private static void rotateOnce(Scene scene, String name) {
    within(TO_RECOVER, name + " has its first value")
        .until(() -> scene.secret(name + "-db").get() != null);
    scene.annotate(scene.identity(name), "credence.dev/rotate", "once");
  }

  /// A suspension that is requested right before the API server stops takes effect when it runs
  /// again; a suspended account stays suspended meanwhile.
  @Test
  void who_is_to_be_suspended_or_resumed_is_when_the_api_server_is_back() {
    var going = Crm.of(scene("going"));
    var coming = Crm.of(scene("coming"));
    var staying = Crm.of(scene("staying"));
    var all = List.of(going, coming, staying);
    try (var operator =
        alone()
            .with(
                "CREDENCE_WATCH_NAMESPACES",
                all.stream().map(crm -> crm.scene().namespace()).collect(joining(",")))
            .start()) {
      all.forEach(crm -> crm.scene().awaitReady("crm"));
      var legacy = all.stream().map(crm -> crm.token(Crm.LEGACY)).toList();
      var bound = going.token("crm-ci");
      assertThat(going.answer(legacy.getFirst())).isEmpty();
      coming.suspend();
      staying.suspend();
      for (var crm : List.of(coming, staying)) {
        crm.scene().await("crm", "Suspended", "True Requested");
      }
      within(TO_RECOVER, "both tokens are refused")
          .until(() -> !coming.isKnown(legacy.get(1)) && !staying.isKnown(legacy.getLast()));

      going.suspend();
      coming.resume();
      cluster.apiserverDown();
      passes(Duration.ofSeconds(5));
      cluster.apiserverUp();

      assertThat(staying.answer(legacy.getLast())).isPresent();
      assertThat(staying.isListed()).isTrue();
      within(TO_RECOVER, "both tokens are refused")
          .until(() -> !going.isKnown(legacy.getFirst()) && !going.isKnown(bound));
      going.scene().await("crm", "Suspended", "True Requested");
      assertThat(going.scene().status("crm").history()).hasSize(1);
      within(TO_RECOVER, "the hand-made token writes again")
          .until(() -> coming.answer(legacy.get(1)).isEmpty());
      coming.scene().awaitReady("crm");
      assertThat(coming.isListed()).isFalse();
      assertThat(staying.answer(legacy.getLast())).isPresent();
      assertThat(staying.isListed()).isTrue();
      within(TO_RECOVER, "the operator says that all is well").until(operator::isReady);
    }
  }

  private static void passes(Duration time) {
    var end = Instant.now().plus(time);
    within(time.plusSeconds(10), "the time of the outage").until(() -> Instant.now().isAfter(end));
  }

  /// In the end the API server goes: the leader is cut off, and others have just begun.
  @Test
  void of_several_replicas_one_acts_at_any_time_and_each_stops_at_once_in_whatever_phase() {
    var scene = scene("replicas");
    try (var one = electing().start();
        var other = electing().start()) {
      eventually("one leads").until(() -> leads(one) != leads(other));
      var first = leads(one) ? one : other;
      var second = first == one ? other : one;
      scene.createAccount("crm-sync");
      var audit = cluster.audit();
      scene.identity(
          "crm",
          OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [" + password("crm-db") + "]");
      scene.awaitReady("crm");
      stays(Duration.ofSeconds(2), "both live", () -> one.isAlive() && other.isAlive());
      assertThat(audit.requests().ofOperator().in(scene.namespace()).writes())
          .as("one set of writes")
          .hasToString(
              "create secrets: 1\npatch machineidentities/status: 1\npatch serviceaccounts: 1");

      var reported = Instant.now();
      var ended = first.terminate();
      eventually("the second leads").until(() -> leads(second));
      assertTook("from SIGTERM to the second one leading", reported, Duration.ofSeconds(10));
      assertThat(ended.exitCode()).isZero();
      assertThat(ended.took()).isLessThan(TO_END);
      scene.patch(scene.identity("crm"), "{spec: {owner: {contact: bob@example.com}}}");
      eventually("the second acts")
          .until(() -> scene.status("crm").owner().contact().equals("bob@example.com"));

      try (var third = electing().start();
          var fourth = electing().start()) {
        assertThat(leads(third) || leads(fourth)).isFalse();
        assertThat(fourth.terminate().took()).as("standing by").isLessThan(TO_END);
        var killed = Instant.now();
        second.kill();
        eventually("the third leads").until(() -> leads(third));
        assertTook("from SIGKILL to the third one leading", killed, Duration.ofSeconds(30));
        scene.patch(scene.identity("crm"), "{spec: {owner: {contact: carol@example.com}}}");
        eventually("the third acts")
            .until(() -> scene.status("crm").owner().contact().equals("carol@example.com"));
        assertThat(scene.version("crm-db")).isEqualTo(1);

        // What they start with is written while somebody can still be asked for a token, and the
        // API server is gone before they have asked it anything.
        try (var waiting = alone().startAnyway();
            var later = alone().startAnyway()) {
          cluster.apiserverDown();
          assertThatThrownBy(() -> scene.identity("crm").get())
              .isInstanceOf(KubernetesClientException.class);
          assertThat(third.terminate().took()).as("leading, and cut off").isLessThan(TO_END);
          within(TO_RECOVER, "they say what they wait for")
              .until(() -> Stream.of(waiting, later).allMatch(OutageIT::saysThatItWaits));
          assertThat(waiting.terminate().took()).as("waiting to start").isLessThan(TO_END);
          assertWaitsFor(later, cluster::apiserverUp);
          scene.patch(scene.identity("crm"), "{spec: {owner: {contact: dave@example.com}}}");
          eventually("the one that waited acts")
              .until(() -> scene.status("crm").owner().contact().equals("dave@example.com"));
        }
      }
    }
  }

  private static boolean saysThatItWaits(OperatorProcess operator) {
    return operator.log().contains("does not answer");
  }

  /// It lives meanwhile, as a pod that is not ready and is not killed for it.
  private static void assertWaitsFor(OperatorProcess operator, Runnable whatComes) {
    assertThat(operator.status("/healthz/live")).isEqualTo(200);
    assertThat(operator.status("/healthz/started")).isNotEqualTo(200);
    assertThat(operator.isReady()).isFalse();
    whatComes.run();
    operator.awaitReady(TO_RECOVER);
  }

  private static void assertTook(String what, Instant since, Duration most) {
    var took = Duration.between(since, Instant.now());
    System.out.printf("Outage: %s: %d ms%n", what, took.toMillis());
    assertThat(took).as(what).isLessThan(most);
  }

  private static boolean leads(OperatorProcess operator) {
    return operator.metric("credence_leader").orElse(0) == 1;
  }
}
