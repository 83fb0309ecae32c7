// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import java.util.LinkedHashMap;
import java.util.Map;

/// Thousands of objects say the same: of equal values the first is kept, among those that were met
/// last. For values that never change.
public final class Interner<T> {
  private final Map<T, T> known;

  public Interner(int most) {
    known =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<T, T> eldest) {
            return size() > most;
          }
        };
  }

  public synchronized T of(T value) {
    var first = known.putIfAbsent(value, value);
    return first == null ? value : first;
  }
}
