package dev.credence.decide.membership;

import dev.credence.facts.Snapshot;
import dev.credence.plan.Action;
import java.util.Optional;

/// Does what we made go with its identity, or stay without it, as `spec.deletionPolicy` says? What
/// somebody gave us always stays.
public final class Tying {

  public static Optional<Action> of(Snapshot s, Seat seat) {
    if (!(seat instanceof Seat.Made(var member))) {
      return Optional.empty();
    }
    var thing = member.thing();
    var retain = s.identity().retain();
    var isTied = thing.controller().isPresent();
    return retain == isTied && (retain || thing.made())
        ? Optional.of(new Action.Tie(thing.subject(), thing.guard(), retain))
        : Optional.empty();
  }

  private Tying() {}
}
