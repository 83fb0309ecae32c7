// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Identity.AccountElsewhere;
import dev.credence.facts.identity.Identity.Probed;
import dev.credence.facts.identity.Identity.Users;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.Section;
import dev.credence.facts.policy.Severity;
import dev.credence.facts.text.Interner;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is true of an identity once the actions of its decision are done: status, Events and
/// metrics are views of it. `policies`: those that match, the highest priority first. `violations`:
/// the rules of policies that are broken. `ended`: the tokens that are to be noticed when they
/// come back.
public record IdentityStatus(
    State state,
    Optional<Typed> type,
    OwnerFound owner,
    List<PolicyApplied> policies,
    Optional<Instant> end,
    Optional<Instant> nextAction,
    Counts members,
    List<Credential> credentials,
    Handled handled,
    Optional<Use> use,
    Optional<Risk> risk,
    Optional<Review> review,
    Optional<Suspension> suspension,
    List<RecordedStatus.EndedToken> ended,
    RecordedStatus.Approval approval,
    List<ConditionResult> results,
    List<Violation> violations,
    List<LegacyToken> legacyTokens,
    RecordedStatus.Behavior behavior) {

  private static final Interner<ConditionResult> VERDICTS = new Interner<>(1_024);
  private static final Interner<List<PolicyApplied>> POLICIES = new Interner<>(1_024);

  public IdentityStatus {
    policies = POLICIES.of(List.copyOf(policies));
    legacyTokens = List.copyOf(legacyTokens);
    ended = List.copyOf(ended);
    credentials = List.copyOf(credentials);
    results = results.stream().map(VERDICTS::of).toList();
    violations = List.copyOf(violations);
  }

  /// `reason`: Declared, or the rule that classified it.
  public record Typed(String type, String reason) {
    public static final String DECLARED = "Declared";
  }

  /// `lastDay` in UTC, as `2026-11-20`; so is `referencedUntil`, the day on which the last of what
  /// was set up to use it went.
  public record Use(
      Optional<LocalDate> lastDay, Source source, Optional<LocalDate> referencedUntil) {

    public enum Source {
      TokenLabel,
      Pod,
      Reference,
      AuditEvent,
      None
    }
  }

  /// The worst first; those that a policy accepts for now are left out. `breaksFrom`: how bad one
  /// must be to break the policy; empty where none does. `excluded`: the bindings that were not
  /// judged. `rights`: how many are used, where a policy asks and audit events answer.
  public record Risk(
      List<Finding> findings,
      Optional<Severity> breaksFrom,
      List<String> excluded,
      Optional<RightsUsed> rights) {
    public Risk {
      findings = List.copyOf(findings);
      excluded = List.copyOf(excluded);
    }

    /// One without an answer about rights that are used.
    public Risk(List<Finding> findings, Optional<Severity> breaksFrom, List<String> excluded) {
      this(findings, breaksFrom, excluded, Optional.empty());
    }
  }

  /// A right is a verb on a resource by one binding that names the account. `remove`: bindings of
  /// which no right is used; `reduce`: those of which some are not.
  public record RightsUsed(
      int total, int unused, int unknown, List<String> remove, List<String> reduce) {
    public RightsUsed {
      remove = List.copyOf(remove);
      reduce = List.copyOf(reduce);
    }
  }

  /// `via`: what grants it, as in `ClusterRoleBinding/crm-view`.
  public record Finding(String rule, Severity severity, String via, String detail) {}

  /// A Secret with a token of one of its accounts that never ends.
  public record LegacyToken(String secret, State state) {

    public enum State {
      Used,
      /// for as long as its policy says, or 2160h
      Unused,
      /// no use was written down, or not for long enough to tell
      Unknown,
      /// the API server refuses it
      Invalid
    }
  }

  /// `due`: the next one, where a policy asks for reviews.
  public record Review(Optional<Instant> due, RecordedStatus.Review record) {}

  public enum State {
    Requested,
    Provisioning,
    Active,
    Rotating,
    Suspended,
    Decommissioned;

    /// Whether its credentials are rotated, unless it has expired.
    public boolean rotates() {
      return switch (this) {
        case Provisioning, Active, Rotating -> true;
        case Requested, Suspended, Decommissioned -> false;
      };
    }
  }

  /// The measures that keep a suspended identity from acting. `notCovered`: what it may still do,
  /// and what remains for users to do.
  public record Suspension(
      Instant since, Reason reason, Set<Measure> inForce, List<String> notCovered) {

    public Suspension {
      inForce = Set.copyOf(inForce);
      notCovered = List.copyOf(notCovered);
    }

    public enum Measure {
      TokensInvalidated,
      WritesDenied,
      NoNewTokens,
      AccountsLocked
    }
  }

  public record OwnerFound(Optional<String> contact, Optional<String> team, Source source) {}

  public enum Source {
    Spec,
    Namespace,
    None
  }

  /// A policy that matches: the sections that it decides (under Audit: would decide), and those of
  /// it that another policy decides.
  public record PolicyApplied(
      String name,
      long generation,
      Enforcement enforcement,
      List<Section> sections,
      List<Hidden> hidden) {

    public PolicyApplied {
      sections = List.copyOf(sections);
      hidden = List.copyOf(hidden);
    }

    /// `by`: the name of the policy that decides the section instead.
    public record Hidden(Section section, String by) {}

    public boolean enforces() {
      return enforcement == Enforcement.Enforce;
    }
  }

  /// A broken rule, and the policy whose rule it is; empty where no policy has the section.
  public record Violation(
      ConditionResult.ConditionType type,
      Reason reason,
      Enforcement enforcement,
      Optional<String> policy) {}

  public record Counts(
      int serviceAccounts,
      int secrets,
      int certificates,
      int missing,
      int notManaged,
      int conflicted) {}

  /// `failedAttempts`: the failed attempts of cert-manager in a row. `renewing`: the revision that
  /// it is asked to follow by another. `used`: what audit events show of its tokens.
  public record Credential(
      String name,
      Kind kind,
      Phase phase,
      Optional<Long> version,
      Optional<Instant> issuedAt,
      Optional<Instant> nextRotation,
      Optional<Instant> previousRetires,
      Optional<Instant> ends,
      Optional<AccountElsewhere> account,
      Optional<Users> consumers,
      Handled handled,
      Optional<Integer> failedAttempts,
      Optional<Integer> renewing,
      Optional<EffectiveRotation> rotation,
      Optional<Probed> probe,
      TokenUse used,
      Optional<String> message) {

    /// The same with the use of its tokens. `note`: what is wrong with it, where nothing else is
    /// shown.
    public Credential with(TokenUse found, Optional<String> note) {
      return new Credential(
          name,
          kind,
          phase,
          version,
          issuedAt,
          nextRotation,
          previousRetires,
          ends,
          account,
          consumers,
          handled,
          failedAttempts,
          renewing,
          rotation,
          probe,
          found,
          message.or(() -> note));
    }

    /// The same with its last probe. `note`: what is wrong with it, where nothing else is shown.
    public Credential with(Optional<Probed> probed, Optional<String> note) {
      return new Credential(
          name,
          kind,
          phase,
          version,
          issuedAt,
          nextRotation,
          previousRetires,
          ends,
          account,
          consumers,
          handled,
          failedAttempts,
          renewing,
          rotation,
          probed,
          used,
          note.filter(_ -> phase == Phase.Fresh || phase == Phase.Overlapping).or(() -> message));
    }

    /// Whether the last probe failed.
    public boolean failsItsProbe() {
      return probe.flatMap(Probed::failure).isPresent();
    }

    /// The last day with a use of the current token, and the last hour with one of the previous
    /// token while that is valid.
    public record TokenUse(Optional<LocalDate> current, Optional<Instant> previous) {
      public static final TokenUse NONE = new TokenUse(Optional.empty(), Optional.empty());
    }

    /// The rotation in effect: an interval, or a schedule (five fields of cron) in a time zone, and
    /// the overlap. `source`: Spec, `Policy/<name>` or Default.
    public record EffectiveRotation(
        Optional<String> interval,
        Optional<String> schedule,
        Optional<String> timeZone,
        String overlap,
        String source) {}

    public enum Kind {
      Generated,
      Token,
      Certificate,
      LegacyToken,
      Linked
    }

    public enum Phase {
      Pending,
      Fresh,
      Due,
      Deferred,
      Applying,
      Verifying,
      Restarting,
      Overlapping,
      Retiring,
      Blocked,
      Expired,
      Revoked,
      /// by a suspension, in the system that checks it
      Locked
    }

    /// What decides whether something is wrong with it.
    public ShownStatus.Credential shown() {
      return new ShownStatus.Credential(
          name,
          kind.name(),
          phase.name(),
          issuedAt,
          nextRotation,
          previousRetires,
          ends,
          consumers,
          failedAttempts.isPresent(),
          failsItsProbe());
    }
  }

  /// Nothing is rotated for the others, so no credential of theirs is overdue.
  public boolean rotates(Instant now) {
    return rotates(state, end, now);
  }

  public static boolean rotates(State state, Optional<Instant> end, Instant now) {
    return state.rotates() && end.filter(now::isAfter).isEmpty();
  }

  /// Whether a policy that matches enforces.
  public boolean isEnforced() {
    return policies.stream().anyMatch(PolicyApplied::enforces);
  }

  /// Empty where the condition does not apply.
  public Optional<ConditionResult> result(ConditionResult.ConditionType type) {
    return results.stream().filter(result -> result.type() == type).findFirst();
  }

  /// Of a condition that every status has: Ready and OwnerAssigned.
  public ConditionResult always(ConditionResult.ConditionType type) {
    return result(type).orElseThrow(() -> new IllegalArgumentException("no condition " + type));
  }

  public boolean ready() {
    return always(ConditionResult.ConditionType.Ready).status()
        == ConditionResult.ConditionStatus.True;
  }
}
