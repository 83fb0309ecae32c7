// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.decide.policy.Reviewed;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.LifecycleRequests.State;
import dev.credence.facts.identity.RecordedStatus.Suspended;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.SuspensionFacts.Listed.Until;
import dev.credence.facts.policy.Policy;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whether the identity is active, suspended or decommissioned. It is suspended while a user
/// requests it, or where its policy suspends identities that expired, were not reviewed in time or
/// are unused. After its expiration the policy may decommission it, which is final.
///
/// A request of a user takes effect at once. Suspensions by a policy are counted and limited: an
/// edited policy cannot suspend half of the cluster.
public sealed interface ServiceState {
  /// The beginning of an annotation that reports a compromise.
  String COMPROMISED = "compromised";

  /// `note`: why it is active, although a suspension was requested.
  record InService(Optional<String> note) implements ServiceState {}

  /// To be suspended, when the policy may suspend another one.
  record Queued(Cause ground, String policy, int most, Optional<Instant> next)
      implements ServiceState {}

  /// `counted`: this reconcile suspends it because of a policy.
  record OutOfService(Cause ground, Instant since, boolean counted) implements Held {}

  /// Taken apart, for good.
  record Ended(Cause ground, Instant since) implements Held {}

  /// It is kept from acting.
  sealed interface Held extends ServiceState {
    Cause ground();

    Instant since();
  }

  /// `until`: what else ends the suspension, in addition to the end of this cause. A suspension
  /// that a user requested ends when the identity is deleted. One by a policy, or of a compromised
  /// identity, does not: deleting and re-creating the identity must not be a way out.
  record Cause(Reason reason, String why, Until until) {
    Cause(Reason reason, String why) {
      this(reason, why, reason == Reason.Requested ? Until.Deleted : Until.Released);
    }

    /// The same where a policy suspends the identity in any case.
    private Cause with(Optional<Cause> byPolicy) {
      return byPolicy.isPresent() ? new Cause(reason, why, Until.Released) : this;
    }
  }

  static ServiceState of(
      Snapshot s,
      Optional<Policy> policy,
      Expiring life,
      InUse usage,
      Reviewed reviewing,
      Set<String> accounts) {
    var since = since(s);
    var byPolicy = policy.flatMap(chosen -> byPolicy(s, chosen, life, usage, reviewing));
    var inAnyCase = byPolicy.filter(_ -> policy.orElseThrow().mostSuspensions() > 0);
    if (s.identity().calling().state() == State.Decommissioned) {
      return new Ended(
          new Cause(Reason.Requested, "`spec.state` is Decommissioned").with(inAnyCase), since);
    }
    if (s.identity().lived().decommissioned()) {
      return new Ended(
          byPolicy.orElse(new Cause(Reason.Expired, "it was decommissioned by its policy")), since);
    }
    var requested = requested(s);
    if (isImmune(s, accounts)) {
      return new InService(
          requested
              .or(() -> byPolicy)
              .map(
                  ground ->
                      "not suspended, though "
                          + ground.why()
                          + ": its ServiceAccounts are among those that never are"));
    }
    if (requested.isPresent()) {
      return new OutOfService(requested.get().with(inAnyCase), since, false);
    }
    return byPolicy
        .map(ground -> automatic(s, policy.orElseThrow(), life, ground, since))
        .orElseGet(() -> new InService(Optional.empty()));
  }

  /// The cause for which an enforcing policy suspends the identity.
  private static Optional<Cause> byPolicy(
      Snapshot s, Policy policy, Expiring life, InUse usage, Reviewed reviewing) {
    return policy.enforces()
        ? expired(policy, life)
            .or(() -> overdue(s, policy, reviewing))
            .or(() -> idle(s, policy, usage))
        : Optional.empty();
  }

  private static Optional<Cause> requested(Snapshot s) {
    return s.identity()
        .calling()
        .suspend()
        .map(
            text ->
                new Cause(
                    isCompromised(text) ? Reason.Compromised : Reason.Requested,
                    text.isBlank()
                        ? "it has the annotation credence.dev/suspend"
                        : "credence.dev/suspend says '" + text + "'"))
        .or(
            () ->
                s.identity().calling().state() == State.Suspended
                    ? Optional.of(new Cause(Reason.Requested, "`spec.state` is Suspended"))
                    : Optional.empty());
  }

  private static boolean isCompromised(String text) {
    return text.regionMatches(true, 0, COMPROMISED, 0, COMPROMISED.length());
  }

  private static Optional<Cause> expired(Policy policy, Expiring life) {
    return life.ending()
        .filter(_ -> policy.ending().suspends() && life.isOver())
        .map(
            end ->
                new Cause(
                    Reason.Expired,
                    "it ended at "
                        + end
                        + ", and policy "
                        + policy.name()
                        + " suspends what has ended"));
  }

