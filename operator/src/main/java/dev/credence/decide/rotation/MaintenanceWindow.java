// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.CredentialPlan.Builder;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.plan.Action.Why;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.Instant;
import java.util.Optional;

/// May a rotation that is due begin now, by the windows of the policy?
final class MaintenanceWindow {
  private final RotationTarget t;
  private final SecretPlan plans;

  MaintenanceWindow(RotationTarget t, SecretPlan plans) {
    this.t = t;
    this.plans = plans;
  }

  /// Empty where it may begin.
  Optional<Builder> deferred(IssuedSecret current, boolean urgent) {
    return isClosed(t, current, urgent)
        ? Optional.of(deferred(current, opening(t)))
        : Optional.empty();
  }

  /// Whether the rotation waits for a window. What ends by itself before a window opens does not.
  static boolean isClosed(RotationTarget t, IssuedSecret current, boolean urgent) {
    return !urgent
        && !isOpen(t)
        && t.end(current.secret())
            .filter(end -> opening(t).filter(end::isAfter).isEmpty())
            .isEmpty();
  }

  private static boolean isOpen(RotationTarget t) {
    return t.procedure().windows().areOpen(t.now());
  }

  private static Optional<Instant> opening(RotationTarget t) {
    return t.procedure().windows().openFrom(t.now());
  }

  /// `opening` is empty where no window ever opens.
  private Builder deferred(IssuedSecret current, Optional<Instant> opening) {
    var message =
        opening
            .map(at -> "Due. The next maintenance window of the policy opens at " + at + ".")
            .orElse("Due. No maintenance window of the policy ever opens.");
    return plans
        .kept(current, Phase.Deferred, message)
        .against(
            new Blocker(
                Reason.RotationDeferred,
                Sentences.about(t.subject(), message),
                opening.isPresent() ? Impact.None : Impact.Broken))
        .changingAt(opening);
  }

  /// Why it begins now: one that was not deferred though the windows are closed ends before they
  /// open.
  Why beginning(StoredSecret secret, Why why, boolean urgent) {
    var end = t.end(secret);
    return urgent || isOpen(t) || end.isEmpty()
        ? sinceOpening(why)
        : new Why.BeforeItsEnd(dueSince(why), end.get());
  }

  private Instant dueSince(Why why) {
    return why instanceof Why.OnSchedule(var due) ? due : t.now();
  }

  /// A rotation that waited for its window is late from the opening of the window on.
  Why sinceOpening(Why why) {
    return why instanceof Why.OnSchedule(var due)
        ? new Why.OnSchedule(
            t.procedure().windows().openSince(t.now()).filter(due::isBefore).orElse(due))
        : why;
  }
}
