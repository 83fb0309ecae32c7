// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.ShownStatus.Condition;
import dev.credence.plan.ShownStatus.Credential;
import dev.credence.plan.ShownStatus.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A problem that a user of the cluster has to know: a condition of an identity that counts against
/// Ready, or a fault of one of its credentials. Metrics and `credence status` show the same ones.
public sealed interface Problem {

  /// 0 for the most severe.
  int rank();

  int OF_A_SUSPENSION_NOT_ENFORCED = 1;
  int OF_A_STALLED_IDENTITY = 4;
  int OF_ANY_OTHER_CONDITION = 9;

  /// `condition`: Stalled, a condition that counts against Ready, or Ready where no other does.
  record OfIdentity(String condition, String reason) implements Problem {
    @Override
    public int rank() {
      return condition.equals(ConditionType.Suspended.name())
          ? OF_A_SUSPENSION_NOT_ENFORCED
          : condition.equals(ConditionType.Stalled.name())
              ? OF_A_STALLED_IDENTITY
              : OF_ANY_OTHER_CONDITION;
    }
  }

  record OfCredential(String credential, String type, Fault fault) implements Problem {
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

  static Stream<Problem> of(IdentityStatus status, Instant now) {
    return of(ShownStatus.of(status), now);
  }

  /// Those of the identity come first.
  static Stream<Problem> of(ShownStatus status, Instant now) {
    return Stream.concat(
        ofIdentity(status),
        status.isDecommissioned()
            ? status.credentials().stream().flatMap(Problem::unended)
            : status.credentials().stream().flatMap(one -> faults(one, status.rotates(now), now)));
  }

  private static Stream<Problem> ofIdentity(ShownStatus status) {
    var counting =
        status.conditions().stream()
            .filter(condition -> condition.weight() == Weight.Counts)
            .toList();
    // The owner and most policies of a decommissioned identity no longer matter.
    var shown =
        counting.stream()
            .filter(
                condition ->
                    !status.isDecommissioned()
                        || condition.is(ConditionType.CredentialsFresh)
                        || condition.is(ConditionType.Suspended)
                        || condition.is(ConditionType.BehaviorChanged))
            .toList();
    var stalled =
        status.stalled().filter(sum -> shown.equals(counting) || has(shown, sum.reason()));
    return Stream.concat(
            stalled.or(() -> status.notReady().filter(_ -> counting.isEmpty())).stream(),
            shown.stream())
        .map(condition -> new OfIdentity(condition.type(), condition.reason()));
  }

  private static boolean has(List<Condition> conditions, String reason) {
    return conditions.stream().anyMatch(condition -> condition.reason().equals(reason));
  }

  private static Stream<Problem> unended(Credential credential) {
    return credential.isIssued() && !credential.is(Phase.Revoked)
        ? Stream.of(found(credential, Fault.DecommissionPending))
        : Stream.of();
  }

  /// `rotates`: whether the operator rotates the credentials of the identity.
  private static Stream<Problem> faults(Credential credential, boolean rotates, Instant now) {
    return Stream.of(
            expiring(credential, now).filter(_ -> rotates && credential.runsOut(now)),
            when(rotates && credential.hasLeftBehind(), Fault.ConsumersLeftBehind),
            when(credential.failsItsProbe(), Fault.ProbeFailed),
            when(credential.is(Phase.Blocked), Fault.RotationBlocked),
            when(credential.hasFailed(), Fault.CertificateFailing),
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
