// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import static dev.credence.testing.Eventually.within;

import dev.credence.bench.gauge.Feed;
import dev.credence.bench.gauge.Load;
import dev.credence.bench.gauge.Noise;
import dev.credence.bench.peers.Measurement.Layout;
import dev.credence.bench.peers.Measurement.Task;
import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// One contender has a control plane for itself and does every task, one after the other. Beside
/// the numbers of [Watched] there is `grown` where foreign Secrets come: MiB, how much higher the
/// peak is than what was resident before they came, or than the peak of a restart without them.
record Turn(
    LocalCluster cluster,
    Load load,
    Contender contender,
    Layout layout,
    int objects,
    Duration rest,
    BiConsumer<Task, Map<String, Double>> results) {
  private static final int FOREIGN = 5_000;
  private static final int FOREIGN_BYTES = 10 * 1024;
  private static final String FOREIGN_NAMESPACE = "bench-foreign";

  void run() throws IOException {
    try (var watched = new Watched(cluster, contender)) {
      for (var number = 0; number < layout.namespaces; number++) {
        namespace(load, namespaceOf(number));
        contender.prepare(load, namespaceOf(number));
      }
      converge(watched);
      results.accept(Task.REST, watched.rest(rest));
      var restart = watched.restart();
      results.accept(Task.RESTART, restart);
      renew(watched);
      foreign(watched);
      var beside = watched.restart();
      beside.put("grown", Watched.round(beside.get("peak") - restart.get("peak")));
      results.accept(Task.FOREIGN_RESTART, beside);
      forget(cluster, load, number -> FOREIGN_NAMESPACE, 1);
      delete(watched);
    } finally {
      forget(cluster, load, this::namespaceOf, layout.namespaces);
      forget(cluster, load, number -> FOREIGN_NAMESPACE, 1);
    }
  }

  private void converge(Watched watched) throws IOException {
    try (var reported = reported();
        var held = held()) {
      var numbers =
          watched.during(
              () ->
                  load.each(
                      objects,
                      n ->
                          load.create(
                              contender.in(namespaceOf(n)),
                              contender.object(namespaceOf(n), "app-" + n))),
              reported.expect(objects, (key, value) -> true),
              held.expect(objects, (key, value) -> true));
      results.accept(Task.CONVERGE, numbers);
    }
  }

  private void renew(Watched watched) throws IOException {
    try (var reported = reported();
        var held = held()) {
      var toldBefore = reported.now();
      var heldBefore = held.now();
      var numbers =
          watched.during(
              () -> load.each(objects, n -> contender.renew(load, namespaceOf(n), "app-" + n)),
              reported.expect(objects, (key, value) -> !value.equals(toldBefore.get(key))),
              held.expect(objects, (key, value) -> !value.equals(heldBefore.get(key))));
      results.accept(Task.RENEW, numbers);
    }
  }

  private void foreign(Watched watched) {
    namespace(load, FOREIGN_NAMESPACE);
    var noise = Noise.of(FOREIGN_BYTES);
    var before = watched.resident();
    var numbers =
        watched.during(
            () ->
                load.each(
                    FOREIGN,
                    n ->
                        load.create(
                            secrets(FOREIGN_NAMESPACE),
                            "{\"metadata\": {\"name\": \"foreign-%d\"}, \"data\": {\"noise\": \"%s\"}}"
                                .formatted(n, noise))));
    numbers.put("grown", Watched.round(numbers.get("peak") - before));
    results.accept(Task.FOREIGN, numbers);
  }

  private void delete(Watched watched) throws IOException {
    try (var there =
            Feed.ofMetadata(load, contender.everywhere() + "?", object -> Optional.of(""));
        var held = held()) {
      var deleted = there.expect(0, (key, value) -> true);
      var numbers =
          watched.during(
              () ->
                  load.each(objects, n -> load.delete(contender.in(namespaceOf(n)) + "/app-" + n)),
              deleted,
              contender.takesItsSecrets() ? held.expect(0, (key, value) -> true) : deleted);
      results.accept(Task.DELETE, numbers);
    }
  }

  private Feed reported() {
    return Feed.of(load, contender.everywhere() + "?", contender::reported);
  }

  private Feed held() {
    return Feed.ofMetadata(
        load,
        "/api/v1/secrets?labelSelector=" + contender.label(),
        secret -> Optional.of(contender.held(secret)));
  }

  private String namespaceOf(int object) {
    return "bench-" + object % layout.namespaces;
  }

  static String secrets(String namespace) {
    return "/api/v1/namespaces/" + namespace + "/secrets";
  }

  static void namespace(Load load, String name) {
    load.create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"%s\"}}".formatted(name));
  }

  /// Removes namespaces with what is left in them, and waits until they are gone.
  static void forget(LocalCluster cluster, Load load, IntFunction<String> names, int count) {
    load.each(count, n -> load.delete("/api/v1/namespaces/" + names.apply(n)));
    within(Watched.DEADLINE, "the namespaces are gone")
        .until(
            () ->
                IntStream.range(0, count)
                    .allMatch(
                        n -> cluster.client().namespaces().withName(names.apply(n)).get() == null));
  }
}
