// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.plan.Action;
import dev.credence.plan.Durations;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import java.time.Duration;

/// Repairs a generated Secret whose annotations cannot be right.
final class IssueTimeRepair {
  private final RotationTarget t;
  private final SecretPlan plans;

  IssueTimeRepair(RotationTarget t, SecretPlan plans) {
    this.t = t;
    this.plans = plans;
  }

  /// Annotations that cannot be read are not overwritten.
  Builder unreadable() {
    return plans.blocked(
        Blocker.broken(
            t.subject()
                + ": The annotations credence.dev/version, issued-at and previous-retires-at cannot be read. Restore them, or delete the Secret; the operator then creates a new one."));
  }

  /// A clock was wrong when the value was issued, or a user wrote the annotation. Its age is
  /// unknown; counted from now on it is neither replaced at once nor kept for years.
  Builder redated(IssuedSecret current) {
    var dated = new IssuedSecret(current.secret(), dated(current.issue()));
    var until = dated.issue().previousRetiresAt();
    var plan =
        plans
            .issued(dated, Phase.Fresh, until)
            .message(plans.note(dated))
            .against(t.refusal())
            .changingAt(t.schedule().due(dated.issue(), t.end(dated.secret())));
    return t.isBackingOff()
        ? plan
        : plan.doing(
            new Action.ResetIssuedAt(
                t.subject(), dated.preconditions(), dated.issue().issuedAt(), until));
  }

  /// The previous value stays as long as was planned, and no longer than the overlap with a value
  /// that is issued today.
  private Issue dated(Issue issue) {
    var now = t.nextSecond();
    return new Issue(
        issue.version(),
        now,
        issue
            .previousRetiresAt()
            .map(until -> Duration.between(issue.issuedAt(), until).abs())
            .map(overlap -> now.plus(Durations.shorter(overlap, t.schedule().overlap(now)))),
        issue.previous(),
        issue.generatorSpec(),
        issue.account(),
        issue.handled(),
        issue.aborted().filter(aborted -> !aborted.at().isAfter(now)),
        issue.moving(),
        issue.tokens());
  }
}
