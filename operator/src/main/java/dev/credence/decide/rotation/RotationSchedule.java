// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.policy.FromPolicy;
import dev.credence.facts.policy.RotationProcedure;
import dev.credence.facts.policy.RotationRule;
import dev.credence.facts.time.Cron;
import dev.credence.facts.time.Timing;
import dev.credence.plan.Durations;
import dev.credence.plan.IdentityStatus.Credential.EffectiveRotation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/// Computes when a value is rotated, and how long the previous one stays: by the identity, else by
/// its policy, never beyond the policy's bound.
///
/// `seed` names the credential: due times are spread by it, always the same way, so that a thousand
/// values that were issued in one second are not replaced in one second.
///
/// `policyName`: the policy whose section `rotation` applies. `shortest`: how long a value lives at
/// least, whatever is asked for.
public record RotationSchedule(
    RotationRule asked,
    RotationRule policy,
    RotationProcedure procedure,
    String seed,
    Duration shortest,
    Optional<String> policyName) {
  /// A key that takes seconds to generate is not replaced more often than this.
  static final Duration SHORTEST_OF_A_SLOW_KEY = Duration.ofHours(1);

  private static final Duration DEFAULT_OVERLAP = Duration.ofHours(24);
  private static final Duration OVERLAP_AT_MOST = Duration.ofHours(168);
  private static final Duration WIDEST_SPREAD = Duration.ofHours(24);
  private static final Duration WIDEST_SPREAD_OF_CRON = Duration.ofMinutes(10);
  private static final int SPREAD_PARTS = 10;
  private static final int HASHES = 1 << 16;

  /// One without a shortest life.
  RotationSchedule(
      RotationRule asked, RotationRule policy, RotationProcedure procedure, String seed) {
    this(asked, policy, procedure, seed, Duration.ZERO, Optional.empty());
  }

  static RotationSchedule of(
      RotationRule asked, EffectivePolicy policy, String seed, Duration shortest) {
    return new RotationSchedule(
        asked,
        policy.rotation().map(chosen -> chosen.section().rule()).orElse(RotationRule.SILENT),
        procedure(policy),
        seed,
        shortest,
        policy.rotation().map(FromPolicy::policy));
  }

  /// How rotations are carried out.
  public static RotationProcedure procedure(EffectivePolicy policy) {
    return policy
        .rotation()
        .map(chosen -> chosen.section().procedure())
        .orElse(RotationProcedure.DEFAULT);
  }

  /// Why what the identity asks for cannot be done.
  Optional<String> problem() {
    return problem(asked.timing());
  }

  /// Why what the policy says is not applied: its own condition tells its author.
  Optional<String> problemOfPolicy() {
    return asked.timing().isPresent() ? Optional.empty() : problem(policy.timing());
  }

  private static Optional<String> problem(Optional<Timing> timing) {
    return timing.flatMap(
        read ->
            read instanceof Timing.Unreadable(var problem)
                ? Optional.of(problem)
                : Optional.empty());
  }

  /// The interval or schedule in effect, and its source; empty where nothing rotates.
  Optional<EffectiveRotation> effective() {
    var isAsked = asked.timing().isPresent();
    return switch (asked.timing().or(policy::timing).orElse(null)) {
      case Timing.Every(var interval) -> {
        var bound = policy.longest().filter(longest -> interval.compareTo(longest) > 0);
        yield Optional.of(
            new EffectiveRotation(
                Optional.of(Durations.text(bound.orElse(interval))),
                Optional.empty(),
                Optional.empty(),
                overlap(),
                source(isAsked && bound.isEmpty())));
      }
      case Timing.Scheduled(var cron) ->
          Optional.of(
              new EffectiveRotation(
                  Optional.empty(),
                  Optional.of(cron.expression()),
                  Optional.of(cron.timeZone()),
                  overlap(),
                  source(isAsked)));
      case Timing.Unreadable _ -> Optional.empty();
      case null -> Optional.empty();
    };
  }

  private String overlap() {
    return Durations.text(asked.overlap().or(policy::overlap).orElse(DEFAULT_OVERLAP));
  }

  private String source(boolean isAsked) {
    return isAsked ? "Spec" : policyName.map(name -> "Policy/" + name).orElse("Default");
  }

  /// When a value that was issued then is due; empty where nothing ever asks for it.
  Optional<Instant> due(Instant issuedAt) {
    // The bound applies to rotated values only: it does not start a rotation that was not
    // requested.
    return asked
        .timing()
        .or(policy::timing)
        .flatMap(timing -> byTiming(timing, issuedAt))
        .map(due -> bound(issuedAt).filter(due::isAfter).orElse(due))
        .map(due -> atLeast(due, issuedAt));
  }

  /// The rule by which a value that was issued then is due.
  String rule(Instant issuedAt) {
    var timing = asked.timing().or(policy::timing);
    return bound(issuedAt)
        .filter(
            at ->
                timing.flatMap(found -> byTiming(found, issuedAt)).filter(at::isBefore).isPresent())
        .flatMap(_ -> policy.longest())
        .map(longest -> "the maximum interval of " + Durations.text(longest))
        .orElseGet(
            () ->
                timing.orElse(null) instanceof Timing.Every(var interval)
                    ? "the interval of " + Durations.text(interval)
                    : "the schedule");
  }

  private Instant atLeast(Instant due, Instant issuedAt) {
    var earliest = issuedAt.plus(shortest);
    return due.isBefore(earliest) ? earliest : due;
  }

  /// The message where the policy requires a shorter life than a slow key has.
  private Optional<String> tooShort() {
    return asked
        .timing()
        .or(policy::timing)
        .flatMap(
            timing ->
                timing instanceof Timing.Every(var interval)
                    ? Optional.of(interval)
                    : Optional.<Duration>empty())
        .filter(interval -> interval.compareTo(shortest) < 0)
        .map(
            interval ->
                "The interval is "
                    + Durations.text(interval)
                    + ". A Secret with an RSA key is rotated at most every "
                    + Durations.text(shortest)
                    + ", since the key takes long to generate. Use Ed25519 or ECDSA, or set a longer interval.");
  }

  /// The same for a value that ends by itself, and where a rotation was stopped meanwhile: the next
  /// comes as if that had been a new value.
  Optional<Instant> due(Issue issue, Optional<Instant> end) {
    var from =
        issue
            .aborted()
            .map(Aborted::at)
            .filter(issue.issuedAt()::isBefore)
            .orElse(issue.issuedAt());
    var renewal = end.map(time -> beforeItsEnd(issue.issuedAt(), time));
    return Stream.of(due(from), renewal).flatMap(Optional::stream).min(Comparator.naturalOrder());
  }

  /// When four fifths of the life that was granted are over.
  private static Instant beforeItsEnd(Instant issuedAt, Instant end) {
    return issuedAt.plus(Duration.between(issuedAt, end).dividedBy(5).multipliedBy(4));
  }

  /// When it is expected to be replaced: due, and in a window.
  Optional<Instant> next(Issue issue, Optional<Instant> end) {
    return due(issue, end).flatMap(this::inWindow);
  }

  Optional<Instant> next(Instant issuedAt) {
    return due(issuedAt).flatMap(this::inWindow);
  }

  private Optional<Instant> inWindow(Instant due) {
    return procedure.windows().openFrom(due);
  }

  private Optional<Instant> byTiming(Timing timing, Instant issuedAt) {
    return switch (timing) {
      case Timing.Every(var interval) -> Optional.of(before(issuedAt, interval));
      case Timing.Scheduled(var cron) ->
          cron.after(issuedAt).map(due -> due.plus(lateness(cron, due)));
      case Timing.Unreadable _ -> Optional.empty();
    };
  }

  /// Where there are windows they say when; a little later might be outside.
  private Duration lateness(Cron cron, Instant due) {
    return procedure.windows().limited()
        ? Duration.ZERO
        : cron.after(due)
            .map(next -> spread(Duration.between(due, next), WIDEST_SPREAD_OF_CRON))
            .orElse(Duration.ZERO);
  }

  private Optional<Instant> bound(Instant issuedAt) {
    return policy.longest().map(longest -> before(issuedAt, longest));
  }

  private Instant before(Instant issuedAt, Duration interval) {
    return issuedAt.plus(interval).minus(spread(interval, WIDEST_SPREAD));
  }

  /// A part of the interval below a tenth of it, in whole seconds.
  private Duration spread(Duration interval, Duration widest) {
    var room = Durations.shorter(interval.dividedBy(SPREAD_PARTS), widest).toSeconds();
    var hash = new CRC32();
    hash.update(seed.getBytes(StandardCharsets.UTF_8));
    return Duration.ofSeconds(room * (hash.getValue() % HASHES) / HASHES);
  }

  /// The time for which the previous value stays valid next to one that was issued at `issuedAt`;
  /// zero: it is removed at once. At most until the next value is due, and at most half of that
  /// time where the overlap and the interval were not written together.
  Duration overlap(Instant issuedAt) {
    var overlap = asked.overlap().or(policy::overlap).orElse(DEFAULT_OVERLAP);
    return due(issuedAt)
        .map(due -> Duration.between(issuedAt, due))
        .map(life -> Durations.shorter(overlap, isWeighed() ? life : life.dividedBy(2)))
        .orElse(overlap)
        .truncatedTo(ChronoUnit.SECONDS);
  }

  /// The time for which the previous value waits for consumers that have not moved. By default no
  /// longer than until the next value comes.
  Duration maxOverlap(Instant issuedAt) {
    return procedure
        .maxOverlap()
        .orElseGet(
            () ->
                due(issuedAt)
                    .map(due -> Durations.shorter(OVERLAP_AT_MOST, Duration.between(issuedAt, due)))
                    .orElse(OVERLAP_AT_MOST));
  }

  /// Whether the same author wrote overlap and interval.
  private boolean isWeighed() {
    return asked.overlap().isPresent()
        ? asked.timing().isPresent()
        : policy.overlap().isPresent() && asked.timing().isEmpty();
  }

  /// The message to an identity that asks for a longer life of its values than the policy allows.
  Optional<String> bounded() {
    return tooShort().or(this::tooLong);
  }

  private Optional<String> tooLong() {
    return asked
        .timing()
        .flatMap(
            timing ->
                timing instanceof Timing.Every(var interval)
                    ? Optional.of(interval)
                    : Optional.empty())
        .filter(every -> policy.longest().filter(bound -> every.compareTo(bound) > 0).isPresent())
        .map(
            every ->
                "The identity requests an interval of "
                    + Durations.text(every)
                    + ". The policy allows at most "
                    + Durations.text(policy.longest().orElseThrow())
                    + ", which is in effect.");
  }
}
