// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a policy asks to be watched: use, reviews, rights, old tokens, certificates, and accounts
/// that nobody declared.
public record PolicyRules(
    Idleness idleness,
    Reviewing reviewing,
    Privileges privileges,
    LegacyTokens legacyTokens,
    CertificateRule certificates,
    Discovery discovery) {

  /// Where no policy says otherwise.
  public static final Duration LEGACY_UNUSED_FOR = Duration.ofHours(2160);

  public static final PolicyRules NONE =
      new PolicyRules(
          new Idleness(Optional.empty(), false),
          new Reviewing(Optional.empty(), false),
          new Privileges(Optional.empty(), List.of()),
          new LegacyTokens(Legacy.Report, LEGACY_UNUSED_FOR),
          CertificateRule.NONE,
          Discovery.Disabled);

  /// `unusedFor` empty: nothing counts as idle.
  public record Idleness(Optional<Duration> after, boolean suspends) {}

  /// `interval` empty: nobody has to review.
  public record Reviewing(Optional<Duration> every, boolean suspends) {}

  /// `minSeverity` empty: findings are listed, and break nothing.
  public record Privileges(Optional<Severity> minSeverity, List<Exemption> exemptions) {
    public Privileges {
      exemptions = List.copyOf(exemptions);
    }
  }

  /// `until` empty: for ever.
  public record Exemption(String rule, String reason, Optional<Instant> until) {}

  /// `unusedFor`: how long until an unused token counts as such.
  public record LegacyTokens(Legacy handling, Duration unusedFor) {}

  public enum Legacy {
    Ignore,
    Report,
    Invalidate
  }

  public enum Discovery {
    Disabled,
    Report,
    Register
  }
}
