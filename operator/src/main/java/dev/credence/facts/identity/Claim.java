// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import java.time.Instant;
import java.util.Comparator;

/// The claim of an identity on an object as its member. Of several claims the strongest counts,
/// then the oldest identity, then the name: the same answer wherever and whenever it is computed.
public record Claim(Strength strength, Instant since, String identity)
    implements Comparable<Claim> {

  public enum Strength {
    /// the identity generates or provisions it
    Makes,
    /// the identity names it
    Names,
    /// the identity's selector matches it
    Selects
  }

  private static final Comparator<Claim> ORDER =
      Comparator.comparing(Claim::strength)
          .thenComparing(Claim::since)
          .thenComparing(Claim::identity);

  @Override
  public int compareTo(Claim other) {
    return ORDER.compare(this, other);
  }
}
