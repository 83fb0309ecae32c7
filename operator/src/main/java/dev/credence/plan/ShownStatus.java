// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

import dev.credence.facts.identity.Identity.Users;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.IdentityStatus.Credential.Kind;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IdentityStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The part of a status that decides whether something is wrong. The operator has it from its own
/// decision, the command line from the status that the API server stores. The words are those of
/// the status, so that words of a newer version pass.
public record ShownStatus(
    String state, Optional<Instant> end, List<Condition> conditions, List<Credential> credentials) {

  /// Conditions that sum up the others.
  private static final Set<String> SUMS =
      Set.of(
          ConditionType.Ready.name(),
          ConditionType.Reconciling.name(),
          ConditionType.Stalled.name());

  public ShownStatus {
    conditions = List.copyOf(conditions);
    credentials = List.copyOf(credentials);
  }

  public enum Weight {
    /// no problem, or no policy asks for better
    None,
    /// listed by reports, and does not count against Ready
    Reported,
    /// counts against Ready
    Counts
  }

  /// One condition.
  ///
  /// @param weight None for Ready, Reconciling and Stalled
  public record Condition(String type, String status, String reason, Weight weight) {

    boolean is(ConditionType wanted) {
      return type.equals(wanted.name());
    }

    private boolean isTrue() {
      return status.equals(ConditionResult.ConditionStatus.True.name());
    }
  }

  /// One credential.
  ///
  /// @param hasFailed whether the last issuance by cert-manager failed
  /// @param failsItsProbe whether the last probe failed
  public record Credential(
      String name,
      String kind,
      String phase,
      Optional<Instant> issuedAt,
      Optional<Instant> nextRotation,
      Optional<Instant> previousRetires,
      Optional<Instant> ends,
      Optional<Users> consumers,
      boolean hasFailed,
      boolean failsItsProbe) {

    /// A next value that comes later than this is late; also what the objective for rotations says.
    private static final Duration LATE = Duration.ofMinutes(5);

    private static final Duration A_DAY = Duration.ofHours(24);

    boolean is(Phase wanted) {
      return phase.equals(wanted.name());
    }

    /// Whether the next value is late, of an identity that rotates.
    public boolean isOverdue(Instant now) {
      return isOverdue(phase, nextRotation, now);
    }

    /// The same of a credential in a report. One that waits for its window is not late.
    public static boolean isOverdue(String phase, Optional<Instant> next, Instant now) {
      return !phase.equals(Phase.Deferred.name())
          && next.filter(due -> due.truncatedTo(ChronoUnit.SECONDS).plus(LATE).isBefore(now))
              .isPresent();
    }

    /// Whether nothing is planned to replace it before it expires.
    public boolean runsOut(Instant now) {
      return isOverdue(now)
          || nextRotation.filter(next -> ends.filter(next::isBefore).isPresent()).isEmpty();
    }

    /// Whether it expires within this time, and nothing is planned to replace it before.
    public boolean runsOutWithin(Duration ahead, Instant now) {
      return runsOut(now) && ends.filter(end -> !end.isAfter(now.plus(ahead))).isPresent();
    }

    /// Whether consumers still use the previous value a day after the rotation.
    public boolean hasPending(Instant now) {
      return previousRetires.isPresent()
          && consumers.filter(users -> users.current() < users.total()).isPresent()
          && issuedAt.filter(at -> at.plus(A_DAY).isBefore(now)).isPresent();
    }

    /// Whether consumers still use a value that is no longer valid.
    public boolean hasLeftBehind() {
      return consumers.filter(users -> users.leftBehind() > 0).isPresent();
    }

    /// Whether the operator has issued a value of it.
    boolean isIssued() {
      return (kind.equals(Kind.Generated.name()) || kind.equals(Kind.Token.name()))
          && issuedAt.isPresent();
    }
  }

  public static ShownStatus of(IdentityStatus status) {
    return new ShownStatus(
        status.state().name(),
        status.end(),
        status.results().stream()
            .filter(ConditionResult::applies)
            .map(
                result ->
                    new Condition(
                        result.type().name(),
                        result.status().name(),
                        result.reason().name(),
                        weight(result, status.isEnforced())))
            .toList(),
        status.credentials().stream().map(IdentityStatus.Credential::shown).toList());
  }

  private static Weight weight(ConditionResult result, boolean isEnforced) {
    return result.counts(isEnforced)
        ? Weight.Counts
        : result.isReported() && !SUMS.contains(result.type().name())
            ? Weight.Reported
            : Weight.None;
  }

  /// How much a condition of a stored status weighs. The status does not name each condition that
  /// counts, only the first: that of Ready, and that of Stalled.
  public static Weight weight(
      String type, String status, String reason, boolean isAudit, Set<String> counting) {
    if (SUMS.contains(type) || !ConditionResult.isProblem(type, status)) {
      return Weight.None;
    }
    var isReported = ConditionResult.isReported(type, status, reason, isAudit);
    // A suspension in effect may have the reason of the condition that caused it.
    var mayCount = isReported || !type.equals(ConditionType.Suspended.name());
    if (!isAudit && mayCount && counting.contains(reason)) {
      return Weight.Counts;
    }
    return isReported ? Weight.Reported : Weight.None;
  }

  /// Whether its credentials are rotated.
  public boolean rotates(Instant now) {
    return Stream.of(State.values())
        .filter(known -> known.name().equals(state))
        .anyMatch(known -> IdentityStatus.rotates(known, end, now));
  }

  boolean isDecommissioned() {
    return state.equals(State.Decommissioned.name());
  }

  /// Where the operator cannot continue by itself.
  Optional<Condition> stalled() {
    return condition(ConditionType.Stalled).filter(Condition::isTrue);
  }

  Optional<Condition> notReady() {
    return condition(ConditionType.Ready).filter(ready -> !ready.isTrue());
  }

  private Optional<Condition> condition(ConditionType type) {
    return conditions.stream().filter(condition -> condition.is(type)).findFirst();
  }
}
