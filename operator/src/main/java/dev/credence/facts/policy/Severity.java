// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import java.util.Optional;

/// How bad a finding is.
public enum Severity {
  Low,
  Medium,
  High,
  Critical;

  /// One step less; nothing is less than low.
  public Optional<Severity> lower() {
    return this == Low ? Optional.empty() : Optional.of(values()[ordinal() - 1]);
  }

  /// One step more; nothing is more than critical.
  public Severity higher() {
    return this == Critical ? Critical : values()[ordinal() + 1];
  }

  public boolean atLeast(Severity other) {
    return compareTo(other) >= 0;
  }
}
