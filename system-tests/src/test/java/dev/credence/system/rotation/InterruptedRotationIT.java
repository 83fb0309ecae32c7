// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.rotation;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.print;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.DEADLINE;
import static dev.credence.testing.Eventually.eventually;
import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import dev.credence.system.faults.Signals;
import dev.credence.system.faults.weather.Proxy;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// In the middle of a rotation the leader goes, the operator's rights are taken away, or somebody
/// deletes what it needs: it is carried to its end all the same, each value is issued once, and
/// nothing is left behind.
///
/// One operator does all of it. What people delete they delete beside each other; while its rights
/// are away, or it is frozen, nothing else is tested.
@OnCluster
class InterruptedRotationIT {
  private static final String THE_OPERATOR = "the operator and its rights";

  /// Has all its rights and is not frozen.
  @BesideOthers
  @ResourceLock(value = THE_OPERATOR, mode = ResourceAccessMode.READ)
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  private @interface WhileItIsWell {}

  private static final Duration A_MOMENT = Duration.ofSeconds(3);
  private static final Duration A_WHILE = Duration.ofSeconds(5);
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  private static final List<TestNamespace> NAMESPACES = new CopyOnWriteArrayList<>();

  private static LocalCluster cluster;
  private static Proxy proxy;
  private static OperatorProcess operator;

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
    cluster.forgetIdentities();
    proxy = Proxy.to(cluster.client());
    operator = electing().start();
    eventually("it leads").until(() -> leads(operator));
  }

  @AfterAll
  static void stop() {
    try (var way = proxy;
        var running = operator) {
      NAMESPACES.forEach(TestNamespace::close);
    }
  }

  /// As a machine that is suspended: the leader comes back later than its lease lasts, and believes
  /// for a moment that it still leads. How a leader that ends is replaced is OutageIT's, and a
  /// death at each write KilledIT's.
  @Test
  @ResourceLock(THE_OPERATOR)
  void the_leader_is_frozen_in_mid_rotation_and_comes_back() throws Exception {
    var ending = lanes("apply", "verify", "revoke");
    var running = lanes("apply", "verify", "revoke");
    var all = Stream.of(ending, running).flatMap(List::stream).toList();
    try (var history = new History(cluster.client(), all);
        var first = operator) {
      var second = electing().start();
      operator = second;
      holdUp(all);
      assertThat(List.of(leads(first), leads(second))).containsExactly(true, false);

      Signals.send("-STOP", first);
      // Nobody leads now: half of the Jobs end without anybody who acts upon it.
      ending.forEach(Lane::letEnd);
      within(DEADLINE, "the other one leads").until(() -> leads(second));
      running.forEach(Lane::letEnd);
      Signals.send("-CONT", first);
      eventually("who led before ends").until(() -> !first.isAlive());
      assertThat(first.log()).contains("The lease is lost");

      awaitRest(DEADLINE, all);
      stays(A_MOMENT, "all are at rest", () -> all.stream().allMatch(lane -> lane.isAtRest(2)));
      all.forEach(history::assertOnce);
      assertThat(second.isAlive()).isTrue();
    }
  }

  /// What the operator may do with Secrets, or with Jobs: a rule of its ClusterRole.
  private enum Right {
    Secrets(
        "",
        "secrets",
        new Missed("apply", 1, "RotationBlocked"),
        new Missed("verify", 1, "RotationBlocked"),
        new Missed("revoke", 2, "RotationBlocked")),
    Jobs(
        "batch",
        "jobs",
        new Missed("apply", 1, "RotationBlocked"),
        new Missed("verify", 2, "ConsumersPending"));

    /// Which version is in force, and what is said, where the right is missed after this hook.
    private record Missed(String hook, long inForce, String reason) {}

    private final String group;
    private final String resource;
    private final List<Missed> missed;

    Right(String group, String resource, Missed... missed) {
      this.group = group;
      this.resource = resource;
      this.missed = List.of(missed);
    }

    Missed after(String hook) {
      return missed.stream().filter(found -> found.hook().equals(hook)).findFirst().orElseThrow();
    }

    boolean isGivenBy(PolicyRule rule) {
      return rule.getApiGroups().contains(group) && rule.getResources().contains(resource);
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @ResourceLock(THE_OPERATOR)
  void rights_are_taken_away_for_a_while_in_mid_rotation(Right right) {
    var lanes = lanes(right.missed.stream().map(Right.Missed::hook).toArray(String[]::new));
    try (var history = new History(cluster.client(), lanes)) {
      holdUp(lanes);
      try (var withheld = new Withheld(right)) {
        withheld.awaitMissed();
        lanes.forEach(Lane::letEnd);
        for (var lane : lanes) {
          lane.awaitRefusal(right);
        }
        assertUntouched(lanes);
      }
      assertGoesOn(right.resource, lanes);
      lanes.forEach(history::assertOnce);
      assertThat(operator.isAlive()).isTrue();
    }
  }

  /// Without the rights for it no watch begins anew, and what happens meanwhile is not seen: that
  /// is no reason to believe that nothing is there.
  @Test
  @ResourceLock(THE_OPERATOR)
  void rights_are_away_while_the_watches_begin_anew() {
    var lanes = lanes("apply", "verify");
    holdUp(lanes);
    try (var secrets = new Withheld(Right.Secrets);
        var jobs = new Withheld(Right.Jobs)) {
      secrets.awaitMissed();
      jobs.awaitMissed();
      // Each watch ends as one whose place in history is gone: all is listed again.
      assertThat(proxy.forgetHistory()).as("watches").isPositive();
      within(A_MINUTE, "it says what it does not see")
          .until(
              () ->
                  operator.log().contains("Unhealthy: not watching Secrets; not watching Jobs")
                      && !operator.isReady());
      lanes.forEach(Lane::letEnd);
      lanes.forEach(Lane::awaitEnd);
      var audit = cluster.audit();
      lanes.forEach(Lane::haveLookedAt);
      assertUntouched(lanes);
      for (var lane : lanes) {
        assertThat(audit.requests().ofOperator().in(lane.scene.namespace()).writes())
            .as("not even tried: %s", lane)
            .hasToString("");
      }
    }
    assertGoesOn("watches", lanes);
    stays(A_MOMENT, "once", () -> lanes.stream().allMatch(lane -> lane.isAtRest(2)));
    operator.awaitReady(DEADLINE);
  }

  private static void assertUntouched(List<Lane> lanes) {
    var before = lanes.stream().map(Lane::current).toList();
    // Kubernetes ends a process that says it does not live.
    stays(
        A_WHILE,
        "nobody writes the Secrets, and the process lives",
        () ->
            lanes.stream().map(Lane::current).toList().equals(before)
                && operator.status("/healthz/live") == 200);
  }

  private static void assertGoesOn(String what, List<Lane> lanes) {
    var back = Instant.now();
    awaitRest(A_MINUTE, lanes);
    System.out.printf(
        "Interrupted: %s: at rest %d ms after the rights were back%n",
        what, Duration.between(back, Instant.now()).toMillis());
  }

  /// A right that is missing until this is closed.
  private static final class Withheld implements AutoCloseable {
    private final Right right;
    private final List<PolicyRule> rules;

    Withheld(Right right) {
      this.right = right;
      rules = role().get().getRules().stream().filter(right::isGivenBy).toList();
      assertThat(rules).hasSize(1);
      edit(role -> role.getRules().removeAll(rules));
    }

    void awaitMissed() {
      eventually("it may not").until(() -> !isAllowed());
    }

    @Override
    public void close() {
      edit(role -> role.getRules().addAll(rules));
      eventually("it may again").until(this::isAllowed);
    }

    private static Resource<ClusterRole> role() {
      return cluster.client().rbac().clusterRoles().withName(LocalCluster.ACCOUNT);
    }

    private static void edit(Consumer<ClusterRole> change) {
      role()
          .edit(
              role -> {
                change.accept(role);
                return role;
              });
    }

    private boolean isAllowed() {
      var question =
          new SubjectAccessReviewBuilder()
              .withNewSpec()
              .withUser(
                  "system:serviceaccount:" + LocalCluster.NAMESPACE + ":" + LocalCluster.ACCOUNT)
              .withNewResourceAttributes()
              .withVerb("create")
              .withGroup(right.group)
              .withResource(right.resource)
              .withNamespace("default")
              .endResourceAttributes()
              .endSpec()
              .build();
      return cluster
          .client()
          .authorization()
          .v1()
          .subjectAccessReview()
          .create(question)
          .getStatus()
          .getAllowed();
    }
  }

  /// Its Job is no child of the CronJob, and needs it no more.
  @WhileItIsWell
  void a_hook_that_is_deleted_while_its_job_runs_is_not_missed(TestNamespace namespace) {
    var lane = heldUp(namespace, "apply");
    lane.scene.cronJob("apply").delete();
    lane.letEnd();
    lane.awaitRest(2);
  }

  @WhileItIsWell
  void a_hook_that_is_deleted_before_it_ends_the_old_value_is_waited_for(TestNamespace namespace) {
    var lane = heldUp(namespace, "verify");
    var scene = lane.scene;
    var first = scene.value("crm-db", "password");
    scene.cronJob("revoke").delete();
    lane.letEnd();

    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh")).contains("CronJob revoke does not exist");
    scene.awaitStand("crm", "crm-db", "Blocked 2");
    stays(
        A_WHILE,
        "the old value is there",
        () -> scene.value("crm-db", "password.previous").equals(first));

    scene.createHook("revoke");
    lane.awaitRest(2);
  }

  /// Its old value is gone with it, and cannot be ended any more.
  @WhileItIsWell
  void a_secret_that_is_deleted_while_its_old_value_is_ended_comes_back_with_the_next_version(
      TestNamespace namespace) {
    var lane = heldUp(namespace, "revoke");
    var scene = lane.scene;
    var second = scene.value("crm-db", "password");
    scene.letSucceed("revoke");
    scene.secret("crm-db").delete();

    lane.awaitRest(3);
    assertThat(scene.value("crm-db", "password")).isPresent().isNotEqualTo(second);
  }

  @WhileItIsWell
  void all_that_a_rotation_consists_of_is_deleted_and_made_anew_when_its_hooks_are_back(
      TestNamespace namespace) {
    var lane = heldUp(namespace, "verify");
    var scene = lane.scene;
    var lost =
        List.of(scene.value("crm-db", "password"), scene.value("crm-db-pending", "password"));
    scene.cronJob("apply").delete();
    scene.cronJob("verify").delete();
    scene.secret("crm-db-pending").delete();
    scene.secret("crm-db").delete();
    scene.job("crm-db-v2-verify-1").delete();
    scene.job("crm-db-v2-apply-1").delete();

    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh")).contains("CronJob apply does not exist");
    scene.await("crm", "Ready", "False RotationBlocked");
    scene.createHook("apply");
    eventually("the other one is missed, too")
        .until(
            () ->
                scene.message("crm", "CredentialsFresh").contains("CronJob verify does not exist"));
    scene.createHook("verify");
    lane.awaitRest(2);
    assertThat(lost).doesNotContain(scene.value("crm-db", "password"));
  }

  @WhileItIsWell
  void a_token_whose_account_is_deleted_during_its_overlap_is_replaced_once_when_that_is_back(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-ci, token: {serviceAccountName: crm-sync}, rotation: {overlap: 1h}}]");
    scene.awaitReady("crm");
    scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    scene.awaitStand("crm", "crm-ci", "Overlapping 2");
    scene.account("crm-sync").delete();

    scene.await("crm", "MembersLinked", "False MemberMissing");
    assertThat(scene.message("crm", "MembersLinked"))
        .contains("ServiceAccount crm-sync does not exist");
    var second = scene.value("crm-ci", "token");
    scene.annotate(scene.identity("crm"), Api.ROTATE, "while nobody can");
    scene.await("crm", "CredentialsFresh", "False RotationBlocked");
    assertThat(scene.message("crm", "CredentialsFresh"))
        .contains("ServiceAccount crm-sync does not exist");
    stays(
        A_WHILE,
        "the second token",
        () -> scene.version("crm-ci") == 2 && scene.value("crm-ci", "token").equals(second));

    scene.createAccount("crm-sync");
    scene.awaitStand("crm", "crm-ci", "Fresh 3");
    scene.awaitReady("crm");
    // It answers the request, too.
    stays(Duration.ofSeconds(11), "not one more", () -> scene.version("crm-ci") == 3);
    assertThat(uidOfWhose(scene.value("crm-ci", "token").orElseThrow()))
        .isEqualTo(scene.account("crm-sync").get().getMetadata().getUid());
    assertThat(secrets(scene)).containsExactly("crm-ci", "crm-ci-anchor-v3");
  }

  private static String uidOfWhose(String token) {
    var question = new TokenReviewBuilder().withNewSpec().withToken(token).endSpec().build();
    return cluster
        .client()
        .authentication()
        .v1()
        .tokenReviews()
        .create(question)
        .getStatus()
        .getUser()
        .getUid();
  }

  private static Lane heldUp(TestNamespace namespace, String hook) {
    var lane = Lane.in(Scene.in(namespace), hook);
    lane.holdUp();
    return lane;
  }

  private static List<String> secrets(Scene scene) {
    return scene.client().secrets().inNamespace(scene.namespace()).list().getItems().stream()
        .map(secret -> secret.getMetadata().getName())
        .sorted()
        .toList();
  }

  private static OperatorProcess.Start electing() {
    return OperatorProcess.on(cluster)
        .with("CREDENCE_LEADER_ELECTION", "true")
        .through(proxy.address());
  }

  private static boolean leads(OperatorProcess operator) {
    return operator.metric("credence_leader").orElse(0) == 1;
  }

  /// One for each of these hooks.
  private static List<Lane> lanes(String... hooks) {
    return Stream.of(hooks)
        .map(
            hook -> {
              var namespace = TestNamespace.create(cluster.client(), "at-" + hook, Map.of());
              NAMESPACES.add(namespace);
              return Lane.in(Scene.in(namespace), hook);
            })
        .toList();
  }

  private static void holdUp(List<Lane> lanes) {
    lanes.forEach(Lane::begin);
    lanes.forEach(Lane::awaitHeldUp);
  }

  private static void awaitRest(Duration deadline, List<Lane> lanes) {
    try {
      within(deadline, "all are at rest")
          .until(() -> lanes.stream().allMatch(lane -> lane.isAtRest(2)));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "not at rest: " + lanes.stream().filter(lane -> !lane.isAtRest(2)).toList(), e);
    }
    lanes.forEach(lane -> lane.scene.awaitReady("crm"));
  }

  /// The second value of a Secret, held up at one hook: its Job runs until it is let end.
  private record Lane(Scene scene, String hook) {

    static Lane in(Scene scene, String hook) {
      List.of("apply", "verify", "revoke").forEach(scene::createHook);
      scene.identity(
          "crm",
          OWNER
              + """
              , secrets: [{name: crm-db, generate: {keys: [{name: password, password: {}}]}, rotation: {overlap: 2s},
                 hooks: {apply: {cronJobName: apply}, verify: {cronJobName: verify}, revoke: {cronJobName: revoke}}}]
              """);
      return new Lane(scene, hook);
    }

    void holdUp() {
      begin();
      awaitHeldUp();
    }

    void begin() {
      scene.awaitStand("crm", "crm-db", "Fresh 1");
      scene.holdUp(hook);
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    }

    void awaitHeldUp() {
      eventually("the pod of Job " + job() + " is there").until(() -> pods(job()).size() == 1);
    }

    private String job() {
      return hook.equals("revoke") ? "crm-db-v1-revoke-1" : "crm-db-v2-" + hook + "-1";
    }

    private List<Pod> pods(String job) {
      return scene
          .client()
          .pods()
          .inNamespace(scene.namespace())
          .withLabel("batch.kubernetes.io/job-name", job)
          .list()
          .getItems();
    }

    /// Does what no scheduler did: the pod gets a node, and the Job ends a second or three later.
    void letEnd() {
      var pod = pods(job()).getFirst().getMetadata().getName();
      var node = scene.client().nodes().list().getItems().getFirst().getMetadata().getName();
      var binding =
          new BindingBuilder()
              .withNewMetadata()
              .withName(pod)
              .endMetadata()
              .withNewTarget()
              .withApiVersion("v1")
              .withKind("Node")
              .withName(node)
              .endTarget()
              .build();
      scene
          .client()
          .raw(
              "/api/v1/namespaces/%s/pods/%s/binding".formatted(scene.namespace(), pod),
              "POST",
              binding);
    }

    void awaitEnd() {
      eventually("Job " + job() + " has ended")
          .until(() -> scene.job(job()).get().getStatus().getCompletionTime() != null);
    }

    /// An edit that changes nothing wakes the operator all the same.
    void haveLookedAt() {
      scene.annotate(scene.identity("crm"), "example.com/note", "edited");
    }

    /// The Secret as it is.
    String current() {
      return print(scene.secret("crm-db"));
    }

    /// It says what it is not let do, and tells of no value that is not in force.
    void awaitRefusal(Right right) {
      var missed = right.after(hook);
      try {
        eventually("it says what is refused").until(() -> isSaid(right, missed));
      } catch (ConditionTimeoutException e) {
        throw new AssertionError(this + ": " + e.getMessage(), e);
      }
      assertThat(scene.version("crm-db")).as("%s", this).isEqualTo(missed.inForce());
      assertThat(scene.value("crm-db", "password.previous").isPresent())
          .as("%s", this)
          .isEqualTo(missed.inForce() == 2);
    }

    private boolean isSaid(Right right, Right.Missed missed) {
      var message = scene.message("crm", "CredentialsFresh");
      return Stream.of("CredentialsFresh", "Ready")
              .allMatch(type -> scene.result("crm", type).equals("False " + missed.reason()))
          && message.contains(" is forbidden: ")
          && message.contains(" resource \"" + right.resource + "\"")
          && scene.stand("crm", "crm-db").endsWith(" " + missed.inForce());
    }

    void awaitRest(long version) {
      try {
        eventually("at rest with version " + version).until(() -> isAtRest(version));
      } catch (ConditionTimeoutException e) {
        throw new AssertionError(this + ": " + e.getMessage(), e);
      }
      scene.awaitReady("crm");
    }

    /// With this value, and nothing else. What comes last is asked for first: one request while it
    /// has not come.
    boolean isAtRest(long version) {
      return scene.stand("crm", "crm-db").equals("Fresh " + version)
          && scene.version("crm-db") == version
          && scene.secret("crm-db").get().getData().keySet().equals(Set.of("password"))
          && secrets(scene).equals(List.of("crm-db"))
          && scene.jobs().isEmpty()
          && scene.client().pods().inNamespace(scene.namespace()).list().getItems().isEmpty();
    }

    @Override
    public String toString() {
      return "held up at %s in %s: %s; Ready %s (%s); CredentialsFresh %s (%s); Secrets %s, version %d; Jobs %s"
          .formatted(
              hook,
              scene.namespace(),
              scene.stand("crm", "crm-db"),
              scene.result("crm", "Ready"),
              scene.message("crm", "Ready"),
              scene.result("crm", "CredentialsFresh"),
              scene.message("crm", "CredentialsFresh"),
              secrets(scene),
              scene.version("crm-db"),
              scene.jobs());
    }
  }

  /// What the Secrets of the identities held, and the Jobs that were made, as it happened.
  private static final class History implements AutoCloseable {
    private final Map<String, List<Held>> values = new ConcurrentHashMap<>();
    private final Map<String, List<String>> jobs = new ConcurrentHashMap<>();
    private final Set<String> namespaces;
    private final List<Watch> caches;

    private record Held(String version, String current, String previous) {}

    History(KubernetesClient client, List<Lane> lanes) {
      namespaces = lanes.stream().map(lane -> lane.scene.namespace()).collect(toSet());
      caches =
          List.of(
              client
                  .secrets()
                  .inAnyNamespace()
                  .withLabel(Api.IDENTITY, "crm")
                  .watch(each((action, secret) -> note(action, secret))),
              client
                  .batch()
                  .v1()
                  .jobs()
                  .inAnyNamespace()
                  .withLabel(Api.IDENTITY, "crm")
                  .watch(each((action, job) -> note(action, job))));
    }

    private void note(Watcher.Action action, Secret secret) {
      if (action == Watcher.Action.DELETED) {
        return;
      }
      var held =
          new Held(
              secret.getMetadata().getAnnotations().get(Api.SECRET_VERSION),
              secret.getData().get("password"),
              secret.getData().getOrDefault("password.previous", ""));
      var seen = values.computeIfAbsent(name(secret), _ -> new CopyOnWriteArrayList<>());
      if (seen.isEmpty() || !seen.getLast().equals(held)) {
        seen.add(held);
      }
    }

    private void note(Watcher.Action action, Job job) {
      if (action == Watcher.Action.ADDED) {
        jobs.computeIfAbsent(job.getMetadata().getNamespace(), _ -> new CopyOnWriteArrayList<>())
            .add(job.getMetadata().getName());
      }
    }

    private static String name(Secret secret) {
      return secret.getMetadata().getNamespace() + "/" + secret.getMetadata().getName();
    }

    /// Two values were staged and put in place, and each hook ran once for each of them.
    void assertOnce(Lane lane) {
      var namespace = lane.scene.namespace();
      var staged = values.getOrDefault(namespace + "/crm-db-pending", List.of());
      assertThat(staged).as("staged: %s", lane).hasSize(2);
      var first = staged.getFirst().current();
      var second = staged.getLast().current();
      assertThat(staged)
          .as("staged: %s", lane)
          .containsExactly(new Held("1", first, ""), new Held("2", second, ""));
      assertThat(values.get(namespace + "/crm-db"))
          .as("in force: %s", lane)
          .containsExactly(
              new Held("1", first, ""), new Held("2", second, first), new Held("2", second, ""));
      assertThat(jobs.get(namespace))
          .as("Jobs: %s", lane)
          .containsExactly(
              "crm-db-v1-apply-1",
              "crm-db-v1-verify-1",
              "crm-db-v2-apply-1",
              "crm-db-v2-verify-1",
              "crm-db-v1-revoke-1");
    }

    private <T extends HasMetadata> Watcher<T> each(BiConsumer<Watcher.Action, T> note) {
      return new Watcher<>() {
        @Override
        public void eventReceived(Action action, T object) {
          if (namespaces.contains(object.getMetadata().getNamespace())) {
            note.accept(action, object);
          }
        }

        @Override
        public void onClose(WatcherException cause) {
          throw new IllegalStateException(cause);
        }
      };
    }

    @Override
    public void close() {
      caches.forEach(Watch::close);
    }
  }
}
