// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import dev.credence.bench.gauge.Feed;
import dev.credence.bench.gauge.Load;
import dev.credence.bench.peers.Measurement.Layout;
import dev.credence.bench.peers.Measurement.Task;
import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// What the control plane itself needs when nobody thinks: bare creates, patches and deletions of
/// as many Secrets, one request each.
final class Floor {
  static final String NAME = "floor";

  private static final String LABEL = "bench-floor";

  static void run(
      LocalCluster cluster,
      Load load,
      Layout layout,
      int objects,
      BiConsumer<Task, Map<String, Double>> results)
      throws IOException {
    for (var number = 0; number < layout.namespaces; number++) {
      Turn.namespace(load, namespaceOf(layout, number));
    }
    try (var there =
        Feed.ofMetadata(
            load, "/api/v1/secrets?labelSelector=" + LABEL, secret -> Optional.of(""))) {
      var all = there.expect(objects, (key, value) -> true);
      var start = System.nanoTime();
      load.each(
          objects,
          n ->
              load.create(
                  Turn.secrets(namespaceOf(layout, n)),
                  """
                  {"metadata": {"name": "app-%d", "labels": {"%s": "true"}},
                   "stringData": {"password": "%032d"}}
                  """
                      .formatted(n, LABEL, n)));
      results.accept(Task.CONVERGE, numbers(objects, start, all.await(Watched.DEADLINE)));

      start = System.nanoTime();
      load.each(
          objects,
          n ->
              load.patch(
                  Turn.secrets(namespaceOf(layout, n)) + "/app-" + n,
                  Load.MERGE_PATCH,
                  "{\"stringData\": {\"password\": \"%032d\"}}".formatted(n + 1)));
      results.accept(Task.RENEW, numbers(objects, start, System.nanoTime()));

      var none = there.expect(0, (key, value) -> true);
      start = System.nanoTime();
      load.each(objects, n -> load.delete(Turn.secrets(namespaceOf(layout, n)) + "/app-" + n));
      results.accept(Task.DELETE, numbers(objects, start, none.await(Watched.DEADLINE)));
    } finally {
      Turn.forget(cluster, load, number -> namespaceOf(layout, number), layout.namespaces);
    }
  }

  private static Map<String, Double> numbers(int objects, long start, long end) {
    var seconds = (end - start) / 1e9;
    var numbers = new TreeMap<String, Double>();
    numbers.put("seconds", Watched.round(seconds));
    numbers.put("writes", (double) objects);
    numbers.put("persecond", (double) Math.round(objects / seconds));
    return numbers;
  }

  private static String namespaceOf(Layout layout, int object) {
    return "floor-" + object % layout.namespaces;
  }

  private Floor() {}
}
