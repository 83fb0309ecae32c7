// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import dev.credence.facts.evidence.AuditEvent;
import dev.credence.facts.evidence.Coverage.Interval;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.observe.audit.AuditFormat;
import dev.credence.observe.audit.AuditInput;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The evidence of the events that were received and not yet written, and the times in which
/// events were accepted. A time counts only once a later request was accepted: a receiver that
/// nobody reaches covers nothing.
final class Inbox {
  private final AuditFormat format;
  private final Networks networks;
  private final Clock clock;
  private Evidence evidence;
  private List<Interval> covered = new ArrayList<>();
  private Optional<Instant> since;
  private boolean hasChanged;

  /// What is to be written.
  record Batch(Evidence evidence, List<Interval> covered) {}

  /// Accepts events from now on.
  Inbox(AuditFormat format, Networks networks, Clock clock) {
    this.format = format;
    this.networks = networks;
    this.clock = clock;
    evidence = empty();
    since = Optional.of(clock.instant());
  }

  private Evidence empty() {
    return new Evidence(EvidenceLimits.STORED, networks);
  }

  /// Reads the events of one request into the evidence, while others read those of theirs.
  AuditInput reader() {
    return new AuditInput(format, this::add);
  }

  /// A request was accepted, with all of its events.
  synchronized void accept() {
    if (since.isEmpty()) {
      since = Optional.of(clock.instant());
    }
  }

  /// The events that our own writes cause are no reason for the next write.
  private synchronized void add(AuditEvent event) {
    evidence.add(event);
    hasChanged |= !event.agent().equals(EvidenceStore.AGENT);
  }

  /// A request was not accepted. The client may repeat it or not: what it contained may be lost.
  synchronized void refuse() {
    since.ifPresent(begin -> covered.add(new Interval(begin, later(begin, clock.instant()))));
    since = Optional.empty();
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  synchronized long accounts() {
    return evidence.accounts().size();
  }

  /// Everything since the last call; empty where nothing changed.
  synchronized Optional<Batch> take() {
    if (!hasChanged) {
      return Optional.empty();
    }
    var now = clock.instant();
    since.ifPresent(begin -> covered.add(new Interval(begin, later(begin, now))));
    since = since.map(_ -> now);
    var batch = new Batch(evidence, List.copyOf(covered));
    evidence = empty();
    covered = new ArrayList<>();
    hasChanged = false;
    return Optional.of(batch);
  }

  /// What could not be written is part of the next batch.
  synchronized void giveBack(Batch batch) {
    evidence.addAll(batch.evidence());
    covered.addAll(batch.covered());
    hasChanged = true;
  }
}
