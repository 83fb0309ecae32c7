// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IdentityStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A problem that a user of the cluster has to know: a condition of an identity that counts against
/// Ready, or a fault of one of its credentials. Violations of policies that audit are none.
public sealed interface Problem {

  /// 0 for the most severe.
  int rank();

  int OF_A_SUSPENSION_NOT_ENFORCED = 1;
  int OF_A_STALLED_IDENTITY = 4;
  int OF_ANY_OTHER_CONDITION = 9;

  /// `condition`: Stalled, a condition that counts against Ready, or Ready where no other does.
  record OfIdentity(ConditionType condition, Reason reason) implements Problem {
    @Override
    public int rank() {
      return switch (condition) {
        case Suspended -> OF_A_SUSPENSION_NOT_ENFORCED;
        case Stalled -> OF_A_STALLED_IDENTITY;
        default -> OF_ANY_OTHER_CONDITION;
      };
    }
  }

  record OfCredential(String credential, Kind type, Fault fault) implements Problem {
    @Override
    public int rank() {
      return fault.rank;
    }
  }

  /// The faults of credentials, the most severe first.
  enum Fault {
    /// has expired, and nothing replaced it
    Expired(0),
    /// expires within an hour, and no rotation or renewal is planned before
    ExpiresWithinHour(2),
    /// consumers still use a value that is no longer valid
    ConsumersLeftBehind(3),
    /// the last probe failed: the current value no longer works
    ProbeFailed(5),
    /// the operator cannot generate, verify or write a new value
    RotationBlocked(5),
    /// expires within a day, and no rotation or renewal is planned before
    ExpiresWithinDay(6),
    /// the identity is decommissioned, and the credential is not revoked yet
    DecommissionPending(6),
    /// the last issuance or renewal by cert-manager failed
    CertificateFailing(7),
    /// the rotation is more than 5 minutes late
    RotationOverdue(7),
    /// consumers still use the previous value 24 hours after the rotation
    ConsumersPending(8);

    private final int rank;

    Fault(int rank) {
      this.rank = rank;
    }
  }

  Duration AN_HOUR = Duration.ofHours(1);
  Duration A_DAY = Duration.ofHours(24);

  /// Those of the identity come first.
  static Stream<Problem> of(IdentityStatus status, Instant now) {
    return Stream.concat(
        ofIdentity(status),
        status.state() == State.Decommissioned
            ? status.credentials().stream().flatMap(Problem::unended)
            : status.credentials().stream().flatMap(one -> faults(one, status.rotates(now), now)));
  }

  private static Stream<Problem> ofIdentity(IdentityStatus status) {
    var counting =
        status.results().stream().filter(result -> result.counts(status.isEnforced())).toList();
    // The owner and the policies of a decommissioned identity no longer matter.
    var shown =
        counting.stream()
            .filter(
                result ->
                    status.state() != State.Decommissioned
                        || result.type() == ConditionType.CredentialsFresh
                        || result.type() == ConditionType.Suspended)
            .toList();
    var stalled =
        status
            .result(ConditionType.Stalled)
            .filter(sum -> shown.equals(counting) || has(shown, sum.reason()));
    return Stream.concat(
        stalled.or(() -> ready(status).filter(_ -> counting.isEmpty())).stream()
            .map(result -> new OfIdentity(result.type(), result.reason())),
        shown.stream().map(result -> new OfIdentity(result.type(), result.reason())));
  }

  private static boolean has(List<ConditionResult> results, Reason reason) {
    return results.stream().anyMatch(result -> result.reason() == reason);
  }

  /// Where it is not True.
  private static Optional<ConditionResult> ready(IdentityStatus status) {
    return status
        .result(ConditionType.Ready)
        .filter(ready -> ready.status() != ConditionStatus.True);
  }

  private static Stream<Problem> unended(Credential credential) {
    return credential.isIssued() && credential.phase() != Phase.Revoked
        ? Stream.of(found(credential, Fault.DecommissionPending))
        : Stream.of();
  }

  /// `rotates`: whether the operator rotates the credentials of the identity.
  private static Stream<Problem> faults(Credential credential, boolean rotates, Instant now) {
    return Stream.of(
            expiring(credential, now).filter(_ -> rotates && credential.runsOut(now)),
            when(rotates && credential.hasLeftBehind(), Fault.ConsumersLeftBehind),
            when(credential.failsItsProbe(), Fault.ProbeFailed),
            when(credential.phase() == Phase.Blocked, Fault.RotationBlocked),
            when(credential.failedAttempts().isPresent(), Fault.CertificateFailing),
            when(rotates && credential.isOverdue(now), Fault.RotationOverdue),
            when(rotates && credential.hasPending(now), Fault.ConsumersPending))
        .flatMap(Optional::stream)
        .map(fault -> found(credential, fault));
  }

  private static Optional<Fault> when(boolean is, Fault fault) {
    return is ? Optional.of(fault) : Optional.empty();
  }

  private static Optional<Fault> expiring(Credential credential, Instant now) {
    return credential
        .ends()
        .filter(end -> !end.isAfter(now.plus(A_DAY)))
        .map(
            end ->
                !end.isAfter(now)
                    ? Fault.Expired
                    : !end.isAfter(now.plus(AN_HOUR))
                        ? Fault.ExpiresWithinHour
                        : Fault.ExpiresWithinDay);
  }

  private static Problem found(Credential credential, Fault fault) {
    return new OfCredential(credential.name(), credential.kind(), fault);
  }
}
