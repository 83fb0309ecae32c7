package dev.credence.decide;

import dev.credence.decide.Action.Why;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.StoredSecret;
import java.time.Instant;
import java.util.Optional;

/// May a rotation that is due begin now, by the windows of the policy?
final class InWindow {
  private final Target t;
  private final Upkeep upkeep;

  InWindow(Target t, Upkeep upkeep) {
    this.t = t;
    this.upkeep = upkeep;
  }

  /// When a window opens that has to be waited for; the inner one is empty where none ever does.
  /// What ends by itself before that does not wait.
  Optional<Optional<Instant>> opening(StoredSecret secret, boolean urgent) {
    var windows = t.conduct().windows();
    if (urgent || windows.areOpen(t.now())) {
      return Optional.empty();
    }
    var opening = windows.openFrom(t.now());
    var endsBefore =
        Occasion.end(secret).filter(end -> opening.filter(at -> at.isBefore(end)).isEmpty());
    return endsBefore.isPresent() ? Optional.empty() : Optional.of(opening);
  }

  Turn deferred(StoredSecret secret, Issue issue, Optional<Instant> opening) {
    var message =
        opening
            .map(at -> "due; the policy's window opens at " + at)
            .orElse("due; no window of the policy ever opens");
    return upkeep
        .kept(secret, issue, Phase.Deferred, message)
        .against(
            new Obstacle(
                Reason.RotationDeferred,
                t.name() + ": " + message,
                opening.isPresent() ? Weight.None : Weight.Broken))
        .changingAt(opening);
  }

  Why inWindow(StoredSecret secret, Why why, boolean urgent) {
    var end = Occasion.end(secret);
    return urgent || t.conduct().windows().areOpen(t.now()) || end.isEmpty()
        ? sinceOpening(why)
        : new Why.BeforeItsEnd(dueSince(why), end.get());
  }

  Instant dueSince(Why why) {
    return why instanceof Why.OnSchedule(var due) ? due : t.now();
  }

  /// What had to wait for its window is late from its opening on.
  Why sinceOpening(Why why) {
    return why instanceof Why.OnSchedule(var due)
        ? new Why.OnSchedule(
            t.conduct().windows().openSince(t.now()).filter(due::isBefore).orElse(due))
        : why;
  }
}
