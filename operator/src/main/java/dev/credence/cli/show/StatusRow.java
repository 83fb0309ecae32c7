// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/// What is wrong with one object: a line of `credence status`.
///
/// @param object such as `Secret sales/crm-db`
/// @param message the cause and the next step
/// @param others the number of further problems of the same object
/// @param cluster only where several are asked
public record StatusRow(
    Urgency urgency,
    String object,
    String reason,
    Optional<Instant> since,
    String message,
    Optional<String> contact,
    Optional<String> team,
    int others,
    Optional<String> cluster) {

  StatusRow(
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
  public static final Comparator<StatusRow> ORDER =
      Comparator.comparing(StatusRow::urgency)
          .thenComparing(row -> row.since().orElse(Instant.MAX))
          .thenComparing(row -> row.cluster().orElse(""))
          .thenComparing(StatusRow::object);

  /// The most urgent first.
  public enum Urgency {
    /// nothing is rotated, and no suspension starts
    OperatorNotRunning(true),
    /// a suspended identity can still act
    SuspensionNotEnforced(true),
    /// a credential or an identity has expired
    Expired(true),
    /// a credential expires within a day, and nothing is planned to replace it
    ExpiresWithinDay(true),
    /// consumers use a value that is no longer valid
    ConsumersLeftBehind(true),
    /// a rotation failed too often, or the current value no longer works
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

  StatusRow and(int others) {
    return new StatusRow(urgency, object, reason, since, message, contact, team, others, cluster);
  }

  StatusRow in(String name) {
    return new StatusRow(
        urgency, object, reason, since, message, contact, team, others, Optional.of(name));
  }
}
