package dev.credence.decide.conditions;

import dev.credence.decide.lifecycle.LegacyTokens;
import dev.credence.decide.rotation.Turn;
import dev.credence.decide.rotation.Turn.Obstacle;
import dev.credence.plan.Halt;
import dev.credence.plan.Halt.Cause;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import dev.credence.plan.Standing.Credential;
import dev.credence.plan.Standing.Credential.Kind;
import dev.credence.plan.Standing.Credential.Phase;
import dev.credence.plan.Verdict;
import dev.credence.plan.Verdict.Aspect;
import dev.credence.plan.Verdict.Truth;
import dev.credence.plan.Verdict.Weight;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Is every credential current? The worst that can be said of any of them is said.
public final class Freshness {
  private static final Set<Phase> ABOUT_TO_CHANGE =
      EnumSet.of(
          Phase.Due, Phase.Deferred, Phase.Applying, Phase.Verifying, Phase.Revoked, Phase.Expired);

  /// `halt`: why nothing is issued; another condition speaks of that.
  public static Verdict verdict(List<Turn> turns, Optional<Halt> halt, LegacyTokens legacy) {
    var credentials = turns.stream().map(Turn::credential).toList();
    if (halt.filter(why -> why.is(Cause.Decommissioned)).isPresent()) {
      return hindered(turns, Reason.RotationBlocked)
          .or(() -> hindered(turns, Reason.VerificationFailed))
          .or(() -> beingEnded(credentials))
          .orElseGet(Freshness::ended);
    }
    // Consumers are refused now: nothing is worse.
    return hindered(turns, Reason.ConsumersLeftBehind)
        .or(() -> hindered(turns, Reason.RotationBlocked))
        .or(() -> notReady(credentials, halt))
        .or(() -> hindered(turns, Reason.ValueOverwritten))
        .or(() -> hindered(turns, Reason.VerificationFailed))
        .or(() -> notThere(credentials, halt.isPresent() ? Weight.None : Weight.Waiting))
        .or(() -> ended(credentials))
        .or(() -> violated(turns))
        .or(legacy::verdict)
        .or(() -> failedToRenew(credentials))
        .or(() -> hindered(turns, Reason.ConsumersPending))
        .or(() -> hindered(turns, Reason.RotationDeferred))
        .or(() -> due(credentials))
        .orElseGet(() -> fresh(credentials, legacy));
  }

  private static Optional<Verdict> hindered(List<Turn> turns, Reason reason) {
    var obstacles =
        turns.stream()
            .flatMap(turn -> turn.obstacles().stream())
            .filter(found -> found.reason() == reason)
            .toList();
    return failing(
        reason,
        obstacles.stream().map(Obstacle::weight).max(Comparator.naturalOrder()).orElse(Weight.None),
        obstacles.stream().map(Obstacle::message).distinct().toList());
  }

  /// What breaks a rule of the policy: the first of it gives the reason, all of it is said.
  private static Optional<Verdict> violated(List<Turn> turns) {
    var violations =
        turns.stream()
            .flatMap(turn -> turn.obstacles().stream())
            .filter(obstacle -> obstacle.weight() == Weight.Violation)
            .sorted(Comparator.comparing(Obstacle::reason))
            .toList();
    return violations.stream()
        .findFirst()
        .flatMap(
            worst ->
                failing(
                    worst.reason(),
                    Weight.Violation,
                    violations.stream().map(Obstacle::message).toList()));
  }

  private static Optional<Verdict> failedToRenew(List<Credential> credentials) {
    return failing(
        Reason.IssuanceFailed,
        Weight.None,
        credentials.stream()
            .filter(c -> c.failedAttempts().isPresent())
            .map(c -> sentence(c, "failed"))
            .toList());
  }

  /// One that is not to be issued for now counts for nothing.
  private static Optional<Verdict> notReady(List<Credential> credentials, Optional<Halt> halt) {
    var certificates =
        credentials.stream()
            .filter(c -> c.kind() == Kind.Certificate)
            .filter(c -> c.phase() == Phase.Pending || c.phase() == Phase.Expired)
            .toList();
    var isHeld = halt.isPresent() && certificates.stream().allMatch(c -> c.issuedAt().isEmpty());
    return failing(
        Reason.CertificateNotReady,
        isHeld ? Weight.None : Weight.Waiting,
        certificates.stream().map(c -> sentence(c, "not ready")).toList());
  }

  private static Optional<Verdict> beingEnded(List<Credential> credentials) {
    var left = credentials.stream().filter(c -> isMade(c) && c.issuedAt().isPresent());
    return failing(
        Reason.RotationDue, Weight.Waiting, left.map(c -> sentence(c, "being ended")).toList());
  }

  private static Verdict ended() {
    return Verdict.fine(
        Aspect.CredentialsFresh,
        Truth.True,
        Reason.Fresh,
        "what was made for the identity has ended with it");
  }

  private static Optional<Verdict> notThere(List<Credential> credentials, Weight weight) {
    var pending =
        credentials.stream()
            .filter(c -> c.phase() == Phase.Pending || isMade(c) && c.issuedAt().isEmpty())
            .filter(c -> c.phase() != Phase.Expired);
    return failing(
        Reason.RotationDue, weight, pending.map(c -> sentence(c, "no value yet")).toList());
  }

  private static boolean isMade(Credential credential) {
    return credential.kind() == Kind.Generated || credential.kind() == Kind.Token;
  }

  private static Optional<Verdict> ended(List<Credential> credentials) {
    var ended =
        credentials.stream()
            .filter(c -> c.kind() == Kind.Linked || c.kind() == Kind.LegacyToken)
            .filter(c -> c.phase() == Phase.Expired);
    return failing(
        Reason.RotationDue, Weight.Violation, ended.map(c -> sentence(c, "ended")).toList());
  }

  /// Shown, but nothing is wrong: seconds pass between a request and its answer, and what an
  /// identity that has ended still holds is for Expiring to say.
  private static Optional<Verdict> due(List<Credential> credentials) {
    var due = credentials.stream().filter(c -> ABOUT_TO_CHANGE.contains(c.phase()));
    return failing(
        Reason.RotationDue,
        Weight.None,
        due.map(c -> sentence(c, "about to be replaced")).toList());
  }

  private static Verdict fresh(List<Credential> credentials, LegacyTokens legacy) {
    return Verdict.fine(
        Aspect.CredentialsFresh,
        Truth.True,
        Reason.Fresh,
        (credentials.isEmpty() ? "no credentials" : "every credential is current")
            + legacy.note().map(text -> "; " + text).orElse(""));
  }

  private static String sentence(Credential credential, String otherwise) {
    return credential.name() + ": " + credential.message().orElse(otherwise);
  }

  private static Optional<Verdict> failing(Reason reason, Weight weight, List<String> sentences) {
    return sentences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Verdict(
                Aspect.CredentialsFresh, Truth.False, reason, Sentences.joined(sentences), weight));
  }

  private Freshness() {}
}
