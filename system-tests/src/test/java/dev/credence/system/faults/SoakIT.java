// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus.Handled;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Crm;
import dev.credence.system.Scene;
import dev.credence.system.faults.weather.Proxy;
import dev.credence.system.faults.weather.Weather;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Days of life in minutes: people create, edit, rotate, suspend, delete and decommission, and
/// delete what they should not; meanwhile the operator is killed and frozen, its lease is deleted,
/// and the way to the API server is bad. After each round there is calm, and everything has to be
/// as people last wanted it.
///
/// All is drawn by a seed, from what was drawn before and never from what happened, so that a seed
/// is the same sequence each time. `-Dcredence.soak.minutes=N` goes on for so long, and
/// `-Dcredence.faults.seed=S` runs that seed.
@OnCluster
class SoakIT {
  private static final long SEED = Long.getLong("credence.faults.seed", 1);
  private static final Duration TIME = Duration.ofMinutes(Long.getLong("credence.soak.minutes", 0));
  private static final int ROUNDS_AT_LEAST = 2;
  private static final int DEEDS = 10;
  private static final Duration TO_MEND = Duration.ofMinutes(3);
  private static final Duration QUIET = Duration.ofSeconds(5);
  private static final Duration FROZEN = Duration.ofSeconds(3);
  private static final List<String> IDENTITIES =
      IntStream.range(0, 5).mapToObj(number -> "crm-" + number).toList();

  /// What people want of an identity. `version`: of its Secret at the last calm. `rotated`: a new
  /// value was asked for since. `disturbed`: how many there are cannot be told from that.
  private static final class Wanted {
    private boolean exists;
    private boolean suspended;
    private boolean decommissioned;
    private String rotate = "";
    private boolean rotated;
    private boolean disturbed;
    private long version;

    boolean isInService() {
      return exists && !suspended && !decommissioned;
    }
  }

  private final Random random = new Random(SEED);
  private final Map<String, Wanted> wanted = new TreeMap<>();
  private final List<String> deeds = new ArrayList<>();

  @Test
  void after_each_round_everything_is_as_people_last_wanted_it(
      LocalCluster cluster, TestNamespace namespace) throws Exception {
    var scene = Scene.in(namespace);
    var foreign = foreign(scene);
    IDENTITIES.forEach(name -> wanted.put(name, new Wanted()));
    IDENTITIES.forEach(name -> scene.createAccount(account(name)));
    var end = System.nanoTime() + TIME.toNanos();
    System.out.printf("Soak: seed %d, %s%n", SEED, TIME);
    try (var proxy = Proxy.to(scene.client());
        var values = new Values(scene);
        var operators = new Operators(cluster, namespace, proxy)) {
      for (var round = 1; round <= ROUNDS_AT_LEAST || System.nanoTime() < end; round++) {
        deeds.clear();
        wanted.values().forEach(SoakIT::isCalm);
        var weather = Weather.storm().seed(SEED * 1_000 + round);
        if (random.nextBoolean()) {
          deeds.add("storm");
          proxy.weather(weather);
        }
        for (var deed = 0; deed < DEEDS; deed++) {
          happens(scene, operators);
        }
        weather.clears();
        System.out.printf("Soak: seed %d, round %d: %s%n", SEED, round, deeds);

        var where = "seed %d, round %d, after %s".formatted(SEED, round, deeds);
        within(TO_MEND, where).untilAsserted(() -> check(scene, operators));
        wanted.forEach((name, one) -> one.version = scene.version(secret(name)));
        var audit = cluster.audit();
        within(TO_MEND, "nothing is written, " + where)
            .during(QUIET)
            .until(() -> audit.next().in(namespace).ofOperator().writes().count() == 0);
        values.check(where);
        foreign.forEach(
            (name, version) ->
                assertThat(scene.secret(name).get().getMetadata().getResourceVersion())
                    .as(name + ", " + where)
                    .isEqualTo(version));
        operators.checkLogs(values.seen(), where);
      }
    }
  }

  private static void isCalm(Wanted one) {
    one.rotated = false;
    one.disturbed = false;
  }

  /// One thing that is possible as things should stand.
  private void happens(Scene scene, Operators operators) throws Exception {
    var name = IDENTITIES.get(random.nextInt(IDENTITIES.size()));
    var drawn = random.nextInt(100);
    if (drawn < 6) {
      deeds.add("kill");
      operators.kill();
    } else if (drawn < 11) {
      deeds.add("freeze");
      operators.freeze();
    } else if (drawn < 15) {
      deeds.add("delete the lease");
      operators.deleteLease();
    } else {
      somebody(scene, name, wanted.get(name), random.nextInt(100));
    }
  }