  /// No identity is suspended for an overdue review that no user could give.
  private static Optional<Cause> overdue(Snapshot s, Policy policy, Reviewed reviewing) {
    return reviewing
        .due()
        .filter(_ -> policy.oversight().reviewing().suspends() && reviewing.overdue())
        .filter(_ -> reviewing.checked() || isSuspendedAs(s, Reason.ReviewOverdue))
        .map(
            due ->
                new Cause(
                    Reason.ReviewOverdue,
                    "a review was due at "
                        + due
                        + ", and policy "
                        + policy.name()
                        + " suspends what is overdue"));
  }

  /// An identity that was suspended as idle stays so while not everything can be read.
  private static Optional<Cause> idle(Snapshot s, Policy policy, InUse usage) {
    return (usage.isIdle() || (usage.isInPart() && isSuspendedAs(s, Reason.Idle)))
            && policy.oversight().idleness().suspends()
        ? Optional.of(
            new Cause(
                Reason.Idle,
                (usage.last().isPresent()
                        ? "it was last used on " + usage.last().get().day()
                        : "its token was never used")
                    + ", and policy "
                    + policy.name()
                    + " suspends what is idle"))
        : Optional.empty();
  }

  private static boolean isSuspendedAs(Snapshot s, Reason reason) {
    return s.identity()
        .lived()
        .suspended()
        .filter(suspended -> suspended.reason().equals(reason.name()))
        .isPresent();
  }

  private static boolean isImmune(Snapshot s, Set<String> accounts) {
    return !accounts.isEmpty() && s.safeguards().immune().containsAll(accounts);
  }

  private static ServiceState automatic(
      Snapshot s, Policy policy, Expiring life, Cause ground, Instant since) {
    if (isSuspended(s)) {
      return decommissioning(policy, life, since)
              .filter(time -> ground.reason() == Reason.Expired && !s.now().isBefore(time))
              .isPresent()
          ? new Ended(ground, since)
          : new OutOfService(ground, since, false);
    }
    var most = policy.mostSuspensions();
    var recent = recent(s, policy);
    return recent.size() < most
        ? new OutOfService(ground, since, true)
        : new Queued(
            ground,
            policy.name(),
            most,
            most == 0
                ? Optional.empty()
                : Optional.of(recent.get(recent.size() - most).plus(SuspensionFacts.WINDOW)));
  }

  /// Those of a moment later count too: other identities were reconciled meanwhile.
  private static List<Instant> recent(Snapshot s, Policy policy) {
    return s.safeguards().recent().getOrDefault(policy.name(), List.of()).stream()
        .filter(time -> time.isAfter(s.now().minus(SuspensionFacts.WINDOW)))
        .sorted()
        .toList();
  }

  /// When an identity that its policy suspended is taken apart.
  private static Optional<Instant> decommissioning(Policy policy, Expiring life, Instant since) {
    return policy
        .ending()
        .decommissionAfter()
        .map(after -> life.ending().filter(since::isBefore).orElse(since).plus(after));
  }

  private static boolean isSuspended(Snapshot s) {
    return s.identity().lived().suspended().isPresent() || ours(s).findAny().isPresent();
  }

  private static Stream<Instant> ours(Snapshot s) {
    return s.safeguards().listedFor(s.identity().uid()).values().stream().map(Listed::since);
  }

  private static Instant since(Snapshot s) {
    return s.identity()
        .lived()
        .suspended()
        .map(Suspended::since)
        .or(() -> ours(s).min(Instant::compareTo))
        .orElseGet(() -> s.now().truncatedTo(ChronoUnit.SECONDS));
  }

  default Optional<IssuanceHold> halt() {
    return switch (this) {
      case InService _, Queued _ -> Optional.empty();
      case OutOfService _ ->
          Optional.of(new IssuanceHold(IssuanceHold.Cause.Suspended, "the identity is suspended"));
      case Ended _ ->
          Optional.of(
              new IssuanceHold(
                  IssuanceHold.Cause.Decommissioned, "the identity is decommissioned"));
    };
  }

  /// The times at which this answer changes by itself.
  default Stream<Instant> changes(Optional<Policy> policy, Expiring life) {
    return switch (this) {
      case Queued(_, _, _, var next) -> next.stream();
      case OutOfService(var ground, var since, _) when ground.reason() == Reason.Expired ->
          policy.flatMap(chosen -> decommissioning(chosen, life, since)).stream();
      case OutOfService _, InService _, Ended _ -> Stream.empty();
    };
  }
}
