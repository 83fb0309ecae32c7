// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.decide.policy.Reviewed;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.LifecycleRequests.State;
import dev.credence.facts.identity.RecordedStatus.Suspended;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.SuspensionFacts.Listed.Until;
import dev.credence.facts.policy.FromPolicy;
import dev.credence.facts.policy.PolicySections.Lifetime;
import dev.credence.facts.policy.PolicySections.Safety;
import dev.credence.plan.Decision.Counted;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whether the identity is active, suspended or decommissioned. It is suspended while a user
/// requests it, or where its policy suspends identities that expired, behave oddly, were not
/// reviewed in time or are unused. After its expiration the policy may decommission it, which
/// is final.
///
/// A request of a user takes effect at once. Suspensions by a policy are counted and limited: an
/// edited policy cannot suspend half of the cluster.
public sealed interface ServiceState {
  /// `note`: why it is active, although a suspension was requested.
  record InService(Optional<String> note) implements ServiceState {}

  /// To be suspended, when the policy may suspend another one.
  record Queued(Cause cause, Counted budget, Optional<Instant> next) implements ServiceState {}

  /// `counted`: the budget of the policy because of which this reconcile suspends it.
  record OutOfService(Cause cause, Instant since, Optional<Counted> counted) implements Held {}

  /// Taken apart, for good.
  record Ended(Cause cause, Instant since) implements Held {}

  /// It is kept from acting.
  sealed interface Held extends ServiceState {
    Cause cause();

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
      EffectivePolicy policy,
      Expiring life,
      InUse usage,
      BehaviorChanged behavior,
      Reviewed reviewing,
      Set<String> accounts) {
    var suspends =
        expired(policy, life)
            .or(() -> odd(policy, behavior))
            .or(() -> overdue(s, policy, reviewing))
            .or(() -> idle(s, policy, usage));
    return of(s, policy, life, accounts, suspends);
  }

  /// `suspends`: why a policy suspends it.
  private static ServiceState of(
      Snapshot s,
      EffectivePolicy policy,
      Expiring life,
      Set<String> accounts,
      Optional<FromPolicy<Cause>> suspends) {
    var since = since(s);
    var byPolicy = suspends.map(FromPolicy::section);
    var inAnyCase = byPolicy.filter(_ -> budget(policy, suspends.get()).most() > 0);
    if (s.identity().lifecycleRequests().state() == State.Decommissioned) {
      return new Ended(new Cause(Reason.Requested, stated(s)).with(inAnyCase), since);
    }
    if (s.identity().recorded().decommissioned()) {
      return new Ended(
          byPolicy.orElse(new Cause(Reason.Expired, "its policy decommissioned the identity")),
          since);
    }
    var requested = requested(s);
    if (isImmune(s, accounts)) {
      return new InService(
          requested
              .or(() -> byPolicy)
              .map(
                  cause ->
                      "Not suspended, although "
                          + cause.why()
                          + ": its ServiceAccounts are exempt from suspension."));
    }
    if (requested.isPresent()) {
      return new OutOfService(requested.get().with(inAnyCase), since, Optional.empty());
    }
    return suspends
        .map(cause -> automatic(s, policy, life, cause, since))
        .orElseGet(() -> new InService(Optional.empty()));
  }

  private static Optional<Cause> requested(Snapshot s) {
    var lifecycleRequests = s.identity().lifecycleRequests();
    return annotated(
            Reason.Compromised, "credence.dev/compromised", lifecycleRequests.compromised())
        .or(() -> annotated(Reason.Requested, "credence.dev/suspend", lifecycleRequests.suspend()))
        .or(
            () ->
                lifecycleRequests.state() == State.Suspended
                    ? Optional.of(new Cause(Reason.Requested, stated(s)))
                    : Optional.empty());
  }

  private static Optional<Cause> annotated(Reason reason, String key, Optional<String> text) {
    return text.map(
        stated ->
            new Cause(
                reason,
                stated.isBlank()
                    ? "the annotation " + key + " is set"
                    : "the annotation " + key + " is '" + stated + "'"));
  }

  /// The state of the spec, with its reason.
  private static String stated(Snapshot s) {
    var lifecycleRequests = s.identity().lifecycleRequests();
    return "`spec.state` is "
        + lifecycleRequests.state()
        + lifecycleRequests.stateReason().map(reason -> ": " + reason).orElse("");
  }

  private static Optional<FromPolicy<Cause>> expired(EffectivePolicy policy, Expiring life) {
    return life.ending()
        .filter(_ -> life.isOver())
        .flatMap(
            end ->
                policy
                    .lifetime()
                    .filter(chosen -> chosen.section().suspends())
                    .map(
                        chosen ->
                            cause(
                                chosen,
                                Reason.Expired,
                                "the identity expired at " + end,
                                "suspends expired identities")));
  }

  private static FromPolicy<Cause> cause(
      FromPolicy<?> by, Reason reason, String fact, String consequence) {
    return new FromPolicy<>(
        new Cause(reason, fact + ", and policy " + by.policy() + " " + consequence), by.policy());
  }