  private void somebody(Scene scene, String name, Wanted one, int drawn) {
    var identity = scene.identity(name);
    if (!one.exists) {
      deeds.add("create " + name);
      one.exists = true;
      one.disturbed = true;
      scene.identity(name, spec(name));
    } else if (drawn < 8) {
      deeds.add("delete " + name);
      wanted.put(name, new Wanted());
      wanted.get(name).disturbed = true;
      identity.delete();
      // In the background: what was made for it goes a little later, and so may meet its successor.
    } else if (one.decommissioned) {
      deeds.add("look at " + name);
    } else if (drawn < 11) {
      deeds.add("decommission " + name);
      one.decommissioned = true;
      scene.patch(identity, "{spec: {state: Decommissioned}}");
    } else if (drawn < 30) {
      deeds.add((one.suspended ? "resume " : "suspend ") + name);
      one.suspended = !one.suspended;
      one.disturbed = true;
      scene.patch(
          identity,
          "{metadata: {annotations: {credence.dev/suspend: %s}}}"
              .formatted(one.suspended ? "drill" : "null"));
    } else if (drawn < 60) {
      deeds.add("rotate " + name);
      one.disturbed |= one.rotated;
      one.rotated = true;
      one.rotate = "request-" + random.nextInt(1_000_000);
      scene.annotate(identity, Api.ROTATE, one.rotate);
    } else if (drawn < 80) {
      deeds.add("edit " + name);
      scene.patch(identity, "{spec: {purpose: 'change %d'}}".formatted(random.nextInt(1_000_000)));
    } else if (drawn < 90) {
      deeds.add("delete the Secret of " + name);
      one.disturbed = true;
      scene.secret(secret(name)).delete();
    } else {
      deeds.add("make the account of " + name + " anew");
      one.disturbed = true;
      scene.account(account(name)).delete();
      scene.createAccount(account(name));
    }
  }

  private static String spec(String name) {
    return OWNER
        + ", serviceAccounts: [{name: %s}], secrets: [%s, {name: %s, token: {serviceAccountName: %s}}]"
            .formatted(
                account(name),
                password(secret(name), "interval: 720h, overlap: 1h"),
                token(name),
                account(name));
  }

  private static String account(String identity) {
    return identity + "-sync";
  }

  private static String secret(String identity) {
    return identity + "-db";
  }

  private static String token(String identity) {
    return identity + "-ci";
  }

  private void check(Scene scene, Operators operators) {
    operators.check(wanted.values().stream().filter(one -> one.exists).count());
    wanted.forEach((name, one) -> check(scene, name, one));
  }

  private static void check(Scene scene, String name, Wanted one) {
    var listed = new Crm(scene).list().containsKey(scene.namespace() + "." + account(name));
    assertThat(listed).as("%s is listed", name).isEqualTo(one.exists && !one.isInService());
    if (!one.exists) {
      assertThat(scene.secret(secret(name)).get()).as(secret(name)).isNull();
      assertThat(scene.isUnmarked(scene.account(account(name)))).as(account(name)).isTrue();
      return;
    }
    assertThat(scene.isSeen(name)).as("%s is seen", name).isTrue();
    if (one.decommissioned) {
      assertThat(scene.status(name).state()).as(name).isEqualTo(LifeState.Decommissioned);
      assertThat(scene.secret(secret(name)).get()).as(secret(name)).isNull();
    } else if (one.suspended) {
      assertThat(scene.result(name, "Suspended")).as(name).isEqualTo("True Requested");
    } else {
      checkInService(scene, name, one);
    }
  }

  private static void checkInService(Scene scene, String name, Wanted one) {
    assertThat(scene.result(name, "Ready"))
        .as("%s: %s", name, scene.message(name, "Ready"))
        .isEqualTo("True Compliant");
    assertThat(scene.isMarked(scene.account(account(name)), name)).as(account(name)).isTrue();
    assertThat(scene.isMarked(scene.secret(secret(name)), name)).as(secret(name)).isTrue();
    if (!one.rotate.isEmpty()) {
      assertThat(scene.status(name).handled())
          .as(name)
          .isNotNull()
          .extracting(Handled::rotate)
          .isEqualTo(one.rotate);
    }
    var version = scene.version(secret(name));
    if (!one.disturbed && one.version > 0) {
      assertThat(version).as(secret(name)).isEqualTo(one.version + (one.rotated ? 1 : 0));
    }
    assertThat(isBelieved(scene, token(name))).as("%s is believed", token(name)).isTrue();
  }

