// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What an audit log covers, whoever made the requests: its begin and end, hours without an
/// event, the kinds whose reads it contains, writes of roles and bindings, and rollouts.
public final class Log {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int HOURS_OF_A_YEAR = 366 * 24;

  /// A cluster whose API server runs is never silent for so long.
  private static final Duration SILENCE = Duration.ofHours(6);

  private static final String RBAC = "rbac.authorization.k8s.io";

  private final Bounded<Long, Boolean> hours = Bounded.greatest(HOURS_OF_A_YEAR, Log::either);
  private final Bounded<String, Boolean> reads;
  private final Bounded<String, Instant> changes;
  private final Bounded<String, Bounded<Instant, Boolean>> rollouts;
  private final Coverage coverage = new Coverage();
  private @Nullable Instant from;
  private @Nullable Instant until;
  private boolean writes;

  Log(EvidenceLimits limits) {
    reads = Bounded.sampled(limits.kinds(), Log::either);
    changes = Bounded.sampled(limits.kinds(), Log::later);
    rollouts = Bounded.sampled(limits.kinds(), Log::both);
  }

  void add(AuditEvent event, int mostRollouts) {
    var time = event.time();
    from = from == null || time.isBefore(from) ? time : from;
    until = until == null || time.isAfter(until) ? time : until;
    hours.add(time.getEpochSecond() / HOUR.toSeconds(), true);
    var right = event.right();
    if (right.isPath()) {
      return;
    }
    if (right.isRead()) {
      reads.add(right.kind(), true);
      return;
    }
    writes = true;
    if (!event.isUse()) {
      return;
    }
    if (right.group().equals(RBAC)) {
      changes.add(place(right.resource(), right.namespace(), event.name()), time);
    }
    if (isRollout(right)) {
      var one = Bounded.<Instant, Boolean>greatest(mostRollouts, Log::either);
      one.add(time, true);
      rollouts.add(right.namespace(), one);
    }
  }

  /// Controllers create one of these when a template changes, and not when pods restart or
  /// scale. People and deployment tools write a CronJob.
  private static boolean isRollout(Right right) {
    return switch (right.resource()) {
      case "replicasets", "controllerrevisions" -> right.verb().equals("create");
      case "cronjobs" -> !right.verb().equals("delete");
      default -> false;
    };
  }

  void addAll(Log other) {
    hours.addAll(other.hours);
    reads.addAll(other.reads);
    changes.addAll(other.changes);
    rollouts.addAll(other.rollouts);
    coverage.addAll(other.coverage);
    writes |= other.writes;
    if (other.from != null) {
      from = from == null || other.from.isBefore(from) ? other.from : from;
    }
    if (other.until != null) {
      until = until == null || other.until.isAfter(until) ? other.until : until;
    }
  }

  private static String place(String plural, String namespace, String name) {
    return plural + "/" + namespace + "/" + name;
  }

