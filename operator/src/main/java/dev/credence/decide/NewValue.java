package dev.credence.decide;

import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Action.Why;
import dev.credence.facts.Conduct.Strategy;
import dev.credence.facts.Material;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.TokenRecipe;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What does a new value say about itself, and how long does the one before it stay?
final class NewValue {
  private final Target t;

  NewValue(Target t) {
    this.t = t;
  }

  static boolean isRestarting(Target t) {
    return t.conduct().restart().strategy() != Strategy.None;
  }

  Optional<String> accountOf(Material material) {
    return material instanceof TokenRecipe token
        ? Tokens.account(t, token).map(account -> account.thing().guard().uid())
        : Optional.empty();
  }

  Receipt receipt(
      StoredSecret secret,
      Issue issue,
      Instant now,
      Optional<Instant> previousUntil,
      boolean keepsPrevious) {
    var isToken = t.material() instanceof TokenRecipe;
    return new Receipt(
        issue.version() + 1,
        now,
        previousUntil,
        keepsPrevious && !isToken && previousUntil.isPresent(),
        t.material().digest(),
        accountOf(t.material()),
        t.answering(issue.handled(), Optional.of(secret)));
  }

  /// Empty where there is nothing to keep for anybody: no overlap, nobody to restart, no hook to
  /// end the old value.
  Optional<Instant> previousUntil(StoredSecret secret, Issue issue, Why why, Instant now) {
    var overlap = why instanceof Why.Dead ? Duration.ZERO : t.rhythm().overlap(now);
    var ends = Occasion.end(secret);
    var until = now.plus(overlap);
    var bounded = ends.filter(until::isAfter).orElse(until);
    return overlap.isZero()
            && !isRestarting(t)
            && t.hooks().revoke().isEmpty()
            && !(t.material() instanceof TokenRecipe)
        ? Optional.empty()
        : Optional.of(bounded.isBefore(now) ? now : bounded);
  }
}
