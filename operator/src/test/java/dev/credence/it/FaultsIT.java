package dev.credence.it;

import static dev.credence.cluster.Eventually.within;
import static dev.credence.it.Scene.OWNER;
import static dev.credence.it.Scene.password;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.Requests;
import dev.credence.cluster.TestNamespace;
import dev.credence.it.weather.EventFate;
import dev.credence.it.weather.Fate;
import dev.credence.it.weather.Proxy;
import dev.credence.it.weather.Weather;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bad weather between the operator and its API server while identities are made, changed,
/// rotated and suspended: when it clears everything is right within a minute, each rotation was
/// done once, nothing of others was touched, and then there is quiet.
///
/// `-Dcredence.faults=N` runs N seeds of each kind of weather, and waits a whole minute for
/// quiet; a failure names its seed, and `-Dcredence.faults.seed=S` runs that one.
@OnCluster
class FaultsIT {
  private static final Duration TO_MEND = Duration.ofMinutes(1);
  private static final int IDENTITIES = 12;
  private static final int SEEDS = Integer.getInteger("credence.faults", 1);
  private static final Duration QUIET = Duration.ofSeconds(SEEDS > 1 ? 60 : 10);

  static Stream<Arguments> weathers() {
    var kinds = new LinkedHashMap<String, Weather.Forecast>();
    kinds.put("answers are lost", Weather.forecast().of100(25, Fate.Unheard::new));
    kinds.put(
        "requests are refused",
        Weather.forecast()
            .of100(10, () -> new Fate.Refused(409, 0))
            .of100(10, () -> new Fate.Refused(429, 1))
            .of100(10, () -> new Fate.Refused(500, 0)));
    kinds.put(
        "watches tell it wrong",
        Weather.forecast()
            .of100Events(15, EventFate.Late)
            .of100Events(15, EventFate.Twice)
            .of100Events(15, EventFate.Swapped)
            .of100Events(5, EventFate.Lost)
            .of100Events(5, EventFate.Last));
    kinds.put("everything at once", Weather.storm());
    return kinds.entrySet().stream()
        .flatMap(
            kind -> seeds().mapToObj(seed -> Arguments.of(kind.getKey(), seed, kind.getValue())));
  }

  private static LongStream seeds() {
    var one = Long.getLong("credence.faults.seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("weathers")
  void it_is_right_when_the_weather_clears(
      String kind,
      long seed,
      Weather.Forecast forecast,
      LocalCluster cluster,
      TestNamespace namespace)
      throws InterruptedException {
    var scene = Scene.in(namespace);
    var foreign = foreign(scene);
    var weather = forecast.seed(seed);
    try (var proxy = Proxy.to(cluster.client());
        var operator =
            OperatorProcess.on(cluster)
                .in(namespace)
                .through(proxy.address())
                .with("CREDENCE_SWEEP_EVERY", "5s")
                .with("CREDENCE_LOG_LEVEL", "TRACE")
                .start()) {
      proxy.weather(weather);
      work(scene);
      weather.clears();

      within(TO_MEND, "every identity is as it should be; " + weather.happened())
          .untilAsserted(() -> names().forEach(name -> check(scene, name)));
      assertThat(weather.happened()).as("there was weather").isNotEmpty();

      var writes = writes(cluster, namespace);
      TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
      assertThat(writes(cluster, namespace)).as("writes at rest").isEqualTo(writes);
      foreign.forEach(
          (name, version) ->
              assertThat(scene.secret(name).get().getMetadata().getResourceVersion())
                  .as(name)
                  .isEqualTo(version));
      assertThat(operator.isAlive()).isTrue();
      values(scene).forEach(value -> assertThat(operator.log()).doesNotContain(value));
    }
  }

  private static Stream<String> names() {
    return IntStream.range(0, IDENTITIES).mapToObj(number -> "crm-" + number);
  }

  /// Identities come, are changed and asked for new values, and some are suspended, as fast as that
  /// goes; nobody waits for the operator but for the first values.
  private static void work(Scene scene) {
    names().forEach(name -> scene.identity(name, OWNER + ", secrets: [" + secret(name) + "]"));
    within(TO_MEND, "first values are there")
        .until(() -> names().allMatch(name -> scene.secret(name + "-db").get() != null));
    names()
        .forEach(
            name -> {
              scene.annotate(scene.identity(name), "credence.dev/rotate", "once");
              scene.patch(scene.identity(name), "{spec: {purpose: changed}}");
            });
    within(TO_MEND, "half of the values are new")
        .until(
            () ->
                names().filter(name -> scene.version(name + "-db") == 2).count() >= IDENTITIES / 2);
    names()
        .filter(FaultsIT::isSuspended)
        .forEach(name -> scene.annotate(scene.identity(name), "credence.dev/suspend", "drill"));
  }

  private static boolean isSuspended(String name) {
    return name.endsWith("3");
  }

  private static String secret(String name) {
    return password(name + "-db", "every: 720h, overlap: 1h");
  }

  private static void check(Scene scene, String name) {
    var status = scene.status(name);
    var resource = scene.identity(name).get();
    assertThat(status.observedGeneration()).isEqualTo(resource.getMetadata().getGeneration());
    if (isSuspended(name)) {
      assertThat(scene.verdict(name, "Suspended")).isEqualTo("True Requested");
      return;
    }
    assertThat(scene.verdict(name, "Ready")).isEqualTo("True InOrder");
    assertThat(status.handled()).isNotNull();
    assertThat(status.handled().rotate()).isEqualTo("once");
    assertThat(scene.version(name + "-db")).as("rotated once").isEqualTo(2);
    assertThat(scene.isMarked(scene.secret(name + "-db"), name)).isTrue();
  }

  private static Requests writes(LocalCluster cluster, TestNamespace namespace) {
    return cluster.audit().requests().in(namespace).ofOperator().writes();
  }

  /// What was made, as it is and in Base64.
  private static Stream<String> values(Scene scene) {
    return scene.client().secrets().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(secret -> secret.getMetadata().getName().endsWith("-db"))
        .flatMap(secret -> secret.getData().values().stream())
        .flatMap(
            value ->
                Stream.of(
                    value, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
  }

  /// What is nobody's business, by name, with the version that it has to keep.
  private static Map<String, String> foreign(Scene scene) {
    var versions = new LinkedHashMap<String, String>();
    for (var name : List.of("theirs", "crm-0-db-pending", "crm-1")) {
      var made =
          scene.create(
              "{apiVersion: v1, kind: Secret, metadata: {name: %s}, data: {password: bWluZQ==}}"
                  .formatted(name));
      versions.put(name, made.getMetadata().getResourceVersion());
    }
    return versions;
  }
}
