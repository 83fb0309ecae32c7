// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.util.Comparator;
import java.util.TreeSet;

/// The secret values that the process has read. No message contains one, whatever a server or a
/// library repeats.
final class Withheld {
  private static final int SHORTEST = 4;
  private static final int LONGEST_LINE = 1000;

  /// The longest first: a value may contain another.
  private final TreeSet<String> values =
      new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(text -> text));

  void add(String value) {
    value.lines().filter(line -> line.length() >= SHORTEST).forEach(values::add);
  }

  /// One line without control characters and without any of the values.
  String clean(String text) {
    var clean = text;
    for (var value : values) {
      clean = clean.replace(value, "(withheld)");
    }
    clean = clean.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return clean.length() <= LONGEST_LINE ? clean : clean.substring(0, LONGEST_LINE) + "…";
  }
}
