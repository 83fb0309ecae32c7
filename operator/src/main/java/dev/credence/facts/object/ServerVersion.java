// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/// The minor version of the API server, as in 1.35: some rights open less, or more, from one on.
public record ServerVersion(int major, int minor) implements Comparable<ServerVersion> {
  private static final Comparator<ServerVersion> ORDER =
      Comparator.comparingInt(ServerVersion::major).thenComparingInt(ServerVersion::minor);

  /// Providers write the minor version as `35+`.
  private static final Pattern NUMBER = Pattern.compile("(\\d{1,6})\\D*");

  /// Of the two texts that `/version` answers with; empty where they are no numbers.
  public static Optional<ServerVersion> of(String major, String minor) {
    return number(major).flatMap(one -> number(minor).map(other -> new ServerVersion(one, other)));
  }

  private static Optional<Integer> number(String text) {
    return Optional.of(NUMBER.matcher(text))
        .filter(parts -> parts.matches())
        .map(parts -> Integer.valueOf(parts.group(1)));
  }

  public boolean isBefore(ServerVersion other) {
    return compareTo(other) < 0;
  }

  @Override
  public int compareTo(ServerVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
