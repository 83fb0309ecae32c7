// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.usage;

import java.time.LocalDate;
import java.util.Map;

/// Evidence that the accounts and credentials of an identity are in use, and of the type of actor.
///
/// `uses`: of its accounts and Secrets alone. `signals`: labels and annotations of its accounts
/// that tell what they are for, by the name of the account. The tokens of its accounts are among
/// the [SuspensionFacts].
public record UsageEvidence(
    UsageListing uses, Tracking tracking, Map<String, Map<String, String>> signals) {
  public static final UsageEvidence NONE =
      new UsageEvidence(
          UsageListing.NONE, new Tracking.Unknown("the operator has not read it"), Map.of());

  public UsageEvidence {
    signals = Map.copyOf(signals);
  }

  /// Whether the API server notes when tokens that never end are used. Before it began, silence
  /// means nothing.
  public sealed interface Tracking {
    record Since(LocalDate day) implements Tracking {}

    record Unknown(String why) implements Tracking {}
  }
}
