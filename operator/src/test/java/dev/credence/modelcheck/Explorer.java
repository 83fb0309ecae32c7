// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.Snapshot;
import dev.credence.modelcheck.Node.Left;
import dev.credence.modelcheck.Node.Step;
import dev.credence.modelcheck.PendingActions.Decided;
import dev.credence.plan.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The breadth-first search of all histories of a small world: the first history that violates a
/// check is a shortest one. A visited node is kept as four numbers and the node before it; the
/// words of a counterexample are found by replaying its path.
final class Explorer {
  private static final int CHUNK = 2048;

  private final WorldRules rules;
  private final ModelSnapshot snapshots;
  private final Function<Snapshot, Decision> core;
  private final Map<ModelState, Decided> decisions = new ConcurrentHashMap<>();
  private final Simulator simulator;
  private final Successors successors;
  private final Liveness liveness;

  private final Numbers<ModelState> states = new Numbers<>();
  private final Numbers<Node.Late> lates = new Numbers<>();
  private final Numbers<PendingActions> plans = new Numbers<>();
  private final Numbers<Left> lefts = new Numbers<>();
  private final Seen seen = new Seen();
  private int[] parents = new int[1 << 12];
  private long transitions;

  /// `story` is empty where nothing went wrong. `complete`: every history was gone through.
  record Found(
      String world,
      int moments,
      int clusters,
      long transitions,
      boolean complete,
      Optional<String> harm,
      List<String> story) {

    /// The story of the first that goes wrong, or nothing.
    String told() {
      var lines = new StringBuilder();
      story.forEach(line -> lines.append(line).append('\n'));
      harm.ifPresent(why -> lines.append("=> ").append(why).append('\n'));
      return lines.toString();
    }

    @Override
    public String toString() {
      return "%s: %,d states (%,d clusters), %,d transitions, %s"
          .formatted(
              world, moments, clusters, transitions, complete ? "to the end" : "cut at the limit");
    }
  }

  Explorer(WorldRules rules, Function<Snapshot, Decision> core) {
    this.rules = rules;
    this.snapshots = new ModelSnapshot(rules);
    this.core = core;
    this.simulator = new Simulator(rules, snapshots);
    this.successors = new Successors(rules, simulator, this::decided);
    this.liveness = new Liveness(rules, simulator, this::decided);
  }

  private Decided decided(ModelState view) {
    var known = decisions.get(view);
    if (known != null) {
      return known;
    }
    var decided = Decided.of(core.apply(snapshots.of(view)), rules, view);
    decisions.put(view, decided);
    return decided;
  }

  private record Wrong(int at, String harm, List<String> then) {}

  private record Expanded(int at, List<Step> steps, Liveness.@Nullable Stuck stuck) {}

  Found explore(int most) {
    add(
        new Node(
            Successors.beginning(rules),
            null,
            null,
            new Left(rules.mostEdits, rules.mostFailures, rules.mostPodRestarts, rules.mostLags)),
        -1);
    var next = 0;
    while (next < seen.size() && seen.size() < most) {
      var from = next;
      var to = Math.min(seen.size(), from + CHUNK);
      var expanded = IntStream.range(from, to).parallel().mapToObj(this::expanded).toList();
      var stuck =
          expanded.stream().anyMatch(one -> one.stuck() != null) ? firstRestless(expanded) : null;
      for (var one : expanded) {
        if (stuck != null && stuck.at() == one.at()) {
          return found(false, stuck);
        }
        for (var step : one.steps()) {
          transitions++;
          if (step.harm() != null) {
            return found(false, new Wrong(one.at(), step.harm(), List.of(step.what().get())));
          }
          add(step.to(), one.at());
        }
      }
      next = to;
    }
    return found(next == seen.size(), null);
  }

  /// What is known to come to rest was found out by several at once: again one by one.
  private Wrong firstRestless(List<Expanded> expanded) {
    var again = new Liveness(rules, simulator, this::decided);
    return expanded.stream()
        .map(Expanded::at)
        .filter(at -> node(at).plan() == null)
        .flatMap(
            at ->
                Stream.ofNullable(again.of(node(at).truth()))
                    .map(found -> new Wrong(at, found.why(), found.story())))
        .findFirst()
        .orElseThrow();
  }