  private static boolean isBelieved(Scene scene, String secret) {
    var review =
        new TokenReviewBuilder()
            .withNewSpec()
            .withToken(scene.value(secret, "token").orElse("none"))
            .endSpec()
            .build();
    return Boolean.TRUE.equals(
        scene.client().resource(review).create().getStatus().getAuthenticated());
  }

  private static Map<String, String> foreign(Scene scene) {
    var versions = new LinkedHashMap<String, String>();
    for (var name : List.of("theirs", "crm-0-db-pending", "crm-1")) {
      var created =
          scene.create(
              "{apiVersion: v1, kind: Secret, metadata: {name: %s}, data: {password: bWluZQ==}}"
                  .formatted(name));
      versions.put(name, created.getMetadata().getResourceVersion());
    }
    return versions;
  }

  /// The one that works, which is started again whenever it has ended, as a Deployment does.
  private static final class Operators implements AutoCloseable {
    private final LocalCluster cluster;
    private final TestNamespace namespace;
    private final Proxy proxy;
    private final List<OperatorProcess> all = new ArrayList<>();

    Operators(LocalCluster cluster, TestNamespace namespace, Proxy proxy) {
      this.cluster = cluster;
      this.namespace = namespace;
      this.proxy = proxy;
      begin();
    }

    private void begin() {
      all.add(
          OperatorProcess.on(cluster)
              .in(namespace)
              .through(proxy.address())
              .with("CREDENCE_LEADER_ELECTION", "true")
              .with("CREDENCE_RESYNC_INTERVAL", "5s")
              .with("CREDENCE_LOG_LEVEL", "TRACE")
              .startAnyway());
    }

    private OperatorProcess present() {
      if (!all.getLast().isAlive()) {
        begin();
      }
      return all.getLast();
    }

    void kill() {
      present().kill();
      begin();
    }

    void freeze() throws Exception {
      var one = present();
      Signals.send("-STOP", one);
      Thread.sleep(FROZEN);
      Signals.send("-CONT", one);
    }

    void deleteLease() {
      cluster.client().leases().inNamespace(LocalCluster.NAMESPACE).withName("credence").delete();
    }

    void check(long identities) {
      var one = present();
      assertThat(one.isReady()).as("the operator is ready").isTrue();
      assertThat(one.metric("credence_leader")).as("it leads").hasValue(1);
      var counted =
          one.metrics()
              .lines()
              .filter(line -> line.startsWith("credence_identities{"))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
              .sum();
      assertThat(counted).as("credence_identities").isEqualTo(identities);
    }

    void checkLogs(Set<String> values, String where) {
      for (var one : all) {
        var log = one.log();
        values.forEach(value -> assertThat(log.contains(value)).as("a value, " + where).isFalse());
        assertThat(log).as(where).doesNotContain("died");
      }
    }

    @Override
    public void close() {
      all.forEach(OperatorProcess::close);
    }
  }

  /// Every value that was ever in a Secret of an identity.
  private static final class Values implements AutoCloseable, Watcher<Secret> {
    /// By the UID of a Secret and a version: the values that it had, of which one is right.
    private final Map<String, Set<String>> byVersion = new ConcurrentHashMap<>();

    private final Map<String, Long> versions = new HashMap<>();
    private final Set<String> seen = new ConcurrentSkipListSet<>();
    private final List<String> backwards = new ArrayList<>();
    private final Watch watch;

    Values(Scene scene) {
      watch =
          scene
              .client()
              .secrets()
              .inNamespace(scene.namespace())
              .withLabel(Api.IDENTITY)
              .watch(this);
    }

    @Override
    public synchronized void eventReceived(Action action, Secret secret) {
      var meta = secret.getMetadata();
      var version =
          meta.getAnnotations() == null ? null : meta.getAnnotations().get(Api.SECRET_VERSION);
      if (action == Action.DELETED || version == null || secret.getData() == null) {
        return;
      }
      var value = secret.getData().getOrDefault("password", secret.getData().get("token"));
      if (value == null) {
        return;
      }
      seen.add(value);
      seen.add(new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
      byVersion
          .computeIfAbsent(
              meta.getName() + " " + meta.getUid() + " version " + version,
              key -> new ConcurrentSkipListSet<>())
          .add(value);
      var before = versions.put(meta.getUid(), Long.parseLong(version));
      if (before != null && before > Long.parseLong(version)) {
        backwards.add("%s from %d to %s".formatted(meta.getName(), before, version));
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      throw new IllegalStateException(cause);
    }

    synchronized void check(String where) {
      assertThat(backwards).as("versions that went back, " + where).isEmpty();
      byVersion.forEach(
          (version, values) -> assertThat(values.size()).as(version + ", " + where).isEqualTo(1));
    }

    Set<String> seen() {
      return seen;
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
