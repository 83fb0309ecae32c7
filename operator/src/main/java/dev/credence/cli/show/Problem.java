// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/// What is wrong with one object.
///
/// @param object such as `Secret sales/crm-db`
/// @param message the cause and the next step
/// @param others the number of further problems of the same object
/// @param cluster only where several are asked
public record Problem(
    Urgency urgency,
    String object,
    String reason,
    Optional<Instant> since,
    String message,
    Optional<String> contact,
    Optional<String> team,
    int others,
    Optional<String> cluster) {

  Problem(
      Urgency urgency,
      String object,
      String reason,
      Optional<Instant> since,
      String message,
      Optional<String> contact,
      Optional<String> team) {
    this(urgency, object, reason, since, message, contact, team, 0, Optional.empty());
  }

  /// The most urgent first, then the oldest.
  public static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::urgency)
          .thenComparing(problem -> problem.since().orElse(Instant.MAX))
          .thenComparing(problem -> problem.cluster().orElse(""))
          .thenComparing(Problem::object);

  /// The most urgent first.
  public enum Urgency {
    /// nothing is rotated, and no suspension starts
    OperatorNotRunning(true),
    /// a suspended identity can still act
    SuspensionNotEnforced(true),
    /// a credential or an identity has expired
    Expired(true),
    /// a credential expires within a day, and no new value is planned before
    ExpiresWithinDay(true),
    /// a rotation failed too often
    Blocked(true),
    /// the operator cannot continue by itself
    ManualAction(true),
    /// the operator retries, or waits
    NotReady(false),
    /// a rotation is late
    RotationOverdue(false),
    /// reported by a policy, or soon a problem
    Reported(false);

    private final boolean manual;

    Urgency(boolean manual) {
      this.manual = manual;
    }

    /// Whether a user must act.
    public boolean isManual() {
      return manual;
    }
  }

  /// That of the object; empty for a CredentialPolicy.
  public Optional<String> namespace() {
    var slash = object.indexOf('/');
    return slash < 0
        ? Optional.empty()
        : Optional.of(object.substring(object.indexOf(' ') + 1, slash));
  }

  Problem and(int others) {
    return new Problem(urgency, object, reason, since, message, contact, team, others, cluster);
  }

  Problem in(String name) {
    return new Problem(
        urgency, object, reason, since, message, contact, team, others, Optional.of(name));
  }
}
