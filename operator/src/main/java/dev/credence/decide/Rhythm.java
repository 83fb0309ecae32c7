package dev.credence.decide;

import dev.credence.facts.Policy;
import dev.credence.facts.RotationRule;
import dev.credence.facts.Timing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32;

/// How often is a value replaced, and how long does the old one stay? What the identity asks for,
/// else what its policy says, never longer than the policy's bound.
///
/// `seed` names the credential: due times are spread by it, always the same way, so that a thousand
/// values that were issued in one second are not replaced in one second.
record Rhythm(
    Optional<Timing> timing,
    Optional<Duration> longest,
    RotationRule asked,
    RotationRule policy,
    String seed) {
  private static final Duration DEFAULT_OVERLAP = Duration.ofHours(24);
  private static final Duration WIDEST_SPREAD = Duration.ofHours(24);
  private static final Duration WIDEST_SPREAD_OF_CRON = Duration.ofMinutes(10);
  private static final int SPREAD_PARTS = 10;
  private static final int HASHES = 1 << 16;

  static Rhythm of(RotationRule asked, Optional<Policy> policy, String seed) {
    var rule = policy.map(Policy::rotation).orElse(RotationRule.SILENT);
    return new Rhythm(asked.timing().or(rule::timing), rule.longest(), asked, rule, seed);
  }

  Optional<String> problem() {
    return timing
        .filter(Timing.Unreadable.class::isInstance)
        .map(unreadable -> ((Timing.Unreadable) unreadable).problem());
  }

  /// When a value that was issued then is due; empty where nothing ever asks for it.
  Optional<Instant> due(Instant issuedAt) {
    var byTiming = timing.flatMap(when -> byTiming(when, issuedAt));
    // The bound holds for what is rotated at all: it does not start a rotation that nobody asked
    // for.
    return byTiming.map(due -> longest.map(issuedAt::plus).filter(due::isAfter).orElse(due));
  }

  private Optional<Instant> byTiming(Timing when, Instant issuedAt) {
    return switch (when) {
      case Timing.Every(var interval) ->
          Optional.of(issuedAt.plus(interval).minus(spread(interval, WIDEST_SPREAD)));
      case Timing.Scheduled(var cron) ->
          cron.after(issuedAt)
              .map(
                  due ->
                      due.plus(
                          cron.after(due)
                              .map(
                                  after ->
                                      spread(Duration.between(due, after), WIDEST_SPREAD_OF_CRON))
                              .orElse(Duration.ZERO)));
      case Timing.Unreadable unreadable -> Optional.empty();
    };
  }

  /// A part of the interval below a tenth of it, in whole seconds.
  private Duration spread(Duration interval, Duration widest) {
    var room = Durations.shorter(interval.dividedBy(SPREAD_PARTS), widest).toSeconds();
    var hash = new CRC32();
    hash.update(seed.getBytes(StandardCharsets.UTF_8));
    return Duration.ofSeconds(room * (hash.getValue() % HASHES) / HASHES);
  }

  /// How long the previous value stays beside one that was issued at `issuedAt`; zero: it goes at
  /// once. Never until the next value comes, and at most half of that time where nobody weighed the
  /// two against each other.
  Duration overlap(Instant issuedAt) {
    var said = asked.overlap().or(policy::overlap);
    var overlap = said.orElse(DEFAULT_OVERLAP);
    var interval = due(issuedAt).map(due -> Duration.between(issuedAt, due));
    if (interval.isEmpty()) {
      return overlap;
    }
    var weighed =
        said.isPresent()
            && asked.overlap().isPresent() == asked.timing().isPresent()
            && overlap.compareTo(interval.get()) < 0;
    return weighed ? overlap : Durations.shorter(overlap, interval.get().dividedBy(2));
  }

  /// What is said to an identity that asks for a longer life of its values than the policy allows.
  Optional<String> bounded() {
    return asked
        .timing()
        .filter(Timing.Every.class::isInstance)
        .map(every -> ((Timing.Every) every).interval())
        .filter(every -> longest.filter(bound -> every.compareTo(bound) > 0).isPresent())
        .map(
            every ->
                "asks for a new value every "
                    + Durations.text(every)
                    + ", the policy allows at most "
                    + Durations.text(longest.orElseThrow())
                    + ", which is used");
  }
}
