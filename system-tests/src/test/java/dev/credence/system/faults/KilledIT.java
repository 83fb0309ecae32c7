// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.certificates.CertManagers.certificate;
import static dev.credence.system.certificates.CertManagers.isIssuing;
import static dev.credence.system.certificates.CertManagers.revision;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.Measure;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Crm;
import dev.credence.system.Scene;
import dev.credence.system.certificates.CertManagers;
import dev.credence.system.faults.Tripwires.Side;
import dev.credence.system.faults.Tripwires.Wire;
import dev.credence.system.issued.IssuedTokens;
import dev.credence.system.issued.TwoKeyProvider;
import dev.credence.system.issued.TwoKeyProvider.Cut;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

/// The operator is killed right before and right after every single write of what it does to an
/// identity, from its first to its last day: the next one brings it to the same end. There is a
/// namespace for each of these deaths, and all of them are died in one process, see [Tripwires].
///
/// Right before a write is right after the one before it, so that this is enough. `make test-all`
/// dies at every write, `make test` at each third one, in each story at others.
@OnCluster
class KilledIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /// From one write at which it dies to the next.
  private static final int STRIDE = Boolean.getBoolean("credence.long") ? 1 : 3;

  /// The other system of a namespace, and its hooks.
  private static final Map<String, IssuedTokens> OBTAINED = new ConcurrentHashMap<>();

  private static final Set<Story> READY_IN_THE_END =
      EnumSet.complementOf(
          EnumSet.of(Story.Suspension, Story.Locking, Story.Decommission, Story.Deletion));

  /// `usual`: more writes than there are on a machine that is not busy. On others the status is
  /// written more often: deaths are added until there is a write too few to die at.
  private enum Story {
    FirstValue(15) {
      @Override
      void prepare(Scene scene) {
        hooks(scene);
      }

      @Override
      void begin(Scene scene) {
        hooked(scene);
      }
    },
    NextValue(22) {
      @Override
      void prepare(Scene scene) {
        hooks(scene);
        hooked(scene);
      }

      @Override
      void begin(Scene scene) {
        rotate(scene);
      }
    },
    Revocation(23) {
      @Override
      void prepare(Scene scene) {
        hooks(scene);
        hooked(scene);
      }

      @Override
      void begin(Scene scene) {
        scene.annotate(scene.secret("crm-db"), Api.REVOKE, "INC-1");
      }
    },
    NextToken(10) {
      @Override
      void prepare(Scene scene) {
        scene.createAccount("crm-sync");
        scene.identity(
            "crm",
            OWNER
                + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-db, token: {serviceAccountName: crm-sync}, rotation: {overlap: 2s}}]");
      }

      @Override
      void begin(Scene scene) {
        rotate(scene);
      }
    },
    Restart(11) {
      @Override
      void prepare(Scene scene) {
        scene.policy("enforcement: Enforce, rotation: {overlap: 1s, restart: {strategy: Rollout}}");
        scene.identity("crm", OWNER + ", secrets: [" + Scene.password("crm-db") + "]");
        scene.create(
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: crm-web},
             spec: {selector: {matchLabels: {app: crm-web}}, template: {metadata: {labels: {app: crm-web}}, spec: {
              containers: [{name: web, image: crm, envFrom: [{secretRef: {name: crm-db}}]}]}}}}
            """);
      }

      @Override
      void begin(Scene scene) {
        rotate(scene);
      }
    },
    /// An account, a Secret and a token of that account, all made for it.
    Creation(12) {
      @Override
      void prepare(Scene scene) {}

      @Override
      void begin(Scene scene) {
        created(scene);
      }

      @Override
      boolean isBegun(Scene scene) {
        return true;
      }

      @Override
      boolean isDone(Scene scene) {
        return stands(scene, "crm-db", 1)
            && stands(scene, "crm-ci", 1)
            && scene.isMarked(scene.account("crm-sync"), "crm");
      }
    },
    Suspension(10) {
      @Override
      void prepare(Scene scene) {
        Crm.of(scene);
      }

      @Override
      void begin(Scene scene) {
        new Crm(scene).suspend();
      }

      @Override
      boolean isBegun(Scene scene) {
        return isInService(scene, 1);
      }

      @Override
      boolean isDone(Scene scene) {
        return isSuspended(scene);
      }
    },
    Resumption(12) {
      @Override
      void prepare(Scene scene) {
        Crm.of(scene).suspend();
      }

      @Override
      void begin(Scene scene) {
        new Crm(scene).resume();
      }

      @Override
      boolean isBegun(Scene scene) {
        return isSuspended(scene);
      }

      @Override
      boolean isDone(Scene scene) {
        return scene.result("crm", "Suspended").equals("absent")
            && scene.version("crm-ci") >= 1
            && isInService(scene, scene.version("crm-ci"));
      }
    },
    /// Of an account in another system, by its hook.
    Locking(10) {
      @Override
      void prepare(Scene scene) {
        lockable(scene);
      }

      @Override
      void begin(Scene scene) {
        new Crm(scene).suspend();
      }

      @Override
      boolean isBegun(Scene scene) {
        return isUnlocked(scene);
      }

      @Override
      boolean isDone(Scene scene) {
        return isLocked(scene);
      }
    },
    Unlocking(10) {
      @Override
      void prepare(Scene scene) {
        lockable(scene);
      }

      @Override
      boolean isFirstIssued(Scene scene) {
        return isUnlocked(scene);
      }

      @Override
      void prepareIssued(Scene scene) {
        new Crm(scene).suspend();
      }

      @Override
      void begin(Scene scene) {
        new Crm(scene).resume();
      }

      @Override
      boolean isBegun(Scene scene) {
        return isLocked(scene);
      }

      @Override
      boolean isDone(Scene scene) {
        return isUnlocked(scene);
      }
    },
    /// Of the next value from a system that issues it and allows two.
    Obtaining(24) {
      @Override
      void prepare(Scene scene) {
        OBTAINED.put(scene.namespace(), IssuedTokens.of(scene, TwoKeyProvider.start(), "crm-db"));
        scene.identity(
            "crm", OWNER + ", secrets: [" + IssuedTokens.secret("crm-db", "overlap: 2s", "") + "]");
      }

      @Override
      void begin(Scene scene) {
        rotate(scene);
      }

      @Override
      boolean isBegun(Scene scene) {
        return isObtained(scene, 1);
      }

      @Override
      boolean isDone(Scene scene) {
        return isObtained(scene, 2);
      }
    },
    /// The same, while its hook is cut off between the other system and the Secret: what was issued
    /// then is found by its tag and deleted.
    ObtainingAgain(30) {
      @Override
      void prepare(Scene scene) {
        Obtaining.prepare(scene);
      }

      @Override
      void begin(Scene scene) {
        OBTAINED.get(scene.namespace()).provider().cut("crm-db", Cut.After);
        rotate(scene);
      }

      @Override
      boolean isBegun(Scene scene) {
        return Obtaining.isBegun(scene);
      }

      @Override
      boolean isDone(Scene scene) {
        return Obtaining.isDone(scene);
      }
    },
    Decommission(14) {
      @Override
      void prepare(Scene scene) {
        created(scene);
      }

      @Override
      void begin(Scene scene) {
        scene.patch(scene.identity("crm"), "{spec: {state: Decommissioned}}");
      }

      @Override
      boolean isBegun(Scene scene) {
        return Creation.isDone(scene);
      }

      @Override
      boolean isDone(Scene scene) {
        return scene.isSeen("crm")
            && scene.status("crm").state() == LifeState.Decommissioned
            && scene.account("crm-sync").get() == null
            && scene.secret("crm-db").get() == null
            && scene.secret("crm-ci").get() == null
            && scene.secret("crm-ci-anchor-v1").get() == null;
      }
    },
    /// Of a suspended one, with `kubectl delete`: nobody stays suspended, and no mark stays.
    Deletion(8) {
      @Override
      void prepare(Scene scene) {
        Resumption.prepare(scene);
      }

      @Override
      void begin(Scene scene) {
        scene.identity("crm").delete();
      }

      @Override
      boolean isBegun(Scene scene) {
        return isSuspended(scene);
      }

      @Override
      boolean isDone(Scene scene) {
        return scene.identity("crm").get() == null
            && !new Crm(scene).isListed()
            && scene.isUnmarked(scene.account("crm-sync"))
            && Scene.label(scene.secret(Crm.LEGACY), Api.INVALID_SINCE).isEmpty()
            && Scene.annotation(scene.secret(Crm.LEGACY), Api.SUSPENDED).isEmpty();
      }
    },
    Issue(8) {
      @Override
      void prepare(Scene scene) {
        CertManagers.selfSigned(scene, scene.namespace());
      }

      @Override
      void begin(Scene scene) {
        issued(scene);
      }

      @Override
      boolean isBegun(Scene scene) {
        return true;
      }

      @Override
      boolean isDone(Scene scene) {
        return isIssued(scene, 1);
      }
    },
    Renewal(6) {
      @Override
      void prepare(Scene scene) {
        Issue.prepare(scene);
        issued(scene);
      }

      @Override
      void begin(Scene scene) {
        rotate(scene);
      }

      @Override
      boolean isBegun(Scene scene) {
        return isIssued(scene, 1);
      }

      @Override
      boolean isDone(Scene scene) {
        return isIssued(scene, 2);
      }
    },
    Withdrawal(6) {
      @Override
      void prepare(Scene scene) {
        Renewal.prepare(scene);
      }

      @Override
      void begin(Scene scene) {
        scene.patch(scene.identity("crm"), "{spec: {certificates: []}}");
      }

      @Override
      boolean isBegun(Scene scene) {
        return isIssued(scene, 1);
      }

      @Override
      boolean isDone(Scene scene) {
        return certificate(scene, "crm").get() == null && scene.status("crm").credentials() == null;
      }
    };

    /// Those of the real cert-manager, in a cluster that has it.
    static final Set<Story> OF_CERTIFICATES = EnumSet.of(Issue, Renewal, Withdrawal);

    private final int usual;

    Story(int usual) {
      this.usual = usual;
    }

    abstract void prepare(Scene scene);

    /// What is to be there before [#prepareIssued] can go on.
    boolean isFirstIssued(Scene scene) {
      return true;
    }

    void prepareIssued(Scene scene) {}

    abstract void begin(Scene scene);

    /// What is to be there before it begins, and what when it is through.
    boolean isBegun(Scene scene) {
      return this == FirstValue || isRotated(scene, 1);
    }

    boolean isDone(Scene scene) {
      return isRotated(scene, this == FirstValue ? 1 : 2);
    }

    /// Its key alone opens the other system.
    private static boolean isObtained(Scene scene, long version) {
      return isRotated(scene, version)
          && OBTAINED
              .get(scene.namespace())
              .keys("crm", "crm-db")
              .equals(scene.value("crm-db", "token-id").stream().toList());
    }

    private static boolean isRotated(Scene scene, long version) {
      return stands(scene, "crm-db", version)
          && scene.secret("crm-db-pending").get() == null
          && scene.jobs().isEmpty();
    }

    private static boolean stands(Scene scene, String secret, long version) {
      return scene.version(secret) == version
          && scene.stand("crm", secret).equals("Fresh " + version);
    }

    private static boolean isInService(Scene scene, long version) {
      return stands(scene, "crm-ci", version)
          && scene.result("crm", "Ready").equals("True Compliant")
          && !new Crm(scene).isListed()
          && Scene.label(scene.secret(Crm.LEGACY), Api.INVALID_SINCE).isEmpty();
    }

    private static boolean isSuspended(Scene scene) {
      return scene.isSeen("crm")
          && scene.result("crm", "Suspended").equals("True Requested")
          && new Crm(scene).isListed()
          && Scene.label(scene.secret(Crm.LEGACY), Api.INVALID_SINCE).isPresent()
          && scene
              .status("crm")
              .suspension()
              .inForce()
              .containsAll(
                  List.of(Measure.TokensInvalidated, Measure.WritesDenied, Measure.NoNewTokens));
    }

    private static boolean isIssued(Scene scene, int revision) {
      var certificate = certificate(scene, "crm");
      return certificate.get() != null
          && revision(certificate) == revision
          && !isIssuing(certificate)
          && scene.result("crm", "Ready").equals("True Compliant")
          && scene.credential("crm", "crm").state() == CredentialState.Fresh;
    }

    private static void lockable(Scene scene) {
      List.of("lock", "unlock").forEach(scene::createHook);
      scene.createAccount("crm-sync");
      scene.identity(
          "crm",
          OWNER
              + """
              , serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-db, generate: {keys: [{name: password, password: {}}]},
                 hooks: {suspend: {cronJobName: lock}, resume: {cronJobName: unlock}}}]
              """);
    }

    private static boolean isUnlocked(Scene scene) {
      return stands(scene, "crm-db", 1)
          && scene.result("crm", "Suspended").equals("absent")
          && scene.result("crm", "Ready").equals("True Compliant")
          && !new Crm(scene).isListed()
          && scene.jobs().isEmpty();
    }

    private static boolean isLocked(Scene scene) {
      return scene.isSeen("crm")
          && scene.result("crm", "Suspended").equals("True Requested")
          && new Crm(scene).isListed()
          && scene.stand("crm", "crm-db").equals("Locked 1")
          && scene.status("crm").suspension().inForce().contains(Measure.AccountsLocked)
          && scene.jobs().isEmpty();
    }

    private static void issued(Scene scene) {
      scene.identity(
          "crm",
          OWNER
              + ", certificates: [{name: crm, issue: {issuerRef: {name: self}, secretName: crm-tls, commonName: crm}}]");
    }

    private static void created(Scene scene) {
      scene.identity(
          "crm",
          OWNER
              + ", serviceAccounts: [{name: crm-sync, provision: {}}], secrets: ["
              + Scene.password("crm-db")
              + ", {name: crm-ci, token: {serviceAccountName: crm-sync}}]");
    }

    private static void rotate(Scene scene) {
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
    }

    private static void hooks(Scene scene) {
      List.of("apply", "verify", "revoke").forEach(scene::createHook);
    }

    private static void hooked(Scene scene) {
      scene.identity(
          "crm",
          OWNER
              + """
              , secrets: [{name: crm-db, generate: {keys: [{name: password, password: {}}]}, rotation: {overlap: 2s},
                 hooks: {apply: {cronJobName: apply}, verify: {cronJobName: verify}, revoke: {cronJobName: revoke}}}]
              """);
    }
  }

  /// One death.
  private static final class Lane {
    private final Story story;
    private final int nth;
    private final Side side;
    private final Scene scene;
    private Wire wire;

    Lane(KubernetesClient client, Story story, int nth, Side side) {
      this.story = story;
      this.nth = nth;
      this.side = side;
      var name = "killed-" + story.name().toLowerCase() + "-" + nth;
      scene = new Scene(client, TestNamespace.create(client, name, Map.of()).name());
      story.prepare(scene);
    }

    void begin(Tripwires wires) {
      wire = wires.stretch(scene.namespace(), nth, side);
      story.begin(scene);
    }

    boolean isFirstIssued() {
      return story.isFirstIssued(scene);
    }

    void prepareIssued() {
      story.prepareIssued(scene);
    }

    boolean isBegun() {
      return story.isBegun(scene);
    }

    boolean isDone() {
      return story.isDone(scene);
    }

    boolean isOver() {
      return wire.isDead() || isDone();
    }

    @Override
    public String toString() {
      return story + ": " + wire;
    }
  }

  @Test
  void wherever_it_is_killed_the_next_one_carries_on(LocalCluster cluster) {
    everyDeath(cluster, EnumSet.complementOf(EnumSet.copyOf(Story.OF_CERTIFICATES)));
  }

  @Test
  void certificates_are_issued_once_wherever_it_is_killed() {
    CertManagers.assumeBuilt();
    var certManager = new CertManagers("killed");
    try (var cluster = LocalCluster.fresh("killed")) {
      certManager.run("up");
      try {
        everyDeath(cluster, Story.OF_CERTIFICATES);
      } finally {
        certManager.run("down");
      }
    }
  }

  private static void everyDeath(LocalCluster cluster, Set<Story> stories) {
    var client = cluster.client();
    var lanes = new ArrayList<Lane>();
    try (var gate = Gate.to(cluster);
        var wires = Tripwires.before(gate);
        var history = new History(client)) {
      for (var story : stories) {
        lanes.add(new Lane(client, story, 1, Side.Before));
        for (var nth = 1 + story.ordinal() % STRIDE; nth <= story.usual; nth += STRIDE) {
          lanes.add(new Lane(client, story, nth, Side.After));
        }
      }
      try (var doomed = OperatorProcess.on(cluster).through(wires.address()).start()) {
        var next = List.copyOf(lanes);
        while (!next.isEmpty()) {
          await("the first values are issued", next, Lane::isFirstIssued);
          next.forEach(Lane::prepareIssued);
          await("the values before are in place", next, Lane::isBegun);
          next.forEach(lane -> lane.begin(wires));
          await("it is dead wherever it could die", next, Lane::isOver);
          next =
              stories.stream()
                  .map(story -> furthest(lanes, story))
                  .filter(lane -> lane.wire.isDead() && lane.nth < 2 * lane.story.usual)
                  .map(lane -> new Lane(client, lane.story, lane.nth + STRIDE, Side.After))
                  .toList();
          lanes.addAll(next);
        }
        doomed.kill();
      }
      for (var story : stories) {
        var deaths = lanes.stream().filter(lane -> lane.story == story && lane.wire.isDead());
        System.out.printf("Killed: %s: %s%n", story, deaths.map(lane -> lane.wire).toList());
        assertThat(furthest(lanes, story).nth)
            .as("its writes come to an end")
            .isLessThan(2 * story.usual);
      }
      try (var operator = OperatorProcess.on(cluster).start()) {
        await("all are at rest", lanes, Lane::isDone);
        lanes.stream()
            .filter(lane -> READY_IN_THE_END.contains(lane.story))
            .forEach(lane -> lane.scene.awaitReady("crm"));
      }
      var softly = new SoftAssertions();
      lanes.forEach(lane -> history.check(lane, softly));
      softly.assertAll();
    } finally {
      lanes.forEach(lane -> client.namespaces().withName(lane.scene.namespace()).delete());
      OBTAINED.values().forEach(IssuedTokens::close);
      OBTAINED.values().forEach(obtained -> obtained.provider().close());
      OBTAINED.clear();
    }
  }

  private static Lane furthest(List<Lane> lanes, Story story) {
    return lanes.stream()
        .filter(lane -> lane.story == story)
        .max(Comparator.comparingInt(lane -> lane.nth))
        .orElseThrow();
  }

  private static void await(String what, List<Lane> lanes, Predicate<Lane> condition) {
    // One after another: all of them at once would be hundreds of questions for each look.
    var left = new ArrayList<>(lanes);
    try {
      within(DEADLINE, what)
          .until(
              () -> {
                while (!left.isEmpty() && condition.test(left.getFirst())) {
                  left.removeFirst();
                }
                return left.isEmpty();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          what + ", but not in: " + left.stream().map(KilledIT::described).toList(), e);
    }
  }

  private static String described(Lane lane) {
    return "%s (%s, %s, Jobs %s)"
        .formatted(
            lane,
            lane.scene.message("crm", "Ready"),
            lane.scene.message("crm", "CredentialsFresh"),
            lane.scene.jobs());
  }

  /// Everything that the Secrets of identities held, and the Jobs that were made, as it happened.
  private static final class History implements AutoCloseable {
    private final Map<String, List<String>> values = new ConcurrentHashMap<>();
    private final Map<String, List<String>> jobs = new ConcurrentHashMap<>();
    private final List<Watch> caches;

    History(KubernetesClient client) {
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
      var meta = secret.getMetadata();
      var version = meta.getAnnotations().get(Api.SECRET_VERSION);
      if (action == Watcher.Action.DELETED || secret.getData() == null) {
        return;
      }
      var seen =
          values.computeIfAbsent(
              meta.getNamespace() + "/" + meta.getName(), _ -> new CopyOnWriteArrayList<>());
      var value =
          version
              + " "
              + Stream.of("password", "password.previous", "token")
                  .map(key -> secret.getData().get(key))
                  .filter(Objects::nonNull)
                  .toList();
      if (seen.isEmpty() || !seen.getLast().equals(value)) {
        seen.add(value);
      }
    }

    private void note(Watcher.Action action, Job job) {
      if (action == Watcher.Action.ADDED) {
        jobs.computeIfAbsent(job.getMetadata().getNamespace(), _ -> new CopyOnWriteArrayList<>())
            .add(job.getMetadata().getName());
      }
    }

    void check(Lane lane, SoftAssertions softly) {
      var namespace = lane.scene.namespace();
      var seen = values.getOrDefault(namespace + "/crm-db", List.of());
      var staged = values.getOrDefault(namespace + "/crm-db-pending", List.of());
      var created = jobs.getOrDefault(namespace, List.of());
      switch (lane.story) {
        case FirstValue -> {
          softly.assertThat(seen).as("%s", lane).isEqualTo(staged).hasSize(1);
          softly.assertThat(created).as("%s", lane).containsExactly(jobs(1));
        }
        case NextValue -> {
          softly.assertThat(staged).as("%s", lane).hasSize(2);
          softly.assertThat(seen).as("%s", lane).hasSize(3);
          if (staged.size() == 2) {
            var first = staged.get(0).substring(3, staged.get(0).length() - 1);
            var second = staged.get(1).substring(3, staged.get(1).length() - 1);
            softly
                .assertThat(seen)
                .as("%s", lane)
                .containsExactly(
                    "1 [" + first + "]", "2 [" + second + ", " + first + "]", "2 [" + second + "]");
          }
          softly
              .assertThat(created)
              .as("%s", lane)
              .containsExactly(
                  Stream.of(jobs(1), jobs(2), new String[] {"crm-db-v1-revoke-1"})
                      .flatMap(Stream::of)
                      .toArray(String[]::new));
        }
        case Revocation -> {
          softly.assertThat(seen).as("%s", lane).isEqualTo(staged).hasSize(2);
          softly
              .assertThat(created)
              .as("%s", lane)
              .containsExactly(
                  Stream.of(jobs(1), new String[] {"crm-db-v1-revoke-1"}, jobs(2))
                      .flatMap(Stream::of)
                      .toArray(String[]::new));
        }
        case Restart -> {
          softly.assertThat(seen).as("%s", lane).hasSize(3);
          softly
              .assertThat(lane.scene.deployment("crm-web").get().getMetadata().getGeneration())
              .as("restarted once: %s", lane)
              .isEqualTo(2);
        }
        case NextToken -> {
          softly
              .assertThat(seen.stream().map(value -> value.substring(0, 1)))
              .as("%s", lane)
              .containsExactly("1", "2");
          softly
              .assertThat(secrets(lane))
              .as("%s", lane)
              .containsExactly("crm-db", "crm-db-anchor-v2");
        }
        case Creation -> {
          softly.assertThat(seen).as("made once: %s", lane).hasSize(1);
          softly
              .assertThat(secrets(lane))
              .as("%s", lane)
              .containsExactly("crm-ci", "crm-ci-anchor-v1", "crm-db");
        }
        case Locking ->
            softly
                .assertThat(created)
                .as("locked once: %s", lane)
                .containsExactly("crm-db-v1-suspend-1");
        case Unlocking ->
            softly
                .assertThat(created)
                .as("unlocked once: %s", lane)
                .containsExactly("crm-db-v1-suspend-1", "crm-db-v1-resume-2");
        case Obtaining, ObtainingAgain ->
            softly
                .assertThat(OBTAINED.get(namespace).provider().refused())
                .as("no third key was asked for: %s", lane)
                .isZero();
        case Suspension, Resumption, Deletion ->
            softly.assertThat(created).as("%s", lane).isEmpty();
        case Decommission -> {
          softly.assertThat(seen).as("made once: %s", lane).hasSize(1);
          softly.assertThat(secrets(lane)).as("%s", lane).isEmpty();
          softly
              .assertThat(new Crm(lane.scene).isListed())
              .as("its account stays suspended: %s", lane)
              .isTrue();
        }
        // How often it was issued is what they wait for.
        case Issue, Renewal -> softly.assertThat(secrets(lane)).as("%s", lane).contains("crm-tls");
        case Withdrawal ->
            softly
                .assertThat(secrets(lane))
                .as("its Secret stays: %s", lane)
                .containsExactly("crm-tls");
      }
    }

    private static List<String> secrets(Lane lane) {
      return lane
          .scene
          .client()
          .secrets()
          .inNamespace(lane.scene.namespace())
          .list()
          .getItems()
          .stream()
          .map(secret -> secret.getMetadata().getName())
          .toList();
    }

    private static String[] jobs(int version) {
      return new String[] {"crm-db-v" + version + "-apply-1", "crm-db-v" + version + "-verify-1"};
    }

    private static <T extends HasMetadata> Watcher<T> each(BiConsumer<Watcher.Action, T> note) {
      return new Watcher<>() {
        @Override
        public void eventReceived(Action action, T object) {
          note.accept(action, object);
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
