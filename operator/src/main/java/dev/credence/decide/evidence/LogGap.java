// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.evidence.Log;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether audit events show everything that happened from some time until now. If not, silence
/// proves nothing.
public final class LogGap {
  /// A receiver writes what it knows once in a while, and an API server that runs is never silent
  /// for so long.
  private static final Duration DELAY = Duration.ofHours(6);

  /// A log seldom begins at the very moment that is asked for.
  private static final Duration SLACK = Duration.ofHours(1);

  /// Why something may be missing, as a sentence; empty where nothing is.
  public static Optional<String> since(AuditedUse audited, Instant from, Instant now) {
    return switch (audited) {
      case AuditedUse.Absent _ ->
          Optional.of("The operator has no audit events of this namespace.");
      case AuditedUse.Unreadable(var why) -> Optional.of(why);
      case AuditedUse.Known(var log, _, var overflowed) ->
          overflowed
              ? Optional.of("The audit log contains more ServiceAccounts than Credence records.")
              : since(log, from, now);
    };
  }

  private static Optional<String> since(Log log, Instant from, Instant now) {
    if (log.from().isEmpty() || log.until().isEmpty()) {
      return Optional.of("The audit log contains no events.");
    }
    if (log.from().get().isAfter(from.plus(SLACK))) {
      return Optional.of(
          "The audit log begins at " + Times.text(log.from().get()) + ", which is too late.");
    }
    var end = end(log).filter(time -> !time.plus(DELAY).isAfter(now));
    if (end.isPresent()) {
      return Optional.of("The audit log ends at " + Times.text(end.get()) + ".");
    }
    return log.gaps().stream()
        .filter(gap -> gap.to().isAfter(from))
        .findFirst()
        .map(
            gap ->
                "The audit log has no events from "
                    + Times.text(gap.from())
                    + " to "
                    + Times.text(gap.to())
                    + ".");
  }

  private static Optional<Instant> end(Log log) {
    return log.coverage().until().or(log::until);
  }

  /// When [#since] changes without further events, for a window of this length that ends now.
  public static Stream<Instant> changes(AuditedUse audited, Duration window) {
    return audited.known().map(AuditedUse.Known::log).stream()
        .flatMap(
            log ->
                Stream.of(
                        log.from().stream().map(begin -> begin.plus(window).minus(SLACK)),
                        end(log).stream().map(end -> end.plus(DELAY)),
                        log.gaps().stream().map(gap -> gap.to().plus(window)))
                    .flatMap(times -> times));
  }

  private LogGap() {}
}
