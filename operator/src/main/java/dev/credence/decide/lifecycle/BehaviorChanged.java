// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.decide.evidence.OddBehaviour;
import dev.credence.decide.evidence.OddBehaviour.Standing;
import dev.credence.decide.evidence.Oddity;
import dev.credence.decide.evidence.Oddity.Kind;
import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.decide.policy.Reviewed;
import dev.credence.facts.Snapshot;
import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.Log;
import dev.credence.facts.identity.RecordedStatus.Behavior;
import dev.credence.facts.identity.RecordedStatus.OddFinding;
import dev.credence.facts.identity.RecordedStatus.RecordedReview;
import dev.credence.facts.identity.RecordedStatus.Suspended;
import dev.credence.facts.policy.FromPolicy;
import dev.credence.facts.policy.PolicySections;
import dev.credence.facts.policy.PolicySections.OnOdd;
import dev.credence.facts.text.InvisibleCharacters;
import dev.credence.facts.text.Truncation;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Computes the condition BehaviorChanged: findings in the audit events of the ServiceAccounts of
/// an identity. A finding is open until a user reviews the identity, or for 30 days.
///
/// A policy may suspend for [#SUSPENDING] alone. Who causes such a finding holds a credential of
/// the identity. The others can be caused by users who do not: an application that acts for its
/// users sends requests with its own credential in namespaces, with verbs, at rates and with
/// User-Agents that its users choose. A User-Agent is also changed by an update of a library. Use
/// while suspended needs no second suspension.
///
/// A finding suspends within an hour, if it is newer than the policy's decision to suspend. The
/// suspension lasts until a review, whatever becomes of the events.
///
/// `record`: what the status remembers; `cause`: why the policy suspends the identity; `changes`:
/// when the answer changes by itself.
public record BehaviorChanged(
    Behavior record, Optional<String> cause, ConditionResult result, List<Instant> changes) {
  private static final BehaviorChanged NOTHING =
      new BehaviorChanged(Behavior.NONE, Optional.empty(), notApplicable(), List.of());

  static final Set<Kind> SUSPENDING = EnumSet.of(Kind.NewPlace, Kind.RetiredVersionUsed);

  /// The example of these is the last event, or an hour that is not over.
  private static final Set<Kind> MOVING =
      EnumSet.of(Kind.UsedWhileSuspended, Kind.RetiredVersionUsed, Kind.HighRate);

  private static final Set<String> LASTING =
      Set.of(Kind.UsedWhileSuspended.name(), Kind.HighRate.name());

  private static final Duration SUSPENDS_WITHIN = Duration.ofHours(1);
  private static final Duration OPEN_FOR = Duration.ofDays(30);

  /// A finding that goes on is shown with another event after this time.
  private static final Duration SHOWN_AGAIN = Duration.ofHours(1);

  /// Clocks may differ by this.
  private static final Duration AHEAD = Duration.ofMinutes(5);

  private static final int MOST = 10;
  private static final int LONGEST_ID = 64;
  private static final Comparator<OddFinding> LAST_FIRST =
      Comparator.comparing(OddFinding::last)
          .reversed()
          .thenComparing(OddFinding::account)
          .thenComparing(OddFinding::kind);

  public BehaviorChanged {
    changes = List.copyOf(changes);
  }

  private static ConditionResult notApplicable() {
    return ConditionResult.notApplicable(ConditionType.BehaviorChanged, ConditionStatus.False);
  }

  /// `accounts`: those that the identity has or had when it was suspended; `isEnforced`: whether
  /// the policy is carried out.
  public static BehaviorChanged of(
      Snapshot s,
      EffectivePolicy policy,
      Reviewed reviewing,
      Set<String> accounts,
      boolean isEnforced) {
    var chosen = policy.behavior();
    var section = chosen.map(FromPolicy::section).orElse(PolicySections.Behavior.DEFAULT);
    return section.onOdd() == OnOdd.Ignore
        ? NOTHING
        : new Looking(s, chosen, section, reviewing, accounts, isEnforced).behavior();
  }

  /// The same of an identity that may be suspended: one that is suspended anyway stays so for the
  /// finding as well.
  public BehaviorChanged under(ServiceState service, Instant now) {
    return cause.isPresent()
            && record.suspendsFrom().isPresent()
            && record.suspendedAt().isEmpty()
            && service instanceof ServiceState.Held
        ? new BehaviorChanged(
            new Behavior(
                record.findings(),
                record.suspendsFrom(),
                Optional.of(now.truncatedTo(ChronoUnit.SECONDS))),
            cause,
            result,
            changes)
        : this;
  }

  /// The evaluation of one snapshot.
  private record Looking(
      Snapshot s,
      Optional<FromPolicy<PolicySections.Behavior>> chosen,
      PolicySections.Behavior section,
      Reviewed reviewing,
      Set<String> accounts,
      boolean isEnforced) {

    /// A finding of an account.
    private record Found(String account, Oddity oddity) {
      Instant time() {
        return oddity.example().time();
      }
    }

    BehaviorChanged behavior() {
      var found = accounts.stream().sorted().flatMap(this::found).toList();
      var shown = grouped(found).toList();
      var findings = Stream.concat(shown.stream(), remembered(shown)).sorted(LAST_FIRST).toList();
      var suspendedAt = suspendedAt();
      var grave =
          suspendedAt.isPresent() || !section.suspends() || !reviewing.checked()
              ? Optional.<Found>empty()
              : found.stream().filter(this::suspends).max(Comparator.comparing(Found::time));
      return new BehaviorChanged(
          new Behavior(findings.stream().limit(MOST).toList(), suspendsFrom(), suspendedAt),
          suspendedAt
              .map(since -> why(findings).orElse("odd behavior was found at " + since))
              .or(() -> grave.flatMap(_ -> why(findings))),
          findings.isEmpty() ? notApplicable() : result(findings),
          Stream.concat(
                  // Of several findings of one type, each is open for its own time.
                  Stream.concat(
                          findings.stream().map(OddFinding::last), found.stream().map(Found::time))
                      .map(last -> last.plus(OPEN_FOR)),
                  grave.map(one -> one.time().plus(SUSPENDS_WITHIN)).stream())
              .toList());
    }

    private Optional<AccountEvidence> evidence(String account) {
      return s.auditedUse().known().flatMap(known -> known.account(account));
    }

    private Stream<Found> found(String account) {
      return s.auditedUse().known().stream()
          .flatMap(
              known ->
                  known.account(account).stream()
                      .flatMap(evidence -> oddities(known.log(), account, evidence)))
          .filter(this::isReported)
          .map(oddity -> new Found(account, oddity))
          .filter(one -> isOpen(one.time()))
          .filter(one -> !one.time().isAfter(s.now().plus(AHEAD)));
    }

    private Stream<Oddity> oddities(Log log, String account, AccountEvidence evidence) {
      var settings =
          new OddBehaviour.Settings(
              section.learningTime(), section.rateFactor(), OddBehaviour.Settings.DEFAULT.floor());
      var outSince = s.identity().recorded().suspended().map(Suspended::since);
      return new OddBehaviour(log, settings)
              .of(
                  s.identity().namespace() + "/" + account,
                  evidence,
                  new Standing(outSince, TokenUses.retired(s)))
              .stream();
    }

    private boolean isReported(Oddity oddity) {
      return !section.ignored().contains(oddity.kind().name())
          && !(oddity.kind() == Kind.NewPlace
              && section.networks().contain(oddity.example().place()));
    }

    private boolean isOpen(Instant time) {
      return time.isAfter(s.now().minus(OPEN_FOR))
          && reviewedAt().filter(review -> !time.isAfter(review)).isEmpty();
    }

    private Optional<Instant> reviewedAt() {
      return reviewing.record().last().map(RecordedReview::at);
    }

    /// One finding for each account and kind, with the newest event as its example.
    private Stream<OddFinding> grouped(List<Found> found) {
      return found.stream()
          .collect(Collectors.groupingBy(one -> Map.entry(one.account(), one.oddity().kind())))
          .values()
          .stream()
          .map(this::joined)
          .map(this::steady);
    }

    private OddFinding joined(List<Found> same) {
      var first = same.stream().map(Found::time).min(Comparator.naturalOrder()).orElseThrow();
      var last = same.stream().max(byExample()).orElseThrow();
      var example = last.oddity().example();
      return new OddFinding(
          last.oddity().kind().name(),
          last.account(),
          first.truncatedTo(ChronoUnit.SECONDS),
          last.time().truncatedTo(ChronoUnit.SECONDS),
          same.size(),
          example.place(),
          example.agent(),
          Truncation.truncate(InvisibleCharacters.replaced(example.auditId(), "?"), LONGEST_ID),
          last.oddity().message());
    }

    private static Comparator<Found> byExample() {
      return Comparator.comparing((Found one) -> one.oddity().example())
          .thenComparing(one -> one.oddity().message());
    }

    /// What goes on is written once in an hour, and not with each event.
    private OddFinding steady(OddFinding now) {
      if (MOVING.stream().noneMatch(kind -> kind.name().equals(now.kind()))) {
        return now;
      }
      var known =
          s.identity().recorded().behavior().findings().stream()
              .filter(before -> before.isOf(now.account(), now.kind()) && isOpen(before.last()))
              .findFirst();
      return known
          .filter(before -> now.last().isBefore(before.last().plus(SHOWN_AGAIN)))
          .orElseGet(() -> known.map(before -> now.since(before.first())).orElse(now));
    }

    /// Findings of accounts without events now: the events may be lost, and the findings are not
    /// reported as new once they are back. Use while suspended stays a finding after that, and the
    /// stored events show a high rate for a day only.
    private Stream<OddFinding> remembered(List<OddFinding> shown) {
      return s.identity().recorded().behavior().findings().stream()
          .filter(finding -> accounts.contains(finding.account()))
          .filter(
              finding -> evidence(finding.account()).isEmpty() || LASTING.contains(finding.kind()))
          .filter(
              finding ->
                  shown.stream().noneMatch(one -> one.isOf(finding.account(), finding.kind())))
          .filter(finding -> isOpen(finding.last()))
          .filter(finding -> !section.ignored().contains(finding.kind()));
    }

    private boolean suspends(Found one) {
      return isSuspending(one.oddity().kind().name())
          && one.time().isAfter(s.now().minus(SUSPENDS_WITHIN))
          && (!isEnforced || suspendsFrom().filter(one.time()::isAfter).isPresent());
    }

    /// Without declared networks a new place may be a new node pool.
    private boolean isSuspending(String kind) {
      return SUSPENDING.stream().anyMatch(one -> one.name().equals(kind))
          && !(kind.equals(Kind.NewPlace.name()) && section.networks().isEmpty());
    }

    /// Since when the policy suspends for findings, as far as this identity is concerned. What
    /// happened before is never a reason.
    private Optional<Instant> suspendsFrom() {
      return isEnforced && section.suspends()
          ? s.identity()
              .recorded()
              .behavior()
              .suspendsFrom()
              .or(() -> Optional.of(s.now().truncatedTo(ChronoUnit.SECONDS)))
          : Optional.empty();
    }

    private Optional<Instant> suspendedAt() {
      return s.identity()
          .recorded()
          .behavior()
          .suspendedAt()
          .filter(_ -> isEnforced && section.suspends())
          .filter(since -> reviewedAt().filter(since::isBefore).isEmpty());
    }

    private Optional<String> why(List<OddFinding> findings) {
      return findings.stream()
          .filter(finding -> isSuspending(finding.kind()))
          .findFirst()
          .map(
              finding ->
                  "ServiceAccount %s has the finding %s at %s"
                      .formatted(finding.account(), finding.kind(), finding.last()));
    }

    private ConditionResult result(List<OddFinding> findings) {
      var last = findings.getFirst();
      return new ConditionResult(
          ConditionType.BehaviorChanged,
          ConditionStatus.True,
          Reason.OddBehavior,
          "%s: %s of ServiceAccount %s at %s. %s Examine the audit events%s. If the behavior is expected, a user with the verb `review` sets the annotation credence.dev/review='<own name> <time>'. Otherwise set credence.dev/compromised."
              .formatted(
                  findings.size() == 1 ? "1 finding" : findings.size() + " findings, the last",
                  last.kind(),
                  last.account(),
                  last.last(),
                  last.message(),
                  last.auditId().isEmpty() ? "" : " (audit ID " + last.auditId() + ")"),
          chosen.isPresent() ? Impact.Violation : Impact.None);
    }
  }
}
