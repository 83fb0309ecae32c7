package dev.credence.facts;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A CredentialPolicy. `problems` are the sentences about what in it cannot be applied; the rest of
/// it counts.
public record Policy(
    String name,
    long generation,
    int priority,
    Selector namespaces,
    Selector identities,
    Set<String> types,
    Enforcement enforcement,
    OwnerRule owner,
    Optional<Duration> longestLife,
    List<Duration> warnBefore,
    RotationRule rotation,
    Conduct conduct,
    Optional<Duration> longestToken,
    List<String> problems) {

  /// Where no policy says otherwise.
  public static final List<Duration> WARN_BEFORE =
      List.of(Duration.ofHours(720), Duration.ofHours(168), Duration.ofHours(24));

  public Policy {
    types = Set.copyOf(types);
    warnBefore = List.copyOf(warnBefore);
    problems = List.copyOf(problems);
  }

  public enum Enforcement {
    Audit,
    Enforce
  }

  public record OwnerRule(
      boolean required, Optional<ContactPattern> pattern, boolean backupRequired) {}

  public boolean enforces() {
    return enforcement == Enforcement.Enforce;
  }
}
