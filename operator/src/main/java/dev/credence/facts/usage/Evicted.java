// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.usage;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The number of pods of a controller before the first of them was evicted for a new value. The
/// operator keeps it on the Secret: for a kind that it does not know, it cannot read how many pods
/// are wanted.
///
/// `pods`: all; `old`: those from before the new value; `since`: when the first was evicted.
public record Evicted(String controller, int pods, int old, Instant since) {
  private static final Pattern WRITTEN = Pattern.compile("([^ =]+)=(\\d{1,6})/(\\d{1,6})@([^ ]+)");

  /// As the annotation has it; what cannot be read is left out.
  public static List<Evicted> of(String text) {
    return Arrays.stream(text.split(" ", -1)).flatMap(each -> one(each).stream()).toList();
  }

  private static Optional<Evicted> one(String text) {
    var parts = WRITTEN.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Evicted(
              parts.group(1),
              Integer.parseInt(parts.group(2)),
              Integer.parseInt(parts.group(3)),
              Instant.parse(parts.group(4))));
    } catch (DateTimeException unreadable) {
      return Optional.empty();
    }
  }

  public static String text(List<Evicted> all) {
    return all.stream()
        .map(one -> one.controller + "=" + one.pods + "/" + one.old + "@" + one.since)
        .collect(Collectors.joining(" "));
  }
}
