// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import dev.credence.facts.text.ContactPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The sections that a CredentialPolicy has. An absent section decides nothing, so another policy
/// may decide it. A section is whole: what its author left out has the default of the schema.
public record PolicySections(
    Optional<Owner> owner,
    Optional<Approval> approval,
    Optional<Lifetime> lifetime,
    Optional<Rotation> rotation,
    Optional<Tokens> tokens,
    Optional<Certificates> certificates,
    Optional<Privileges> privileges,
    Optional<Idle> idle,
    Optional<Behavior> behavior,
    Optional<Review> review,
    Optional<Discovery> discovery,
    Optional<Safety> safety) {

  public static final PolicySections NONE =
      new PolicySections(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public record Owner(boolean required, Optional<ContactPattern> pattern, boolean backupRequired) {}

  public record Approval(boolean required) {}

  /// `max` from the creation of an identity on; `suspends`: an expired identity is suspended, else
  /// it is only reported; `decommissionAfter`: how long it stays suspended before that.
  public record Lifetime(
      Optional<Duration> max,
      List<Duration> warnBefore,
      boolean suspends,
      Optional<Duration> decommissionAfter) {

    /// Where no policy has the section.
    public static final List<Duration> WARN_BEFORE =
        List.of(Duration.ofHours(720), Duration.ofHours(168), Duration.ofHours(24));

    public Lifetime {
      warnBefore = List.copyOf(warnBefore);
    }
  }

  public record Rotation(RotationRule rule, RotationProcedure procedure) {}

  /// `unusedFor`: how long until a legacy token counts as unused.
  public record Tokens(Optional<Duration> maxLifetime, Legacy legacy, Duration unusedFor) {

    /// Where no policy has the section.
    public static final Duration UNUSED_FOR = Duration.ofHours(2160);
  }

  public enum Legacy {
    Ignore,
    Report,
    Invalidate
  }

  /// Findings of this severity or more break the rule. `reportsUnusedFor`: so does a right that was
  /// not used for so long; empty: it does not.
  public record Privileges(
      Severity minSeverity, List<Exemption> exemptions, Optional<Duration> reportsUnusedFor) {
    public Privileges {
      exemptions = List.copyOf(exemptions);
    }

    /// One that does not ask for unused rights.
    public Privileges(Severity minSeverity, List<Exemption> exemptions) {
      this(minSeverity, exemptions, Optional.empty());
    }
  }

  /// `until` empty: for ever.
  public record Exemption(String rule, String reason, Optional<Instant> until) {}

  /// `unusedFor` empty: it cannot be read, and nothing counts as idle.
  public record Idle(Optional<Duration> unusedFor, boolean suspends) {}

  /// `networks`: those from which requests are expected; `ignored`: findings that are not
  /// reported, by name.
  public record Behavior(
      Duration learningTime,
      ExpectedNetworks networks,
      Set<String> ignored,
      int rateFactor,
      OnOdd onOdd) {

    /// Where no policy has the section.
    public static final Behavior DEFAULT =
        new Behavior(Duration.ofHours(336), ExpectedNetworks.NONE, Set.of(), 5, OnOdd.Report);

    public Behavior {
      ignored = Set.copyOf(ignored);
    }

    public boolean suspends() {
      return onOdd == OnOdd.Suspend;
    }
  }

  public enum OnOdd {
    Ignore,
    Report,
    Suspend
  }

  /// `interval` empty: it cannot be read, and no review is required.
  public record Review(Optional<Duration> interval, boolean suspends) {}

  public enum Discovery {
    Disabled,
    Report,
    Register
  }

  /// How many identities the policy suspends by itself in an hour.
  public record Safety(int maxSuspensionsPerHour) {
    public static final Safety DEFAULT = new Safety(5);
  }

  public boolean has(Section section) {
    return section.in(this).isPresent();
  }

  /// Those that are there, in the order of the schema.
  public List<Section> present() {
    return Stream.of(Section.values()).filter(this::has).toList();
  }

  /// The causes for which the policy suspends identities, in words.
  public Set<String> suspendsFor() {
    return safety.orElse(Safety.DEFAULT).maxSuspensionsPerHour() > 0
        ? Stream.of(
                lifetime.filter(Lifetime::suspends).map(_ -> "expiration"),
                review.filter(Review::suspends).map(_ -> "an overdue review"),
                idle.filter(Idle::suspends).map(_ -> "missing use"),
                behavior.filter(Behavior::suspends).map(_ -> "odd behavior"))
            .flatMap(Optional::stream)
            .collect(Collectors.toCollection(TreeSet::new))
        : Set.of();
  }

  public PolicySections without(Section section) {
    return only(EnumSet.complementOf(EnumSet.of(section)));
  }

  /// The same without all other sections.
  public PolicySections only(Set<Section> sections) {
    return new PolicySections(
        owner.filter(_ -> sections.contains(Section.Owner)),
        approval.filter(_ -> sections.contains(Section.Approval)),
        lifetime.filter(_ -> sections.contains(Section.Lifetime)),
        rotation.filter(_ -> sections.contains(Section.Rotation)),
        tokens.filter(_ -> sections.contains(Section.Tokens)),
        certificates.filter(_ -> sections.contains(Section.Certificates)),
        privileges.filter(_ -> sections.contains(Section.Privileges)),
        idle.filter(_ -> sections.contains(Section.Idle)),
        behavior.filter(_ -> sections.contains(Section.Behavior)),
        review.filter(_ -> sections.contains(Section.Review)),
        discovery.filter(_ -> sections.contains(Section.Discovery)),
        safety.filter(_ -> sections.contains(Section.Safety)));
  }
}