  private static boolean either(boolean one, boolean other) {
    return one || other;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Bounded<Instant, Boolean> both(
      Bounded<Instant, Boolean> one, Bounded<Instant, Boolean> other) {
    one.addAll(other);
    return one;
  }

  /// The time of the first event; empty where there is none.
  public Optional<Instant> from() {
    return Optional.ofNullable(from);
  }

  public Optional<Instant> until() {
    return Optional.ofNullable(until);
  }

  /// The times in which a receiver accepted events; empty where the log was read from files.
  public Coverage coverage() {
    return coverage;
  }

  EvidenceState.LogState state() {
    return new EvidenceState.LogState(
        from,
        until,
        writes,
        hours.state(Function.identity()),
        reads.state(Function.identity()),
        changes.state(Function.identity()),
        rollouts.state(one -> one.state(Function.identity())),
        coverage.intervals());
  }

  void addState(EvidenceState.LogState state, int mostRollouts) {
    from = state.from();
    until = state.until();
    writes = state.writes();
    hours.addState(state.hours(), Function.identity());
    reads.addState(state.reads(), Function.identity());
    changes.addState(state.changes(), Function.identity());
    rollouts.addState(
        state.rollouts(),
        stored -> {
          var one = Bounded.<Instant, Boolean>greatest(mostRollouts, Log::either);
          one.addState(stored, Function.identity());
          return one;
        });
    state.coverage().forEach(interval -> coverage.add(interval.from(), interval.to()));
  }

  /// Takes what is about objects of namespaces away, and adds it to the log of each namespace.
  void splitInto(Function<String, Log> parts) {
    changes.forEach(
        (place, time) -> {
          var namespace = place.split("/", -1)[1];
          if (!namespace.isEmpty()) {
            parts.apply(namespace).changes.add(place, time);
          }
        });
    changes.removeIf((place, _) -> !place.split("/", -1)[1].isEmpty());
    rollouts.forEach((namespace, times) -> parts.apply(namespace).rollouts.add(namespace, times));
    rollouts.removeIf((_, _) -> true);
  }

  void forget(Instant before) {
    coverage.forget(before);
    changes.removeIf((_, time) -> time.isBefore(before));
  }

  void limitRollouts(int most) {
    rollouts.forEachValue(times -> times.limit(most));
  }

  void limitReads(int most) {
    reads.limit(most);
  }

  void limitChanges(int most) {
    changes.limit(most);
  }

  /// A time in which the log has no event of any user, or in which no receiver accepted events.
  public record Gap(Instant from, Instant to) {}

  public List<Gap> gaps() {
    var gaps = new ArrayList<Gap>();
    var previous = Optional.<Long>empty();
    for (var hour : hours.sorted().keySet()) {
      previous
          .map(before -> new Gap(start(before + 1), start(hour)))
          .filter(gap -> Duration.between(gap.from(), gap.to()).compareTo(SILENCE) >= 0)
          .ifPresent(gaps::add);
      previous = Optional.of(hour);
    }
    gaps.addAll(coverage.gaps());
    gaps.sort(Comparator.comparing(Gap::from).thenComparing(Gap::to));
    return gaps;
  }

  private static Instant start(long hour) {
    return Instant.ofEpochSecond(hour * HOUR.toSeconds());
  }

  /// Whether the log contains a read of this kind by any user. If not, reads of it may not be
  /// logged, or there were reads of too many kinds.
  public boolean hasReadsOf(String group, String resource) {
    return reads.get(Right.kind(group, resource)) != null;
  }

  /// Whether the log contains a read of any kind.
  public boolean hasReads() {
    return reads.size() > 0;
  }

  public boolean hasWrites() {
    return writes;
  }

  /// The last write of a role or binding, where the log contains one. An empty namespace: a
  /// ClusterRole or ClusterRoleBinding.
  public Optional<Instant> changeOf(String plural, String namespace, String name) {
    return Optional.ofNullable(changes.get(place(plural, namespace, name)));
  }

  /// Whether writes of roles and bindings were dropped.
  public boolean hasDroppedChanges() {
    return changes.hasOverflowed();
  }

  /// Whether a template of a workload in the namespace changed at this time or in the hour
  /// before.
  public boolean isAfterRollout(String namespace, Instant time) {
    var known = rollouts.get(namespace);
    return known != null
        && known.keys().stream()
            .anyMatch(at -> !at.isAfter(time) && Duration.between(at, time).compareTo(HOUR) < 0);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Log log
        && Objects.equals(log.from, from)
        && Objects.equals(log.until, until)
        && log.writes == writes
        && log.hours.equals(hours)
        && log.reads.equals(reads)
        && log.changes.equals(changes)
        && log.rollouts.equals(rollouts)
        && log.coverage.equals(coverage);
  }

  @Override
  public int hashCode() {
    return Objects.hash(from, until, writes, hours, reads, changes, rollouts, coverage);
  }

  @Override
  public String toString() {
    return from + " to " + until + ", reads of " + reads + ", changes " + changes + ", " + rollouts;
  }
}
