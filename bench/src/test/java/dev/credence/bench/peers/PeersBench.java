// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.bench.gauge.Load;
import dev.credence.bench.gauge.Machine;
import dev.credence.bench.peers.Measurement.Layout;
import dev.credence.bench.peers.Measurement.Task;
import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Credence, External Secrets and cert-manager, one at a time on the same control plane, and bare
/// requests beside them. `-Dcredence.bench.` takes `objects`, `rounds`, `rest` (seconds), `seed`
/// (of the order), `contenders` (names with a `;` between them) and `layouts` (ONE, SPREAD).
class PeersBench {
  private static final int OBJECTS = Integer.getInteger("credence.bench.objects", 1_000);
  private static final int ROUNDS = Integer.getInteger("credence.bench.rounds", 3);
  private static final Duration REST =
      Duration.ofSeconds(Integer.getInteger("credence.bench.rest", 60));
  private static final long SEED = Long.getLong("credence.bench.seed", System.nanoTime());
  private static final String CONTENDERS = System.getProperty("credence.bench.contenders", "");
  private static final String LAYOUTS = System.getProperty("credence.bench.layouts", "ONE;SPREAD");

  /// Enough that the API server has seen every path before somebody is measured.
  private static final int WARM = 500;

  @TempDir private static Path scratch;

  private final String run = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  private final String machine = Machine.words();
  private final Random random = new Random(SEED);
  private final List<Measurement> measurements = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Path results = LocalCluster.TOP.resolve("bench/results");
  private final Path raw = results.resolve("peers-" + run.replace(":", "") + ".jsonl");

  @Test
  void all_of_them_in_turn() throws IOException {
    var contenders = new ArrayList<Contender>();
    if (takesPart(Credence.NAME)) {
      say("building the image");
      contenders.add(Credence.ofImage(scratch));
    }
    Stream.of(ExternalSecrets.byDefault(), ExternalSecrets.tuned(), new CertManager())
        .filter(one -> takesPart(one.name()))
        .forEach(contenders::add);
    say("%,d objects, %d rounds, seed %d, %s", OBJECTS, ROUNDS, SEED, machine);
    for (var round = 1; round <= ROUNDS; round++) {
      for (var layout : Layout.values()) {
        if (LAYOUTS.contains(layout.name())) {
          inTurn(round, layout, contenders);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  private void inTurn(int round, Layout layout, List<Contender> all) throws IOException {
    try (var cluster = LocalCluster.fresh("peers");
        var load = Load.on(cluster)) {
      for (var contender : all) {
        contender.install(cluster);
      }
      Floor.run(cluster, load, layout, WARM, (task, numbers) -> {});
      var order = new ArrayList<>(all.stream().map(Contender::name).toList());
      if (takesPart(Floor.NAME)) {
        order.add(Floor.NAME);
      }
      if (takesPart(SameRequests.NAME) && takesPart(Credence.NAME)) {
        order.add(SameRequests.NAME);
      }
      Collections.shuffle(order, random);
      for (var name : order) {
        say("round %d, %s: %s", round, layout.words, name);
        var place = order.indexOf(name) + 1;
        try {
          if (name.equals(Floor.NAME)) {
            Floor.run(
                cluster, load, layout, OBJECTS, kept(round, place, layout, name, "", List.of()));
          } else if (name.equals(SameRequests.NAME)) {
            SameRequests.run(
                cluster,
                load,
                layout,
                OBJECTS,
                named(Credence.NAME, all),
                kept(round, place, layout, name, "", List.of()));
          } else {
            var contender = named(name, all);
            var kept = kept(round, place, layout, name, contender.version(), contender.flags());
            new Turn(cluster, load, contender, layout, OBJECTS, REST, kept).run();
          }
        } catch (RuntimeException | IOException e) {
          // The others go on: what there is of this one is kept.
          failures.add("round %d, %s, %s: %s".formatted(round, layout.words, name, e));
          say("failed: %s", failures.getLast());
        }
      }
    }
  }

  private static Contender named(String name, List<Contender> all) {
    return all.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  private static boolean takesPart(String name) {
    return CONTENDERS.isEmpty() || Set.of(CONTENDERS.split(";")).contains(name);
  }

  private BiConsumer<Task, Map<String, Double>> kept(
      int round, int place, Layout layout, String name, String version, List<String> flags) {
    return (task, numbers) -> {
      var measurement =
          new Measurement(
              run, machine, SEED, round, place, layout, OBJECTS, name, version, flags, task,
              numbers);
      measurements.add(measurement);
      say("%s", measurement.words());
      try {
        Files.writeString(
            raw, measurement.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        // After each, so that a run which is ended early has its table, too.
        Files.writeString(results.resolve("peers.md"), Table.of(measurements));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static void say(String format, Object... values) {
    System.out.printf("%tT ", Instant.now().atZone(ZoneOffset.UTC));
    System.out.printf(format + "%n", values);
  }
}
