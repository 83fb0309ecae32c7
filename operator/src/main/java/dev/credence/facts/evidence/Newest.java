// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The last event of each key, of the keys that were seen last, and whether there were more. A
/// key is dropped only where enough others were seen after its last event, in every later union,
/// too. So merging stays associative, commutative and idempotent. The first event of a key is
/// not known: the key may have been dropped in between.
public final class Newest {
  private static final Comparator<Map.Entry<String, Sighting>> ORDER =
      Map.Entry.<String, Sighting>comparingByValue().thenComparing(Map.Entry.comparingByKey());

  private final Map<String, Sighting> kept = new HashMap<>();
  private int most;
  private boolean overflowed;

  Newest(int most) {
    this.most = most;
  }

  void add(String key, Sighting sighting) {
    kept.merge(key, sighting, Sighting::later);
    drop();
  }

  private void drop() {
    while (kept.size() > most) {
      overflowed = true;
      kept.remove(kept.entrySet().stream().min(ORDER).orElseThrow().getKey());
    }
  }

  void addAll(Newest other) {
    limit(other.most);
    other.kept.forEach(this::add);
    overflowed |= other.overflowed;
  }

  /// Keeps at most so many keys from now on, also of what is added later.
  void limit(int fewer) {
    most = Math.min(most, fewer);
    drop();
  }

  EvidenceState.Keys<String, Sighting> state() {
    var sorted = sorted();
    return new EvidenceState.Keys<>(
        most, overflowed, sorted.keySet().stream().toList(), sorted.values().stream().toList());
  }

  void addState(EvidenceState.Keys<String, Sighting> state) {
    limit(state.most());
    state.forEach(this::add);
    overflowed |= state.more();
  }

  public @Nullable Sighting get(String key) {
    return kept.get(key);
  }

  public SortedMap<String, Sighting> sorted() {
    return new TreeMap<>(kept);
  }

  public boolean hasOverflowed() {
    return overflowed;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Newest newest
        && newest.most == most
        && newest.overflowed == overflowed
        && newest.kept.equals(kept);
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
