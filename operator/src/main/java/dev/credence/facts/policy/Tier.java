// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

/// How much of what it decides an operator carries out: what the chart's value `rbac.tier` gives it
/// rights for. Each tier does what the one before it does, and more.
public enum Tier {
  /// It looks and says: status, Events and metrics, and nothing else is written.
  Observe,
  /// It makes and replaces credentials: Secrets, tokens and certificates, with the Jobs of their
  /// hooks and the restarts of who uses them.
  Rotate,
  /// It does everything: it provisions and marks ServiceAccounts, suspends, and takes apart.
  Enforce;

  public boolean covers(Tier needed) {
    return compareTo(needed) >= 0;
  }
}
