// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.show.StatusRow;
import dev.credence.cli.show.StatusRow.Urgency;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Problems and notices for tests.
final class Sample {
  static final Instant SLOT = Instant.parse("2026-11-22T08:00:00Z");
  static final Instant NOW = Instant.parse("2026-11-22T08:10:00Z");
  static final Addresses ADDRESSES =
      Addresses.of(Optional.of("platform@example.com"), Set.of("example.com"));

  static StatusRow problem(Urgency urgency, String object, String contact, String team) {
    return new StatusRow(
        urgency,
        object,
        urgency.name(),
        Optional.of(Instant.parse("2026-11-22T02:00:00Z")),
        "The hook failed 5 times. Fix it, and clear the state.",
        Optional.of(contact).filter(text -> !text.isEmpty()),
        Optional.of(team).filter(text -> !text.isEmpty()),
        0,
        Optional.empty());
  }

  static StatusRow blocked() {
    return problem(Urgency.Blocked, "Secret sales/crm-db", "alice@example.com", "sales");
  }

  static StatusRow late() {
    return problem(Urgency.RotationOverdue, "Secret sales/crm-api", "alice@example.com", "sales");
  }

  static StatusRow withMessage(String message) {
    return new StatusRow(
        Urgency.Blocked,
        "Secret sales/crm-db",
        "Blocked",
        Optional.empty(),
        message,
        Optional.of("alice@example.com"),
        Optional.of("sales"),
        0,
        Optional.empty());
  }

  static Notice digest(StatusRow... problems) {
    var group = Group.of(List.of(problems), ADDRESSES).getFirst();
    return new Notice(Notice.Kind.digest, group, group.problems(), Set.of(), SLOT);
  }

  private Sample() {}
}