  private static Optional<FromPolicy<Cause>> odd(EffectivePolicy policy, BehaviorChanged behavior) {
    return policy
        .behavior()
        .flatMap(
            chosen ->
                behavior
                    .cause()
                    .map(
                        fact ->
                            cause(
                                chosen,
                                Reason.OddBehavior,
                                fact,
                                "suspends identities with such a finding")));
  }

  /// No identity is suspended for an overdue review that no user could give.
  private static Optional<FromPolicy<Cause>> overdue(
      Snapshot s, EffectivePolicy policy, Reviewed reviewing) {
    return reviewing
        .due()
        .filter(_ -> reviewing.overdue())
        .filter(_ -> reviewing.checked() || isSuspendedAs(s, Reason.ReviewOverdue))
        .flatMap(
            due ->
                policy
                    .review()
                    .filter(chosen -> chosen.section().suspends())
                    .map(
                        chosen ->
                            cause(
                                chosen,
                                Reason.ReviewOverdue,
                                "a review was due at " + due,
                                "suspends identities with an overdue review")));
  }

  /// An identity suspended as idle stays suspended while the operator cannot read all evidence.
  private static Optional<FromPolicy<Cause>> idle(Snapshot s, EffectivePolicy policy, InUse usage) {
    return policy
        .idle()
        .filter(chosen -> chosen.section().suspends())
        .filter(_ -> usage.isIdle() || (usage.isInPart() && isSuspendedAs(s, Reason.Idle)))
        .map(
            chosen ->
                cause(
                    chosen,
                    Reason.Idle,
                    usage.last().isPresent()
                        ? "the identity was last used on " + usage.last().get().day()
                        : "its token was never used",
                    "suspends idle identities"));
  }

  private static boolean isSuspendedAs(Snapshot s, Reason reason) {
    return s.identity()
        .recorded()
        .suspended()
        .filter(suspended -> suspended.reason().equals(reason.name()))
        .isPresent();
  }

  private static boolean isImmune(Snapshot s, Set<String> accounts) {
    return !accounts.isEmpty() && s.suspensionFacts().immune().containsAll(accounts);
  }

  private static ServiceState automatic(
      Snapshot s, EffectivePolicy policy, Expiring life, FromPolicy<Cause> by, Instant since) {
    var cause = by.section();
    if (isSuspended(s)) {
      return decommissioning(policy, life, since)
              .filter(time -> cause.reason() == Reason.Expired && !s.now().isBefore(time))
              .isPresent()
          ? new Ended(cause, since)
          : new OutOfService(cause, since, Optional.empty());
    }
    var budget = budget(policy, by);
    var most = budget.most();
    var recent = recent(s, budget);
    return recent.size() < most
        ? new OutOfService(cause, since, Optional.of(budget))
        : new Queued(
            cause,
            budget,
            most == 0
                ? Optional.empty()
                : Optional.of(recent.get(recent.size() - most).plus(SuspensionFacts.WINDOW)));
  }

  /// That of the policy whose `safety` applies, else the default for the policy that suspends.
  private static Counted budget(EffectivePolicy policy, FromPolicy<Cause> by) {
    return policy
        .safety()
        .map(safety -> new Counted(safety.policy(), safety.section().maxSuspensionsPerHour()))
        .orElseGet(() -> new Counted(by.policy(), Safety.DEFAULT.maxSuspensionsPerHour()));
  }

  /// Includes suspensions after `now`: the operator evaluates other identities meanwhile.
  private static List<Instant> recent(Snapshot s, Counted budget) {
    return s.suspensionFacts().recent().getOrDefault(budget.policy(), List.of()).stream()
        .filter(time -> time.isAfter(s.now().minus(SuspensionFacts.WINDOW)))
        .sorted()
        .toList();
  }

  /// When an identity that its policy suspended is taken apart.
  private static Optional<Instant> decommissioning(
      EffectivePolicy policy, Expiring life, Instant since) {
    return policy
        .lifetime()
        .map(FromPolicy::section)
        .flatMap(Lifetime::decommissionAfter)
        .map(after -> life.ending().filter(since::isBefore).orElse(since).plus(after));
  }

  private static boolean isSuspended(Snapshot s) {
    return s.identity().recorded().suspended().isPresent() || ours(s).findAny().isPresent();
  }

  private static Stream<Instant> ours(Snapshot s) {
    return s.suspensionFacts().listedFor(s.identity().uid()).values().stream().map(Listed::since);
  }

  private static Instant since(Snapshot s) {
    return s.identity()
        .recorded()
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
  default Stream<Instant> changes(EffectivePolicy policy, Expiring life) {
    return switch (this) {
      case Queued(_, _, var next) -> next.stream();
      case OutOfService(var cause, var since, _) when cause.reason() == Reason.Expired ->
          decommissioning(policy, life, since).stream();
      case OutOfService _, InService _, Ended _ -> Stream.empty();
    };
  }
}
