// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.faults.Aftermath.SEEDS;
import static dev.credence.system.faults.Aftermath.THOROUGH;
import static dev.credence.testing.Eventually.within;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.OperatorProcess;
import dev.credence.cluster.TestNamespace;
import dev.credence.system.Scene;
import dev.credence.system.faults.weather.EventFate;
import dev.credence.system.faults.weather.Fate;
import dev.credence.system.faults.weather.Proxy;
import dev.credence.system.faults.weather.Weather;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bad weather between the operator and its API server while identities are made, changed,
/// rotated and suspended: when it clears, every identity is as it should be. What else [Aftermath]
/// asks for is asked at the end.
///
/// `-Dcredence.faults=N` runs N seeds of each kind of weather, more kinds, asks for all of it after
/// each, and waits a whole minute for quiet; a failure names its seed, and
/// `-Dcredence.faults.seed=S` runs that one. One operator lives through all of it.
@OnCluster
class FaultsIT {
  /// Patience with the weather itself, not with the operator after it.
  private static final Duration TO_WORK = Duration.ofMinutes(THOROUGH ? 5 : 1);

  private static final int IDENTITIES = 12;

  private static final Map<String, Weather.Forecast> WEATHERS = weathersByKind();

  private static LocalCluster cluster;
  private static Map<String, TestNamespace> namespaces;
  private static Proxy proxy;
  private static OperatorProcess operator;
  private static Aftermath aftermath;

  private static Map<String, Weather.Forecast> weathersByKind() {
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
    kinds.put(
        "answers are not what was asked for",
        Weather.forecast()
            .of100(8, Fate.Cut::new)
            .of100(8, () -> new Fate.Hijacked("text/html", "<html>Sign in, please</html>"))
            .of100(40, Fate.Newer::new));
    kinds.put("everything at once", Weather.storm());
    if (THOROUGH) {
      kinds.put(
          "the API server is overloaded",
          Weather.forecast()
              .of100(3, () -> new Fate.Refused(429, 30))
              .of100(10, () -> new Fate.Refused(429, 0))
              .of100(10, () -> new Fate.Refused(504, 0)));
      // The client waits 10 s for an answer.
      kinds.put(
          "answers come a moment too late",
          Weather.forecast()
              .of100(3, () -> new Fate.Slow(Duration.ofMillis(9_900)))
              .of100(3, () -> new Fate.Slow(Duration.ofMillis(10_100))));
    }
    return kinds;
  }

  static Stream<Arguments> weathers() {
    return WEATHERS.keySet().stream()
        .flatMap(kind -> seeds().mapToObj(seed -> Arguments.of(kind, seed)));
  }

  private static LongStream seeds() {
    var one = Long.getLong("credence.faults.seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  @BeforeAll
  static void start(LocalCluster shared) {
    cluster = shared;
    namespaces = new LinkedHashMap<>();
    WEATHERS
        .keySet()
        .forEach(
            kind -> namespaces.put(kind, TestNamespace.create(cluster.client(), kind, Map.of())));
    namespaces.values().forEach(namespace -> seeds().forEach(seed -> foreign(namespace, seed)));
    proxy = Proxy.to(cluster.client());
    operator =
        OperatorProcess.on(cluster)
            .with(
                "CREDENCE_WATCH_NAMESPACES",
                namespaces.values().stream().map(TestNamespace::name).collect(joining(",")))
            .through(proxy.address())
            .with("CREDENCE_RESYNC_INTERVAL", "5s")
            .with("CREDENCE_LOG_LEVEL", "TRACE")
            .start();
    aftermath =
        Aftermath.of(cluster, namespaces.values().stream().map(Scene::in).toArray(Scene[]::new));
  }

  /// Secrets of other owners, some with names that an identity would use.
  private static void foreign(TestNamespace namespace, long seed) {
    for (var name : List.of("theirs-" + seed, name(seed, 0) + "-db-pending", name(seed, 1))) {
      Scene.in(namespace)
          .create(
              "{apiVersion: v1, kind: Secret, metadata: {name: %s}, data: {password: bWluZQ==}}"
                  .formatted(name));
    }
  }

  private static String name(long seed, int number) {
    return "crm-" + seed + "-" + number;
  }

  @AfterAll
  static void allIsWellAndStaysSo() {
    try (var way = proxy;
        var running = operator) {
      if (running != null) {
        aftermath.holds(running, name -> 2);
      }
    } finally {
      namespaces.values().forEach(TestNamespace::close);
    }
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("weathers")
  void it_is_right_when_the_weather_clears(String kind, long seed) {
    var scene = Scene.in(namespaces.get(kind));
    var names = IntStream.range(0, IDENTITIES).mapToObj(number -> name(seed, number)).toList();
    var weather = WEATHERS.get(kind).seed(seed);
    proxy.weather(weather);
    try {
      work(scene, names);
    } finally {
      weather.clears();
    }
    assertThat(weather.happened()).as("there was weather").isNotEmpty();
    if (THOROUGH) {
      aftermath.holds(operator, name -> 2);
    } else {
      aftermath.repairs(operator, Aftermath.TO_MEND, name -> 2);
    }
    assertThat(names)
        .as("each request to rotate is answered")
        .allMatch(
            name -> isSuspended(name) || "once".equals(scene.status(name).handled().rotate()));
  }

  /// Identities come, are changed and asked for new values, and some are suspended, as fast as that
  /// goes; nobody waits for the operator but for the first values.
  private static void work(Scene scene, List<String> names) {
    names.forEach(name -> scene.identity(name, OWNER + ", secrets: [" + secret(name) + "]"));
    within(TO_WORK, "first values are there")
        .until(() -> names.stream().allMatch(name -> scene.secret(name + "-db").get() != null));
    names.forEach(
        name -> {
          scene.annotate(scene.identity(name), "credence.dev/rotate", "once");
          scene.patch(scene.identity(name), "{spec: {purpose: changed}}");
        });
    within(TO_WORK, "half of the values are new")
        .until(
            () ->
                names.stream().filter(name -> scene.version(name + "-db") == 2).count()
                    >= IDENTITIES / 2);
    names.stream()
        .filter(FaultsIT::isSuspended)
        .forEach(name -> scene.annotate(scene.identity(name), "credence.dev/suspend", "drill"));
  }

  private static boolean isSuspended(String name) {
    return name.endsWith("-3");
  }

  private static String secret(String name) {
    return password(name + "-db", "interval: 720h, overlap: 1h");
  }
}
