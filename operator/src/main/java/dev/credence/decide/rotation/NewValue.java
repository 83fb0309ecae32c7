// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.policy.RotationProcedure.Strategy;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.Action.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The annotations of a new value, and the time for which the previous value stays.
record NewValue(RotationTarget t) {

  /// Of a Secret that is not there.
  VersionInfo first() {
    var now = t.nextSecond();
    var version = t.nextVersion(Optional.empty());
    // A user deleted the Secret and not the token that was in it.
    var previousUntil =
        TokenAnchors.isOlderAlive(t, version)
            ? Optional.of(now.plus(t.schedule().overlap(now)))
            : Optional.<Instant>empty();
    return versionInfo(
        version, now, previousUntil, false, t.answering(Handled.NONE, Optional.empty()));
  }

  /// The version of a Secret that its owner handed over: its value stays, and gets an issue time.
  VersionInfo given(StoredSecret secret) {
    return versionInfo(
        t.nextVersion(Optional.empty()),
        t.nextSecond(),
        Optional.empty(),
        false,
        t.answering(Handled.NONE, Optional.of(secret)));
  }

  /// In the place of the one that the Secret holds.
  /// `leftBefore`: pods from before that use a value which is gone already.
  VersionInfo next(IssuedSecret current, Why why, Optional<Instant> leftBefore) {
    var now = t.nextSecond();
    var previousUntil = previousUntil(current.secret(), why, now);
    // The token before stays valid as long as its anchor, and is not to be read any more.
    var keepsPrevious = previousUntil.isPresent() && !isToken();
    var goesAtOnce = previousUntil.isEmpty() || why instanceof Why.Dead;
    return next(current, now, previousUntil, keepsPrevious)
        .leaving(goesAtOnce ? Optional.of(now) : leftBefore);
  }

  /// Pods from before this time may use a value that is valid no more once another one has come:
  /// the one before the current one goes then.
  static Optional<Instant> leftBefore(Issue issue) {
    return issue.previousRetiresAt().isPresent()
        ? Optional.of(issue.issuedAt())
        : issue.moving().leftBefore();
  }

  /// The version that replaces a compromised value; that value can no longer be read.
  VersionInfo nextAfterRevocation(IssuedSecret current) {
    var now = t.nextSecond();
    return next(current, now, afterRevocation(now), false).leaving(Optional.of(now));
  }

  private VersionInfo next(
      IssuedSecret current, Instant now, Optional<Instant> previousUntil, boolean keepsPrevious) {
    return versionInfo(
        t.nextVersion(Optional.of(current.issue())),
        now,
        previousUntil,
        keepsPrevious,
        t.answering(current.handled(), Optional.of(current.secret())));
  }

  VersionInfo versionInfo(
      long version,
      Instant now,
      Optional<Instant> previousUntil,
      boolean keepsPrevious,
      Handled handled) {
    return new VersionInfo(
        version, now, previousUntil, keepsPrevious, t.material().digest(), account(), handled);
  }

  /// Empty where no consumer needs the previous value.
  private Optional<Instant> previousUntil(StoredSecret secret, Why why, Instant now) {
    var overlap = why instanceof Why.Dead ? Duration.ZERO : t.schedule().overlap(now);
    if (isForNobody(overlap)) {
      return Optional.empty();
    }
    var until = now.plus(overlap);
    var bounded = t.end(secret).filter(until::isAfter).orElse(until);
    return Optional.of(bounded.isBefore(now) ? now : bounded);
  }

  /// Whether keeping a previous value for `overlap` has no effect: it is zero, no consumer is
  /// restarted, no hook revokes the value, and no anchor of a token is deleted.
  boolean isForNobody(Duration overlap) {
    return overlap.isZero() && !isRestarting() && t.hooks().revoke().isEmpty() && !isToken();
  }

  /// The previous value is gone at once; who used it is still to be restarted.
  Optional<Instant> afterRevocation(Instant now) {
    return isRestarting() ? Optional.of(now) : Optional.empty();
  }

  private boolean isRestarting() {
    return t.procedure().restart().strategy() != Strategy.None;
  }

  private boolean isToken() {
    return t.material() instanceof TokenRecipe;
  }

  /// The UID of the ServiceAccount whose token it is.
  private Optional<String> account() {
    return t.material() instanceof TokenRecipe token
        ? TokenAnchors.account(t, token).map(account -> account.object().preconditions().uid())
        : Optional.empty();
  }
}
