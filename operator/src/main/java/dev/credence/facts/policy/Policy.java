// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import dev.credence.facts.object.Selector;
import dev.credence.facts.text.ContactPattern;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A CredentialPolicy. `mostSuspensions`: how many identities it suspends by itself in an hour.
/// `problems` are the sentences about what in it cannot be applied; the rest of it counts.
public record Policy(
    String name,
    long generation,
    int priority,
    Selector namespaces,
    Selector identities,
    Set<String> types,
    Enforcement enforcement,
    OwnerRule owner,
    boolean approvalRequired,
    Ending ending,
    int mostSuspensions,
    RotationRule rotation,
    RotationProcedure conduct,
    Optional<Duration> longestToken,
    PolicyRules oversight,
    List<String> problems) {

  /// Where no policy says otherwise.
  public static final List<Duration> WARN_BEFORE =
      List.of(Duration.ofHours(720), Duration.ofHours(168), Duration.ofHours(24));

  public static final int MOST_SUSPENSIONS = 5;

  /// Of those that select something the first in this order decides.
  public static final Comparator<Policy> DECIDES_FIRST =
      Comparator.comparingInt(Policy::priority).reversed().thenComparing(Policy::name);

  public Policy {
    types = Set.copyOf(types);
    problems = List.copyOf(problems);
  }

  /// `longestLife` from its creation on; `suspends`: an identity that has ended is suspended,
  /// else it is only shown; `decommissionAfter`: how long it stays suspended before it is taken
  /// apart.
  public record Ending(
      Optional<Duration> longestLife,
      List<Duration> warnBefore,
      boolean suspends,
      Optional<Duration> decommissionAfter) {
    public Ending {
      warnBefore = List.copyOf(warnBefore);
    }
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

  /// What it suspends identities for by itself, in words.
  public Set<String> suspendsFor() {
    return enforces() && mostSuspensions > 0
        ? Stream.of(
                ending.suspends() ? "expiration" : "",
                oversight.reviewing().suspends() ? "an overdue review" : "",
                oversight.idleness().suspends() ? "idleness" : "")
            .filter(ground -> !ground.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new))
        : Set.of();
  }

  /// The same where it only shows.
  public Policy auditing() {
    return new Policy(
        name,
        generation,
        priority,
        namespaces,
        identities,
        types,
        Enforcement.Audit,
        owner,
        false,
        ending,
        mostSuspensions,
        rotation,
        conduct,
        longestToken,
        oversight,
        problems);
  }
}
