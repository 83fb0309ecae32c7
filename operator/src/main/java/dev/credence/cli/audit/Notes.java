// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.audit;

import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.Log;
import dev.credence.observe.audit.AuditInput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a reader of the report must know about the log: what was skipped, and what it does
/// not cover.
final class Notes {
  private static final Duration SHORT = Duration.ofDays(30);
  private static final Duration SLACK = Duration.ofHours(1);

  static List<String> of(
      Evidence evidence, AuditInput input, Optional<Instant> start, Duration learning) {
    var notes = new ArrayList<String>();
    if (input.broken() + input.others() + input.truncated() > 0) {
      notes.add(skipped(input));
    }
    var log = evidence.log();
    if (log.from().isEmpty() || log.until().isEmpty()) {
      start.ifPresent(asked -> notes.add("The log contains no event since " + asked + "."));
      return notes;
    }
    length(log.from().get(), log.until().get(), start, learning, notes);
    contents(log, notes);
    if (evidence.hasOverflowed()) {
      notes.add("The log contains more ServiceAccounts than Credence records.");
    }
    return notes;
  }

  static String skipped(AuditInput input) {
    return "Skipped: %d lines that are no JSON, %d values that are no audit event. %d inputs end in the middle."
        .formatted(input.broken(), input.others(), input.truncated());
  }

  private static void length(
      Instant from, Instant until, Optional<Instant> start, Duration learning, List<String> notes) {
    var covered = Duration.between(from, until);
    if (covered.compareTo(SHORT) < 0) {
      notes.add(
          "The log covers %s. Rights that are used less often appear as unused."
              .formatted(
                  covered.toDays() > 0
                      ? covered.toDays() + " days"
                      : covered.toMinutes() + " minutes"));
    }
    if (covered.compareTo(learning) < 0) {
      notes.add(
          "The log is shorter than the learning time of %d hours: odd behavior is not judged."
              .formatted(learning.toHours()));
    }
    start
        .filter(asked -> from.isAfter(asked.plus(SLACK)))
        .ifPresent(asked -> notes.add("The log begins after " + asked + ": no right is unused."));
  }

  private static void contents(Log log, List<String> notes) {
    log.gaps()
        .forEach(
            gap -> notes.add("The log has no events from " + gap.from() + " to " + gap.to() + "."));
    if (!log.hasReads()) {
      notes.add("The log contains no reads: whether get, list and watch are used is unknown.");
    }
  }

  private Notes() {}
}
