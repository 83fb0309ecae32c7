// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Tier;
import dev.credence.plan.Action;
import dev.credence.plan.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Is an action this operator's to carry out? What needs a higher [Tier] than it has is not even
/// tried, and stands in the status like a write that the API server refuses.
final class TierLimit {
  /// Another tier comes with another process.
  private static final Instant NEVER = Instant.MAX;

  /// The decision of an operator of this tier. What it leaves alone may bring up something else, of
  /// another object: so it is decided until nothing more is to be left alone.
  static Decision within(Tier tier, Snapshot s) {
    var known = s;
    while (true) {
      var decision = Decide.next(known);
      var beyond = beyond(tier, known, decision);
      if (beyond.isEmpty()) {
        return new Decision(
            decision.actions(),
            decision.status(),
            decision.reconcileAt().filter(NEVER::isAfter),
            decision.counted());
      }
      var failedWrites = new ArrayList<>(known.failedWrites());
      failedWrites.addAll(beyond);
      known = known.with(failedWrites);
    }
  }

  private static List<FailedWrite> beyond(Tier tier, Snapshot s, Decision decision) {
    return decision.actions().stream()
        .filter(action -> !tier.covers(needed(s, action)))
        .map(
            action -> new FailedWrite(action.subject(), Cause.Refused, why(tier, s, action), NEVER))
        .distinct()
        .toList();
  }

  private static String why(Tier tier, Snapshot s, Action action) {
    return "The operator does not change %s: the due action needs the tier %s, and the operator has the tier %s (chart value `rbac.tier`)"
        .formatted(named(action.subject()), needed(s, action), tier);
  }

  private static String named(ObjectRef subject) {
    return subject.kind() == ObjectRef.Kind.Suspension
        ? "the suspension of ServiceAccount " + subject.name()
        : subject.toString();
  }

  static Tier needed(Snapshot s, Action action) {
    return action instanceof Action.Remove remove && isForGood(s, remove)
        ? Tier.Enforce
        : action.meaning().tier();
  }

  /// A member is deleted together with its identity. Objects of a rotation (a staged value, the
  /// anchor of a token, the Job of a hook) are created and deleted by each rotation.
  private static boolean isForGood(Snapshot s, Action.Remove remove) {
    return switch (remove.subject().kind()) {
      case Secret ->
          s.member(remove.subject())
                  .filter(
                      member -> member instanceof StoredSecret secret && secret.part().isPresent())
                  .isEmpty()
              && s.suspensionFacts().anchors().stream()
                  .noneMatch(anchor -> anchor.subject().equals(remove.subject()));
      case Job -> false;
      case ServiceAccount,
          Certificate,
          CronJob,
          Deployment,
          StatefulSet,
          DaemonSet,
          Rollout,
          Pod,
          Suspension ->
          true;
    };
  }

  private TierLimit() {}
}