  private Expanded expanded(int at) {
    var node = node(at);
    return new Expanded(
        at, successors.after(node), node.plan() == null ? liveness.of(node.truth()) : null);
  }

  private Found found(boolean complete, @Nullable Wrong wrong) {
    return new Found(
        rules.name,
        seen.size(),
        states.size(),
        transitions,
        complete,
        Optional.ofNullable(wrong).map(Wrong::harm),
        wrong == null ? List.of() : story(wrong));
  }

  private List<String> story(Wrong wrong) {
    var way = new ArrayList<Integer>();
    for (var at = wrong.at(); at >= 0; at = parents[at]) {
      way.addFirst(at);
    }
    var story = new ArrayList<String>();
    for (var place = 1; place < way.size(); place++) {
      var to = node(way.get(place));
      story.add(
          successors.after(node(way.get(place - 1))).stream()
              .filter(step -> step.to().equals(to))
              .findFirst()
              .map(step -> step.what().get())
              .orElseThrow());
    }
    story.addAll(wrong.then());
    return story;
  }

  private Node node(int at) {
    return new Node(
        states.get(seen.state(at)),
        seen.late(at) < 0 ? null : lates.get(seen.late(at)),
        seen.plan(at) < 0 ? null : plans.get(seen.plan(at)),
        lefts.get(seen.left(at)));
  }

  private void add(Node node, int parent) {
    var isNew =
        seen.add(
            states.of(node.truth()),
            node.late() == null ? -1 : lates.of(node.late()),
            node.plan() == null ? -1 : plans.of(node.plan()),
            lefts.of(node.left()));
    if (isNew) {
      if (seen.size() > parents.length) {
        parents = Arrays.copyOf(parents, parents.length * 2);
      }
      parents[seen.size() - 1] = parent;
    }
  }

  /// A number for each different thing.
  private static final class Numbers<T> {
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> objects = new ArrayList<>();

    int of(T object) {
      var known = numbers.putIfAbsent(object, objects.size());
      if (known != null) {
        return known;
      }
      objects.add(object);
      return objects.size() - 1;
    }

    T get(int number) {
      return objects.get(number);
    }

    int size() {
      return objects.size();
    }
  }

  /// A set of four numbers each, in the order in which they came: open addressing.
  private static final class Seen {
    private long[] first = new long[1 << 12];
    private long[] second = new long[1 << 12];
    private int[] table = filled(1 << 13);
    private int size;

    private static int[] filled(int length) {
      var table = new int[length];
      Arrays.fill(table, -1);
      return table;
    }

    boolean add(int state, int late, int plan, int left) {
      var one = (long) state << 32 | late & 0xffffffffL;
      var two = (long) plan << 32 | left & 0xffffffffL;
      var slot = slot(table, one, two);
      if (table[slot] >= 0) {
        return false;
      }
      if (size == first.length) {
        grow();
        slot = slot(table, one, two);
      }
      first[size] = one;
      second[size] = two;
      table[slot] = size++;
      return true;
    }

    private int slot(int[] in, long one, long two) {
      var hash = (one * 0x9E3779B97F4A7C15L ^ two) * 0xC2B2AE3D27D4EB4FL;
      var slot = (int) (hash >>> 33) & in.length - 1;
      while (in[slot] >= 0 && (first[in[slot]] != one || second[in[slot]] != two)) {
        slot = slot + 1 & in.length - 1;
      }
      return slot;
    }

    private void grow() {
      first = Arrays.copyOf(first, size * 2);
      second = Arrays.copyOf(second, size * 2);
      var larger = filled(table.length * 2);
      for (var at = 0; at < size; at++) {
        larger[slot(larger, first[at], second[at])] = at;
      }
      table = larger;
    }

    int size() {
      return size;
    }

    int state(int at) {
      return (int) (first[at] >> 32);
    }

    int late(int at) {
      return (int) first[at];
    }

    int plan(int at) {
      return (int) (second[at] >> 32);
    }

    int left(int at) {
      return (int) second[at];
    }
  }
}
