// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A map with an upper limit, and whether a key ever exceeded it. It keeps the keys that come
/// first in a fixed order, whatever the order in which they are added: a key that was dropped
/// once has so many keys before it in every later union. So merging stays associative,
/// commutative and idempotent, and the value of a key that is kept is complete.
public final class Bounded<K extends Comparable<K>, V> {
  private final Comparator<K> order;
  private final BinaryOperator<V> join;
  private final Map<K, V> kept = new HashMap<>();
  private int most;
  private boolean overflowed;

  /// The last key in the order, while the map is full.
  private @Nullable K last;

  /// `join` must be associative, commutative and idempotent.
  private Bounded(int most, Comparator<K> order, BinaryOperator<V> join) {
    this.most = most;
    this.order = order;
    this.join = join;
  }

  /// Keeps the keys with the lowest hash: a sample that prefers no name.
  static <K extends Comparable<K>, V> Bounded<K, V> sampled(int most, BinaryOperator<V> join) {
    return new Bounded<>(
        most,
        Comparator.<K>comparingInt(key -> spread(key.hashCode()))
            .thenComparing(Comparator.naturalOrder()),
        join);
  }

  /// Keeps the greatest keys, as of times the newest.
  static <K extends Comparable<K>, V> Bounded<K, V> greatest(int most, BinaryOperator<V> join) {
    return new Bounded<>(most, Comparator.<K>naturalOrder().reversed(), join);
  }

  private static int spread(int hash) {
    var mixed = hash * 0x9E3779B9;
    return mixed ^ (mixed >>> 15);
  }

  void add(K key, V value) {
    if (kept.computeIfPresent(key, (_, known) -> join.apply(known, value)) != null) {
      return;
    }
    if (kept.size() < most) {
      kept.put(key, value);
      return;
    }
    overflowed = true;
    if (most == 0) {
      return;
    }
    var greatest = last == null ? greatest() : last;
    if (order.compare(key, greatest) < 0) {
      kept.remove(greatest);
      kept.put(key, value);
      last = greatest();
    } else {
      last = greatest;
    }
  }

  private K greatest() {
    return kept.keySet().stream().max(order).orElseThrow();
  }

  /// Keeps at most so many keys from now on, also of what is added later. A union has the lowest
  /// limit of its parts.
  void limit(int fewer) {
    most = Math.min(most, fewer);
    if (kept.size() > most) {
      overflowed = true;
      last = null;
      kept.keySet().stream().sorted(order).skip(most).toList().forEach(kept::remove);
    }
  }

  void addAll(Bounded<K, V> other) {
    limit(other.most);
    other.kept.forEach(this::add);
    overflowed |= other.overflowed;
  }

  void forEach(BiConsumer<K, V> action) {
    kept.forEach(action);
  }

  void forEachValue(Consumer<V> action) {
    kept.values().forEach(action);
  }

  /// Forgets keys as if they had never been added.
  void removeIf(BiPredicate<K, V> forgotten) {
    if (kept.entrySet().removeIf(entry -> forgotten.test(entry.getKey(), entry.getValue()))) {
      last = null;
    }
  }

  <S> EvidenceState.Keys<K, S> state(Function<V, S> value) {
    var sorted = sorted();
    return new EvidenceState.Keys<>(
        most,
        overflowed,
        sorted.keySet().stream().toList(),
        sorted.values().stream().map(value).toList());
  }

  <S> void addState(EvidenceState.Keys<K, S> state, Function<S, V> value) {
    limit(state.most());
    state.forEach((key, stored) -> add(key, value.apply(stored)));
    overflowed |= state.more();
  }

  /// More keys were added than are kept.
  public boolean hasOverflowed() {
    return overflowed;
  }

  public @Nullable V get(K key) {
    return kept.get(key);
  }

  public Set<K> keys() {
    return Set.copyOf(kept.keySet());
  }

  public SortedMap<K, V> sorted() {
    return new TreeMap<>(kept);
  }

  public int size() {
    return kept.size();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bounded<?, ?> bounded
        && bounded.most == most
        && bounded.overflowed == overflowed
        && bounded.kept.equals(kept);
  }

  @Override
  public int hashCode() {
    return Objects.hash(most, overflowed, kept);
  }

  @Override
  public String toString() {
    return sorted() + (overflowed ? " and more" : "");
  }
}
