// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

/// The most that is kept: accounts; for each account rights, refused rights, names of a
/// right, other keys (places, agents, namespaces, credentials) and hours; `hours` and `kinds`
/// also limit what is known of the log as a whole.
public record EvidenceLimits(
    int accounts, int rights, int refused, int names, int others, int hours, int kinds) {
  public static final EvidenceLimits DEFAULT =
      new EvidenceLimits(5_000, 2_000, 500, 10, 200, 400, 10_000);

  /// Of what is stored in the cluster. The hours are those that a high rate is compared with.
  public static final EvidenceLimits STORED =
      new EvidenceLimits(5_000, 2_000, 200, 10, 100, 8 * 24 + 1, 10_000);
}
